"""The SMTP and LMTP intake: takes mail for our own addresses, and nothing else.

"250" is said only after `store` has returned, so what we accepted is on disk. LMTP (RFC 2033) is
for the mail server beside us: it answers for each recipient, and has no limit of mails a minute.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from goodword.channels.email.smtp_lines import Lines

logger = logging.getLogger(__name__)
# aiosmtpd logs every command with its addresses at INFO; addresses have no place in logs.
logging.getLogger("mail.log").setLevel(logging.ERROR)

Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail and its envelope, as it was brought."""

    raw: bytes
    sender: str
    recipients: list[str]


Store = Callable[[Sequence[Mail]], None]  # all of them, or none and an exception

_MOST_RECIPIENTS = 100
_IDLE_SECONDS = 120
_RATE_WINDOW_SECONDS = 60.0
_LONGEST_GOODBYE_SECONDS = 10.0
_MOST_CLIENTS_NOTED = 10_000
# The standard says 998 and programs write more; the parser copes, so the customer's mail counts.
_LONGEST_LINE = 1024 * 1024


class Rate:
    """How many mails each client address gave within the last minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}

    def allows(self, client: str) -> bool:
        """Count one more mail of `client`; False if that is one too many."""
        now = self._clock()
        if len(self._taken) > _MOST_CLIENTS_NOTED:
            self._forget(now)
        taken = self._taken.setdefault(client, deque())
        while taken and now - taken[0] >= _RATE_WINDOW_SECONDS:
            taken.popleft()
        if len(taken) >= self.per_minute:
            return False
        taken.append(now)
        return True

    def _forget(self, now: float) -> None:
        old = [
            client
            for client, taken in self._taken.items()
            if not taken or now - taken[-1] >= _RATE_WINDOW_SECONDS
        ]
        for client in old:
            del self._taken[client]


class _Session(SMTP):
    """One connection. Says 421 and leaves when there are too many."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, handler: _Handler, **options: Any) -> None:
        self._handler = handler
        self._counted = False
        super().__init__(handler, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self._handler.open) >= self._handler.intake.max_connections:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
            transport.close()
            return
        self._handler.open.add(self)
        self._counted = True
        super().connection_made(transport)

    def _cb_client_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super()._cb_client_connected(Lines(reader, most=self.line_length_limit), writer)  # type: ignore[arg-type]  # all that is called of it

    def connection_lost(self, error: Exception | None) -> None:
        if self._counted:
            self._handler.open.discard(self)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._counted else False

    def data_received(self, data: bytes) -> None:
        if self._counted:
            super().data_received(data)


class _LocalSession(_Session, LMTP):
    """The same by LMTP: what is said after the data is said once for each recipient."""

    _answers = 1

    async def push(self, status: AnyStr) -> None:
        # Counted before the data: whatever ends them, too large or not stored, ends them for all.
        if isinstance(status, str) and status.startswith("354"):
            await super().push(status)
            self._answers = len(self.envelope.rcpt_tos) if self.envelope else 1
            return
        for _ in range(self._answers):
            await super().push(status)
        self._answers = 1


_Waiting = tuple[Mail, "asyncio.Future[None]"]  # it is answered when the future is


