"""Calendars for tests: short to write, and looked at minute by minute to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from goodword.plan.hours import Closed, Hours, Period
from goodword.plan.public_holidays import of_year

BERLIN = "Europe/Berlin"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = "mon-fri 9:00-17:00"
MINUTE = timedelta(minutes=1)


def hours(
    text: str = OFFICE,
    *,
    zone: str = BERLIN,
    country: str = "",
    region: str = "",
    closed: tuple[tuple[str, str], ...] = (),
) -> Hours:
    """`text` as in "mon-fri 9:00-12:00 13:00-17:00, sat 22:00-26:00"."""
    week: list[list[Period]] = [[] for _ in range(7)]
    for part in filter(None, text.split(", ")):
        days, *spans = part.split()
        first, _, last = days.partition("-")
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            week[day] += [Period(*(minutes(each) for each in span.split("-"))) for span in spans]
    closures = tuple(Closed(date.fromisoformat(a), date.fromisoformat(b)) for a, b in closed)
    return Hours(ZoneInfo(zone), tuple(map(tuple, week)), country, region, closures)


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def local(text: str, zone: str = BERLIN, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def open_minutes(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, bool]]:
    """Each minute from `start`, whole in UTC, and whether it is open, found the slow way.

    Minute by minute the clock on the wall is read, and the latest time it has shown so far tells
    which period we are in: while it repeats an hour, nothing begins or ends.
    """
    at = start.astimezone(UTC) - timedelta(days=3)
    latest = at.astimezone(hours.zone).replace(tzinfo=None)
    periods_of = cache(lambda day: _periods_of(hours, day))
    while at < end:
        latest = max(latest, at.astimezone(hours.zone).replace(tzinfo=None))
        if at >= start:
            yield at, any(begin <= latest < finish for begin, finish in periods_of(latest.date()))
        at += MINUTE


def _periods_of(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """As the clock shows them: those that begin on `day`, and on the two days before."""
    found = []
    for begun in (day - timedelta(days=number) for number in range(3)):
        midnight = datetime(begun.year, begun.month, begun.day)  # noqa: DTZ001
        closed = any(each.first_day <= begun <= each.last_day for each in hours.closures)
        if not closed and begun not in of_year(hours.country, hours.region, begun.year):
            found += [
                (midnight + MINUTE * each.from_minute, midnight + MINUTE * each.until_minute)
                for each in hours.week[begun.weekday()]
            ]
    return found
