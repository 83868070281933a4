"""Mail from Goodword itself to teammates: stored first, so that no page waits on a mail server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.channels.email import smtp_out
from goodword.channels.email.accounts import smtp_of
from goodword.channels.email.composing import OutgoingPolicy, ascii_address
from goodword.channels.email.models import MailAccount, Notice
from goodword.core import due, sealing
from goodword.core.text import clean, clean_line
from goodword.desk.roads import Answer, LeaseLost
from goodword.events import waking
from goodword.inboxes import queries as inboxes

GIVE_UP_AFTER = timedelta(days=2)
KEPT = timedelta(days=30)
_POLICY = OutgoingPolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)


class NoticeBackend(BaseEmailBackend):
    """Django's mail goes into rows; the worker sends them (`send_due`)."""

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        now = timezone.now()
        domain = urlsplit(settings.URL).hostname
        notices = [
            Notice(
                to=to,
                subject=clean_line(str(message.subject), most=300),
                text=clean(str(message.body)),
                message_id=make_msgid(domain=domain).strip("<>"),
                made_at=now,
                due_at=now,
            )
            for message in email_messages
            for to in message.recipients()
        ]
        Notice.objects.bulk_create(notices)
        transaction.on_commit(waking.wake)
        return len(email_messages)


def can_send() -> bool:
    """Whether any inbox could send a notice. Where none can, pages show links to be copied."""
    return _senders().exists()


def send_due(*, clock: Callable[[], datetime], most: int = 10) -> int:
    """Send what is due; returns how many notices were tried."""
    tried = 0
    for notice in due.claim(Notice.objects.all(), at=clock(), most=most):
        tried += 1
        _send(notice, at=clock())
    return tried


def sweep(*, at: datetime) -> int:
    """Remove notices that are a month old; returns how many went."""
    return Notice.objects.filter(due_at__isnull=True, made_at__lte=at - KEPT).delete()[0]


def _senders() -> QuerySet[MailAccount]:
    """Accounts that can send, those in working order first."""
    return (
        MailAccount.objects.exclude(smtp_host="")
        .select_related("inbox")
        .order_by(F("failing_since").asc(nulls_first=True), "inbox_id")
    )


def _send(notice: Notice, *, at: datetime) -> None:
    if at - notice.made_at > GIVE_UP_AFTER:
        _end(notice, why=notice.why or _("No mail server took it for two days."))
        return
    answer = Answer("later", _("No inbox has an outgoing mail server yet."))
    for account in _senders():
        try:
            answer = _hand_over(notice, account, at=at)
        except LeaseLost:
            return  # another worker has it now
        except sealing.CannotUnseal:
            answer = Answer("later", _("A mailbox password can't be read with the present key."))
        if answer.state != "later":
            break
    if answer.state == "later":
        due.put_off(notice, until=due.next_try(notice, at=at), why=answer.words)
    elif answer.state == "accepted":
        Notice.objects.filter(pk=notice.pk).update(sent_at=at)
        _end(notice, why="")
    elif answer.state == "unknown":
        _end(notice, why=_unclear(answer.words))
    else:
        _end(notice, why=answer.words)


def _hand_over(notice: Notice, account: MailAccount, *, at: datetime) -> Answer:
    sender = inboxes.sender_address(account.inbox)

    def commit(_taken: Sequence[str]) -> None:
        # From here on it may have arrived: should this process die, nobody sends it again.
        won = Notice.objects.filter(pk=notice.pk, lease=notice.lease).update(
            due_at=None, why=_unclear("")
        )
        if not won:
            raise LeaseLost

    outcome = smtp_out.send(
        smtp_of(account),
        _composed(notice, sender, at=at),
        sender=sender,
        envelope=[notice.to],
        commit=commit,
    )
    answer = outcome.answers.get(notice.to) or Answer("later", outcome.trouble)
    # Trouble is ours (a wrong password), so another account may do better.
    return Answer("later", outcome.trouble) if outcome.trouble else answer


def _composed(notice: Notice, sender: str, *, at: datetime) -> bytes:
    business = accounts.business()
    mail = EmailMessage(policy=_POLICY.clone(utf8=not (sender + notice.to).isascii()))
    mail["From"] = Address(
        display_name=f"Goodword · {business.name}" if business else "Goodword",
        addr_spec=ascii_address(sender),
    )
    mail["To"] = ascii_address(notice.to)
    mail["Subject"] = notice.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{notice.message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # Exchange does not look at Auto-Submitted
    mail.set_content(notice.text, cte="base64")
    return mail.as_bytes()


def _unclear(words: str) -> str:
    said = _("It is not known whether this arrived, so it is not sent again.")
    return f"{said} {words}".strip()


def _end(notice: Notice, *, why: str) -> None:
    """Nothing is left to do. The text may hold a link that lets somebody in, so it goes."""
    due.put_off(notice, until=None, why=why)
    Notice.objects.filter(pk=notice.pk, due_at__isnull=True).update(text="")


def forget_unsent() -> None:
    """After a restore: what was to be sent then may have been, and its links are old."""
    Notice.objects.filter(due_at__isnull=False).update(
        due_at=None, leased_until=None, lease="", why="restored"
    )
