"""Moments as people say them. Pure functions of (moment, now) in the active zone and language.

Minutes count as the clock on the wall shows them: both moments are cut to the minute first, so that
"in 48 min" at 10:42 agrees with the chip that says 11:30.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

_HOUR = 60
_DAY = 24 * _HOUR
_EVEN_MINUTES = 3 * _HOUR  # below this minutes still matter: "1 h 33"; above, whole hours
_TOMORROW_FROM = 12 * _HOUR
_WEEKS_FROM_DAYS = 14
_MONTHS_FROM_DAYS = 60
_YEARS_FROM_DAYS = 730


_CLOCK = "H:i"
_OF_THE_DAY = frozenset("aAcfgGhHiPrsuU")  # letters of a pattern that tell more than the day
_days: dict[tuple[object, ...], str] = {}
_MOST_DAYS = 5_000


def _worded(here: datetime, pattern: str) -> str:
    """`here` by a pattern of Django's. A list has hundreds, on few days: each day is put once."""
    before, clock, after = pattern.partition(_CLOCK)
    shown = f"{here.hour:02}:{here.minute:02}" if clock else ""
    return f"{_of_day(here, before)}{shown}{_of_day(here, after)}"


def _of_day(here: datetime, pattern: str) -> str:
    if not pattern:
        return ""
    if not _OF_THE_DAY.isdisjoint(pattern):
        return date_format(here, pattern)
    key = (pattern, here.date(), here.tzname(), get_language())
    known = _days.get(key)
    if known is None:
        if len(_days) > _MOST_DAYS:
            _days.clear()
        known = _days[key] = date_format(here, pattern)
    return known


def machine(when: datetime) -> str:
    """For `datetime=` of a `<time>`: ISO 8601 with the offset of the active zone."""
    return timezone.localtime(when).isoformat()


def clock(when: datetime) -> str:
    return _worded(timezone.localtime(when), pgettext("date pattern: time", "H:i"))


def short(when: datetime, now: datetime) -> str:
    here, days = _with_days_off(when, now)
    if days == 0:
        return clock(when)
    if abs(days) <= 6:
        return _worded(here, pgettext("date pattern: weekday and time", "D H:i"))
    return _date(here, now)


def row(when: datetime, now: datetime) -> str:
    here, days = _with_days_off(when, now)
    if days == 0:
        return clock(when)
    if abs(days) <= 6:
        return _worded(here, "D")
    return _date(here, now)


def day(when: datetime, now: datetime) -> str:
    here, days = _with_days_off(when, now)
    named = {0: gettext("Today"), -1: gettext("Yesterday"), 1: gettext("Tomorrow")}
    if days in named:
        return named[days]
    if here.year == timezone.localtime(now).year:
        return _worded(here, pgettext("date pattern: weekday, day, month", "l, j F"))
    return _worded(here, pgettext("date pattern: weekday and full date", "l, j F Y"))


def full(when: datetime) -> str:
    here = timezone.localtime(when)
    return _worded(here, pgettext("date pattern: full moment with zone", "l, j F Y, H:i T"))


def date(when: datetime, now: datetime) -> str:
    """``18 Apr``, with the year where it is another."""
    return _date(timezone.localtime(when), now)


def relative(due: datetime, now: datetime) -> str:
    minutes = _minutes_between(now, due)
    if minutes == 0:
        return gettext("now")
    if minutes < 0:
        return pgettext("how long past due", "%(span)s late") % {"span": _span(-minutes)}
    _, days = _with_days_off(due, now)
    if days == 1 and minutes >= _TOMORROW_FROM:
        return gettext("tomorrow")
    # A day ahead is a day of the calendar: on Thursday noon, Saturday morning is "in 2 days".
    span = _span(minutes) if minutes < _DAY else _span_of_days(days)
    return pgettext("how long until", "in %(span)s") % {"span": span}


def ago(when: datetime, now: datetime) -> str:
    minutes = _minutes_between(when, now)
    if minutes <= 0:
        return gettext("just now")
    return pgettext("how long since", "%(span)s ago") % {"span": _span(minutes)}


def _date(here: datetime, now: datetime) -> str:
    if here.year == timezone.localtime(now).year:
        return _worded(here, pgettext("date pattern: day and month", "j M"))
    return _worded(here, pgettext("date pattern: day, month, year", "j M Y"))


def _with_days_off(when: datetime, now: datetime) -> tuple[datetime, int]:
    """The moment on the wall, and how many midnights it lies after now (negative: before)."""
    here = timezone.localtime(when)
    return here, (here.date() - timezone.localtime(now).date()).days


def _minutes_between(start: datetime, end: datetime) -> int:
    start, end = (moment.replace(second=0, microsecond=0) for moment in (start, end))
    return int((end - start) / timedelta(minutes=1))


def _span(minutes: int) -> str:
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
    return _span_of_days(minutes // _DAY)


def _span_of_days(days: int) -> str:
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
