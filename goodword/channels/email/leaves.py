"""One part of a mail by itself: its bytes, its text, its name."""

from __future__ import annotations

import re

from goodword.channels.email.charsets import (
    charset_of_html,
    codec_named,
    decode_words,
    explain_decoding,
)
from goodword.channels.email.mime import Part, parameter
from goodword.channels.email.transfer import undone
from goodword.core.text import clean_line

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
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/ms-tnef": "dat",
    "text/rfc822-headers": "txt",
    "message/rfc822": "eml",
}


def data_of(part: Part) -> bytes:
    """The part's bytes, transfer encoding undone."""
    encoding = part.header("Content-Transfer-Encoding")
    if not encoding:
        return part.body
    return undone(part.body, encoding, text=part.kind.startswith(("text/", "multipart/")))


def text_of(part: Part, data: bytes, *, guess: str) -> tuple[str, str]:
    """The text of `data`, and the rule that chose its charset; see `charsets.explain_decoding`."""
    kind = part.header("Content-Type")
    charset = parameter(kind, "charset") if "charset" in kind.lower() else ""
    if part.kind == "text/html" and not codec_named(charset):
        charset = charset_of_html(data)
    text, why = explain_decoding(data, charset, guess=guess)
    flowed = "flowed" in kind.lower() and parameter(kind, "format").lower() == "flowed"
    if flowed:
        text = _unflowed(text, delsp=parameter(kind, "delsp").lower() == "yes")
    return text, why


def disposition(part: Part) -> str:
    return part.header("Content-Disposition").partition(";")[0].strip().lower()


def file_name(part: Part) -> str:
    """The file's name: RFC 2231, RFC 2047 or raw; without folders; empty when none is given."""
    written = parameter(part.header("Content-Disposition"), "filename")
    return safe_name(written or parameter(part.header("Content-Type"), "name"))


def safe_name(written: str) -> str:
    """A name from outside as a file may bear it; keeps its ending when it is cut."""
    name = clean_line(decode_words(written), most=2000)
    name = re.split(r"[/\\]", name.strip(" \"'"))[-1].strip()
    if len(name) <= 200:
        return name.strip(".") and name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) < 20 else name[:200]


def made_up_name(kind: str, number: int) -> str:
    return f"attachment-{number}.{_ENDINGS.get(kind, 'bin')}"


def _unflowed(text: str, *, delsp: bool) -> str:
    """Undo format=flowed (RFC 3676), so that a paragraph is one line again."""
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
            lines[-1] = lines[-1][:-1] + ("" if delsp else " ")
            open_depth = depth
        else:
            open_depth = None
    return "\n".join(lines)
