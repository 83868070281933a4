"""winmail.dat taken apart: what Outlook packs as TNEF ([MS-OXTNEF]), files and text.

Our own reader, since the library for it trusts the counts in the file: twelve bad bytes keep it
busy for hours, and a winmail.dat comes from anyone.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from goodword.channels.email.charsets import decode
from goodword.desk.roads import InboundFile

KINDS = {"application/ms-tnef", "application/vnd.ms-tnef"}
_SIGNATURE = b"\x78\x9f\x3e\x22"
_MESSAGE_INSIDE = bytes.fromhex("0703020000000000c000000000000046")
_MOST_BYTES = 60_000_000
_MOST_ATTRIBUTES = 5000
_MOST_DEPTH = 3

# Attributes ([MS-OXTNEF] 2.1.3.1), by number.
_BODY, _CODEPAGE, _MESSAGE_PROPERTIES = 0x800C, 0x9007, 0x9003
_NEXT_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# Properties ([MS-OXPROPS]), by number.
_P_BODY, _P_HTML, _P_CODEPAGE = 0x1000, 0x1013, 0x3FDE
_P_LONG_NAME, _P_NAME, _P_TITLE = 0x3707, 0x3704, 0x3001
_P_DATA, _P_TYPE, _P_CONTENT_ID = 0x3701, 0x370E, 0x3712
_WIDTHS = {0x02: 4, 0x0B: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x48: 16}
_WIDTHS |= dict.fromkeys((0x05, 0x06, 0x07, 0x14, 0x40), 8)
_COUNTED = {0x0D, 0x1E, 0x1F, 0x102}


@dataclass(slots=True)
class Packed:
    text: str = ""
    html: str = ""
    files: list[InboundFile] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    title: str = ""
    data: bytes = b""
    properties: dict[int, bytes] = field(default_factory=dict)


def is_tnef(kind: str, name: str, data: bytes) -> bool:
    return data.startswith(_SIGNATURE) and (kind in KINDS or name.lower().endswith(".dat"))


def unpacked(data: bytes) -> Packed | None:
    """What is inside, or None when it can't be read."""
    if len(data) > _MOST_BYTES or not data.startswith(_SIGNATURE):
        return None
    try:
        return _read(data, depth=0)
    except (struct.error, ValueError, IndexError):
        return None


def _read(data: bytes, *, depth: int) -> Packed:
    packed, files, codepage = Packed(), list[_File](), "cp1252"
    for number, value in _attributes(data):
        if number == _CODEPAGE:
            codepage = _charset(value[:4])
        elif number == _BODY:
            packed.text = _string(value, codepage)
        elif number == _MESSAGE_PROPERTIES:
            _take_body(packed, _properties(value), codepage)
        elif number == _NEXT_FILE:
            files.append(_File())
        elif files and number == _FILE_TITLE:
            files[-1].title = _string(value, codepage)
        elif files and number == _FILE_DATA:
            files[-1].data = value
        elif files and number == _FILE_PROPERTIES:
            files[-1].properties |= _properties(value)
    for file in files:
        _take_file(packed, file, codepage, depth)
    return packed


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each, until the file ends or breaks off."""
    at = 6
    for _count in range(_MOST_ATTRIBUTES):
        if at + 9 > len(data):
            return
        number, length = struct.unpack_from("<xH2xI", data, at)
        yield number, data[at + 9 : at + 9 + length]
        at += 11 + length


def _properties(data: bytes) -> dict[int, bytes]:
    """MAPI properties ([MS-OXTNEF] 2.1.3.4) by number, the first value of each, text as UTF-8."""
    found: dict[int, bytes] = {}
    at = 4
    for _count in range(min(struct.unpack_from("<I", data)[0], _MOST_ATTRIBUTES)):
        if at + 4 > len(data):
            break
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _after_name(data, at)
        several, kind = bool(kind & 0x1000), kind & 0x0FFF
        if not several and kind in _WIDTHS:
            found.setdefault(number, data[at : at + _WIDTHS[kind]])
            at += _WIDTHS[kind]
            continue
        values, at = _values(data, at, kind)
        if values and kind == 0x1F:
            values[0] = values[0].decode("utf-16-le", "replace").encode("utf-8", "replace")
        if values:
            found.setdefault(number, values[0])
    return found


def _after_name(data: bytes, at: int) -> int:
    """Skips the GUID and name of a named property."""
    by_name, length = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (_padded(length) if by_name else 0)


def _values(data: bytes, at: int, kind: int) -> tuple[list[bytes], int]:
    count = struct.unpack_from("<I", data, at)[0]
    at += 4
    values: list[bytes] = []
    for _count in range(count):
        if at >= len(data):
            break
        if kind in _COUNTED:
            length = struct.unpack_from("<I", data, at)[0]
            at += 4
        elif kind in _WIDTHS:
            length = _WIDTHS[kind]
        else:
            raise ValueError(f"a property of kind {kind:#x}")
        values.append(data[at : at + length])
        at += _padded(length)
    return values, at


def _padded(length: int) -> int:
    return length + -length % 4


def _take_body(packed: Packed, properties: dict[int, bytes], codepage: str) -> None:
    told = properties.get(_P_CODEPAGE, b"")
    if _P_HTML in properties:
        packed.html = _string(properties[_P_HTML], _charset(told) if told else codepage)
    if _P_BODY in properties and not packed.text:
        packed.text = _string(properties[_P_BODY], codepage)


def _take_file(packed: Packed, file: _File, codepage: str, depth: int) -> None:
    told = file.properties
    named = told.get(_P_LONG_NAME) or told.get(_P_NAME) or told.get(_P_TITLE)
    name = (_string(named, codepage) if named else "") or file.title
    data = told.get(_P_DATA) or file.data
    if data.startswith(_MESSAGE_INSIDE):
        data = data[len(_MESSAGE_INSIDE) :]
        if depth < _MOST_DEPTH and data.startswith(_SIGNATURE):
            inner = _read(data, depth=depth + 1)
            text = (inner.html or inner.text).encode("utf-8", "replace")
            ending, kind = (".html", "text/html") if inner.html else (".txt", "text/plain")
            packed.files.append(InboundFile((name or "message") + ending, kind, text))
            packed.files += inner.files
            return
    if data or name:
        kind = _string(told.get(_P_TYPE, b""), "ascii").lower()
        kind = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else "application/octet-stream"
        content_id = _string(told.get(_P_CONTENT_ID, b""), codepage).strip("<> ")
        packed.files.append(InboundFile(name, kind, data, content_id))


def _charset(value: bytes) -> str:
    number = int.from_bytes(value[:4], "little")
    return {65001: "utf-8", 20127: "ascii", 20866: "koi8-r"}.get(
        number, f"iso-8859-{number - 28590}" if 28590 < number < 28606 else f"cp{number}"
    )


def _string(value: bytes, charset: str) -> str:
    return decode(value.rstrip(b"\0"), charset)
