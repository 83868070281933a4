"""The body of a mail: its text, its HTML and its files, out of whatever MIME tree came."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from mimetypes import guess_type

from goodword.channels.email import tnef
from goodword.channels.email.charsets import charset_of_words, decode, decode_words
from goodword.channels.email.invitations import read_invitation
from goodword.channels.email.leaves import (
    data_of,
    disposition,
    file_name,
    made_up_name,
    safe_name,
    text_of,
)
from goodword.channels.email.mime import MOST_PARTS, Part, parameter
from goodword.channels.email.protection import (
    PKCS7,
    SIGNATURES,
    of_pkcs7,
    of_signed,
    sealed_words,
    signed_content,
    unarmoured,
)
from goodword.channels.email.readable import readable
from goodword.channels.email.transfer import uuencoded_files
from goodword.core.text import clean, clean_line
from goodword.desk.roads import InboundFile, Invitation, Protection

_MOST_DEPTH = 60
_MOST_TEXT, _MOST_HTML = 1_000_000, 3_000_000
# Shown when there is no plain text or HTML: the same in a form that few programs read.
_SECOND_BEST = {"text/enriched", "text/x-amp-html", "text/watch-html"}
_HTML = {"text/html", "text/x-amp-html", "text/watch-html"}
_BODY_KINDS = {"text/plain", "text/enriched", *_HTML}
_REPORTS = {
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "message/global-delivery-status",
}
# Programs that send a page as plain text mean the page.
_IS_PAGE = re.compile(r"\s{0,100}<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CALENDAR = {"text/calendar", "application/ics"}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(slots=True)
class Piece:
    """A stretch of the body to be read: as plain text, as HTML, or both."""

    plain: str = ""
    html: str = ""
    second_best: bool = False


@dataclass(slots=True)
class Body:
    text: str = ""
    html: str = ""
    files: list[InboundFile] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)  # message/delivery-status and its like
    returned: list[str] = field(default_factory=list)  # heads of mails inside (rfc822)
    protection: Protection = ""
    invitation: Invitation | None = None
    too_deep: bool = False
    too_long: bool = False
    read_as: list[str] = field(default_factory=list)  # each text's kind and charset, and why
    digest: str = ""  # of the decoded content, whatever way the mail took


@dataclass(slots=True)
class _Walk:
    body: Body
    guess: str  # the charset of the headers' encoded words
    packed: Piece = field(default_factory=Piece)  # the text inside a winmail.dat
    winmail: InboundFile | None = None  # one that held nothing we can show
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)
    parts: int = 0
    empty_name: int = 0


def read_body(mail: Part) -> Body:
    guess = charset_of_words(mail.header("Subject")) or charset_of_words(mail.header("From"))
    walk = _Walk(Body(), guess)
    pieces = _pieces(mail, walk, depth=0, only=True)
    if not _anything(pieces):
        pieces = [walk.packed] if _anything([walk.packed]) else _whatever_is_there(mail, walk)
    body = walk.body
    body.text = clean("\n\n".join(filter(None, map(_piece_text, pieces))))
    shown = {"plain text" if piece.plain.strip() else "HTML as text": None for piece in pieces}
    body.read_as.append(f"shown: {' and '.join(shown) or 'nothing'}")
    if any(piece.html.strip() for piece in pieces):
        body.html = clean("\n".join(_piece_html(piece) for piece in pieces))
    _make_handy(body)
    body.digest = walk.hash.hexdigest()
    return body


def _make_handy(body: Body) -> None:
    """Text beyond what anyone reads on a page becomes a file; the page shows how it begins."""
    if len(body.text) > _MOST_TEXT:
        body.too_long = True
        body.files.append(InboundFile("message.txt", "text/plain", body.text.encode()))
        body.text = body.text[:_MOST_TEXT].rpartition("\n")[0] or body.text[:_MOST_TEXT]
    if len(body.html) > _MOST_HTML:
        body.too_long = True
        body.files.append(InboundFile("message.html", "text/html", body.html.encode()))
        body.html = ""


def _anything(pieces: list[Piece]) -> bool:
    return any(piece.plain.strip() or piece.html.strip() for piece in pieces)


def _whatever_is_there(mail: Part, walk: _Walk) -> list[Piece]:
    """For a mail that gave no text: Outlook's own form of it, or parts that no tree holds."""
    if walk.winmail:
        walk.body.files.append(walk.winmail)
    if walk.body.files or walk.body.reports or not mail.body.strip():
        return []
    return [piece for leaf in mail.leaves() for piece in _leaf(leaf, leaf.kind, walk, 1, only=True)]


