"""Mailboxes followed by IMAP: each by itself, so that one that fails holds up no other.

A mailbox is followed by (UIDVALIDITY, uid), never by the unread flag, and nothing in it is changed.
Every mail is stored as an Arrival in the transaction that moves `last_uid` past it.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.db.models import Q, QuerySet

from goodword.channels.email import accounts, imap_in
from goodword.channels.email.failures import explain
from goodword.channels.email.intake import disk_is_short
from goodword.channels.email.models import MailAccount
from goodword.desk.intake import arriving
from goodword.desk.intake.arriving import Taken
from goodword.desk.models import Arrival

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]

LEASE = timedelta(seconds=30)  # held longer while its process lives
IDLE_SECONDS = 60.0  # between two looks at the whole mailbox, whatever IDLE says
_LOOK_FOR_ACCOUNTS_SECONDS = 3.0
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 5.0, 300.0
_CLOCKS_DIFFER = timedelta(minutes=10)
# What is fetched together is in memory at once, and shares one durable commit.
_MOST_TOGETHER, _MOST_BYTES_TOGETHER = 50, 8 * 1024 * 1024


def catch_up(
    account: MailAccount,
    mailbox: imap_in.Mailbox,
    *,
    at: datetime,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Take in everything that is new since the last look; returns how many mails.

    When UIDVALIDITY changed, or was never known, everything since `begin_at` is looked through;
    what is here already is recognised by its bytes. `go_on` is asked between two helpings; what
    was taken in until then is remembered. Raises OSError when the disk is nearly full.
    """
    known = account.uidvalidity == mailbox.uidvalidity
    # Never by UIDNEXT: it counts what came a moment ago and this session has not been told of.
    seen = mailbox.uids_after(account.last_uid if known else 0)
    since = account.begin_at - _CLOCKS_DIFFER
    uids = seen if known else mailbox.uids_since((since - timedelta(days=2)).date())
    taken = 0
    for helping in _helpings(mailbox.listed(uids), since=since):
        _require_room()
        taken += _take(account, mailbox, helping, at=at)
        if not go_on():
            return taken
    _remember(account, mailbox, max([account.last_uid if known else 0, *seen[-1:], *uids[-1:]]))
    return taken


def _require_room() -> None:
    """Raises OSError when the disk is nearly full."""
    if disk_is_short():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _helpings(listed: Iterable[imap_in.Listed], *, since: datetime) -> Iterator[list[int]]:
    """Uids of what arrived after `since`, by as many as may be fetched together."""
    helping: list[int] = []
    size_bytes = 0
    for each in listed:
        if each.arrived < since:
            continue
        size_bytes += each.size_bytes
        if helping and (len(helping) == _MOST_TOGETHER or size_bytes > _MOST_BYTES_TOGETHER):
            yield helping
            helping, size_bytes = [], each.size_bytes
        helping.append(each.uid)
    if helping:
        yield helping


def _take(
    account: MailAccount, mailbox: imap_in.Mailbox, helping: list[int], *, at: datetime
) -> int:
    """Take in what isn't here yet, and remember how far we are, in one transaction."""
    source = f"imap:{account.pk}"
    fetched = {hashlib.sha256(each.raw).hexdigest(): each for each in mailbox.fetch(helping)}
    seen = Arrival.objects.filter(source=source, raw__sha256__in=fetched)
    with transaction.atomic():
        for known in seen.values_list("raw__sha256", flat=True):
            fetched.pop(known, None)
        taken = [Taken(each.raw, said_at=each.arrived) for each in fetched.values()]
        arriving.take_in_together(taken, road="email", source=source, inbox=account.inbox, at=at)
        _remember(account, mailbox, helping[-1])
    return len(fetched)


def _remember(account: MailAccount, mailbox: imap_in.Mailbox, uid: int) -> None:
    """Everything up to `uid` has been looked at."""
    _same_mailbox(account).update(uidvalidity=mailbox.uidvalidity, last_uid=uid)
    account.uidvalidity, account.last_uid = mailbox.uidvalidity, uid


