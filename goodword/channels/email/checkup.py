"""How the mailboxes fare, for `goodword doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings as machine

from goodword.channels.email import accounts, diagnosing
from goodword.channels.email.failures import Finding, words_for
from goodword.channels.email.models import MailAccount
from goodword.core import sealing
from goodword.core.diagnosis import Diagnosis, span
from goodword.inboxes.models import Inbox

_SILENT = timedelta(minutes=30)  # IDLE is renewed, and noted, far more often


def look(*, at: datetime, live: bool = False) -> Iterator[Diagnosis]:
    """Each inbox in its turn. `live` connects to its servers now, and changes nothing there."""
    accounts_by_inbox = {each.inbox_id: each for each in MailAccount.objects.all()}
    for inbox in Inbox.objects.order_by("name"):
        account = accounts_by_inbox.get(inbox.pk)
        if account is None or not account.smtp_host:
            yield _no_way_out(inbox)
        if account is None:
            continue
        try:
            accounts.settings_of(account)
        except sealing.CannotUnseal:
            yield _sealed(inbox)
            continue
        if account.imap_host:
            yield _fetched(inbox, account, at)
        if live:
            yield from _tried(inbox, account)


def _page(inbox: Inbox) -> str:
    return f"{machine.URL}/settings/inboxes/{inbox.public_id}/mailbox/"


def _about(inbox: Inbox) -> str:
    return f"Mailbox of {inbox.name}"


def _no_way_out(inbox: Inbox) -> Diagnosis:
    return Diagnosis(
        "wrong", "outgoing", _about(inbox),
        "it has no outgoing server: answers are written and never leave.",
        f"Name one: {_page(inbox)}",
    )  # fmt: skip


def _sealed(inbox: Inbox) -> Diagnosis:
    return Diagnosis(
        "wrong", "sealed", _about(inbox),
        "its secrets were sealed with another key than the one in the data folder (keys/mailboxes,"
        " or GOODWORD_MAILBOX_KEY), so nothing is fetched or sent.",
        f"Bring the key back from a backup, or connect it again: {_page(inbox)}",
    )  # fmt: skip


def _fetched(inbox: Inbox, account: MailAccount, at: datetime) -> Diagnosis:
    if account.failing_since:
        server = f" The server said: {account.trouble_words}." if account.trouble_words else ""
        return Diagnosis(
            "wrong", "mailbox", _about(inbox),
            f"not read for {span(at - account.failing_since)}; its mail waits there."
            f" {words_for(account.trouble)}{server}",
            f"Settings: {_page(inbox)}",
        )  # fmt: skip
    if account.last_ok_at is None:
        return Diagnosis(
            "look", "mailbox", _about(inbox), "never read so far.",
            "Give it a minute once the worker runs.",
        )  # fmt: skip
    if at - account.last_ok_at > _SILENT:
        return Diagnosis(
            "wrong", "mailbox", _about(inbox), f"last read {span(at - account.last_ok_at)} ago.",
            "See whether the worker runs, and restart it if it does.",
        )  # fmt: skip
    return Diagnosis("ok", "mailbox", _about(inbox), f"read {span(at - account.last_ok_at)} ago.")


def _tried(inbox: Inbox, account: MailAccount) -> Iterator[Diagnosis]:
    if account.imap_host:
        finding = diagnosing.try_imap(accounts.imap_of(account))
        yield _answered(inbox, "reading", account.imap_host, finding)
    if account.smtp_host:
        finding = diagnosing.try_smtp(accounts.smtp_of(account))
        yield _answered(inbox, "sending", account.smtp_host, finding)


def _answered(inbox: Inbox, act: str, host: str, finding: Finding) -> Diagnosis:
    about = f"Trying {act} for {inbox.name}"
    if finding.ok:
        return Diagnosis("ok", f"live_{act}", about, f"{host} lets us in.")
    server = f" The server said: {finding.server_words}." if finding.server_words else ""
    return Diagnosis(
        "wrong", f"live_{act}", about, f"{host}: {finding.words}{server}",
        f"Settings: {_page(inbox)}",
    )  # fmt: skip
