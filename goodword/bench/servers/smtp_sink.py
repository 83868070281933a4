"""A real SMTP server that keeps what it is given, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import re
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from goodword.bench.servers import LOOPBACK, spare_port, wait_until
from goodword.bench.servers.certificate import Certificate, self_signed


@dataclass(frozen=True, slots=True)
class Received:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    message: EmailMessage = field(repr=False)


class Drop(Enum):
    """When the connection is cut, and what becomes of the mail."""

    MIDWAY = "while the mail is on its way: it is gone"
    LOSING = "after its last byte and before any answer: it is gone"
    KEEPING = "after its last byte and before any answer: it is kept, and the sender can't know"
    ANSWERED = "right behind the answer that it is kept"


@dataclass(frozen=True, slots=True)
class Manners:
    """How one recipient's mail is treated; what isn't said is as it should be.

    `refusal` answers RCPT, `late_refusal` the whole mail. With `times` it is so for that many
    mails and well after. `seconds` pass before the mail is answered, or before the `drop`.
    """

    refusal: str = ""
    late_refusal: str = ""
    drop: Drop | None = None
    seconds: float = 0
    times: int | None = None


_GOOD = Manners()


def _cut(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.WriteTransport):  # None once it is closed
        connection.transport.abort()


class _Line(SMTP):
    """One connection, which the sink may leave in the middle of a mail."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.envelope is not None and self.event_handler.leaves_midway(self.envelope):
            await self.push("354 Go on")
            await self._reader.read(1)
            _cut(self)
            await asyncio.sleep(60)  # the lost connection cancels this task
        await super().smtp_DATA(arg)


class SmtpSink:
    """Accepts mail for anybody on `port`; `refuse`, `drop` and `treat` script it per recipient.

    `on_taken`, when set, is called in the sink's thread when a whole mail has come and before it
    is answered. With `user` and `password` it wants AUTH (LOGIN or PLAIN) before MAIL; with `tls`
    it offers STARTTLS, and AUTH only behind it.
    """

    host: str = LOOPBACK
    port: int
    received: list[Received]
    certificate: Certificate | None

    def __init__(
        self,
        *,
        user: str = "",
        password: str = "",
        tls: bool = False,
        accepts: Callable[[str, str], bool] | None = None,
    ) -> None:
        self.port = spare_port()
        self.received = []
        self._accepts = accepts
        self.user, self.password = user, password
        self._folder = Path(tempfile.mkdtemp(prefix="goodword-smtp-"))
        self.certificate = self_signed(self._folder) if tls else None
        self.on_taken: Callable[[], None] = lambda: None
        self._manners: dict[str, Manners] = {}
        self._connections: set[SMTP] = set()
        self._loop = asyncio.new_event_loop()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    # The script

    def refuse(self, recipient: str, answer: str = "550 5.1.1 No such user here") -> None:
        """Answer RCPT with these words from now on: 5xx for ever, 4xx for a while."""
        self.treat(recipient, Manners(refusal=answer))

    def drop(self, recipient: str, how: Drop) -> None:
        """Cut the connection when the mail is for this recipient."""
        self.treat(recipient, Manners(drop=how))

    def treat(self, recipient: str, manners: Manners) -> None:
        for answer in filter(None, (manners.refusal, manners.late_refusal)):
            if not re.match(r"[45]\d\d ", answer):
                raise ValueError(f"{answer!r} refuses nobody; begin with 4xx or 5xx and a space")
        self._manners[recipient.lower()] = manners

    def behave(self) -> None:
        """Accept everybody again."""
        self._manners.clear()

    def wait_for(self, count: int, timeout: float = 5) -> list[Received]:
        """The mails received so far, once there are `count` or more."""
        wait_until(
            lambda: len(self.received) >= count,
            seconds=timeout,
            what=f"{count} mails arrive at the sink (it has {len(self.received)})",
        )
        return list(self.received)

    # The server

    def start(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)
        return self

    def stop(self) -> None:
        """Stop and cut off whoever is connected; what was received can still be read."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=10)
        if not self._loop.is_closed():
            self._loop.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def _listen(self) -> None:
        self._listener = await self._loop.create_server(self._protocol, self.host, self.port)

    def _protocol(self) -> SMTP:
        smtp = _Line(
            self,
            hostname="sink.example",  # else aiosmtpd asks the resolver for our name
            loop=self._loop,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            tls_context=self.certificate.for_server() if self.certificate else None,
            auth_require_tls=self.certificate is not None,
            authenticator=self._authenticate if self.user else None,
        )
        self._connections.add(smtp)
        return smtp

    async def _close(self) -> None:
        # aiosmtpd's own Controller leaves open connections to the garbage collector, which
        # warns about them in some later test.
        if self._listener is not None:
            self._listener.close()
        for smtp in self._connections:
            _cut(smtp)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        expected = LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=data == expected, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        found = re.fullmatch(r"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", said)
        good = bool(self._accepts and found and self._accepts(found[1], found[2]))
        if not good:
            # As Google and Microsoft do: the reason first, and the answer to it is thrown away.
            await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=good, handled=False)

    # aiosmtpd's hooks, found by name

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (self.user or self._accepts) and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._of(address).refusal:
            self._used(address)
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        self.on_taken()
        manners = self._worst(envelope)
        if manners.seconds:
            await asyncio.sleep(manners.seconds)
        if manners.late_refusal:
            return manners.late_refusal
        if manners.drop is not Drop.LOSING:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            self.received.append(
                Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, message)
            )
        if manners.drop is Drop.ANSWERED:
            await server.push("250 2.0.0 Kept")
        if manners.drop:
            _cut(server)
            await asyncio.sleep(60)  # the lost connection cancels this task: no answer leaves
        return "250 2.0.0 Kept"

    def leaves_midway(self, envelope: Envelope) -> bool:
        """Whether to cut the line while this mail is on its way."""
        for address in envelope.rcpt_tos:
            if self._of(address).drop is Drop.MIDWAY:
                self._used(address)
                return True
        return False

    def _of(self, address: str) -> Manners:
        return self._manners.get(address.lower(), _GOOD)

    def _worst(self, envelope: Envelope) -> Manners:
        """The manners of the first recipient of the mail who has any."""
        for address in envelope.rcpt_tos:
            if (manners := self._of(address)) is not _GOOD:
                self._used(address)
                return manners
        return _GOOD

    def _used(self, address: str) -> None:
        manners = self._of(address)
        if manners.times is not None:
            left = manners.times - 1
            self._manners[address.lower()] = replace(manners, times=left) if left > 0 else _GOOD
