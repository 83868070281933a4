"""What an intake is connected to in its tests: a desk that can be in trouble."""

from __future__ import annotations

import threading

MAIL = b"From: a@b.example\r\nSubject: x\r\n\r\n..dots\r\nHallo\r\n"


class Desk:
    """Knows all addresses of shop.example."""

    def __init__(self) -> None:
        self.stored: list[tuple[bytes, str, list[str], str]] = []
        self.broken = self.full = self.lost = False
        self.slow: threading.Event | None = None

    def known(self, address: str) -> bool:
        if self.lost:
            raise RuntimeError("no database")
        return address.lower().endswith("@shop.example")

    def store(self, raw: bytes, sender: str, recipients: list[str], peer: str) -> None:
        if self.slow:
            self.slow.wait(5)
        if self.broken:
            raise OSError("disk")
        self.stored.append((raw, sender, recipients, peer))

    def disk_short(self) -> bool:
        return self.full
