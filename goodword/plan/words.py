"""What customers read of the plan, in their language and as the clock in their zone shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.plan import hours as business_time
from goodword.plan.hours import Closed, Hours, NeverOpen

_A_WEEKDAY_SAYS_IT = 6  # days ahead; from then on it needs a date


def promised(due_at: datetime, *, zone: str, language: str, now: datetime | None = None) -> str:
    """As in "by Tuesday 24 November, 10:00"; with the year when it isn't that of `now`."""
    with translation.override(known(language)):
        return pgettext("a time we promise", "by %(moment)s") % {
            "moment": moment(due_at, zone=zone, now=now)
        }


def moment(at: datetime, *, zone: str, now: datetime | None = None) -> str:
    """As in "Tuesday 24 November, 10:00", in the active language; the year as in `promised`."""
    pattern = pgettext("date pattern: a moment as we promise it", "l j F, H:i")
    there = at.astimezone(ZoneInfo(zone))
    if now is not None and now.astimezone(there.tzinfo).year != there.year:
        pattern = pattern.replace("F", "F Y")
    return date_format(there, pattern)


def short_moment(at: datetime, *, zone: str) -> str:
    """As in "Tue 24 Nov, 10:00", in the active language."""
    pattern = pgettext("date pattern: a moment, short", "D j M, H:i")
    return date_format(at.astimezone(ZoneInfo(zone)), pattern)


def opening(hours: Hours | None, at: datetime, *, zone: str, language: str) -> str:
    """As in "Open now until 17:00." or "Opens on Monday at 09:00.", else why not, and until when.

    Empty where there is nothing to say: no hours at all, or none that ever come.
    """
    if hours is None:
        return ""
    with translation.override(known(language)):
        try:
            return _opening(hours, at, ZoneInfo(zone))
        except NeverOpen:
            return ""


def known(language: str) -> str:
    """`language` if we speak it, else our own: no English sentence around a French date."""
    spoken = language.partition("-")[0] in dict(settings.LANGUAGES)
    return language if spoken else settings.LANGUAGE_CODE


def _opening(hours: Hours, at: datetime, zone: ZoneInfo) -> str:
    if business_time.is_open(hours, at):
        closes = business_time.closes_next(hours, at)
        if closes is None:
            return _("Always open.")
        if closes - at < timedelta(days=1):
            return _("Open now until %(time)s.") % {"time": _time(closes, zone)}
        return _("Open now until %(moment)s.") % {"moment": moment(closes, zone=zone.key)}
    opens = business_time.opens_next(hours, at)
    closure = _closure_before(hours, at, opens)
    if closure is not None and closure.text:
        return _("%(text)s We are back on %(moment)s.") % {
            "text": closure.text if closure.text[-1] in ".!?…。！？" else f"{closure.text}.",
            "moment": moment(opens, zone=zone.key),
        }
    today = at.astimezone(hours.zone).date()
    language = translation.get_language() or ""
    for _day, name in business_time.holidays_between(hours, today, today, language=language):
        return _("Closed today: %(holiday)s. %(opens)s") % {
            "holiday": name,
            "opens": _opens(opens, at, zone),
        }
    return _opens(opens, at, zone)


def _opens(opens: datetime, at: datetime, zone: ZoneInfo) -> str:
    there, today = opens.astimezone(zone), at.astimezone(zone).date()
    days = (there.date() - today).days
    if days == 0:
        return _("Opens today at %(time)s.") % {"time": _time(opens, zone)}
    if days == 1:
        return _("Opens tomorrow at %(time)s.") % {"time": _time(opens, zone)}
    if days <= _A_WEEKDAY_SAYS_IT:
        return _("Opens on %(weekday)s at %(time)s.") % {
            "weekday": date_format(there, "l"),
            "time": _time(opens, zone),
        }
    return _("Opens on %(moment)s.") % {"moment": moment(opens, zone=zone.key)}


def _closure_before(hours: Hours, at: datetime, opens: datetime) -> Closed | None:
    """The closure that keeps us from opening sooner: the next one, when it lies between."""
    first, last = (each.astimezone(hours.zone).date() for each in (at, opens))
    between = [each for each in hours.closures if each.first_day <= last and each.last_day >= first]
    return max(between, key=lambda each: each.last_day, default=None)


def _time(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), pgettext("date pattern: time", "H:i"))
