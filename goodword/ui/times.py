"""Moments as people say them. Pure functions of (moment, now) in the active zone and language.

Minutes count as the clock on the wall shows them: both moments are cut to the minute first, so that
"in 48 min" at 10:42 agrees with the chip that says 11:30.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from babel.dates import get_timezone_name
from django.utils import timezone
from django.utils.dateformat import DateFormat
from django.utils.translation import get_language, gettext, ngettext, pgettext

from goodword.ui.numbers import locale_of

_HOUR = 60
_DAY = 24 * _HOUR
_EVEN_MINUTES = 3 * _HOUR  # below this minutes still matter: "1 h 33"; above, whole hours
_TOMORROW_FROM = 12 * _HOUR
_WEEKS_FROM_DAYS = 14
_MONTHS_FROM_DAYS = 60
_YEARS_FROM_DAYS = 730


_TIME_OF_DAY = "H:i"
_OF_THE_DAY = frozenset("aAcfgGhHiPrsuU")  # letters of a pattern that tell more than the day
_days: dict[tuple[object, ...], str] = {}
_MOST_DAYS = 5_000
_HERE = "\0"  # where the time of day stands


class Clock:
    """A moment called now, in the zone and language that are active.

    A list has hundreds of moments, on few days: what is the same for all is asked once.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.language = get_language()
        self._zone = timezone.get_current_timezone()
        self._here = now.astimezone(self._zone)
        self._today = self._here.date()
        self._patterns = _patterns(self.language)

    def machine(self, when: datetime) -> str:
        """For `datetime=` of a `<time>`: ISO 8601 with the offset of the zone."""
        return when.astimezone(self._zone).isoformat(timespec="seconds")

    def clock(self, when: datetime) -> str:
        return self._worded(when.astimezone(self._zone), self._patterns.clock)

    def short(self, when: datetime) -> str:
        return self._near(when, self._patterns.weekday_and_clock)

    def row(self, when: datetime) -> str:
        return self._near(when, "D")

    def full(self, when: datetime) -> str:
        return self._worded(when.astimezone(self._zone), self._patterns.full)

    def date(self, when: datetime) -> str:
        """``18 Apr``, with the year where it is another."""
        return self._date(when.astimezone(self._zone))

    def _date(self, here: datetime) -> str:
        same_year = here.year == self._here.year
        return self._worded(here, self._patterns.date if same_year else self._patterns.date_of_year)

    def day(self, when: datetime) -> str:
        here = when.astimezone(self._zone)
        days = (here.date() - self._today).days
        named = {0: gettext("Today"), -1: gettext("Yesterday"), 1: gettext("Tomorrow")}
        if days in named:
            return named[days]
        same_year = here.year == self._here.year
        return self._worded(here, self._patterns.day if same_year else self._patterns.day_of_year)

    def relative(self, due: datetime) -> str:
        minutes = _minutes_between(self.now, due)
        if minutes == 0:
            return gettext("now")
        if minutes < 0:
            return self._patterns.late % {"span": _span(-minutes, self.language)}
        days = (due.astimezone(self._zone).date() - self._today).days
        if days == 1 and minutes >= _TOMORROW_FROM:
            return gettext("tomorrow")
        # A day ahead is a day of the calendar: on Thursday noon, Saturday morning is "in 2 days".
        far = minutes >= _DAY
        span = _span_of_days(days, self.language) if far else _span(minutes, self.language)
        return self._patterns.ahead % {"span": span}

    def _near(self, when: datetime, this_week: str) -> str:
        here = when.astimezone(self._zone)
        days = (here.date() - self._today).days
        if days == 0:
            return self._worded(here, self._patterns.clock)
        if abs(days) <= 6:
            return self._worded(here, this_week)
        return self._date(here)

    def _worded(self, here: datetime, pattern: str) -> str:
        """By the words of its day, which are found once; the time of day is put among them."""
        key = (pattern, here.date(), here.tzname(), self._zone, self.language)
        words = _days.get(key)
        if words is None:
            shape = pattern.replace(_TIME_OF_DAY, _HERE)
            if not _OF_THE_DAY.isdisjoint(shape):
                return worded(here, pattern)
            if len(_days) > _MOST_DAYS:
                _days.clear()
            words = _days[key] = worded(here, shape)
        return words.replace(_HERE, f"{here.hour:02}:{here.minute:02}")


