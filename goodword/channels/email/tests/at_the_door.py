"""What an intake is connected to in its tests: a desk that can be in trouble."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from goodword.channels.email.smtp_in import Mail

MAIL = b"From: a@b.example\r\nSubject: x\r\n\r\n..dots\r\nHallo\r\n"


class Desk:
    """Knows all addresses of shop.example."""

    def __init__(self) -> None:
        self.stored: list[Mail] = []
        self.commits: list[int] = []  # how many mails each had
        self.refused = b""  # whoever brings this brings trouble
        self.broken = self.full = self.lost = False
        self.slow: threading.Event | None = None

    def known(self, address: str) -> bool:
        if self.lost:
            raise RuntimeError("no database")
        return address.lower().endswith("@shop.example")

    def store(self, mails: Sequence[Mail]) -> None:
        if self.slow:
            self.slow.wait(5)
        if self.broken or any(self.refused and self.refused in mail.raw for mail in mails):
            raise OSError("disk")
        self.stored += mails
        self.commits.append(len(mails))

    def disk_short(self) -> bool:
        return self.full
