"""Business time: opening hours as pure functions. Aware datetimes in, UTC out.

A period belongs to the day on which it begins, so a holiday or a closure takes it away whole, also
what of it lies past midnight. Periods that overlap are one. A period begins at the first moment
when the clock on the wall shows its time or a later one, and ends likewise. So a time that the
clock skips is the moment of the skip, a time that it shows twice is the first of them, and open
time is the time that really passes: 22:00 to 6:00 is 7 hours on the night when summer time begins,
and 9 when it ends.

The open spans of a year are worked out once and kept with the `Hours`; every question is a search
in them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from goodword.plan import public_holidays
from goodword.plan.clocks import MINUTE, clock_of, midnight, moment, since_epoch
from goodword.plan.clocks import wall as wall  # asked of business time like the rest

DAY_MINUTES = 24 * 60
END_OF_A_CLOSED_DAY = 17 * 60  # by when a promise for such a day is kept
NEVER_AFTER_YEARS = 10  # closed for as long: we don't look further

_LAST_YEAR = 9990
_MOST_YEARS = 400  # kept at a time; years further away are for nobody's promise


class Period(NamedTuple):
    """Minutes after midnight of the day it begins; until 24:00 is 1440, until 2:00 is 1560."""

    from_minute: int
    until_minute: int


class Closed(NamedTuple):
    """Days without hours, both included."""

    first_day: date
    last_day: date
    text: str = ""


class NeverOpen(Exception):
    """These hours have no opening, or none for the next ten years."""


@dataclass(frozen=True)
class Hours:
    """`week`: the periods of seven days, Monday first. `country` and `region` as in the library."""

    zone: ZoneInfo
    week: tuple[tuple[Period, ...], ...]
    country: str = ""
    region: str = ""
    closures: tuple[Closed, ...] = ()
    _years: dict[int, _Year] = field(default_factory=dict, compare=False, repr=False)


class _Year(NamedTuple):
    """The open spans of a local year, cut to it, in order, apart from each other."""

    begins: int
    ends: int
    opens: list[int]
    closes: list[int]
    passed: list[int]  # open time before each span; at the end, that of the year


def is_open(hours: Hours, at: datetime) -> bool:
    now = since_epoch(at)
    year = _year_at(hours, at, now)
    place = bisect_right(year.opens, now) - 1
    return place >= 0 and now < year.closes[place]


def opens_next(hours: Hours, at: datetime) -> datetime:
    """The next opening; `at` itself when open then. Raises NeverOpen."""
    now = since_epoch(at)
    for opens, _closes in _from(hours, at):
        return moment(max(opens, now))
    raise NeverOpen


def closes_next(hours: Hours, at: datetime) -> datetime | None:
    """The end of the opening at `at`, else of the next one; None: open without end.

    Raises NeverOpen.
    """
    end = None
    furthest = at.year + NEVER_AFTER_YEARS
    for opens, closes in _from(hours, at):
        if end is not None and opens > end:
            return moment(end)
        end = closes
        if moment(end).year >= furthest:
            return None
    if end is None:
        raise NeverOpen
    return moment(end)


def after(hours: Hours, start: datetime, minutes: int) -> datetime:
    """The moment when so many open minutes have passed since `start`. Raises NeverOpen."""
    now = since_epoch(start)
    if minutes <= 0:
        return moment(now)
    year = _year_at(hours, start, now)
    wanted = _passed(year, now) + minutes * MINUTE
    number = _number(year)
    empty = 0
    while wanted > year.passed[-1]:
        wanted -= year.passed[-1]
        empty = empty + 1 if not year.opens else 0
        number += 1
        if empty > NEVER_AFTER_YEARS or number > _LAST_YEAR:
            raise NeverOpen
        year = _year(hours, number)
    place = bisect_right(year.passed, wanted - 1) - 1
    return moment(year.opens[place] + wanted - year.passed[place])


def minutes_between(hours: Hours, start: datetime, end: datetime) -> int:
    """Whole open minutes from `start` to `end`; none when `end` is not later."""
    first, last = since_epoch(start), since_epoch(end)
    if last <= first:
        return 0
    begin, finish = _year_at(hours, start, first), _year_at(hours, end, last)
    passed = _passed(finish, last) - _passed(begin, first)
    for number in range(_number(begin), _number(finish)):
        passed += _year(hours, number).passed[-1]
    return passed // MINUTE


def spans(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What is open from `start` to `end`, in order, apart from each other."""
    first, last = since_epoch(start), since_epoch(end)
    held: tuple[int, int] | None = None
    for opens, closes in _from(hours, start, until=end):
        if opens >= last:
            break
        opens, closes = max(opens, first), min(closes, last)
        if held and held[1] == opens:  # cut at the end of a year
            held = (held[0], closes)
            continue
        if held:
            yield moment(held[0]), moment(held[1])
        held = (opens, closes)
    if held:
        yield moment(held[0]), moment(held[1])