# What readers take these for. Babel has others too: Dublin's summer, which is no daylight saving
# by the letter, is its "GMT"; in French "WEST" and "EEST" are the winter's, beside a "WEDT".
_MEANT: dict[str, timedelta | None] = {
    "GMT": timedelta(0),
    "WEST": timedelta(hours=1),
    "EEST": timedelta(hours=3),
    "WEDT": None,
    "EEDT": None,
}


class _Worded(DateFormat):
    def T(self) -> str:
        assert isinstance(self.data, datetime)  # `worded` takes nothing else
        return zone_name(self.data)


def worded(when: datetime, pattern: str) -> str:
    """By a pattern of Django's, in the zone of `when`; the zone (`T`) as `zone_name` says it."""
    return _Worded(when).format(pattern)


def zone_name(when: datetime) -> str:
    """What people call the zone of `when` then: "MESZ" in German, "CEST" in English."""
    name = get_timezone_name(when, "short", locale=locale_of(get_language()))
    # Where the language has no name for it, Babel gives the mere offset.
    if name[0] in "+-" or when.utcoffset() != _MEANT.get(name, when.utcoffset()):
        name = when.tzname() or ""
    return name.replace("-", "\N{MINUS SIGN}")  # a hyphen would break the line


class _Patterns(NamedTuple):
    clock: str
    weekday_and_clock: str
    full: str
    date: str
    date_of_year: str
    day: str
    day_of_year: str
    late: str
    ahead: str


@lru_cache
def _patterns(language: str | None) -> _Patterns:
    """Of the active language, which the caller names so that each has its own."""
    return _Patterns(
        clock=pgettext("date pattern: time", "H:i"),
        weekday_and_clock=pgettext("date pattern: weekday and time", "D H:i"),
        full=pgettext("date pattern: full moment with zone", "l, j F Y, H:i T"),
        date=pgettext("date pattern: day and month", "j M"),
        date_of_year=pgettext("date pattern: day, month, year", "j M Y"),
        day=pgettext("date pattern: weekday, day, month", "l, j F"),
        day_of_year=pgettext("date pattern: weekday and full date", "l, j F Y"),
        late=pgettext("how long past due", "%(span)s late"),
        ahead=pgettext("how long until", "in %(span)s"),
    )


def clock(when: datetime) -> str:
    return Clock(when).clock(when)


def short(when: datetime, now: datetime) -> str:
    return Clock(now).short(when)


def row(when: datetime, now: datetime) -> str:
    return Clock(now).row(when)


def day(when: datetime, now: datetime) -> str:
    return Clock(now).day(when)


def full(when: datetime) -> str:
    return Clock(when).full(when)


def date(when: datetime, now: datetime) -> str:
    return Clock(now).date(when)


def relative(due: datetime, now: datetime) -> str:
    return Clock(now).relative(due)


def ago(when: datetime, now: datetime) -> str:
    minutes = _minutes_between(when, now)
    if minutes <= 0:
        return gettext("just now")
    return pgettext("how long since", "%(span)s ago") % {"span": span(minutes)}


def span(minutes: int) -> str:
    """ "18 min", "1 h 33", "3 days"."""
    return _span(minutes, get_language())


def _minutes_between(start: datetime, end: datetime) -> int:
    return int(end.timestamp() // 60) - int(start.timestamp() // 60)


def _span(minutes: int, language: str | None) -> str:
    if minutes < _HOUR:
        return pgettext("span of time", "%(minutes)s min") % {"minutes": minutes}
    if minutes < _EVEN_MINUTES and minutes % _HOUR:
        return pgettext("span of time", "%(hours)s h %(minutes)s") % {
            "hours": minutes // _HOUR,
            "minutes": f"{minutes % _HOUR:02}",
        }
    if minutes < _DAY:
        hours = (minutes + _HOUR // 2) // _HOUR
        return pgettext("span of time", "%(hours)s h") % {"hours": min(hours, 23)}
    return _span_of_days(minutes // _DAY, language)


@lru_cache(maxsize=2000)
def _span_of_days(days: int, language: str | None) -> str:
    """In the language that is active, which `language` names."""
    if days < _WEEKS_FROM_DAYS:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if days < _MONTHS_FROM_DAYS:
        weeks = days // 7
        return ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}
    if days < _YEARS_FROM_DAYS:
        months = days // 30
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    years = days // 365
    return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
