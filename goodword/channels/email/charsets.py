"""Bytes and header text from outside, turned into text whatever charset they claim."""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from functools import lru_cache

# What mailers write and Python does not know, or knows too literally: text labelled latin1 or
# gb2312 is in truth the larger set (as the WHATWG Encoding Standard has it).
_ALIASES = {
    "latin1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "x-euc-jp": "euc-jp",
    "cseucpkdfmtjapanese": "euc-jp",
    "windows-31j": "cp932",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "cp936": "gb18030",
    "ks_c_5601-1989": "cp949",
    "cseuckr": "cp949",
    "x-big5": "big5hkscs",
    "big-5": "big5hkscs",
    "cp950": "big5hkscs",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "cesu-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8mb3": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "windows-874": "cp874",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-greek": "mac-greek",
    "x-mac-ce": "mac-latin2",
    "latin-9": "iso-8859-15",
    "x-unknown": "",
    "unknown-8bit": "",
    "8bit": "",
    "binary": "",
    "default": "",
    "_autodetect": "",
    "us-ascii": "",
    "ascii": "",
    "ansi_x3.4-1968": "",
}
# Windows' code pages and ISO's tables under the names that mailers give them.
_PAGE = re.compile(r"(?:x-)?(?:windows|win|cp|ms|dos|ibm)[-_]?(?:cp)?(\d{3,4})")
_ISO = re.compile(r"\Aiso[-_]?8859[-_](\d{1,2})(?:[-_].*)?\Z")
# Codecs that are no charset of any mail: slow (idna), or they run escapes.
_NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
_ONE_BYTE_LATIN = {"cp1252", "iso8859-15", "iso8859-2", "cp1250", "cp1254", "mac-roman"}
_MARK = re.compile(r"[,;:()<>@\"\\]")
_NOT_ESCAPED = {"", "utf-8", *_ONE_BYTE_LATIN}
_ENCODED_WORD = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?([^?]*)\?=")
# Q words with a bare question mark or spaces inside are against RFC 2047 and common all the same.
_LOOSE_WORD = re.compile(
    r"=\?([A-Za-z0-9_.:*-]{1,60})\?([bBqQ])\?([^\r\n]{0,1000}?)\?=(?![0-9A-F]{2})"
)
_META = re.compile(rb"<meta\b[^<>]{0,200}?charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Words of nothing but such letters: no language that Latin-1 was made for has them.
_NOT_LATIN = re.compile(rb"(?<![A-Za-z\xc0-\xff])[\xc0-\xff\xa8\xb8]{3,}(?![A-Za-z])")
# Small letters with an accent in Greek; in Russian large ones, which stand behind no small one.
_GREEK_ACCENT = re.compile(rb"[\xe1-\xf9][\xdc-\xdf]")
_NOT_GREEK = re.compile(rb"[\xd2\xe0\xff]")  # of no letter there, or of one that hardly occurs
_ASCII = bytes(range(128))
_SAMPLE = 20_000  # bytes
_MANY_BAD = 3
_MOST_LOOSE = 3000


@lru_cache(maxsize=256)
def codec_named(charset: str) -> str:
    """Python's name of a declared charset; empty when there is none or it is no charset."""
    name = re.split(r"[*;,\s]", charset.lower().replace("charset=", "").strip(" \"'\t\r\n"))[0]
    page = _PAGE.fullmatch(name)
    name = f"cp{page.group(1)}" if page else _ISO.sub(r"iso-8859-\1", name)
    name = _ALIASES.get(name, name)
    if not name or len(name) > 40 or "\x00" in name:
        return ""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    # `_is_text_encoding` keeps out rot13, zlib and the like.
    if not getattr(found, "_is_text_encoding", True) or found.name in _NOT_CHARSETS:
        return ""
    return found.name


def decode(data: bytes, charset: str = "", *, guess: str = "") -> str:
    """`explain_decoding` without the reason."""
    return explain_decoding(data, charset, guess=guess)[0]


def explain_decoding(data: bytes, charset: str = "", *, guess: str = "") -> tuple[str, str]:
    """Text of `data`, and the codec with the rule that chose it. In this order:

    a mark at its beginning, Japanese escapes, UTF-8 if the bytes are, the declared charset or else
    `guess` (seen elsewhere in the mail) unless the letters can only be Greek or Cyrillic, else
    Windows-1252.
    """
    codec, rule = codec_named(charset), "as declared"
    if data.startswith(codecs.BOM_UTF8):
        data, codec, rule = data[len(codecs.BOM_UTF8) :], "utf-8", "by the mark it begins with"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec, rule = "utf-16", "by the mark it begins with"
    elif b"\x1b$" in data and codec in _NOT_ESCAPED:
        codec, rule = "iso2022_jp_2", "by its escapes"  # no other text has these
    if not codec or codec == "utf-8" or codec in _ONE_BYTE_LATIN:
        # UTF-8 that is labelled Latin-1 is frequent, Latin-1 that happens to be UTF-8 is not.
        text = _utf_8(data, sure=codec == "utf-8")
        if text is not None:
            return text, f"utf-8 {rule if codec == 'utf-8' else 'as its bytes are'}"
    if not codec:
        codec, rule = codec_named(guess), "as in the headers"
    if codec in {"", "utf-8", "cp1252"} and (other := _greek_or_cyrillic(data)):
        codec, rule = other, "by its letters"
    if codec and codec != "utf-8":
        try:
            return data.decode(codec), f"{codec} {rule}"
        except (UnicodeError, ValueError, LookupError):
            if codec not in _ONE_BYTE_LATIN:
                return _replacing(data, codec), f"{codec} {rule}, with gaps"
    return data.decode("cp1252", "replace"), "cp1252 for want of a better one"


def charset_of_words(value: str) -> str:
    """The charset of the first encoded word in a header; empty when there is none."""
    found = _ENCODED_WORD.search(value)
    return found.group(1) if found else ""


def charset_of_html(data: bytes) -> str:
    """What the page itself says: <meta charset=...>, where the mail says nothing."""
    found = _META.search(data, 0, 4000)
    return found.group(1).decode("ascii") if found else ""


def _utf_8(data: bytes, *, sure: bool) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for c in text if c > "\x7f") - bad
    # One letter cut in half makes no Latin-1 of the rest.
    return text if good > bad * _MANY_BAD or (sure and good > bad) else None


