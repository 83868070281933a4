"""The MIME tree of a mail, cut out of its bytes as deep as it is asked for.

The stdlib's parser goes line by line and a call deep for every level, and hands a mail inside the
mail back rewritten. Looking for the boundaries only is several times as quick, keeps every part's
own bytes, and nothing in a mail can make it raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from goodword.channels.email.charsets import decode

MOST_PARTS = 2000
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r*\n")
_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*\Z")
# A line amid the head that is no header is a badly folded one if the head goes on below it.
_HEAD_GOES_ON = re.compile(
    rb"^(?:mime-version|content-type|content-transfer-encoding|message-id|received|return-path)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_CHARSET = re.compile(rb"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
_NEAR = 20_000  # bytes
_KIND = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_MOST_PARAMETERS = 8000  # characters; an unclosed quote is sought to the end, once a parameter
# A boundary that nobody declared: a line of dashes with a part's head below it.
_SEEN_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s]{1,200})[ \t]*\r?\n(?=content-)", re.IGNORECASE)
_DECLARED = re.compile(rb'boundary="?([^"\s;]{1,200})"?', re.IGNORECASE)


class Part:
    """A head and the bytes below it: a mail, or one part of it.

    `headers` are names and values in order; values are text, unfolded, encoded words still in
    them. `body` is as written, its transfer encoding not undone.
    """

    __slots__ = ("_by_name", "body", "default", "headers")

    def __init__(self, data: bytes, *, default: str = "text/plain") -> None:
        self.default = default
        self.headers, self.body = _cut_head(data)
        self._by_name: dict[str, list[str]] = {}
        for name, value in self.headers:
            self._by_name.setdefault(name.lower(), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._by_name

    def all(self, name: str) -> list[str]:
        """Every header of this name, in any case; in order."""
        return self._by_name.get(name.lower(), [])

    def header(self, name: str) -> str:
        """The first header of this name; empty when there is none."""
        found = self._by_name.get(name.lower())
        return found[0] if found else ""

    @property
    def kind(self) -> str:
        """The media type, lower case; what is none counts as plain text (RFC 2045, 5.2)."""
        written = self.header("Content-Type")
        found = _KIND.match(written)
        if found:
            return found.group(1).lower()[:100]
        return "text/plain" if written else self.default

    def children(self) -> list[Part]:
        """The parts of a multipart; empty for anything else, and where no boundary came."""
        kind = self.kind
        if not kind.startswith("multipart/"):
            return []
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        told = parameter(self.header("Content-Type"), "boundary").encode("utf-8", "replace")
        found = [Part(section, default=default) for section in _sections(self.body, told)]
        if not found:
            seen = _SEEN_BOUNDARY.search(self.body)
            mark = seen.group(1) if seen else b""
            found = [Part(section, default=default) for section in _sections(self.body, mark)]
        return found

    def leaves(self) -> list[Part]:
        """Every part below that holds words, whatever the nesting: for a tree too deep to walk."""
        marks = {b"--" + found for found in _DECLARED.findall(self.body)}
        marks.add(b"--" + parameter(self.header("Content-Type"), "boundary").encode())
        found = [Part(block.lstrip(b"\r\n")) for block in _blocks(self.body, marks)]
        inner = ("multipart/", "message/")
        return [leaf for leaf in found if leaf.body.strip() and not leaf.kind.startswith(inner)]


def _cut_head(data: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and what is below; without an empty line between, the head ends where it must."""
    empty = _EMPTY_LINE.search(data)
    head, body = (data[: empty.start()], data[empty.end() :]) if empty else (data, b"")
    found: list[tuple[bytes, list[bytes]]] = []
    at, last_sure = 0, None
    for row in head.split(b"\n"):
        name, colon, value = row.partition(b":")
        if row[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(row.strip())
        elif colon and _NAME.match(name):
            found.append((name.rstrip(), [value.strip()]))
        elif row.strip():
            if last_sure is None:
                last_sure = max((one.start() for one in _HEAD_GOES_ON.finditer(head)), default=-1)
            if at > last_sure:
                body = data[at:]
                break
            if found:
                found[-1][1].append(row.strip())
        at += len(row) + 1
    return [(name.decode("ascii"), _text(b" ".join(rows), data)) for name, rows in found], body


def _text(value: bytes, data: bytes) -> str:
    """A header as text. Raw letters outside ASCII are mostly in the charset of the text below."""
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        told = _CHARSET.search(data, 0, _NEAR)
        return decode(value, guess=told.group(1).decode("ascii") if told else "")


def _sections(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary's lines; each loses the line end before the next one."""
    mark = b"\n--" + boundary.rstrip()
    count, begun = 0, -1
    at = -1 if body.startswith(mark[1:]) else _find(body, mark, 0)
    while boundary and at is not None and count < MOST_PARTS:
        end = body.find(b"\n", at + len(mark))
        end = len(body) if end < 0 else end
        tail = body[at + len(mark) : end].strip(b" \t\r")
        if tail in (b"", b"--"):
            if begun >= 0:
                count += 1
                yield body[begun:at].removesuffix(b"\r")
            begun = end + 1
            if tail:
                return
        at = _find(body, mark, end)
    if 0 <= begun < len(body):
        yield body[begun:]


def _find(body: bytes, mark: bytes, start: int) -> int | None:
    at = body.find(mark, start)
    return at if at >= 0 else None


def _blocks(body: bytes, marks: set[bytes]) -> Iterator[bytes]:
    block: list[bytes] = []
    count = 0
    for row in body.split(b"\n"):
        mark = row.rstrip()
        if mark in marks or mark.removesuffix(b"--") in marks:
            yield b"\n".join(block)
            block = []
            count += 1
            if count > MOST_PARTS:
                return
        else:
            block.append(row)
    yield b"\n".join(block)


def parameter(value: str, name: str) -> str:
    """A parameter of a Content-Type or Content-Disposition; RFC 2231 undone, encoded words not."""
    plain = ""
    pieces: dict[int, tuple[bool, str]] = {}
    # Some leave out what parameters belong to: "Content-Disposition: filename=lamp.pdf".
    for match in _PARAMETER.finditer(f";{value[:_MOST_PARAMETERS]}"):
        key, star, rest = match.group(1).lower().partition("*")
        if key != name:
            continue
        quoted = match.group(2)
        text = match.group(3).strip().strip("\"'") if quoted is None else _unquoted(quoted)
        if not star:
            plain = plain or text
        number = rest.rstrip("*")
        if star and (not number or number.isdecimal()):
            pieces.setdefault(int(number[:6] or 0), (rest == "" or rest.endswith("*"), text))
    return _joined(pieces) or plain


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231: numbered pieces, some of them percent-encoded, the first naming the charset."""
    charset, data = "", b""
    for number in sorted(pieces):
        encoded, text = pieces[number]
        if not encoded:
            data += text.encode("utf-8", "replace")
            continue
        if not data and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        data += unquote_to_bytes(text)
    return decode(data, charset)
