"""The kinds of moments that a piece of text can mean, as the `means` of a word file names them.

Each adds what its piece says to what those beside it have said: days, an hour, or nothing certain.
Days are counted from the moment of writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from goodword.language.moments import Now, last_day

PARTS = {
    "first": time(10),
    "morning": time(12),
    "noon": time(12),
    "afternoon": time(17),
    "evening": time(23, 59),
}
_MINUTES = {"minute": 1, "hour": 60}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Piece:
    means: str
    slots: Mapping[str, str]
    lead: str  # the kind of word before it in [leads], or ""
    start: int
    end: int


@dataclass(slots=True)
class Meaning:
    """What pieces that stand together have said so far."""

    days: list[tuple[str, date]]
    moment: datetime | None = None
    hour: time | None = None
    from_hour: time | None = None
    part: str = ""
    first_day: date | None = None
    vague: bool = False


def _day(meaning: Meaning, piece: Piece, now: Now) -> None:
    meaning.days.append(("day", now.today + timedelta(days=int(piece.slots["day"]))))


def _weekday(meaning: Meaning, piece: Piece, now: Now) -> None:
    day = now.next_weekday(int(piece.slots["weekday"]))
    if "week" in piece.slots:  # that weekday of this or the next week from Monday to Sunday
        weeks = int(piece.slots["week"])
        same = now.monday(weeks) + timedelta(days=int(piece.slots["weekday"]))
        day = same if weeks else day
    if "count" in piece.slots:  # "a week from Tuesday"
        day += timedelta(weeks=float(piece.slots["count"]))
    meaning.days.append(("weekday", day))
    meaning.part = piece.slots.get("part", meaning.part)
    if "weekday2" in piece.slots:  # "Monday to Wednesday", "between Monday and Wednesday"
        last = int(piece.slots["weekday2"])
        meaning.days.append(("weekday", day + timedelta(days=(last - day.weekday()) % 7)))


def _date(meaning: Meaning, piece: Piece, now: Now) -> None:
    slots = piece.slots
    day, month = int(slots.get("dom2") or slots["dom"]), slots.get("month") or slots.get("moon")
    year = int(slots["year"]) if "year" in slots else None
    if "short" in slots:
        year = 2000 + int(slots["short"])
    if "later" in slots:  # "the 20th of next month"
        year, ahead = divmod(now.today.year * 12 + now.today.month - 1 + int(slots["later"]), 12)
        month = str(ahead + 1)
    found = now.next_date(day, int(month) if month else None, year)
    if found:
        meaning.days.append(("date", found))


def _slashed(meaning: Meaning, piece: Piece, now: Now) -> None:
    """3/4: the month first in America, else the day first; 15/3 and 3/15 leave no doubt."""
    first, second = int(piece.slots["dom"]), int(piece.slots["dom2"])
    american = str(now.moment.tzinfo).startswith(("America/", "US/"))
    if first > 12 or (not american and second <= 12):
        first, second = second, first
    if first > 12:
        return
    slots = {**piece.slots, "dom": str(second), "moon": str(first)}
    del slots["dom2"]
    _date(meaning, Piece("date", slots, piece.lead, piece.start, piece.end), now)


def _week(meaning: Meaning, piece: Piece, now: Now) -> None:
    edge = piece.slots.get("edge", "")
    weeks = int(float(piece.slots.get("week", "0")))
    meaning.days.append(("end" if edge == "end" or not weeks else "week", now.of_week(weeks, edge)))
    meaning.first_day = now.monday(weeks)


def _week_number(meaning: Meaning, piece: Piece, now: Now) -> None:
    year, this, _ = now.today.isocalendar()
    number = int(piece.slots["number"])
    try:
        monday = date.fromisocalendar(year + (number < this), number, 1)
    except ValueError:  # a year without a 53rd week
        return
    weeks = (monday - now.monday(0)).days // 7
    meaning.days.append(("week", now.of_week(weeks, piece.slots.get("edge", ""))))
    meaning.first_day = monday


def _weekend(meaning: Meaning, piece: Piece, now: Now) -> None:
    """ "Over the weekend" ends with it; "by the weekend" and "before" it on the Friday."""
    weeks = int(piece.slots.get("week", "0"))
    if piece.lead in ("by", "latest", "before"):
        meaning.days.append(("end", now.of_week(weeks, "")))
    else:
        meaning.moment = now.weekend(weeks)


def _month(meaning: Meaning, piece: Piece, now: Now) -> None:
    year = int(piece.slots["year"]) if "year" in piece.slots else None
    if "month" in piece.slots:
        year, month = now.next_month(int(piece.slots["month"]), year)
    else:
        ahead = now.today.year * 12 + now.today.month - 1 + int(piece.slots.get("later", "0"))
        year, month = ahead // 12, ahead % 12 + 1
    edge = piece.slots.get("edge", "")
    day = {"mid": 15, "early": 10}.get(edge, last_day(year, month))
    meaning.days.append(("end" if edge else "month", date(year, month, day)))
    meaning.first_day = date(year, month, 1)


def _quarter(meaning: Meaning, piece: Piece, now: Now) -> None:
    this = (now.today.month - 1) // 3 + 1
    quarter = int(piece.slots.get("quarter", this)) + int(piece.slots.get("later", "0"))
    year = now.today.year + (quarter < this) + (quarter - 1) // 4
    month = (quarter - 1) % 4 * 3 + 3
    meaning.days.append(("end", date(year, month, last_day(year, month))))


def _year(meaning: Meaning, piece: Piece, now: Now) -> None:
    year = now.today.year + int(piece.slots.get("later", "0"))
    meaning.days.append(("end", date(year, 12, 31)))


def _feast(meaning: Meaning, piece: Piece, now: Now) -> None:
    month, day = piece.slots["feast"].split("-")
    found = now.next_date(int(day), int(month), None)
    if found:
        meaning.days.append(("feast", found))


def _span(meaning: Meaning, piece: Piece, now: Now) -> None:
    """So many hours pass on the clock; days, weeks and months pass on the calendar."""
    count = float(piece.slots.get("count2") or piece.slots.get("count") or "1")
    unit = piece.slots["unit"]
    if unit in _MINUTES:
        meaning.moment = now.later(minutes=count * _MINUTES[unit])
    elif unit == "workday":
        meaning.days.append(("span", now.in_workdays(round(count))))
    elif unit in _DAYS:
        meaning.days.append(("span", now.today + timedelta(days=round(count * _DAYS[unit]))))
    else:
        meaning.days.append(("span", now.in_months(round(count * _MONTHS[unit]))))


def _clock(meaning: Meaning, piece: Piece, now: Now) -> None:
    slots = piece.slots
    half = slots.get("half", "")
    if "hour2" in slots:  # "between 2 and 4pm"
        last = _hour(slots["hour2"], slots.get("minute2"), half2 := slots.get("half2", half))
        first = _hour(slots["hour"], slots.get("minute"), half or half2)
        if last is not None and first is not None and first >= last:  # "between 11 and 2pm"
            first = _hour(slots["hour"], slots.get("minute"), "am")
        meaning.hour, meaning.from_hour = last, first
        return
    hour, minute = slots.get("hour") or slots["spoken"], slots.get("minute")
    if half == "before":  # "halb vier" is half past three
        hour, minute = str((int(hour) - 2) % 12 + 1), "30"
    meaning.hour = _hour(hour, minute, half)


def _hour(hour: str, minute: str | None, half: str) -> time | None:
    """The clock time; without am or pm 1 to 7 is in the afternoon, unless written as 07:30."""
    number = int(hour)
    if half in ("am", "pm"):
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half == "pm" else 0)
    elif half != "exact" and 1 <= number <= 7 and not hour.startswith("0"):
        number += 12
    if number == 24:
        return time(23, 59)
    return time(number, int(minute or 0)) if number < 24 else None


def _part(meaning: Meaning, piece: Piece, now: Now) -> None:
    meaning.part = piece.slots["part"]
    if "day" in piece.slots:
        _day(meaning, piece, now)


def _close(meaning: Meaning, piece: Piece, now: Now) -> None:
    """Close of business: of the day named beside it, else the next one that is still to come."""
    if not meaning.days:
        meaning.days.append(("close", now.close_of_business()))


def _vague(meaning: Meaning, piece: Piece, now: Now) -> None:
    meaning.vague = True


MEANS = {
    "day": _day,
    "weekday": _weekday,
    "date": _date,
    "slashed": _slashed,
    "week": _week,
    "week-number": _week_number,
    "weekend": _weekend,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
    "feast": _feast,
    "span": _span,
    "clock": _clock,
    "part": _part,
    "close": _close,
    "vague": _vague,
}
