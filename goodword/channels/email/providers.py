"""Where the mail servers of well-known providers are. Data; from the providers' help pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Place:
    """A server's address, without user or password."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class Provider:
    name: str
    imap: Place
    smtp: Place
    domains: tuple[str, ...]
    app_password: bool = False  # the usual password is refused; one for this purpose is needed


def _tls(host: str, port: int = 993) -> Place:
    return Place(host, port, "tls")


def _submission(host: str) -> Place:
    return Place(host, 587, "starttls")


PROVIDERS = (
    Provider("Google", _tls("imap.gmail.com"), _tls("smtp.gmail.com", 465),
             ("gmail.com", "googlemail.com"), app_password=True),
    Provider("Microsoft", _tls("outlook.office365.com"), _submission("smtp.office365.com"),
             ("outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "hotmail.co.uk",
              "live.com", "live.de", "msn.com", "onmicrosoft.com", "office365.com"),
             app_password=True),
    Provider("Yahoo", _tls("imap.mail.yahoo.com"), _tls("smtp.mail.yahoo.com", 465),
             ("yahoo.com", "yahoo.de", "yahoo.co.uk", "yahoo.fr", "yahoo.es", "yahoo.it",
              "ymail.com", "rocketmail.com"), app_password=True),
    Provider("AOL", _tls("imap.aol.com"), _tls("smtp.aol.com", 465), ("aol.com", "aol.de"),
             app_password=True),
    Provider("iCloud", _tls("imap.mail.me.com"), _submission("smtp.mail.me.com"),
             ("icloud.com", "me.com", "mac.com"), app_password=True),
    Provider("GMX", _tls("imap.gmx.net"), _tls("mail.gmx.net", 465),
             ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.org")),
    Provider("GMX", _tls("imap.gmx.com"), _tls("mail.gmx.com", 465), ("gmx.com", "gmx.co.uk")),
    Provider("WEB.DE", _tls("imap.web.de"), _tls("smtp.web.de", 465), ("web.de",)),
    Provider("T-Online", _tls("secureimap.t-online.de"), _tls("securesmtp.t-online.de", 465),
             ("t-online.de", "magenta.de"), app_password=True),
    Provider("freenet", _tls("mx.freenet.de"), _tls("mx.freenet.de", 465), ("freenet.de",)),
    Provider("IONOS", _tls("imap.ionos.de"), _tls("smtp.ionos.de", 465),
             ("ionos.de", "online.de", "onlinehome.de", "1und1.de")),
    Provider("IONOS", _tls("imap.ionos.com"), _tls("smtp.ionos.com", 465), ("ionos.com",)),
    Provider("STRATO", _tls("imap.strato.de"), _tls("smtp.strato.de", 465),
             ("strato.de", "rzone.de")),
    Provider("Vodafone", _tls("imap.vodafonemail.de"), _tls("smtp.vodafonemail.de", 465),
             ("vodafone.de", "arcor.de", "vodafonemail.de")),
    Provider("Fastmail", _tls("imap.fastmail.com"), _tls("smtp.fastmail.com", 465),
             ("fastmail.com", "fastmail.fm", "messagingengine.com"), app_password=True),
    Provider("mailbox.org", _tls("imap.mailbox.org"), _tls("smtp.mailbox.org", 465),
             ("mailbox.org",)),
    Provider("Posteo", _tls("posteo.de"), _tls("posteo.de", 465),
             ("posteo.de", "posteo.net", "posteo.org", "posteo.eu")),
    Provider("Zoho", _tls("imap.zoho.com"), _tls("smtp.zoho.com", 465),
             ("zoho.com", "zohomail.com")),
    Provider("Zoho", _tls("imap.zoho.eu"), _tls("smtp.zoho.eu", 465),
             ("zoho.eu", "zohomail.eu")),
    Provider("Orange", _tls("imap.orange.fr"), _tls("smtp.orange.fr", 465),
             ("orange.fr", "wanadoo.fr")),
    Provider("Free", _tls("imap.free.fr"), _tls("smtp.free.fr", 465), ("free.fr",)),
    Provider("LaPoste", _tls("imap.laposte.net"), _tls("smtp.laposte.net", 465), ("laposte.net",)),
    Provider("OVH", _tls("ssl0.ovh.net"), _tls("ssl0.ovh.net", 465), ("ovh.net",)),
    Provider("Gandi", _tls("mail.gandi.net"), _tls("mail.gandi.net", 465), ("gandi.net",)),
    Provider("Infomaniak", _tls("mail.infomaniak.com"), _tls("mail.infomaniak.com", 465),
             ("infomaniak.com", "ik.me")),
    Provider("Hostinger", _tls("imap.hostinger.com"), _tls("smtp.hostinger.com", 465),
             ("hostinger.com",)),
    Provider("Bluewin", _tls("imaps.bluewin.ch"), _tls("smtpauths.bluewin.ch", 465),
             ("bluewin.ch",)),
    Provider("Libero", _tls("imapmail.libero.it"), _tls("smtp.libero.it", 465), ("libero.it",)),
    Provider("Mail.ru", _tls("imap.mail.ru"), _tls("smtp.mail.ru", 465), ("mail.ru",),
             app_password=True),
    Provider("Yandex", _tls("imap.yandex.com"), _tls("smtp.yandex.com", 465),
             ("yandex.com", "yandex.ru"), app_password=True),
    Provider("AT&T", _tls("imap.mail.att.net"), _tls("smtp.mail.att.net", 465),
             ("att.net", "sbcglobal.net"), app_password=True),
    Provider("Comcast", _tls("imap.comcast.net"), _tls("smtp.comcast.net", 465),
             ("comcast.net",)),
    Provider("BT", _tls("mail.btinternet.com"), _tls("mail.btinternet.com", 465),
             ("btinternet.com",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Consent:
    """How a provider is asked for its mailboxes by OAuth 2, with a client of the owner's own."""

    name: str
    authorize_url: str
    token_url: str
    scopes: str
    imap: Place
    smtp: Place
    extra: tuple[tuple[str, str], ...] = ()  # asked besides what the standard has


TENANT = "TENANT"  # stands in Microsoft's addresses for the organisation that is asked
CONSENTS = {
    # offline and consent: Google gives the refresh token only then, and only with a fresh yes.
    "google": Consent(
        "Google",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        _tls("imap.gmail.com"),
        _tls("smtp.gmail.com", 465),
        extra=(("access_type", "offline"), ("prompt", "consent")),
    ),
    "microsoft": Consent(
        "Microsoft",
        f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize",
        f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All "
        "https://outlook.office.com/SMTP.Send offline_access",
        _tls("outlook.office365.com"),
        _submission("smtp.office365.com"),
    ),
}


def provider_of(address: str) -> Provider | None:
    """The provider whose domain the address has (or is below of), if we know it."""
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    for provider in PROVIDERS:
        if any(domain == one or domain.endswith(f".{one}") for one in provider.domains):
            return provider
    return None


def guess(address: str) -> tuple[Place, Place]:
    """Where an address's IMAP and SMTP servers probably are."""
    known = provider_of(address)
    if known:
        return known.imap, known.smtp
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    return _tls(f"imap.{domain}"), _tls(f"smtp.{domain}", 465)
