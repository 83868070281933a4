"""The body of a mail: its text, its HTML and its files, out of whatever MIME tree came."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from goodword.channels.email.charsets import decode, decode_words, header_text, raw_bytes
from goodword.channels.email.headers import POLICY, first, line
from goodword.channels.email.readable import readable
from goodword.core.text import clean, clean_line
from goodword.desk.roads import InboundFile

_MOST_PARTS = 2000
_MOST_DEPTH = 60
_PLAIN = {"text/plain", "text/enriched", "text/x-amp-html", "text"}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BOUNDARY = re.compile(rb'boundary="?([^"\s;]{1,200})"?', re.IGNORECASE)
# What the stdlib raises on parts that are not what they claim, each seen in the wild.
BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    MessageError,
    RecursionError,
)


@dataclass(slots=True)
class Piece:
    """A stretch of the body to be read: as plain text, as HTML, or both."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    text: str = ""
    html: str = ""
    files: list[InboundFile] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)  # message/delivery-status and its like
    returned: list[str] = field(default_factory=list)  # heads of mails inside (rfc822)
    too_deep: bool = False
    digest: str = ""  # of the decoded content, whatever way the mail took


@dataclass(slots=True)
class _Walk:
    body: Body
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)
    parts: int = 0
    empty_name: int = 0


def read_mail(raw: bytes) -> tuple[Message, bool]:
    """Parse bytes into the stdlib's tree. True: it was nested too deep and has been laid flat."""
    try:
        return message_from_bytes(raw, policy=POLICY), False
    except (*BROKEN, MemoryError):
        return laid_flat(raw), True


def read_body(mail: Message, *, too_deep: bool) -> Body:
    walk = _Walk(Body(too_deep=too_deep))
    pieces = _pieces(mail, walk, depth=0)
    body = walk.body
    body.text = clean("\n\n".join(filter(None, map(_piece_text, pieces))))
    if any(piece.html.strip() for piece in pieces):
        body.html = clean("\n".join(_piece_html(piece) for piece in pieces))
    body.digest = walk.hash.hexdigest()
    return body


def _piece_text(piece: Piece) -> str:
    return piece.plain.strip("\r\n") if piece.plain.strip() else readable(piece.html)


def _piece_html(piece: Piece) -> str:
    if piece.html.strip() or not piece.plain.strip():
        return piece.html
    return f"<pre>{piece.plain.translate(_ESCAPES)}</pre>"


def _pieces(part: Message, walk: _Walk, depth: int) -> list[Piece]:
    walk.parts += 1
    if depth > _MOST_DEPTH or walk.parts > _MOST_PARTS:
        walk.body.too_deep = True
        return []
    kind = content_type(part)
    children = [child for child in _children(part) if isinstance(child, Message)]
    if kind.startswith("message/") and kind != "message/partial":
        _take_mail_inside(part, kind, children, walk)
        return []
    if children and kind == "multipart/alternative":
        return _one_of([_pieces(child, walk, depth + 1) for child in children])
    if children:
        return [piece for child in children for piece in _pieces(child, walk, depth + 1)]
    return _leaf(part, kind, walk)


def _one_of(choices: list[list[Piece]]) -> list[Piece]:
    """Of alternatives the last plain and the last HTML one (RFC 2046, 5.1.4)."""
    plain = html = ""
    for choice in choices:
        plain = "\n\n".join(piece.plain for piece in choice if piece.plain.strip()) or plain
        html = "\n".join(piece.html for piece in choice if piece.html.strip()) or html
    return [Piece(plain, html)] if plain or html else []


def _leaf(part: Message, kind: str, walk: _Walk) -> list[Piece]:
    data = payload(part)
    name = file_name(part)
    if _is_body(part, kind, name):
        text = decode(data, str(_param(part, "charset") or ""))
        walk.hash.update(b"t" + re.sub(r"\s+", " ", text).strip().encode("utf-8", "replace"))
        if kind == "text/html":
            return [Piece(html=text)]
        return [Piece(plain=_unflowed(part, text))]
    if not data and not name:
        return []
    _keep(part, kind, name, data, walk)
    if kind in {"text/rfc822-headers", "text/rfc822"}:
        walk.body.returned.append(decode(data))
    return []


def _is_body(part: Message, kind: str, name: str) -> bool:
    if kind.startswith("multipart/"):
        return True  # its boundary never came: what is there is shown as it is
    if kind not in _PLAIN and kind != "text/html":
        return False
    disposition = first(part, "Content-Disposition").partition(";")[0].strip().lower()
    return disposition != "attachment" and not name


def _take_mail_inside(part: Message, kind: str, children: list[Message], walk: _Walk) -> None:
    """A mail in the mail: kept as .eml, and noted for reading a bounce."""
    data = _bytes_inside(part, children)
    if kind in {"message/delivery-status", "message/disposition-notification"} or (
        kind in {"message/feedback-report", "message/global-delivery-status"}
    ):
        walk.body.reports.append(decode(data))
        walk.hash.update(b"r" + data)
        return
    walk.body.returned.append(decode(data[:200_000]))
    subject = line(children[0], "Subject", most=80) if children else ""
    name = file_name(part) or f"{subject or 'message'}.eml"
    _keep(part, "message/rfc822", name, data, walk)


