"""A week as it is covered: when we are open, when nobody answers, and that in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from babel.lists import format_list
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from goodword.plan import hours as business_time
from goodword.plan.clocks import wall
from goodword.plan.hours import Closed, Hours
from goodword.plan.service_plan import Gap, ServicePlan

Span = tuple[datetime, datetime]
_NOON, _ONE, _TWO = 12 * 60, 13 * 60, 14 * 60
_DAWN, _EVENING = 5 * 60, 19 * 60  # outside of these, morning and afternoon would say too little


@dataclass(frozen=True)
class Day:
    """`opens` and `gaps` in UTC: what begins on this day, whole, though it may end on the next."""

    day: date
    opens: list[Span]
    gaps: list[Gap]
    holiday: str  # its name in the active language, where it is known
    closure: Closed | None

    @property
    def is_covered(self) -> bool:
        return not self.gaps


def week_of(plan: ServicePlan, inbox_id: int, monday: date, *, road: str = "") -> list[Day]:
    """Seven days from `monday` on; none without a calendar."""
    hours = plan.hours_of(inbox_id)
    if hours is None:
        return []
    sunday = monday + timedelta(days=6)
    begin, end = (wall(hours.zone, monday + timedelta(days=n), 0) for n in (0, 9))
    gaps = plan.gaps(inbox_id, begin, end, road=road)
    language = get_language() or ""
    named = dict(business_time.holidays_between(hours, monday, sunday, language=language))
    week = []
    for day in (monday + timedelta(days=number) for number in range(7)):
        opens = business_time.spans_of_day(hours, day)
        closure = business_time.closure_on(hours, day)
        week.append(Day(day, opens, list(_within(gaps, opens)), named.get(day, ""), closure))
    return week


def _within(gaps: list[Gap], spans: list[Span]) -> Iterator[Gap]:
    for opens, closes in spans:
        for gap in gaps:
            if gap.start < closes and opens < gap.end:
                yield Gap(max(gap.start, opens), min(gap.end, closes))


# In words


class _Part(NamedTuple):
    """Which part of a day nobody answers; days with the same are said together."""

    part: Literal["day", "morning", "afternoon", "times"]
    times: tuple[tuple[str, str], ...] = ()


def words(
    plan: ServicePlan, inbox_id: int, monday: date, *, road: str = "", what: str = ""
) -> list[str]:
    """As in "Nobody answers mail on Friday afternoon.", a sentence for days that are alike.

    `what`: what would be answered, put into the active language; empty: mail.
    """
    hours = plan.hours_of(inbox_id)
    if hours is None:
        return []
    what = what or pgettext("what nobody answers", "mail")
    week = week_of(plan, inbox_id, monday, road=road)
    alike: dict[_Part, list[date]] = defaultdict(list)
    for each in week:
        if each.gaps:
            alike[_part(each, hours)].append(each.day)
    never = alike.get(_Part("day"), [])
    if len(never) > 1 and len(never) == sum(bool(each.opens) for each in week):
        return [_("Nobody answers %(what)s all week.") % {"what": what}]
    return [_sentence(part, days, what) for part, days in alike.items()]


def _sentence(part: _Part, days: list[date], what: str) -> str:
    said = {
        "what": what,
        "day": date_format(days[0], "l"),
        "days": _days(days),
        "times": _listed(
            [
                pgettext("part of a day", "from %(from)s to %(until)s")
                % {"from": begin, "until": end}
                for begin, end in part.times
            ]
        ),
    }
    if len(days) == 1:
        sentence = {
            "day": _("Nobody answers %(what)s on %(day)s."),
            "morning": _("Nobody answers %(what)s on %(day)s morning."),
            "afternoon": _("Nobody answers %(what)s on %(day)s afternoon."),
            "times": _("Nobody answers %(what)s on %(day)s %(times)s."),
        }[part.part]
    else:
        sentence = {
            "day": _("Nobody answers %(what)s %(days)s."),
            "morning": _("Nobody answers %(what)s %(days)s in the morning."),
            "afternoon": _("Nobody answers %(what)s %(days)s in the afternoon."),
            "times": _("Nobody answers %(what)s %(days)s, %(times)s."),
        }[part.part]
    return sentence % said


def _part(day: Day, hours: Hours) -> _Part:
    gaps = [tuple(each) for each in day.gaps]
    if gaps == day.opens:
        return _Part("day")
    first, last = gaps[0][0], gaps[-1][1]
    midnight = wall(hours.zone, day.day, 0).astimezone(hours.zone)

    def minute(at: datetime) -> int:
        shown = at.astimezone(hours.zone).replace(tzinfo=None) - midnight.replace(tzinfo=None)
        return int(shown.total_seconds()) // 60

    before = [(opens, min(closes, last)) for opens, closes in day.opens if opens < last]
    after = [(max(opens, first), closes) for opens, closes in day.opens if closes > first]
    if gaps == before and minute(first) >= _DAWN and _NOON <= minute(last) <= _ONE:
        return _Part("morning")
    if gaps == after and _NOON <= minute(first) <= _TWO and minute(last) <= _EVENING:
        return _Part("afternoon")
    return _Part("times", tuple((_clock(a, hours), _clock(b, hours)) for a, b in gaps))


def _clock(at: datetime, hours: Hours) -> str:
    return date_format(at.astimezone(hours.zone), pgettext("date pattern: time", "H:i"))


def _days(days: list[date]) -> str:
    """As in "on Monday and Friday", or "from Monday to Wednesday and on Friday"."""
    runs: list[list[date]] = [days[:1]]
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    if all(len(run) < 3 for run in runs):
        return _on(days)
    return _listed([_from_to(run) if len(run) > 2 else _on(run) for run in runs])


def _on(days: list[date]) -> str:
    names = _listed([date_format(each, "l") for each in days])
    return pgettext("days of the week", "on %(days)s") % {"days": names}


def _from_to(days: list[date]) -> str:
    return pgettext("days of the week", "from %(first)s to %(last)s") % {
        "first": date_format(days[0], "l"),
        "last": date_format(days[-1], "l"),
    }


def _listed(words: list[str]) -> str:
    return format_list(words, locale=(get_language() or "en").replace("-", "_"))
