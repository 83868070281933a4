"""The SMTP intake, joined to the desk: our addresses are known, mails become Arrivals."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections

from goodword.channels.email.smtp_in import Intake
from goodword.desk import receiving
from goodword.inboxes import queries as inboxes


def disk_is_short() -> bool:
    """Whether less than GOODWORD_LEAST_DISK_MB is left where the data lies."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    return bool(free < settings.LEAST_DISK_MB * 1024 * 1024)


def make_intake(*, clock: Callable[[], datetime]) -> Intake:
    """The listener on GOODWORD_SMTP_PORT; `start` it, `stop` it."""

    def known(address: str) -> bool:
        close_old_connections()
        return inboxes.at_address([address]) is not None

    def store(raw: bytes, sender: str, recipients: list[str], peer: str) -> None:
        close_old_connections()
        # The envelope's sender as the receiving server must note it (RFC 5321, 4.4): an empty one
        # marks what no robot may answer.
        raw = b"Return-Path: <" + sender.encode("utf-8", "replace") + b">\r\n" + raw
        receiving.take_in(raw, road="email", source="smtp", envelope_to=recipients, at=clock())

    return Intake(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        known=known,
        store=store,
        disk_short=disk_is_short,
        rate_per_minute=settings.SMTP_RATE,
    )
