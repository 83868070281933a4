"""Word given, word kept: one mark is one promise, on the day it was due.

Kept stands above the line, what was not kept in time below it; what is due lies right of today.
Measured here, drawn as SVG by templates; the same numbers stand in a table beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

ABOVE = ("kept", "due", "moved")  # bottom up
BELOW = ("kept_late", "broken", "late")  # top down
UPWARDS = ("kept", "kept_late", "broken", "late", "due", "moved")
PITCH = 13  # px; a mark is 11
MOST = 40  # marks of a day that are told apart
_ROWS = 8
_HEAD = 30  # above the highest mark: the flag that says Today
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    state: str


def drawn(dots: Iterable[Dot]) -> SafeString:
    """The marks as SVG: those of one state are the corners of one line that is not drawn."""
    corners: dict[str, list[str]] = {}
    for dot in dots:
        corners.setdefault(dot.state, []).append(f"{dot.x:g},{dot.y:g}")
    return mark_safe(  # noqa: S308 -- numbers and states of ours
        "".join(
            f'<polyline fill="none" points="{" ".join(points)}" marker-start="url(#at-{state})"'
            f' marker-mid="url(#at-{state})" marker-end="url(#at-{state})"/>'
            for state, points in corners.items()
        )
    )


@dataclass(frozen=True, slots=True)
class More:
    """How many marks found no room; `+` when nobody counted them."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    day: date
    x: float
    width: float
    letter: str
    name: str
    url: str
    is_today: bool
    is_chosen: bool
    counts: Counter[str]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def short(self) -> str:
        return date_format(self.day, "D")

    @property
    def still_due(self) -> int:
        return self.counts["due"] + self.counts["moved"]


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    words: str

    @property
    def rule_x(self) -> float:
        """Where a rule parts this week from the one before."""
        return round(self.x - 7, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    size: str
    width: int
    height: int
    line: float  # where the ground is, from above
    columns: list[Column]
    dots: list[Dot]
    more: list[More]
    weeks: list[Label]
    letters_y: int
    today_x: float | None

    @property
    def drawn(self) -> SafeString:
        return drawn(self.dots)

    @property
    def column_height(self) -> int:
        """What a click on a day falls on: from the highest mark to the letter."""
        return self.letters_y - 16

    @property
    def flag_x(self) -> float:
        """The middle of the flag that says Today; within the picture."""
        return min(max(self.today_x or 0, 24), self.width - 24)


@dataclass(frozen=True, slots=True)
class Seen:
    """From where one looks: what day it is, which is chosen, where a click on a day leads."""

    today: date
    chosen: date | None
    url_of: Callable[[date], str]


def spans(first: date, days: int) -> list[Span]:
    """So many days from `first`, each from midnight to midnight in the house's zone."""
    zone = timezone.get_current_timezone()
    starts = [
        datetime.combine(first + timedelta(days=n), time(), tzinfo=zone) for n in range(days + 1)
    ]
    return list(pairwise(starts))


def of_weeks(
    counts: Sequence[Counter[str]],
    first: date,
    seen: Seen,
    *,
    width: int = 1055,
) -> Picture:
    """Whole weeks from `first`, a Monday. Free days at the end of weeks are left out."""
    days = [first + timedelta(days=n) for n in range(len(counts))]
    shown = [n for n in range(7) if n < 5 or any(counts[m] for m in range(n, len(days), 7))]
    blocks = len(days) // 7
    block = width / blocks
    step = (block - 14) / len(shown)

    def x_of(number: int) -> float:
        return round((number // 7) * block + shown.index(number % 7) * step, 1)

    numbers = [n for n in range(len(days)) if n % 7 in shown]
    weeks = [Label(round(n * block, 1), _week_words(days[n * 7])) for n in range(blocks)]
    made = [_column(days[n], x_of(n), step, counts[n], seen) for n in numbers]
    return _drawn("wide", width, made, weeks, per_row=2)


def of_days(
    counts: Sequence[Counter[str]],
    first: date,
    seen: Seen,
    *,
    width: int = 330,
) -> Picture:
    """A few days in a row: a phone has room for no more."""
    step = width / len(counts)
    made = _row_of_days(counts, first, step, seen)
    return _drawn("phone", width, made, [], per_row=2)


def _row_of_days(
    counts: Sequence[Counter[str]], first: date, step: float, seen: Seen
) -> list[Column]:
    return [
        _column(first + timedelta(days=n), round(n * step, 1), step, each, seen)
        for n, each in enumerate(counts)
    ]


def _column(day: date, x: float, width: float, counts: Counter[str], seen: Seen) -> Column:
    return Column(
        day=day,
        x=x,
        width=round(width, 1),
        letter=date_format(day, "D")[:1],
        name=date_format(day, pgettext("date pattern: weekday, day, month", "l, j F")),
        url=seen.url_of(day),
        is_today=day == seen.today,
        is_chosen=day == seen.chosen,
        counts=counts,
    )


def _week_words(monday: date) -> str:
    return date_format(monday, pgettext("date pattern: weekday, day, month, short", "D j M"))


def _drawn(
    size: str, width: int, columns: list[Column], weeks: list[Label], *, per_row: int
) -> Picture:
    above = max((_rows(_of(each, ABOVE), per_row) for each in columns), default=0)
    below = max((_rows(_of(each, BELOW), per_row) for each in columns), default=0)
    above, below = min(max(above, 4), _ROWS), min(max(below, 2), _ROWS // 2)
    line = _HEAD + above * PITCH + 3
    dots: list[Dot] = []
    more: list[More] = []
    for each in columns:
        _stack(each, _of(each, ABOVE), dots, more, line - PITCH - 1, -PITCH, above, per_row)
        _stack(each, _of(each, BELOW), dots, more, line + 5, PITCH, below, per_row)
    letters_y = line + below * PITCH + 24
    height = letters_y + (32 if weeks else 10)
    now = next((round(each.x + each.width, 1) for each in columns if each.is_today), None)
    return Picture(size, width, height, line, columns, dots, more, weeks, letters_y, now)


def _of(column: Column, states: Sequence[str]) -> list[str]:
    return [state for state in states for _n in range(column.counts[state])]


def _rows(marks: Sequence[str], per_row: int) -> int:
    return -(-len(marks) // per_row)


def _stack(
    column: Column,
    marks: list[str],
    dots: list[Dot],
    more: list[More],
    y: float,
    step: int,
    rows: int,
    per_row: int,
) -> None:
    """Put marks from the line outwards; what finds no room is a number beyond the last."""
    left = column.x + (column.width - per_row * PITCH + 2) / 2
    room = rows * per_row
    fit = marks if len(marks) <= room else marks[: room - per_row]
    for n, state in enumerate(fit):
        dots.append(Dot(round(left + n % per_row * PITCH, 1), y + n // per_row * step, state))
    if len(fit) < len(marks):
        counted = sum(column.counts.values()) <= MOST
        words = f"+{len(marks) - len(fit)}" if counted else "+"
        at = y + len(fit) // per_row * step + 10
        more.append(More(round(column.x + column.width / 2, 1), at, words))


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days side by side, all above one line."""

    width: int
    height: int
    line: float
    columns: list[Column]
    dots: list[Dot]
    more: list[More]

    @property
    def drawn(self) -> SafeString:
        return drawn(self.dots)


def of_week(
    counts: Sequence[Counter[str]],
    first: date,
    seen: Seen,
    *,
    width: int = 288,
) -> Week:
    step = width / 7
    columns = _row_of_days(counts, first, step, seen)
    marks = [_of(each, UPWARDS) for each in columns]
    rows = min(max([_rows(each, 3) for each in marks] + [3]), _ROWS - 1)
    line = rows * PITCH + 2
    dots: list[Dot] = []
    more: list[More] = []
    for column, stack in zip(columns, marks, strict=True):
        _stack(column, stack, dots, more, line - PITCH, -PITCH, rows, 3)
    return Week(width, line + 26, line, columns, dots, more)
