"""What is typed into a field, as it is stored and as it is shown. Pure, but for the language."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.core.text import clean_line
from goodword.fields.models import LONGEST_VALUE, Field

_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MOST_DIGITS = 30
_is_url = URLValidator(schemes=["http", "https"])


class NotAValue(Exception):
    """It can't stand in such a field; `str()` says why, in words for who typed it."""


def parse(field: Field, text: str) -> str:
    """`text` as it is stored; empty for nothing. Raises NotAValue."""
    line = clean_line(text, most=len(text))
    if field.kind == Field.Kind.TEXT:  # a choice is as it was offered, a link leads where it says
        line = unicodedata.normalize("NFC", line)
    if len(line) > LONGEST_VALUE:
        raise NotAValue(_("This is too long: %(most)d characters fit.") % {"most": LONGEST_VALUE})
    return _PARSERS[Field.Kind(field.kind)](field, line) if line else ""


def shown(field: Field, stored: str) -> str:
    """A stored value in the reader's language."""
    if not stored:
        return ""
    if field.kind == Field.Kind.NUMBER:
        return stored.replace(".", str(get_format("DECIMAL_SEPARATOR")))
    if field.kind == Field.Kind.DATE:
        # As all other days are written: Django's English has "June 2, 2027" for everybody.
        pattern = pgettext("date pattern: day, month, year", "j M Y")
        return date_format(date.fromisoformat(stored), pattern)
    if field.kind == Field.Kind.YES_NO:
        return _("Yes") if stored == "yes" else _("No")
    return stored


def _text(_field: Field, line: str) -> str:
    return line


def _number(_field: Field, line: str) -> str:
    """As the language writes it; where that makes no sense, a lone other sign is the decimal one.

    `1,234` is a thousand in English and little more than one in German.
    """
    point = str(get_format("DECIMAL_SEPARATOR"))
    group = "," if point == "." else "."
    plain = "".join(line.split()).replace("’", "").replace("'", "").replace("−", "-")
    if re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d*)?", plain):
        plain = plain.replace(group, "")
    signs = plain.count(",") + plain.count(".")
    plain = plain.replace(",", ".")
    if signs > 1 or not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", plain):
        raise NotAValue(_("This is no number: %(text)s") % {"text": line})
    before, _point, after = plain.lstrip("+-").partition(".")
    before, after = before.lstrip("0") or "0", after.rstrip("0")
    if len(before) + len(after) > _MOST_DIGITS:
        raise NotAValue(_("This number has too many digits."))
    number = f"{before}.{after}" if after else before
    return f"-{number}" if plain.startswith("-") and number != "0" else number


def _date(_field: Field, line: str) -> str:
    """The year first, or day, month and year with dots: any other order could be two days."""
    dotted = _DAY_FIRST.fullmatch(line)
    try:
        if dotted:
            day, month, year = map(int, dotted.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(line).isoformat()
    except ValueError as error:
        words = _("This is no day: %(text)s. Write it with the year first, as in 2026-11-22.")
        raise NotAValue(words % {"text": line}) from error


def _yes_no(_field: Field, line: str) -> str:
    said = line.casefold()
    if said in {"yes", "true", "on", "1", "y", _("Yes").casefold()}:
        return "yes"
    if said in {"no", "false", "off", "0", "n", _("No").casefold()}:
        return "no"
    raise NotAValue(_("This is neither yes nor no: %(text)s") % {"text": line})


def _one_of(field: Field, line: str) -> str:
    for choice in field.choices:
        if choice.casefold() == line.casefold():
            return choice
    raise NotAValue(_("%(text)s is not one of the choices.") % {"text": line})


def _link(_field: Field, line: str) -> str:
    url = line if "://" in line else f"https://{line}"
    try:
        _is_url(url)
        if urlsplit(url).username is not None:  # what stands before the @ is not where it leads
            raise ValidationError("it names somebody")
    except (ValidationError, ValueError) as error:
        words = _("This is no address of a web page: %(text)s")
        raise NotAValue(words % {"text": line}) from error
    return url


_PARSERS = {
    Field.Kind.TEXT: _text,
    Field.Kind.NUMBER: _number,
    Field.Kind.DATE: _date,
    Field.Kind.YES_NO: _yes_no,
    Field.Kind.ONE_OF: _one_of,
    Field.Kind.LINK: _link,
}
