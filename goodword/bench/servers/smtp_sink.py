"""A real SMTP server that keeps what it is given, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
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
    """The connection is cut after the mail's last byte and before any answer."""

    KEEPING = "the mail was accepted, and the sender can't know"
    LOSING = "the mail is gone"


def _cut(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.WriteTransport):  # None once it is closed
        connection.transport.abort()


class SmtpSink:
    """Accepts mail for anybody on `port`; `refuse` and `drop` script it per recipient.

    With `user` and `password` it wants AUTH (LOGIN or PLAIN) before MAIL; with `tls` it offers
    STARTTLS, and AUTH only behind it.
    """

    host: str = LOOPBACK
    port: int
    received: list[Received]
    certificate: Certificate | None

    def __init__(self, *, user: str = "", password: str = "", tls: bool = False) -> None:
        self.port = spare_port()
        self.received = []
        self.user, self.password = user, password
        self._folder = Path(tempfile.mkdtemp(prefix="goodword-smtp-"))
        self.certificate = self_signed(self._folder) if tls else None
        self._answers: dict[str, str] = {}
        self._drops: dict[str, Drop] = {}
        self._connections: set[SMTP] = set()
        self._loop = asyncio.new_event_loop()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    # The script

    def refuse(self, recipient: str, answer: str = "550 5.1.1 No such user here") -> None:
        """Answer RCPT with these words from now on: 5xx for ever, 4xx for a while."""
        if not re.match(r"[45]\d\d ", answer):
            raise ValueError(f"{answer!r} refuses nobody; begin with 4xx or 5xx and a space")
        self._answers[recipient.lower()] = answer

    def drop(self, recipient: str, how: Drop) -> None:
        """Cut the connection after DATA when the mail is for this recipient."""
        self._drops[recipient.lower()] = how

    def behave(self) -> None:
        """Accept everybody again."""
        self._answers.clear()
        self._drops.clear()

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
        smtp = SMTP(
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

    # aiosmtpd's hooks, found by name

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._answers.get(address.lower()):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        drops = {self._drops.get(recipient.lower()) for recipient in envelope.rcpt_tos} - {None}
        if Drop.LOSING not in drops:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            self.received.append(
                Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, message)
            )
        if drops:
            _cut(server)
            await asyncio.sleep(60)  # the lost connection cancels this task: no answer leaves
        return "250 2.0.0 Kept"