def _bytes_inside(part: Message, children: list[Message]) -> bytes:
    if not children:
        return payload(part)
    try:
        return b"\n".join(child.as_bytes(policy=POLICY) for child in children)
    except BROKEN:
        heads = [f"{name}: {value}" for child in children for name, value in child.items()]
        return "\n".join(heads).encode("utf-8", "replace")


def _keep(part: Message, kind: str, name: str, data: bytes, walk: _Walk) -> None:
    walk.hash.update(b"f" + hashlib.sha256(data).digest())
    if not name:
        walk.empty_name += 1
        ending = _ENDINGS.get(kind, "bin")
        name = f"attachment-{walk.empty_name}.{ending}"
    content_id = clean_line(first(part, "Content-ID"), most=300).strip("<> ")
    walk.body.files.append(
        InboundFile(name=name, content_type=kind, data=data, content_id=content_id)
    )


_ENDINGS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "text/rfc822-headers": "txt",
    "message/rfc822": "eml",
}


def content_type(part: Message) -> str:
    try:
        kind = clean_line(part.get_content_type(), most=100).lower()
    except BROKEN:
        return "application/octet-stream"
    return kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else "application/octet-stream"


def payload(part: Message) -> bytes:
    """A leaf's bytes, transfer encoding undone as far as that can be."""
    try:
        data = part.get_payload(decode=True)
    except BROKEN:
        data = None
    if isinstance(data, bytes):
        return data
    written = part.get_payload()
    return raw_bytes(written) if isinstance(written, str) else b""


def file_name(part: Message) -> str:
    """The file's name: RFC 2231, RFC 2047 or raw; without folders; empty when none is given."""
    written = _param(part, "filename", "content-disposition") or _param(part, "name")
    name = clean_line(decode_words(header_text(written)), most=2000)
    name = re.split(r"[/\\]", name.strip(" \"'"))[-1].strip()
    if len(name) <= 200:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) < 20 else name[:200]


def _param(part: Message, name: str, header: str = "content-type") -> str:
    try:
        value = part.get_param(name, None, header)
    except BROKEN:
        value = None
    if value is None:
        return ""
    if isinstance(value, tuple):  # RFC 2231: (charset, language, percent-decoded latin-1 text)
        charset, _, text = value
        return decode(text.encode("latin-1", "replace"), charset or "")
    return str(value)


def _unflowed(part: Message, text: str) -> str:
    """Undo format=flowed (RFC 3676), so that a paragraph is one line again."""
    if "format" not in first(part, "Content-Type").lower():
        return text
    if _param(part, "format").lower() != "flowed":
        return text
    joined = "" if _param(part, "delsp").lower() == "yes" else " "
    lines: list[str] = []
    open_depth: int | None = None
    for written in text.replace("\r\n", "\n").split("\n"):
        depth = len(written) - len(written.lstrip(">"))
        bare = written[depth:].removeprefix(" ")
        if open_depth == depth and bare != "-- ":
            lines[-1] += bare
        else:
            lines.append(f"{'>' * depth} {bare}" if depth else bare)
        if bare.endswith(" ") and bare != "-- ":
            lines[-1] = lines[-1][:-1] + joined
            open_depth = depth
        else:
            open_depth = None
    return "\n".join(lines)


def _children(part: Message) -> list[object]:
    inside = part.get_payload() if part.is_multipart() else []
    return list(inside) if isinstance(inside, list) else []


def laid_flat(raw: bytes) -> Message:
    """A mail nested deeper than Python can go: its leaves in a row under its own headers."""
    head, _, rest = re.sub(rb"\r\n?", b"\n", raw).partition(b"\n\n")
    mail = message_from_bytes(head + b"\n\n", policy=POLICY)
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del mail[name]
    mail["Content-Type"] = "multipart/mixed"
    mail.set_payload([])
    leaves = [leaf for leaf in map(_leaf_of, _blocks(rest, raw)) if leaf is not None]
    for leaf in leaves[:_MOST_PARTS]:
        mail.attach(leaf)
    return mail


def _blocks(rest: bytes, raw: bytes) -> Iterator[bytes]:
    marks = {b"--" + found for found in _BOUNDARY.findall(raw)}
    block: list[bytes] = []
    for row in rest.split(b"\n"):
        mark = row.rstrip()
        if mark in marks or mark.removesuffix(b"--") in marks:
            yield b"\n".join(block)
            block = []
        else:
            block.append(row)
    yield b"\n".join(block)


def _leaf_of(block: bytes) -> Message | None:
    try:
        leaf = message_from_bytes(block.lstrip(b"\n"), policy=POLICY)
    except BROKEN:
        return None
    if leaf.is_multipart() or leaf.get_content_maintype() in {"multipart", "message"}:
        return None
    return leaf if payload(leaf).strip() else None