def _piece_text(piece: Piece) -> str:
    return piece.plain.strip("\r\n") if piece.plain.strip() else readable(piece.html)


def _piece_html(piece: Piece) -> str:
    if piece.html.strip() or not piece.plain.strip():
        return piece.html
    return f"<pre>{piece.plain.translate(_ESCAPES)}</pre>"


def _pieces(part: Part, walk: _Walk, depth: int, *, only: bool = False) -> list[Piece]:
    """`only`: the part stands for the whole mail, so its text is no file, whatever it is called."""
    walk.parts += 1
    if walk.parts > MOST_PARTS:
        walk.body.too_deep = True
        return []
    kind = part.kind
    if kind.startswith("message/") and kind != "message/partial":
        _take_mail_inside(part, kind, walk)
        return []
    children = part.children()
    if children and depth >= _MOST_DEPTH:
        walk.body.too_deep = True
        children = part.leaves()
    if not children:
        return _leaf(part, kind, walk, depth, only=only)
    if kind == "multipart/encrypted":
        return _sealed(children, walk)
    if kind == "multipart/signed":
        walk.body.protection = walk.body.protection or of_signed(part, children)
    choice = kind == "multipart/alternative"
    found = [_pieces(child, walk, depth + 1, only=choice) for child in children]
    if choice:
        return _one_of(found)
    return [piece for pieces in found for piece in pieces]


def _one_of(choices: list[list[Piece]]) -> list[Piece]:
    """Of alternatives the last HTML one (RFC 2046, 5.1.4) and the plain one.

    Where several plain ones say different things, the mail is misbuilt and all of them are shown.
    """
    plain: dict[str, None] = {}
    html = second_plain = second_html = ""
    for choice in choices:
        best = [piece for piece in choice if not piece.second_best]
        words = "\n\n".join(piece.plain for piece in best if piece.plain.strip())
        plain |= {words: None} if words else {}
        html = "\n".join(piece.html for piece in best if piece.html.strip()) or html
        for piece in choice:
            if piece.second_best:
                second_plain, second_html = piece.plain or second_plain, piece.html or second_html
    text = "\n\n".join(plain) or ("" if html else second_plain)
    html = html or ("" if text else second_html)
    return [Piece(text, html)] if text or html else []


def _leaf(part: Part, kind: str, walk: _Walk, depth: int, *, only: bool) -> list[Piece]:
    data = data_of(part)
    name = file_name(part)
    if _is_body(part, kind, only=only or not name):
        text, why = text_of(part, data, guess=walk.guess)
        walk.body.read_as.append(f"{kind}: {why}")
        walk.hash.update(b"t" + " ".join(text.split()).encode("utf-8", "replace"))
        if kind in _HTML or _IS_PAGE.match(text):
            return [Piece(html=text, second_best=kind in _SECOND_BEST)]
        return [Piece(plain=_opened(text, walk), second_best=kind in _SECOND_BEST)]
    if not data and not name:
        return []
    walk.hash.update(b"f" + _file_digest(part, data))
    if kind in PKCS7:
        return _pkcs7(part, name, data, walk, depth)
    if kind in SIGNATURES and not name:
        return []
    if tnef.is_tnef(kind, name, data) and _unpack(name, data, walk):
        return []
    if not walk.body.invitation and (kind in _CALENDAR or name.lower().endswith(".ics")):
        method = parameter(part.header("Content-Type"), "method")
        walk.body.invitation = read_invitation(decode(data), method=method)
    if kind in {"text/rfc822-headers", "text/rfc822"}:
        walk.body.returned.append(decode(data))
    _keep(kind, name, data, walk, content_id=part.header("Content-ID"))
    return []


