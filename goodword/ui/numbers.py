"""Numbers as the active language writes them: a share of a hundred, the size of a file."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from django.utils.translation import get_language

_SIGNS = ("kB", "MB", "GB", "TB", "PB")


@lru_cache
def locale_of(language: str | None) -> Locale:
    """What Babel knows of a language; English of one that it doesn't know."""
    try:
        return Locale.parse(language or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def percent(share: int) -> str:
    """`share` of a hundred: "26%", in German "26 %"."""
    return format_percent(share / 100, locale=locale_of(get_language()))


def size(count: int | str | None) -> str:
    """A number of bytes: "102 bytes", "13.2 kB", "4 MB"; never broken over two lines.

    Of nothing there are no words: a template gives "" for what is not there.
    """
    if not isinstance(count, int):
        return ""
    locale = locale_of(get_language())
    power = min(max(count.bit_length() - 1, 0) // 10, len(_SIGNS))
    if not power:
        return _together(format_unit(count, "byte", "long", locale=locale))
    # The signs are those of all our languages; CLDR's German has "1 kbyte".
    number = format_decimal(round(count / 1024**power, 1), locale=locale)
    return _together(f"{number} {_SIGNS[power - 1]}")


def _together(words: str) -> str:
    return words.replace(" ", "\N{NO-BREAK SPACE}")
