"""Mailboxes followed by IMAP: each by itself, so that one that fails holds up no other.

A mailbox is followed by (UIDVALIDITY, uid), never by the unread flag, and nothing in it is changed.
Every mail is stored as an Arrival in the transaction that moves `last_uid` past it.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Q, QuerySet

from goodword.channels.email import accounts, imap_in
from goodword.channels.email.explaining import explain
from goodword.channels.email.models import MailAccount
from goodword.desk import receiving

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]

LEASE = timedelta(seconds=90)
IDLE_SECONDS = 60.0  # between two looks at the whole mailbox, whatever IDLE says
_LOOK_FOR_ACCOUNTS_SECONDS = 3.0
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 5.0, 300.0
_CLOCKS_DIFFER = timedelta(minutes=10)


def catch_up(account: MailAccount, mailbox: imap_in.Mailbox, *, at: datetime) -> int:
    """Take in everything that is new since the last look; returns how many mails.

    When UIDVALIDITY changed, or was never known, everything since `begin_at` is looked through;
    what is here already is recognised by its bytes.
    """
    known = account.uidvalidity == mailbox.uidvalidity
    newest = mailbox.uidnext - 1
    if known:
        uids = mailbox.uids_after(account.last_uid)
    else:
        uids = mailbox.uids_since((account.begin_at - timedelta(days=2)).date())
    taken = 0
    for uid in uids:
        taken += _take(account, mailbox, uid, remember=known, at=at)
    last = max([newest, account.last_uid if known else 0, *uids])
    _same_mailbox(account).update(uidvalidity=mailbox.uidvalidity, last_uid=last)
    account.uidvalidity, account.last_uid = mailbox.uidvalidity, last
    return taken


def _take(
    account: MailAccount, mailbox: imap_in.Mailbox, uid: int, *, remember: bool, at: datetime
) -> int:
    try:
        raw, arrived = mailbox.fetch(uid)
    except imap_in.Gone:
        return 0
    if arrived < account.begin_at - _CLOCKS_DIFFER:
        return 0
    with transaction.atomic():
        receiving.take_in(
            raw,
            road="email",
            source=f"imap:{account.pk}",
            inbox=account.inbox,
            said_at=arrived,
            at=at,
        )
        if remember:
            _same_mailbox(account).update(last_uid=uid)
    return 1


def _same_mailbox(account: MailAccount) -> QuerySet[MailAccount]:
    """The account's row, unless it was pointed at another mailbox while we read this one."""
    return MailAccount.objects.filter(
        pk=account.pk,
        imap_host=account.imap_host,
        imap_user=account.imap_user,
        imap_folder=account.imap_folder,
    )


def _claim(account: MailAccount, token: str, *, at: datetime) -> bool:
    """Hold the mailbox, or hold it longer; False while another process follows it."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at) | Q(lease=token)
    won = MailAccount.objects.filter(free, pk=account.pk).update(
        lease=token, leased_until=at + LEASE
    )
    return bool(won)


def _settings_of(account: MailAccount) -> tuple[object, ...]:
    return (
        account.imap_host,
        account.imap_port,
        account.imap_security,
        account.imap_user,
        account.imap_secret,
        account.imap_folder,
        account.connected_at,  # told to connect again: do so now, not after the next pause
    )


class Fetcher:
    """Follows every mailbox, a thread each, and notices new and changed ones."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._stop = threading.Event()
        self._threads: dict[int, tuple[threading.Thread, threading.Event, tuple[object, ...]]] = {}
        self._supervisor = threading.Thread(target=self._supervise, name="fetch")

    def start(self) -> None:
        self._supervisor.start()

    def stop(self) -> None:
        """Ask all to end and wait for them."""
        self._stop.set()
        if self._supervisor.is_alive():
            self._supervisor.join()

    def _supervise(self) -> None:
        while not self._stop.is_set():
            try:
                self._look_for_accounts()
            except DatabaseError:
                logger.exception("could not look for mailboxes")
            close_old_connections()
            self._stop.wait(_LOOK_FOR_ACCOUNTS_SECONDS)
        for _, ended, _ in self._threads.values():
            ended.set()
        for thread, _, _ in self._threads.values():
            thread.join()
        connection.close()

    def _look_for_accounts(self) -> None:
        wanted = {a.pk: a for a in MailAccount.objects.exclude(imap_host="")}
        for pk, (thread, ended, settings) in list(self._threads.items()):
            if pk not in wanted or settings != _settings_of(wanted[pk]) or not thread.is_alive():
                ended.set()
                if not thread.is_alive():
                    del self._threads[pk]
        for pk, account in wanted.items():
            if pk not in self._threads:
                ended = threading.Event()
                thread = threading.Thread(
                    target=self._follow, args=(pk, ended), name=f"mailbox-{pk}"
                )
                self._threads[pk] = (thread, ended, _settings_of(account))
                thread.start()

    def _follow(self, pk: int, ended: threading.Event) -> None:
        token = secrets.token_hex(8)
        wait = _FIRST_WAIT_SECONDS
        try:
            while not ended.is_set():
                account = MailAccount.objects.select_related("inbox").filter(pk=pk).first()
                if account is None:
                    return
                if not _claim(account, token, at=self._clock()):
                    ended.wait(_FIRST_WAIT_SECONDS)
                    continue
                try:
                    self._keep_up(account, token, ended)
                    wait = _FIRST_WAIT_SECONDS
                except Exception as error:  # noqa: BLE001  # whatever it was, the next try comes
                    self._note(account, error)
                    ended.wait(wait)
                    wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
                close_old_connections()
            MailAccount.objects.filter(pk=pk, lease=token).update(lease="", leased_until=None)
        except DatabaseError:
            logger.exception("a mailbox's thread ended", extra={"account": pk})
        finally:
            connection.close()

    def _keep_up(self, account: MailAccount, token: str, ended: threading.Event) -> None:
        """Follow an open mailbox until asked to end or until the lease is lost."""
        with imap_in.Mailbox(accounts.imap_of(account), stop=ended.is_set) as mailbox:
            while not ended.is_set() and _claim(account, token, at=self._clock()):
                catch_up(account, mailbox, at=self._clock())
                accounts.note_ok(account, at=self._clock())
                mailbox.wait(IDLE_SECONDS)

    def _note(self, account: MailAccount, error: Exception) -> None:
        logger.warning(
            "mailbox failed", extra={"account": account.pk, "error": type(error).__name__}
        )
        accounts.note_trouble(account, explain(error), at=self._clock())
