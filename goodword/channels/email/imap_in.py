"""A mailbox, read and never touched: no flag set, nothing moved, nothing deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Literal

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFetchError, MailboxStarttlsError
from imap_tools.utils import check_command_status

from goodword.channels.email import oauth
from goodword.channels.email.failures import PlaintextLogin, server_words
from goodword.channels.email.smtp_out import is_loopback

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_IDLE_SECONDS = 25 * 60  # servers log off after 29 minutes (RFC 2177)
_FAREWELL_SECONDS = 1.0
_LOOK_UP_SECONDS = 1.0  # how often a wait asks whether to stop
_POLL_SECONDS = 20.0  # between NOOPs where the server has no IDLE
_AT_ONCE = 500
_EMPTY_WAKES = 5
_NEWS = re.compile(rb"\b(?:EXISTS|RECENT)\b")


@dataclass(frozen=True, slots=True)
class Server:
    """How a mailbox is read. With `token` the login is XOAUTH2 and there is no password.

    `token(rejected)` gives an access token, another one than the server has just rejected.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    timeout_seconds: float = 30
    token: Callable[[str], str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the server lists it. `arrived`: when it reached the mailbox, UTC."""

    uid: int
    size_bytes: int
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    uid: int
    raw: bytes = field(repr=False)
    arrived: datetime


class Mailbox:
    """One folder, opened with EXAMINE. Use as a context manager.

    `stop` is asked once a second during `wait`. Every step raises what `failures.explain`
    understands; after an exception the mailbox is to be closed and opened anew.
    """

    def __init__(self, server: Server, *, stop: Callable[[], bool] = lambda: False) -> None:
        self.server = server
        self.stop = stop
        self.uidvalidity = 0
        self._seen_next = 0
        self._open: BaseMailBox | None = None

    def __enter__(self) -> Mailbox:
        if (
            self.server.user
            and self.server.security == "none"
            and not is_loopback(self.server.host)
        ):
            raise PlaintextLogin(self.server.host)
        try:
            box = self._open = self._signed_in()
            box.folder.set(self.server.folder, readonly=True)
            _, found = box.client.response("UIDVALIDITY")
            # A server without UIDVALIDITY keeps no uids; 0 then means "compare by content".
            self.uidvalidity = int(found[-1]) if found and found[-1] else 0
        except BaseException:
            self.close()
            raise
        return self

    def _signed_in(self) -> BaseMailBox:
        token = self.server.token
        if token is None:
            return _session(self.server, lambda box: _log_in(box, self.server))
        access = token("")
        try:
            return _session(self.server, lambda box: _bear(box, self.server.user, access))
        except oauth.Trouble:
            # Ended before its time, or withdrawn: the provider knows which. On a line of its own,
            # for some servers hang up after a refusal.
            fresh = token(access)
        return _session(self.server, lambda box: _bear(box, self.server.user, fresh))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        box, self._open = self._open, None
        if box is not None:
            _hang_up(box)

    @property
    def _box(self) -> BaseMailBox:
        if self._open is None:
            raise ConnectionError("the mailbox is not open")
        return self._open

    @property
    def uidnext(self) -> int:
        """The uid that the next message will have; asked of the server each time.

        Messages below it may not show in a search yet, so it never says how far one has looked.
        """
        return self._box.folder.status(self.server.folder, ["UIDNEXT"]).get("UIDNEXT", 0)

    def uids_after(self, uid: int) -> list[int]:
        """Uids above `uid`, ascending."""
        # A search finds only what the session has been told of; a NOOP lets the server tell it.
        check_command_status(self._box.client.noop(), MailboxFetchError)
        self._heard_of_new()
        # "n+1:*" names the last message also if its uid is below n+1 (RFC 9051, 9 seq-range).
        found = self._search(f"UID {uid + 1}:*")
        newer = [one for one in found if one > uid]
        self._seen_next = max([self._seen_next, *(one + 1 for one in found)])
        return newer

    def uids_since(self, day: date) -> list[int]:
        """Uids of messages that arrived on `day` or later by the server's calendar, ascending."""
        return self._search(f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}")

    def listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        """Size and moment of each, in the order of `uids`; a message that has gone is left out."""
        for at in range(0, len(uids), _AT_ONCE):
            told = self._fetch(uids[at : at + _AT_ONCE], "(UID RFC822.SIZE INTERNALDATE)")
            lines = {_uid_in(line): line for line, _ in told}
            for uid in uids[at : at + _AT_ONCE]:
                if size := re.search(rb"RFC822\.SIZE (\d+)", lines.get(uid, b"")):
                    yield Listed(uid, int(size.group(1)), _arrived(lines[uid]))

    def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """The messages' bytes; one that has gone is left out. The unread flag stays.

        All of them are in memory at once: ask for few.
        """
        told = self._fetch(uids, "(UID INTERNALDATE BODY.PEEK[])")
        whole = {
            (uid := _uid_in(line)): Fetched(uid, raw, _arrived(line))
            for line, raw in told
            if raw is not None
        }
        return [whole[uid] for uid in uids if uid in whole]

    def wait(self, seconds: float) -> bool:
        """Wait for new mail, at most `seconds`, or until `stop`. True: there may be some."""
        until = time.monotonic() + min(seconds, _LONGEST_IDLE_SECONDS)
        if self._something_new():
            return True
        if "IDLE" in self._box.client.capabilities:
            return self._idle(until)
        return self._poll(until)

    def _idle(self, until: float) -> bool:
        box, empty = self._box, 0
        box.idle.start()  # type: ignore[no-untyped-call]  # of imap_tools
        # What the server had to say came before its "go ahead", or together with it.
        news = self._heard_of_new() or self._read_ahead()
        while not news and not self.stop() and (left := until - time.monotonic()) > 0:
            patience = min(_LOOK_UP_SECONDS, left)
            asked = time.monotonic()
            heard = box.idle.poll(timeout=patience)
            if any(line.upper().startswith(b"* BYE") for line in heard):
                raise ConnectionResetError("the server said goodbye")
            news = any(_NEWS.search(line) for line in heard)
            # A closed line wakes the poll at once, again and again, and has nothing to say.
            early = not heard and time.monotonic() - asked < patience / 2
            empty = empty + 1 if early else 0
            if empty >= _EMPTY_WAKES:
                raise ConnectionResetError("the server closed the connection")
        box.idle.stop()  # type: ignore[no-untyped-call]  # of imap_tools
        return news or self._heard_of_new()

    def _read_ahead(self) -> bool:
        """Whether news was read from the socket already, where polling it can't see them."""
        client = self._box.client
        old = client.sock.gettimeout()
        client.sock.settimeout(0)
        try:
            waiting: bytes = client.file.peek(1)  # type: ignore[union-attr]
        except OSError:
            return False
        finally:
            client.sock.settimeout(old)
        return bool(_NEWS.search(waiting))

    def _poll(self, until: float) -> bool:
        asked = time.monotonic()
        while not self.stop() and (now := time.monotonic()) < until:
            if now - asked >= _POLL_SECONDS:
                asked = now
                check_command_status(self._box.client.noop(), MailboxFetchError)
                if self._heard_of_new():
                    return True
            time.sleep(max(0.0, min(_LOOK_UP_SECONDS, until - now)))
        return self._something_new()

    def _something_new(self) -> bool:
        """Whether a message came since `uids_after` was asked."""
        return (bool(self._seen_next) and self.uidnext > self._seen_next) or self._heard_of_new()

    def _heard_of_new(self) -> bool:
        """Whether the server spoke of new messages beside another answer; forgets it."""
        _, told = self._box.client.response("EXISTS")
        return bool(told and told[0])

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._box.uids(criteria, charset=None))

    def _fetch(self, uids: Sequence[int], what: str) -> list[tuple[bytes, bytes | None]]:
        """For each message the words about it, and the bytes that came with them, if any."""
        result = self._box.client.uid("FETCH", ",".join(map(str, uids)), what)
        check_command_status(result, MailboxFetchError)
        told: list[tuple[bytes, bytes | None]] = []
        for row in filter(None, result[1]):
            if isinstance(row, tuple):
                told.append((row[0], row[1]))
            elif told and told[-1][1] is not None:  # what stands behind the bytes
                told[-1] = (told[-1][0] + b" " + row, told[-1][1])
            else:
                told.append((row, None))
        return told


