"""The mail account of an inbox: connect it, and note how it fares."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as machine
from django.core import mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.channels.email import events as facts
from goodword.channels.email import grants, imap_in, oauth, smtp_out
from goodword.channels.email.failures import Finding, explain
from goodword.channels.email.models import Grant, MailAccount, Security
from goodword.core import due, sealing
from goodword.desk.answering import delivering
from goodword.events import actions as events
from goodword.inboxes.models import Inbox

# A short outage mends itself; owners hear of one that lasts.
PATIENCE = timedelta(minutes=10)
# No waiting mends these: a person has to act.
_AT_ONCE = {"password", "app_password", "consent", "client"}
_SEEN_OK_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How an inbox is fetched and how it sends, with the secrets in clear. A host may be empty.

    With a `client` the sign-in is by OAuth 2; `tokens` are there once the provider has agreed.
    """

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
    client: oauth.Client | None = None
    tokens: oauth.Tokens | None = None


Token = Callable[[str], str]


def settings_to_json(settings: AccountSettings) -> str:
    return json.dumps(asdict(settings), default=datetime.isoformat)


def settings_from_json(text: str) -> AccountSettings:
    plain: dict[str, Any] = json.loads(text)
    client, tokens = plain.pop("client", None), plain.pop("tokens", None)
    if tokens:
        tokens["expires_at"] = datetime.fromisoformat(tokens["expires_at"])
    return AccountSettings(
        **plain,
        client=oauth.Client(**client) if client else None,
        tokens=oauth.Tokens(**tokens) if tokens else None,
    )


def imap_server(
    settings: AccountSettings, *, token: Token | None = None, timeout_seconds: float = 30
) -> imap_in.Server:
    return imap_in.Server(
        host=settings.imap_host,
        port=settings.imap_port,
        security=settings.imap_security,  # type: ignore[arg-type]  # one of the model's choices
        user=settings.imap_user,
        password=settings.imap_password,
        token=token,
        folder=settings.imap_folder,
        timeout_seconds=timeout_seconds,
    )


def smtp_server(
    settings: AccountSettings, *, token: Token | None = None, timeout_seconds: float = 30
) -> smtp_out.Server:
    return smtp_out.Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,  # type: ignore[arg-type]  # one of the model's choices
        user=settings.smtp_user,
        password=settings.smtp_password,
        token=token,
        timeout_seconds=timeout_seconds,
    )


def imap_of(account: MailAccount) -> imap_in.Server:
    """How the account's mailbox is read, with a token that is renewed as needed.

    Raises CannotUnseal.
    """
    settings = settings_of(account)
    return imap_server(settings, token=_token_of(account) if settings.client else None)


def smtp_of(account: MailAccount) -> smtp_out.Server:
    """How the account sends, with a token that is renewed as needed. Raises CannotUnseal."""
    settings = settings_of(account)
    return smtp_server(settings, token=_token_of(account) if settings.client else None)


def _token_of(account: MailAccount) -> Token:
    def token(rejected: str) -> str:
        try:
            return grants.access_token(account, rejected=rejected, clock=timezone.now)
        except oauth.Trouble as trouble:
            _note_refusal(account, trouble, at=timezone.now())
            raise

    return token


def renew_due(*, clock: Callable[[], datetime], most: int = 4) -> int:
    """Renew the access tokens that end soon; returns how many were tried."""
    tried = 0
    for grant in due.claim(Grant.objects.all(), at=clock(), most=most, lease=grants.LEASE):
        tried += 1
        account = MailAccount.objects.select_related("inbox").get(pk=grant.account_id)
        try:
            renewed = grants.renew(grant, clock=clock)
        except oauth.Trouble as trouble:
            _note_refusal(account, trouble, at=clock())
        except sealing.CannotUnseal:
            continue  # put off; reading and sending say so where people look
        else:
            if renewed and grant.refusal and not account.imap_host:
                note_ok(account, clock())  # else fetching says so, once it has read again
    return tried


def _note_refusal(account: MailAccount, trouble: oauth.Trouble, *, at: datetime) -> None:
    if not trouble.passes:
        note_trouble(account, explain(trouble), at)


def of_inbox(inbox: Inbox) -> MailAccount | None:
    return MailAccount.objects.filter(inbox=inbox).first()


def settings_of(account: MailAccount) -> AccountSettings:
    """As they were given; with OAuth the access token may have ended. Raises CannotUnseal."""
    grant = Grant.objects.filter(account=account).first()
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
        client=grants.client_of(grant) if grant else None,
        tokens=grants.tokens_of(grant) if grant else None,
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
    for side, user in (("imap", settings.imap_user), ("smtp", settings.smtp_user)):
        keeps = getattr(account, f"{side}_secret") if user and not settings.client else ""
        given = getattr(settings, f"{side}_password")
        setattr(account, f"{side}_secret", sealing.seal(given) if given else keeps)
    if anew:
        account.begin_at, account.uidvalidity, account.last_uid = at, None, 0
    account.connected_at = at
    # What failed before says nothing about the new settings.
    account.failing_since = account.told_owners_at = account.last_ok_at = None
    account.trouble = account.trouble_words = ""
    account.save()
    if settings.client and settings.tokens:
        grants.keep(account, settings.client, settings.tokens, at=at)
    else:
        Grant.objects.filter(account=account).delete()
    if account.smtp_host:
        delivering.try_soon(inbox, at=at)
    fact = facts.MailboxConnected(begins_anew=anew)
    events.announce(fact, by=by, about=inbox, at=at)
    return account


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
    # A line that is open still reads for a while after the provider has taken its consent back.
    refused = Grant.objects.filter(account=account).exclude(refusal="").exists()
    recovered = not refused and row.filter(failing_since__isnull=False).update(
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
    house = accounts.business()
    for owner in accounts.owners():
        with translation.override(accounts.language_of(owner, house=house)):
            _tell_owner(owner, inbox, finding)


def _tell_owner(owner: Teammate, inbox: Inbox, finding: Finding) -> None:
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
    mail.send_mail(subject, text, None, [owner.email])
