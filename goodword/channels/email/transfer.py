"""Transfer encodings undone as far as that can be, whatever was broken on the way."""

from __future__ import annotations

import binascii
import quopri
import re

_ENCODING = re.compile(r"[a-z0-9-]+")
_BASE64_ROW = re.compile(rb"[A-Za-z0-9+/]+={0,2}\Z")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_WORDS = re.compile(rb"[^\s][ \t]+[^\s]|\A[^A-Za-z0-9+/=]+\Z")  # or a rule of dashes
_UUENCODED = {"x-uuencode", "uuencode", "x-uue", "uue"}
_BEGIN = re.compile(r"^begin [0-7]{3,4} +(\S.{0,254}?) *\r?$", re.MULTILINE)
_MOST_FILES = 100


def undone(data: bytes, encoding: str, *, text: bool) -> bytes:
    """The bytes behind `data`. `text`: they are to be read, so that plain words are no base64."""
    found = _ENCODING.search(encoding.lower())
    name = found.group() if found else ""
    if name == "quoted-printable":
        return quopri.decodestring(data)
    if name == "base64":
        return _from_base64_text(data) if text else from_base64(data)
    if name in _UUENCODED:
        rest, files = uuencoded_files(data.decode("latin-1"))
        return files[0][1] if files else rest.encode("latin-1")
    return data


def from_base64(data: bytes) -> bytes:
    """Leniently: foreign letters skipped, lost padding added, several pieces in a row joined."""
    data = data.translate(None, b"\r\n\t ")
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except binascii.Error:
        pass
    pieces = re.split(rb"=+", _NOT_BASE64.sub(b"", data))
    return b"".join(_piece(piece) for piece in pieces if piece)


def _piece(piece: bytes) -> bytes:
    # One letter over, as from a cut, holds no whole byte.
    whole = piece if len(piece) % 4 != 1 else piece[:-1]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _from_base64_text(data: bytes) -> bytes:
    """Base64 up to the first row of plain words: lists add their footer to whatever came.

    A text that only claims to be base64 has words in its first row and stays as it is.
    """
    rows = data.split(b"\n")
    for number, row in enumerate(rows):
        bare = row.strip()
        if bare and not _BASE64_ROW.match(bare) and _WORDS.search(bare):
            footer = b"\n".join(rows[number:])
            return from_base64(b"\n".join(rows[:number])) + b"\n" + footer if number else data
    return from_base64(data)


def uuencoded_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Files written into a text as old mailers do ("begin 644 name"): the text without, and they.

    What doesn't hold together to its "end" stays in the text.
    """
    if "begin" not in text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    at = 0
    begin = _BEGIN.search(text)
    while begin and len(files) < _MOST_FILES:
        read = _uudecoded(text, begin.end() + 1)
        if read is None:
            begin = _BEGIN.search(text, begin.end())
            continue
        data, end = read
        kept.append(text[at : begin.start()])
        files.append((begin.group(1), data))
        at = end
        begin = _BEGIN.search(text, at)
    kept.append(text[at:])
    return "".join(kept), files


def _uudecoded(text: str, at: int) -> tuple[bytes, int] | None:
    """The bytes from `at` to the line "end", and where that ends; None if it is no such thing."""
    data: list[bytes] = []
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        row = text[at:end].rstrip("\r")
        at = end + 1
        if row.strip() == "end":
            return (b"".join(data), at) if data else None
        if not row or row in ("`", " "):
            continue
        decoded = _uurow(row)
        if decoded is None:
            return None
        data.append(decoded)
    return None


def _uurow(row: str) -> bytes | None:
    if not " " <= row[0] <= "`":
        return None
    count = (ord(row[0]) - 32) & 63
    groups = (count + 2) // 3
    if count and len(row) > groups * 4 + 3:
        return None
    # Whole groups are asked for and cut, since some mailers fill the last one with anything;
    # trailing spaces are letters that others cut off.
    letters = chr(32 + groups * 3) + row[1 : groups * 4 + 1].ljust(groups * 4)
    try:
        return binascii.a2b_uu(letters.encode("ascii"))[:count]
    except (binascii.Error, UnicodeEncodeError):
        return None