def _connected(server: Server) -> BaseMailBox:
    trusted = ssl.create_default_context()
    if server.security == "tls":
        return MailBox(
            server.host, server.port, timeout=server.timeout_seconds, ssl_context=trusted
        )
    box = MailBoxUnencrypted(server.host, server.port, timeout=server.timeout_seconds)
    if server.security == "starttls":
        # Not imap_tools' own class: it leaves the socket open when the server says no.
        try:
            check_command_status(box.client.starttls(trusted), MailboxStarttlsError)
        except BaseException:
            box.client.shutdown()
            raise
    return box


def _session(server: Server, sign_in: Callable[[BaseMailBox], None]) -> BaseMailBox:
    box = _connected(server)
    try:
        sign_in(box)
        # Many servers tell all they can do only after the login.
        box.client._get_capabilities()  # imaplib has no public way
    except BaseException:
        _hang_up(box)
        raise
    return box


def _hang_up(box: BaseMailBox) -> None:
    try:
        # Some servers take their time over a farewell, and all we had to say is said.
        box.client.sock.settimeout(_FAREWELL_SECONDS)
        box.logout()
    except (ImapToolsError, box.client.error, OSError, ValueError):
        pass
    finally:
        try:
            box.client.shutdown()
        except OSError:
            pass


def _bear(box: BaseMailBox, user: str, token: str) -> None:
    """AUTHENTICATE XOAUTH2. Raises Trouble when the server refuses the token.

    A second challenge holds the reason and wants an empty answer; imap_tools sends the token again.
    """
    answers = iter([f"user={user}\1auth=Bearer {token}\1\1".encode()])
    try:
        box.client.authenticate("XOAUTH2", lambda _challenge: next(answers, b""))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise oauth.Trouble("token", server_words(error)) from None


def _log_in(box: BaseMailBox, server: Server) -> None:
    if (server.user + server.password).isascii():
        box.login(server.user, server.password, initial_folder=None)
    else:
        box.login_utf8(server.user, server.password, initial_folder=None)


def _uid_in(told: bytes) -> int:
    found = re.search(rb"\bUID (\d+)", told)
    return int(found.group(1)) if found else 0


def _arrived(told: bytes) -> datetime:
    found = re.search(rb'INTERNALDATE "([^"]+)"', told)
    if found:
        try:
            return parsedate_to_datetime(found.group(1).decode("ascii", "replace")).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            pass
    return datetime.now(UTC)
