"""The language that searches are asked in: words, "phrases" and operators, as in
`gift card from:grace -tag:vip due:"this week"`.

Reading is pure: what was typed, and when, gives what was asked. What the operators mean stands in
`narrowing.py`, their words in `operators.py`; docs/inbox.md has the table of them all.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from goodword.core.text import clean, fold
from goodword.desk.search.operators import DATED, DAY_NAMES, NAMES, OURS, VALUES

_NONE: Mapping[str, str] = {}
_MOST = 20  # words, and operators
_MOST_VALUE = 120  # characters
_MOST_OF_FIELD = 600  # its name, and all that can stand in it
# In the quoted value of an operator a doubled quotation mark is one that belongs to it.
_PART = re.compile(
    r'(?<![^\s"])(-?)(?:([^\W\d_]{2,20}):(?!//))?'
    r'(?:"((?(2)(?:[^"]|"")*|[^"]*))"?|([^\s"]\S*)|)'
)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
_AGO = re.compile(r"(\d{1,4})(?:d|t| days?(?: ago)?| tagen?)")


@dataclass(frozen=True, slots=True)
class Term:
    """One operator with its value. It was typed from `start` to `end`."""

    name: str
    value: str  # a word of ours, or what was typed
    is_negated: bool
    start: int
    end: int
    days: tuple[date, date] | None = None  # the first and the last that are meant


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as understood. `unread`: operators whose value says nothing to us, left out;
    `strange`: what looks like an operator and is none, looked for as words.
    """

    text: str
    at: datetime  # when, in the zone of the house
    words: list[str] = field(default_factory=list)
    last_is_whole: bool = False  # else it may be the beginning of a word
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)  # words and phrases that must not be there
    terms: list[Term] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.without or self.terms)

    def values(self, name: str, *, negated: bool = False) -> list[str]:
        """What was asked by one operator."""
        return [t.value for t in self.terms if t.name == name and t.is_negated == negated]

    def left_without(self, term: Term) -> str:
        """The search with one operator taken out."""
        return " ".join(f"{self.text[: term.start]} {self.text[term.end :]}".split())


def read(text: str, *, at: datetime, own: Mapping[str, str] = _NONE) -> Asked:
    """Understand what was typed; any input is safe. `at`: now, in the zone of the house.

    `own`: the house's own fields, by their folded names: `colour:red` asks `field:colour=red`, and
    `has:colour` asks `field:colour`.
    """
    text = clean(text)
    terms: list[Term] = []
    plain: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    unread: list[str] = []
    strange: list[str] = []
    ends = 0
    for match in _PART.finditer(text):
        if not match.group():
            continue
        minus, name, quoted, typed = match.groups()
        said = (typed or (quoted or "").replace('""', '"')).strip()
        known, value = _operator(fold(name or ""), said, own)
        if known:
            term = _term(known, value, match, at.date())
            if term is None or len(terms) == _MOST:
                unread.append(match.group())
            else:
                terms.append(term)
        elif minus and value and not name:
            without.append(fold(value))
        elif quoted is not None and not name:
            phrases.append(fold(value))
        else:
            if name and value:
                strange.append(match.group())
            plain.append(match.group())
            ends = match.end()
    return Asked(
        text, at, terms=terms, unread=unread[:_MOST], strange=strange[:_MOST],
        words=fold(" ".join(plain)).split()[:_MOST], last_is_whole=ends < len(text),
        phrases=[each for each in phrases if each][:_MOST],
        without=[each for each in without if each][:_MOST],
    )  # fmt: skip


def _operator(name: str, said: str, own: Mapping[str, str]) -> tuple[str, str]:
    """Which one that is, empty for none of them, and with what value."""
    if of_field := _of_field(name, said[:_MOST_OF_FIELD], own):
        return "field", of_field
    known = NAMES.get(name, "")
    if known == "field":
        return known, said[:_MOST_OF_FIELD]
    return known, said.strip('"').strip()[:_MOST_VALUE]


def _of_field(name: str, value: str, own: Mapping[str, str]) -> str:
    """What an operator of the house's own asks of a field; empty for one that is not its own."""
    if name not in NAMES and name in own and value:
        return f"{own[name]}{value if value[0] in '<>=' else f'={value}'}"
    if NAMES.get(name) == "has" and fold(value) not in VALUES["has"]:
        return own.get(fold(value), "")
    return ""


def _term(name: str, value: str, match: re.Match[str], today: date) -> Term | None:
    """None where the value can't be read."""
    minus, start, end = bool(match.group(1)), match.start(), match.end()
    folded = fold(value)
    days = None
    if name in VALUES:
        value = VALUES[name].get(folded, "")
    elif name == "due" and VALUES["is"].get(folded) == "late":
        value = "late"
    elif name in DATED:
        days = days_of(value, today)
        value = value if days else ""
    elif name == "assigned":
        value = OURS.get(folded, value)
    # What holds no letter or digit names nobody and nothing.
    return Term(name, value, minus, start, end, days) if folded and value else None


def days_of(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of what somebody typed: "2026-11-01", "1.11.", "last week", …"""
    named = DAY_NAMES.get(fold(text))
    try:
        if named:
            return _named(named, today)
        if match := _DAY.fullmatch(text):
            year, month, day, german_day, german_month, german_year = match.groups()
            found = date(int(year or german_year or today.year), int(month or german_month),
                         int(day or german_day))  # fmt: skip
            return found, found
        if match := _MONTH.fullmatch(text):
            year, month = match.groups()
            first, last = (int(month), int(month)) if month else (1, 12)
            return date(int(year), first, 1), _end_of_month(date(int(year), last, 1))
        if match := _AGO.fullmatch(fold(text)):
            ago = today - timedelta(days=int(match.group(1)))
            return ago, ago
    except (ValueError, OverflowError):  # the 31st of February
        return None
    return None


def _named(name: str, today: date) -> tuple[date, date]:
    which, _blank, period = name.rpartition(" ")
    step = {"last": -1, "yesterday": -1, "next": 1, "tomorrow": 1}.get(which or period, 0)
    if period == "week":
        monday = today + timedelta(days=7 * step - today.weekday())
        return monday, monday + timedelta(days=6)
    if period == "month":
        first = today.replace(day=1)
        if step:
            first = (first + timedelta(days=40 if step > 0 else -1)).replace(day=1)
        return first, _end_of_month(first)
    if period == "year":
        return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    day = today + timedelta(days=step)
    return day, day


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
