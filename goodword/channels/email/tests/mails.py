"""Mails written for these tests, and the short way to read one."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

from goodword.channels.email.parsing import parse
from goodword.desk.roads import Inbound

ARRIVED = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)


def mail(body: str | bytes = "Hello\n", **headers: str) -> bytes:
    """A plain mail from Carla; headers as keywords (`In_Reply_To`), "" leaves one out."""
    named = {
        "From": "Carla Customer <carla@customer.example>",
        "To": "hello@shop.example",
        "Subject": "The parcel",
        "Message-ID": "<one@customer.example>",
        "Date": "Mon, 4 May 2026 10:02:00 +0200",
    }
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    data = body if isinstance(body, bytes) else body.encode()
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + data


def read(raw: bytes, envelope_to: Sequence[str] = ()) -> Inbound:
    return parse(raw, received_at=ARRIVED, envelope_to=envelope_to)


def parts(*pieces: str | bytes, kind: str = "mixed", **headers: str) -> bytes:
    """A multipart mail of pieces, each with its own headers."""
    made = b""
    for piece in pieces:
        made += b"--cut\r\n" + (piece if isinstance(piece, bytes) else piece.encode()) + b"\r\n"
    return mail(made + b"--cut--\r\n", Content_Type=f"multipart/{kind}; boundary=cut", **headers)


def winmail(files: dict[str, bytes], *, html: str = "", text: str = "") -> bytes:
    """A winmail.dat as Outlook packs it ([MS-OXTNEF])."""

    def attribute(level: int, number: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, number, len(value)) + value + b"\0\0"

    def properties(*found: tuple[int, int, bytes]) -> bytes:
        made = struct.pack("<I", len(found))
        for number, kind, value in found:
            made += struct.pack("<HHII", kind, number, 1, len(value)) + value
            made += b"\0" * (-len(value) % 4)
        return made

    packed = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x89006, struct.pack("<I", 0x10000))
    packed += attribute(1, 0x69007, struct.pack("<II", 1252, 0))
    if text:
        packed += attribute(1, 0x2800C, text.encode("cp1252") + b"\0")
    if html:
        packed += attribute(1, 0x69003, properties((0x1013, 0x102, html.encode("cp1252"))))
    for name, data in files.items():
        packed += attribute(2, 0x69002, b"\0" * 14)
        packed += attribute(2, 0x18010, name[:8].encode("cp1252", "replace") + b"\0")
        packed += attribute(2, 0x6800F, data)
        packed += attribute(2, 0x69005, properties((0x3707, 0x1F, name.encode("utf-16-le"))))
    return packed
