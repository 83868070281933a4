"""Mails written for these tests, and the short way to read one."""

from __future__ import annotations

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