def _greek_or_cyrillic(data: bytes) -> str:
    """The charset of what can't be Latin, for old programs label any text of theirs Latin-1."""
    data = data[:_SAMPLE]
    letters = b"".join(_NOT_LATIN.findall(data))
    if len(set(letters)) < 5 or len(letters) < 8:
        return ""
    if len(letters) < 0.8 * len(data.translate(None, _ASCII)):
        return ""
    # Most letters are small, and the small ones are in the one half here, in the other there.
    small = sum(letter >= 0xE0 for letter in letters)
    if small * 2 <= len(letters):
        return "koi8-r"
    is_greek = _GREEK_ACCENT.search(data) and not _NOT_GREEK.search(data)
    return "cp1253" if is_greek else "cp1251"


def _replacing(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError):
        return data.decode("cp1252", "replace")


def decode_words(value: str) -> str:
    """Undo RFC 2047 encoded words. What can't be undone stays as it was written.

    Neighbouring words of one charset are joined as bytes first: mailers cut letters in half.
    """
    if "=?" not in value:
        return value
    pieces: list[tuple[str, str, bytes]] = []  # (plain text before, charset, bytes of the word)
    at = 0
    # The loose pattern looks ahead a long way: not for headers made to be slow.
    strict = _ENCODED_WORD.search(value) or len(value) > _MOST_LOOSE
    pattern = _ENCODED_WORD if strict else _LOOSE_WORD
    for match in pattern.finditer(value):
        data = _word_bytes(match.group(2), match.group(3))
        if data is None:
            continue
        between = value[at : match.start()]
        pieces.append((between, match.group(1), data))
        at = match.end()
    return _join(pieces) + value[at:]


def without_marks(value: str) -> str:
    """Encoded words with bare commas or brackets in them, which split addresses, made base64."""
    return _ENCODED_WORD.sub(_safe_word, value) if "=?" in value else value


def without_words(value: str) -> str:
    """What stands outside of encoded words."""
    return _LOOSE_WORD.sub(" ", _ENCODED_WORD.sub(" ", value[:_MOST_LOOSE]))


def _safe_word(word: re.Match[str]) -> str:
    data = _word_bytes(word.group(2), word.group(3)) if _MARK.search(word.group(3)) else None
    encoded = base64.b64encode(data).decode("ascii") if data else ""
    return f"=?{word.group(1)}?B?{encoded}?=" if encoded else word.group()


def _join(pieces: list[tuple[str, str, bytes]]) -> str:
    text, held, held_charset = "", b"", ""
    for number, (between, charset, data) in enumerate(pieces):
        neighbour = number > 0 and not between.strip()
        if neighbour and charset.lower() == held_charset.lower():
            held += data
            continue
        text += decode(held, held_charset)
        text += "" if neighbour else between
        held, held_charset = data, charset
    return text + decode(held, held_charset)


def _word_bytes(encoding: str, body: str) -> bytes | None:
    data = body.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b"_", b" ").replace(b" ", b"=20"), header=False)
    compact = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    try:
        return base64.b64decode(compact + b"=" * (-len(compact) % 4))
    except (binascii.Error, ValueError):
        # One letter too many, as from a cut: the rest is still readable.
        compact = compact[: len(compact) // 4 * 4]
        return base64.b64decode(compact) if compact else None
