"""Days and moments that words stand for, in the business's zone: calendar sums, no words.

A due moment is the last one at which the promise is still kept.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_NINE_TO_FIVE = (time(9), time(17))
_MIDNIGHT = time(23, 59)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Opening and closing for Monday to Sunday, `None` on a day that has no hours."""

    week: tuple[tuple[time, time] | None, ...] = (*[_NINE_TO_FIVE] * 5, None, None)

    def is_open(self, day: date) -> bool:
        return self.week[day.weekday()] is not None

    def opening(self, day: date) -> time:
        return (self.week[day.weekday()] or self._usual())[0]

    def closing(self, day: date) -> time:
        """When `day` closes; on a day without hours, when the business usually does."""
        return (self.week[day.weekday()] or self._usual())[1]

    def days(self) -> list[int]:
        """The open weekdays, Monday being 0; all working days when there is none."""
        return [day for day, hours in enumerate(self.week) if hours] or [0, 1, 2, 3, 4]

    def _usual(self) -> tuple[time, time]:
        return next((hours for hours in self.week if hours), _NINE_TO_FIVE)


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of writing, and the days that are counted from it."""

    moment: datetime  # in the business's zone
    hours: OfficeHours

    @property
    def today(self) -> date:
        return self.moment.date()

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.moment.tzinfo)

    def close_of(self, day: date) -> datetime:
        """The end of `day`: its closing; today after closing, midnight."""
        closing = self.at(day, self.hours.closing(day))
        if day == self.today and closing <= self.moment:
            return self.at(day, _MIDNIGHT)
        return closing

    def close_of_business(self) -> date:
        """The day whose close of business is still to come."""
        day = self.today
        while not self.hours.is_open(day) or self.close_is_past(day):
            day += timedelta(days=1)
            if (day - self.today).days > 7:  # a business that never opens
                return self.today + timedelta(days=1)
        return day

    def close_is_past(self, day: date) -> bool:
        return self.at(day, self.hours.closing(day)) <= self.moment

    def later(self, *, minutes: float) -> datetime:
        """After so much time has passed, also through a night in which the clocks change."""
        passed = self.moment.astimezone(UTC) + timedelta(minutes=minutes)
        return passed.astimezone(self.moment.tzinfo)

    def next_weekday(self, weekday: int) -> date:
        """The next one strictly after today."""
        return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)

    def monday(self, weeks: int) -> date:
        """The Monday of the week so many weeks from this one; weeks run from Monday to Sunday."""
        return self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=weeks)

    def of_week(self, weeks: int, edge: str) -> date:
        """The day meant by the "early" (second open day), "mid" or end of a week."""
        days = self.hours.days()
        weekday = {"early": days[min(1, len(days) - 1)], "mid": 2}.get(edge, days[-1])
        if edge == "" and weekday > 4:  # "next week" is a working week, also for a shop
            weekday = 4
        return self.monday(weeks) + timedelta(days=weekday)

    def weekend(self, weeks: int) -> datetime:
        return self.at(self.monday(weeks) + timedelta(days=6), _MIDNIGHT)

    def in_workdays(self, count: int) -> date:
        """`count` working days (Monday to Friday) on, holidays not known here."""
        day = self.today
        for _ in range(count):
            day += timedelta(days=1)
            while day.weekday() > 4:
                day += timedelta(days=1)
        return day

    def in_months(self, count: int) -> date:
        months = self.today.year * 12 + self.today.month - 1 + count
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.today.day, last_day(year, month + 1)))

    def next_month(self, month: int, year: int | None = None) -> tuple[int, int]:
        """Year and month of the next `month`, this one included."""
        if year is None:
            year = self.today.year + (month < self.today.month)
        return year, month

    def next_date(self, day: int, month: int | None, year: int | None) -> date | None:
        """The next such date after today; `None` if there is none, as for 31 June."""
        if year is not None:
            return _date(year, month or self.today.month, day)
        for ahead in range(13 if month is None else 9 * 12):
            months = self.today.year * 12 + self.today.month - 1 + ahead
            each = _date(months // 12, months % 12 + 1, day)
            if each and each > self.today and month in (None, each.month):
                return each
        return None

    def next_clock(self, hour: time, day: date | None) -> datetime:
        """`hour` on that day; without a day the next time that the clock shows it."""
        if day is not None:
            return self.at(day, hour)
        today = self.at(self.today, hour)
        return today if today > self.moment else self.at(self.today + timedelta(days=1), hour)


def now(sent_at: datetime, zone: ZoneInfo, hours: OfficeHours) -> Now:
    return Now(sent_at.astimezone(zone), hours)


def last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _date(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 0 < day <= last_day(year, month) else None
