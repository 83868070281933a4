"""The mail account of an inbox: connect it, and note how it fares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings as machine
from django.core import mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.channels.email import events as facts
from goodword.channels.email import imap_in, smtp_out
from goodword.channels.email.explaining import Finding
from goodword.channels.email.models import MailAccount, Security
from goodword.core import sealing
from goodword.events import actions as events
from goodword.inboxes.models import Inbox

# A short outage mends itself; owners hear of one that lasts.
PATIENCE = timedelta(minutes=10)
# No waiting mends these: a person has to act.
_AT_ONCE = {"password", "app_password"}
_SEEN_OK_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How an inbox is fetched and how it sends, with the secrets in clear. A host may be empty."""

    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = Security.TLS
    imap_user: str = ""
    imap_password: str = field(default="", repr=False)
    imap_folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: str = Security.TLS
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)


def imap_server(settings: AccountSettings, *, timeout_seconds: float = 30) -> imap_in.Server:
    return imap_in.Server(
        host=settings.imap_host,
        port=settings.imap_port,
        security=settings.imap_security,  # type: ignore[arg-type]  # one of the model's choices
        user=settings.imap_user,
        password=settings.imap_password,
        folder=settings.imap_folder,
        timeout_seconds=timeout_seconds,
    )


def smtp_server(settings: AccountSettings, *, timeout_seconds: float = 30) -> smtp_out.Server:
    return smtp_out.Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,  # type: ignore[arg-type]  # one of the model's choices
        user=settings.smtp_user,
        password=settings.smtp_password,
        timeout_seconds=timeout_seconds,
    )


def of_inbox(inbox: Inbox) -> MailAccount | None:
    return MailAccount.objects.filter(inbox=inbox).first()


def settings_of(account: MailAccount) -> AccountSettings:
    """Raises CannotUnseal."""
    return AccountSettings(
        imap_host=account.imap_host,
        imap_port=account.imap_port,
        imap_security=account.imap_security,
        imap_user=account.imap_user,
        imap_password=sealing.unseal(account.imap_secret),
        imap_folder=account.imap_folder,
        smtp_host=account.smtp_host,
        smtp_port=account.smtp_port,
        smtp_security=account.smtp_security,
        smtp_user=account.smtp_user,
        smtp_password=sealing.unseal(account.smtp_secret),
    )


def begins_anew(account: MailAccount | None, settings: AccountSettings) -> bool:
    """Whether these settings lead to another mailbox, of which only mail from now on is taken."""
    return account is None or (
        (account.imap_host, account.imap_user, account.imap_folder)
        != (settings.imap_host, settings.imap_user, settings.imap_folder)
    )


@transaction.atomic
def connect(
    inbox: Inbox, settings: AccountSettings, *, by: Teammate | None, at: datetime
) -> MailAccount:
    """Say how the inbox is fetched and sends. An empty password keeps the one it has.

    When the mailbox is another than before (`begins_anew`), only mail from `at` on is taken.
    """
    account = MailAccount.objects.filter(inbox=inbox).first()
    anew = begins_anew(account, settings)
    account = account or MailAccount(inbox=inbox)
    for side in ("imap", "smtp"):
        for part in ("host", "port", "security", "user"):
            setattr(account, f"{side}_{part}", getattr(settings, f"{side}_{part}"))
    account.imap_folder = settings.imap_folder
    account.imap_secret = _secret(
        settings.imap_password, kept=account.imap_secret if settings.imap_user else ""
    )
    account.smtp_secret = _secret(
        settings.smtp_password, kept=account.smtp_secret if settings.smtp_user else ""
    )
    if anew:
        account.begin_at, account.uidvalidity, account.last_uid = at, None, 0
    # What failed before says nothing about the new settings.
    account.failing_since = account.told_owners_at = account.last_ok_at = None
    account.trouble = account.trouble_words = ""
    account.save()
    fact = facts.MailboxConnected(begins_anew=anew)
    events.announce(fact, by=by, about=inbox, at=at)
    return account


def _secret(password: str, *, kept: str) -> str:
    return sealing.seal(password) if password else kept


@transaction.atomic
def disconnect(inbox: Inbox, *, by: Teammate | None, at: datetime) -> None:
    """Nothing is fetched or sent for the inbox any more; what came in stays."""
    gone, _counts = MailAccount.objects.filter(inbox=inbox).delete()
    if gone:
        events.announce(facts.MailboxDisconnected(), by=by, about=inbox, at=at)


@transaction.atomic
def note_ok(account: MailAccount, at: datetime) -> None:
    """The mailbox was read. Written at most once a minute, unless it ends an outage."""
    row = MailAccount.objects.filter(pk=account.pk)
    recovered = row.filter(failing_since__isnull=False).update(
        failing_since=None, trouble="", trouble_words="", told_owners_at=None, last_ok_at=at
    )
    if recovered:
        events.announce(facts.MailboxRecovered(), by=None, about=account.inbox, at=at)
        return
    stale = Q(last_ok_at__isnull=True) | Q(last_ok_at__lte=at - _SEEN_OK_EVERY)
    row.filter(stale).update(last_ok_at=at)


@transaction.atomic
def note_trouble(account: MailAccount, finding: Finding, at: datetime) -> None:
    """The mailbox failed. Announced once an outage; owners get one mail when it lasts."""
    row = MailAccount.objects.filter(pk=account.pk)
    row.update(trouble=finding.code, trouble_words=finding.server_words)
    if row.filter(failing_since__isnull=True).update(failing_since=at):
        fact = facts.MailboxFailing(trouble=finding.code)
        events.announce(fact, by=None, about=account.inbox, at=at)
    lasts = Q() if finding.code in _AT_ONCE else Q(failing_since__lte=at - PATIENCE)
    if row.filter(lasts, told_owners_at__isnull=True).update(told_owners_at=at):
        _tell_owners(account.inbox, finding)


def in_trouble() -> QuerySet[MailAccount]:
    """The mailboxes that fail now, the longest first."""
    return (
        MailAccount.objects.filter(failing_since__isnull=False)
        .select_related("inbox")
        .order_by("failing_since", "pk")
    )


def _tell_owners(inbox: Inbox, finding: Finding) -> None:
    business = accounts.business()
    owners = list(accounts.owners().values_list("email", flat=True))
    with translation.override(business.language if business else "en"):
        subject = _("The mailbox of %(inbox)s can't be read") % {"inbox": inbox.name}
        text = _(
            "Goodword can't read the mailbox of the inbox %(inbox)s.\n\n%(words)s\n\n"
            "The server said: %(server)s\n\n"
            "No mail is lost: it stays in the mailbox, and Goodword keeps trying. "
            "The settings are here:\n%(link)s"
        ) % {
            "inbox": inbox.name,
            "words": finding.words,
            "server": finding.server_words or "–",
            "link": f"{machine.URL}/settings/inboxes/{inbox.public_id}/mailbox/",
        }
    mail.send_mail(subject, text, None, owners)