def _is_body(part: Part, kind: str, *, only: bool) -> bool:
    if kind.startswith("multipart/"):
        return True  # its boundary never came: what is there is shown as it is
    return only and kind in _BODY_KINDS and disposition(part) != "attachment"


def _file_digest(part: Part, data: bytes) -> bytes:
    """Of the content: a text has other line ends after another way."""
    if part.kind.startswith("text/"):
        data = data.replace(b"\r\n", b"\n").strip()
    return hashlib.sha256(data).digest()


def _opened(text: str, walk: _Walk) -> str:
    """A plain text without what is packed into it: PGP armour, uuencoded files."""
    text, protection, sealed = unarmoured(text)
    walk.body.protection = walk.body.protection or protection
    for block in sealed:
        _keep("application/pgp-encrypted", "", block, walk)
    text, files = uuencoded_files(text)
    for name, data in files:
        _keep(guess_type(name)[0] or "application/octet-stream", safe_name(name), data, walk)
    return text


def _sealed(children: list[Part], walk: _Walk) -> list[Piece]:
    """multipart/encrypted (RFC 1847): a part that says "Version: 1", and the sealed one."""
    walk.body.protection = "pgp_encrypted"
    for child in children:
        data = data_of(child)
        walk.hash.update(b"f" + _file_digest(child, data))
        if child.kind != "application/pgp-encrypted":
            _keep(child.kind, file_name(child) or "encrypted.asc", data, walk)
    return [Piece(plain=sealed_words())]


def _pkcs7(part: Part, name: str, data: bytes, walk: _Walk, depth: int) -> list[Piece]:
    protection = of_pkcs7(part, data)
    walk.body.protection = walk.body.protection or protection
    content = signed_content(data) if protection == "smime_signed" else None
    if content and depth < _MOST_DEPTH:
        return _pieces(Part(content), walk, depth + 1, only=True)
    _keep(part.kind, name, data, walk)
    return [Piece(plain=sealed_words())] if protection == "smime_encrypted" else []


def _unpack(name: str, data: bytes, walk: _Walk) -> bool:
    """Whether a winmail.dat could be read; then its files are the mail's."""
    packed = tnef.unpacked(data)
    if packed is None:
        return False
    if not (packed.files or packed.text or packed.html):
        walk.winmail = InboundFile(name or "winmail.dat", "application/ms-tnef", data)
    for file in packed.files:
        _keep(file.content_type, safe_name(file.name), file.data, walk, content_id=file.content_id)
    walk.packed = Piece(packed.text, packed.html)
    return True


def _take_mail_inside(part: Part, kind: str, walk: _Walk) -> None:
    """A mail in the mail: kept as .eml, and noted for reading a bounce."""
    data = data_of(part)
    walk.hash.update(b"r" + _line_ends_gone(data))
    if kind in _REPORTS:
        walk.body.reports.append(decode(data))
        return
    walk.body.returned.append(decode(data[:200_000]))
    subject = clean_line(decode_words(Part(data[:200_000]).header("Subject")), most=80)
    name = file_name(part) or safe_name(f"{subject or 'message'}.eml".replace("/", "-"))
    _keep("message/rfc822", name, data, walk)


def _line_ends_gone(data: bytes) -> bytes:
    return hashlib.sha256(data.replace(b"\r\n", b"\n").strip()).digest()


def _keep(kind: str, name: str, data: bytes, walk: _Walk, *, content_id: str = "") -> None:
    if not name:
        walk.empty_name += 1
        name = made_up_name(kind, walk.empty_name)
    walk.body.files.append(
        InboundFile(
            name=name,
            content_type=kind,
            data=data,
            content_id=clean_line(content_id, most=300).strip("<> "),
        )
    )
