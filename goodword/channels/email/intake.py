"""The intake, joined to the desk: our addresses are known, mails become Arrivals."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import close_old_connections

from goodword.channels.email.smtp_in import Intake, Mail
from goodword.core.text import clean
from goodword.desk.intake import arriving
from goodword.desk.intake.arriving import Taken
from goodword.inboxes import queries as inboxes


def disk_is_short() -> bool:
    """Whether less than GOODWORD_LEAST_DISK_MB is left where the data lies."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    return bool(free < settings.LEAST_DISK_MB * 1024 * 1024)


@contextmanager
def _database() -> Iterator[None]:
    """What a request has from Django: a connection that is well, and is let go when it is old."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


@_database()
def _known(address: str) -> bool:
    address = clean(address)
    return address in inboxes.ours_of([address])


class CannotListen(Exception):
    """A port of the intake is taken, or is not ours to take; `str()` says what to do."""


class Doors:
    """Where mail comes in by itself: SMTP, and LMTP when it is asked for."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._open: list[Intake] = []

    def start(self) -> None:
        """Listen at every door that has a port. Raises CannotListen; what is open is open then."""
        if settings.SMTP_PORT:
            self._listen("SMTP", settings.SMTP_HOST, settings.SMTP_PORT)
        if settings.LMTP_PORT:
            self._listen("LMTP", settings.LMTP_HOST, settings.LMTP_PORT)

    def stop(self) -> None:
        """Finish the mails that are being stored, and close."""
        while self._open:
            self._open.pop().stop()

    def _listen(self, protocol: str, host: str, port: int) -> None:
        intake = Intake(
            host=host,
            port=port,
            known=_known,
            store=partial(self._store, protocol.lower()),
            disk_short=disk_is_short,
            rate_per_minute=settings.SMTP_RATE,
            local=protocol == "LMTP",
            closed=bool(settings.EXAMPLE),
        )
        try:
            intake.start()
        except OSError as error:
            raise CannotListen(
                f"mail can't be taken in at {host}:{port}: {error.strerror or error}."
                f" Set GOODWORD_{protocol}_PORT to a free port, or to 0 to do without."
            ) from error
        self._open.append(intake)

    @_database()
    def _store(self, source: str, mails: Sequence[Mail]) -> None:
        taken = [Taken(_with_sender(mail), envelope_to=mail.recipients) for mail in mails]
        arriving.take_in_together(taken, road="email", source=source, at=self._clock())


def _with_sender(mail: Mail) -> bytes:
    """The envelope's sender as the receiving server must note it (RFC 5321, 4.4).

    An empty one marks what no robot may answer.
    """
    return b"Return-Path: <" + mail.sender.encode("utf-8", "replace") + b">\r\n" + mail.raw
