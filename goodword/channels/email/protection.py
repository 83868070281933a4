"""Signed and encrypted mail: which it is, and the words of a signed one out of its wrapping.

Nothing is verified or decrypted here: Goodword holds no keys of the sender's or the shop's.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from goodword.channels.email.mime import Part, parameter
from goodword.desk.roads import Protection

PKCS7 = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
SIGNATURES = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
}
# Object identifiers of CMS (RFC 5652) as they stand in the bytes.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")
_AUTH_ENVELOPED_DATA = bytes.fromhex("060b2a864886f70d0109100117")
_MOST_WRAPPED = 60_000_000
_MOST_BLOCKS = 20  # each may be sought to the end of the text
_MOST_NESTED = 4
_CLEAR = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+: [^\n]*\n)*[ \t]*\n(.*?)"
    r"^-----BEGIN PGP SIGNATURE-----[ \t]*\n.*?^-----END PGP SIGNATURE-----[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_SEALED = re.compile(
    r"^-----BEGIN PGP MESSAGE-----[ \t]*\n.*?^-----END PGP MESSAGE-----[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


def sealed_words() -> str:
    """What stands where the text of an encrypted mail would."""
    return _(
        "This message is encrypted, so Goodword can't show it. The encrypted message is attached:"
        " open it with a program that has the key, or ask the sender to write again unencrypted."
    )


def of_signed(part: Part, children: list[Part]) -> Protection:
    """Who signs a multipart/signed (RFC 1847)."""
    protocol = parameter(part.header("Content-Type"), "protocol").lower()
    kinds = {child.kind for child in children}
    if "pgp" in protocol or "application/pgp-signature" in kinds:
        return "pgp_signed"
    return "smime_signed" if "pkcs7" in protocol or kinds & SIGNATURES else ""


def of_pkcs7(part: Part, data: bytes) -> Protection:
    """What an application/pkcs7-mime holds: as it says, else as its first bytes do (RFC 8551)."""
    told = parameter(part.header("Content-Type"), "smime-type").lower()
    if told in ("enveloped-data", "authenveloped-data"):
        return "smime_encrypted"
    if told == "signed-data" or _SIGNED_DATA in data[:40]:
        return "smime_signed"
    sealed = _ENVELOPED_DATA in data[:40] or _AUTH_ENVELOPED_DATA in data[:40]
    return "smime_encrypted" if sealed else ""


def unarmoured(text: str) -> tuple[str, Protection, list[bytes]]:
    """A text without the PGP armour in it; what protected it; the encrypted blocks taken out."""
    if not 0 < text.count("-----BEGIN PGP ") <= _MOST_BLOCKS:
        return text, "", []
    text = text.replace("\r\n", "\n")
    if "-----END PGP SIGNATURE-----" in text:
        opened = _without_signatures(text)
        if opened != text:
            return opened, "pgp_signed", []
    sealed: list[bytes] = []
    if "-----END PGP MESSAGE-----" in text:
        sealed = [block.encode() for block in _SEALED.findall(text)]
    if not sealed:
        return text, "", []
    return _SEALED.sub(lambda _: sealed_words(), text), "pgp_encrypted", sealed


def _without_signatures(text: str) -> str:
    """Signed again over a signature, too: the inner one comes to light with its dashes undone."""
    for _time in range(_MOST_NESTED):
        opened = _CLEAR.sub(lambda found: _undashed(found.group(1)), text)
        if opened == text:
            break
        text = opened
    return text


def _undashed(text: str) -> str:
    return re.sub(r"^- ", "", text, flags=re.MULTILINE)


def signed_content(data: bytes) -> bytes | None:
    """The mail inside an opaque CMS SignedData (RFC 5652, 5.1); None if it can't be had.

    ContentInfo { type, [0] SignedData { version, digests, { type, [0] content } ... } }
    """
    try:
        content_info, _end = _value(data[:_MOST_WRAPPED], 0)
        signed = _nth(_nth(content_info, 1), 0)
        content = _nth(_nth(signed, 2), 1)
        return _octets(content)
    except (IndexError, ValueError, RecursionError):
        return None


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and length of the value at `at`; length -1: up to an end mark (BER)."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length == 0x80:
        return tag, at, -1
    if length & 0x80:
        width = length & 0x7F
        if width > 8:
            raise ValueError("a length longer than any mail")
        length, at = int.from_bytes(data[at : at + width], "big"), at + width
    return tag, at, length


def _value(data: bytes, at: int, depth: int = 0) -> tuple[bytes, int]:
    """The bytes of the value at `at`, and where the next one begins."""
    _tag, start, length = _header(data, at)
    if length >= 0:
        return data[start : start + length], start + length
    if depth > 30:
        raise ValueError("nested too deep")
    end = start
    while data[end : end + 2] != b"\0\0":
        _inner, end = _value(data, end, depth + 1)
    return data[start:end], end + 2


def _nth(data: bytes, number: int) -> bytes:
    at = 0
    for _before in range(number):
        _skipped, at = _value(data, at)
    return _value(data, at)[0]


def _octets(data: bytes) -> bytes:
    """An octet string, which BER may give in pieces."""
    tag, _start, _length = _header(data, 0)
    value, _end = _value(data, 0)
    if not tag & 0x20:
        return value
    pieces, at = [], 0
    while at < len(value):
        piece, at = _value(value, at)
        pieces.append(piece)
    return b"".join(pieces)