class _Handler:
    """What we answer to each step. `known` and `store` touch the database: they run in threads."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.open: set[_Session] = set()
        self.storing = 0
        self._waiting: list[_Waiting] = []
        self._storer: asyncio.Task[None] | None = None
        self.rate = Rate(intake.rate_per_minute) if not intake.local else None
        self.threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="smtp-intake")

    async def _aside(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(work, *given))

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        # Commands are read one by one, however many come at once (RFC 2920; a must for LMTP).
        return [*answers[:-1], "250-PIPELINING", answers[-1]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.intake.closed:
            return "451 4.3.2 No mail is taken in just now, try again later"
        if self.rate and not self.rate.allows(_client(session)):
            return "451 4.7.0 Too many mails from your address, try again in a minute"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            refused = await self._aside(self._refusal, address)
        except Exception:  # the database is away: the sender must try again, not give up
            logger.exception("could not look a recipient up")
            return "451 4.3.0 Try again later"
        if refused:
            return str(refused)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    def _refusal(self, address: str) -> str:
        """Why no mail for it is taken; both are asked in one thread, since each way there costs."""
        if self.intake.disk_short():
            return "452 4.3.1 Not enough disk space, try again later"
        return "" if self.intake.known(address) else "550 5.1.1 No such address here"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = Mail(
            raw=envelope.original_content or b"",
            sender=(envelope.mail_from or "").strip("<>"),
            recipients=[str(address) for address in envelope.rcpt_tos],
        )
        self.storing += 1
        try:
            await self._stored(mail)
        except Exception:  # whatever it was, the mail is not stored: the sender keeps it
            logger.exception("could not store a mail", extra={"bytes": len(mail.raw)})
            return "451 4.3.0 The mail could not be stored, try again later"
        finally:
            self.storing -= 1
        return "250 2.0.0 Stored"

    async def _stored(self, mail: Mail) -> None:
        """Return once `mail` is safe. What is brought while others are stored shares a commit."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((mail, done))
        if self._storer is None or self._storer.done():
            # A task of its own: who hangs up takes nobody else's mail along.
            self._storer = loop.create_task(self._store_what_waits())
        await done

    async def _store_what_waits(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            await self._store_together(together)

    async def _store_together(self, together: list[_Waiting]) -> None:
        try:
            await self._aside(self.intake.store, [mail for mail, _ in together])
        except Exception as error:  # noqa: BLE001  # told to whoever brought it
            if len(together) > 1:  # one of them may be all that is wrong
                for each in together:
                    await self._store_together([each])
            elif not together[0][1].done():
                together[0][1].set_exception(error)
            return
        for _, done in together:
            if not done.done():
                done.set_result(None)

    async def close(self) -> None:
        """Let mails that are being stored get their answer, then hang up on everybody."""
        until = time.monotonic() + _LONGEST_GOODBYE_SECONDS
        while self.storing and time.monotonic() < until:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0)
        for session in list(self.open):
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
        while self.open and time.monotonic() < until:
            await asyncio.sleep(0.01)

    async def handle_VRFY(
        self, server: SMTP, session: Session, envelope: Envelope, address: str
    ) -> str:
        return "252 2.5.0 Send a mail and see"

    async def handle_exception(self, error: Exception) -> str:
        logger.error("smtp session failed", exc_info=error)
        return "451 4.3.0 Something went wrong, try again later"


def _client(session: Session) -> str:
    return str(session.peer[0]) if isinstance(session.peer, tuple) else str(session.peer or "")


class _Controller(Controller):
    """The stock one, on a socket that is bound already: a taken port is known at once."""

    def __init__(self, handler: _Handler, listener: socket.socket, **options: Any) -> None:
        super().__init__(handler, **options)
        self._listener = listener

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)

    def factory(self) -> SMTP:
        session = _LocalSession if self.handler.intake.local else _Session
        return session(self.handler, loop=self.loop, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        # The stock one connects to itself; our sessions can't fail to be made.
        self._factory_invoker()


class Intake:
    """The listening server, in a thread and event loop of its own.

    `known(address)` says whether we take mail for it; `store(mails)` returns once they
    are safe, whoever brought them; `disk_short()` whether to ask senders to wait. All three are
    called in worker threads and may be slow. `port` 0 takes a free one, told by `.port`. `local`:
    speak LMTP. `closed`: ask every sender to come again later.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        known: Known,
        store: Store,
        disk_short: Callable[[], bool] = lambda: False,
        max_bytes: int = 50 * 1024 * 1024,
        max_connections: int = 20,
        rate_per_minute: int = 120,
        local: bool = False,
        closed: bool = False,
    ) -> None:
        self.host = host
        self.known = known
        self.store = store
        self.disk_short = disk_short
        self.max_connections = max_connections
        self.rate_per_minute = rate_per_minute
        self.local = local
        self.closed = closed
        self._wanted_port = port
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._handler: _Handler | None = None
        self._controller: _Controller | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        server = self._controller.server if self._controller else None
        sockets = getattr(server, "sockets", None)
        return int(sockets[0].getsockname()[1]) if sockets else 0

    def start(self) -> None:
        """Listen. Raises OSError if the port is taken."""
        with self._lock:
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            listener = socket.create_server((self.host, self._wanted_port), family=family)
            self._handler = _Handler(self)
            controller = _Controller(
                self._handler,
                listener,
                server_hostname="goodword",
                ident="LMTP" if self.local else "ESMTP",
                data_size_limit=self._max_bytes,
                enable_SMTPUTF8=True,
                timeout=_IDLE_SECONDS,
            )
            try:
                controller.start()
            except BaseException:
                listener.close()
                self._handler.threads.shutdown(wait=False)
                controller.loop.close()
                raise
            self._controller = controller

    def stop(self) -> None:
        """Close the port, finish the mails that are being stored, and hang up."""
        with self._lock:
            controller, self._controller = self._controller, None
            if controller is None or self._handler is None:
                return
            if controller.server is not None:
                controller.loop.call_soon_threadsafe(controller.server.close)
            goodbye = asyncio.run_coroutine_threadsafe(self._handler.close(), controller.loop)
            goodbye.result(timeout=_LONGEST_GOODBYE_SECONDS + 5)
            controller.stop()
            self._handler.threads.shutdown(wait=True)
