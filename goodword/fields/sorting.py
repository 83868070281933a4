"""The order of what stands in a field, as bytes that both databases compare alike."""

from __future__ import annotations

import unicodedata

from goodword.core.text import fold
from goodword.fields.models import LONGEST_ORDER, Field

_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def sorts_as(field: Field, stored: str) -> bytes:
    """Text alike but for case and signs sorts alike, numbers by how much, days by when."""
    kind = Field.Kind(field.kind)
    if kind == Field.Kind.NUMBER:
        return _number(stored)
    if kind in {Field.Kind.DATE, Field.Kind.YES_NO}:
        return stored.encode()
    return fold(stored).encode()[:LONGEST_ORDER]


def bare(text: str) -> str:
    """Text without capitals and accents, but with its signs."""
    if text.isascii():  # nothing to take apart
        return " ".join(text.casefold().split())
    flat = unicodedata.normalize("NFD", text.casefold())
    # Class 1 strikes through: “≠” is not “=” with an accent, and doesn't begin with it either.
    flat = "".join(each for each in flat if unicodedata.combining(each) < 2)
    return " ".join(unicodedata.normalize("NFC", flat).split())


def _number(stored: str) -> bytes:
    """How many digits it has before the point, then these: what differs does so in a few bytes,
    by which PostgreSQL tells how many lie beyond.
    """
    before, _point, after = stored.lstrip("-").partition(".")
    digits = f"{len(before):02}{before}.{after}"
    # Of negative ones the greater is less, also the one with more behind the point.
    said = f"0{digits.translate(_COMPLEMENT)}~" if stored.startswith("-") else f"1{digits}"
    return said.encode()