def spans_of_day(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """The openings that begin on `day`, whole: the last may end on the next day."""
    if is_closed_day(hours, day):
        return []
    number = day.toordinal()
    clock = clock_of(hours.zone, number - 2, number + 4)
    return [(moment(a), moment(b)) for a, b in clock.spans(_walls_of(hours, number))]


def end_of_day(hours: Hours, day: date) -> datetime:
    """The last moment at which a promise for `day` is kept: its last closing time.

    On a day without hours 17:00. Never past 23:59, though the hours may go on: by then it is
    another day for whoever was promised this one.
    """
    periods = () if is_closed_day(hours, day) else hours.week[day.weekday()]
    last = max((each.until_minute for each in periods), default=END_OF_A_CLOSED_DAY)
    return wall(hours.zone, day, min(last, DAY_MINUTES - 1))


def covers(hours: Hours, weekday: int, period: Period, at: datetime) -> bool:
    """Whether a weekly period that keeps these hours' zone and free days, as a duty does, is on."""
    today = at.astimezone(hours.zone).date().toordinal()
    for number in (today - 1, today, today + 1):  # tomorrow: the clock was put back at midnight
        day = date.fromordinal(number)
        if (
            day.weekday() == weekday
            and not is_closed_day(hours, day)
            and wall(hours.zone, day, period.from_minute) <= at
            and at < wall(hours.zone, day, period.until_minute)
        ):
            return True
    return False


def is_closed_day(hours: Hours, day: date) -> bool:
    """Whether a holiday or a closure takes the hours of `day` away."""
    return closure_on(hours, day) is not None or day in public_holidays.of_year(
        hours.country, hours.region, day.year
    )


def closure_on(hours: Hours, day: date) -> Closed | None:
    """The closure that `day` lies in; of several the one that lasts longest from there."""
    found = [each for each in hours.closures if each.first_day <= day <= each.last_day]
    return max(found, key=lambda each: each.last_day, default=None)


def holidays_between(
    hours: Hours, first: date, last: date, *, language: str = ""
) -> list[tuple[date, str]]:
    """The public holidays of both days and all between, named in `language` where it is known."""
    return [
        (day, name)
        for year in range(first.year, last.year + 1)
        for day, name in public_holidays.of_year(
            hours.country, hours.region, year, language
        ).items()
        if first <= day <= last
    ]


# Years of open spans


def _year_at(hours: Hours, at: datetime, now: int) -> _Year:
    number = at.astimezone(hours.zone).year
    year = _year(hours, number)
    if now >= year.ends:  # the clock was put back over New Year's midnight
        return _year(hours, number + 1)
    return year


def _year(hours: Hours, number: int) -> _Year:
    year = hours._years.get(number)
    if year is None:
        if len(hours._years) >= _MOST_YEARS:
            hours._years.clear()
        year = hours._years[number] = _worked_out(hours, number)
    return year


def _worked_out(hours: Hours, number: int) -> _Year:
    first, next_first = date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal()
    clock = clock_of(hours.zone, first - 3, next_first + 3)
    begins, ends = clock.shows([midnight(first), midnight(next_first)])
    closed = _closed_days(hours, number)
    days = range(first - 1, next_first) if any(hours.week) else ()  # New Year's Eve reaches in
    walls = [wall for day in days if day not in closed for wall in _walls_of(hours, day)]
    opens, closes, passed = [], [], [0]
    for span_opens, span_closes in clock.spans(walls):
        if span_closes > begins and span_opens < ends:
            opens.append(max(span_opens, begins))
            closes.append(min(span_closes, ends))
            passed.append(passed[-1] + closes[-1] - opens[-1])
    return _Year(begins, ends, opens, closes, passed)


def _number(year: _Year) -> int:
    """Which year it is: its middle lies in that year in every zone."""
    return moment((year.begins + year.ends) // 2).year


def _walls_of(hours: Hours, day: int) -> list[tuple[int, int]]:
    begin = midnight(day)
    return [
        (begin + each.from_minute * MINUTE, begin + each.until_minute * MINUTE)
        for each in hours.week[(day + 6) % 7]  # day 1 was a Monday
    ]


def _closed_days(hours: Hours, number: int) -> set[int]:
    first, last = date(number - 1, 12, 31).toordinal(), date(number, 12, 31).toordinal()
    closed = {
        day.toordinal()
        for year in (number - 1, number)
        for day in public_holidays.of_year(hours.country, hours.region, year)
    }
    for each in hours.closures:
        begin, end = max(each.first_day.toordinal(), first), min(each.last_day.toordinal(), last)
        closed.update(range(begin, end + 1))
    return closed


def _from(
    hours: Hours, at: datetime, *, until: datetime | None = None
) -> Iterator[tuple[int, int]]:
    """The open spans that end after `at`, in order, cut at the ends of years."""
    now = since_epoch(at)
    year = _year_at(hours, at, now)
    number = _number(year)
    furthest = (until or at).year + (1 if until else NEVER_AFTER_YEARS)
    place = bisect_right(year.closes, now)
    while True:
        yield from zip(year.opens[place:], year.closes[place:], strict=True)
        number, place = number + 1, 0
        if number > min(furthest, _LAST_YEAR):
            return
        year = _year(hours, number)


def _passed(year: _Year, now: int) -> int:
    """The open time of the year before `now`."""
    place = bisect_right(year.opens, now) - 1
    if place < 0:
        return 0
    return year.passed[place] + min(now, year.closes[place]) - year.opens[place]