def _same_mailbox(account: MailAccount) -> QuerySet[MailAccount]:
    """The account's row, unless it was pointed at another mailbox while we read this one."""
    return MailAccount.objects.filter(
        pk=account.pk,
        imap_host=account.imap_host,
        imap_user=account.imap_user,
        imap_folder=account.imap_folder,
    )


class _Hold:
    """This process's claim on a mailbox. Whoever follows the mailbox asks `lasts` every second or
    so: that renews it in time, and a process that was killed keeps others away for half a minute.
    """

    def __init__(self, pk: int, *, clock: Clock) -> None:
        self._pk, self._clock = pk, clock
        self._token = secrets.token_hex(8)
        self._lasts = False
        self._asked = 0.0

    def lasts(self) -> bool:
        """Whether the mailbox is ours, taking it when it is free."""
        now = time.monotonic()
        if not self._lasts or now - self._asked > LEASE.total_seconds() / 3:
            self._lasts, self._asked = self._claim(at=self._clock()), now
        return self._lasts

    def _claim(self, *, at: datetime) -> bool:
        free = (
            Q(leased_until__isnull=True)
            | Q(leased_until__lte=at)
            # Given by a clock that was wrong.
            | Q(leased_until__gt=at + LEASE + _CLOCKS_DIFFER)
            | Q(lease=self._token)
        )
        won = MailAccount.objects.filter(free, pk=self._pk).update(
            lease=self._token, leased_until=at + LEASE
        )
        return bool(won)

    def let_go(self) -> None:
        MailAccount.objects.filter(pk=self._pk, lease=self._token).update(
            lease="", leased_until=None
        )


class _Pause:
    """How long a mailbox that failed is left alone: each time twice as long, until it was read."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self._next = _FIRST_WAIT_SECONDS

    def next_seconds(self) -> float:
        seconds, self._next = self._next, min(self._next * 2, _LONGEST_WAIT_SECONDS)
        return seconds


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
        hold = _Hold(pk, clock=self._clock)
        pause = _Pause()
        try:
            while not ended.is_set():
                account = MailAccount.objects.select_related("inbox").filter(pk=pk).first()
                if account is None:
                    return
                if not hold.lasts():
                    ended.wait(_FIRST_WAIT_SECONDS)
                    continue
                try:
                    _require_room()
                    self._keep_up(account, hold, pause, ended)
                except DatabaseError:  # no trouble of the mailbox's
                    raise
                except Exception as error:  # noqa: BLE001  # whatever it was, the next try comes
                    self._note(account, error)
                    # Our own disk may be looked at as often as we like; a server not.
                    if disk_is_short():
                        pause.begin_anew()
                    ended.wait(pause.next_seconds())
                close_old_connections()
            hold.let_go()
        except DatabaseError:
            # The supervisor begins another in its place.
            logger.exception("a mailbox's thread ended", extra={"account": pk})
        finally:
            connection.close()

    def _keep_up(
        self, account: MailAccount, hold: _Hold, pause: _Pause, ended: threading.Event
    ) -> None:
        """Follow an open mailbox until asked to end or until another process has it."""

        def go_on() -> bool:
            return not ended.is_set() and hold.lasts()

        with imap_in.Mailbox(accounts.imap_of(account), stop=lambda: not go_on()) as mailbox:
            while go_on():
                catch_up(account, mailbox, at=self._clock(), go_on=go_on)
                accounts.note_ok(account, at=self._clock())
                pause.begin_anew()
                mailbox.wait(IDLE_SECONDS)

    def _note(self, account: MailAccount, error: Exception) -> None:
        logger.warning(
            "mailbox failed", extra={"account": account.pk, "error": type(error).__name__}
        )
        accounts.note_trouble(account, explain(error), at=self._clock())
