"""The moments that snoozing offers, in the zone of the business. Pure functions of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

_MORNING = time(9, 0)
_LATER_HOURS = 3
_LATEST_HOUR = 21  # "later today" is offered only while it still is today's work


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    word: str
    until: datetime


def choices(now: datetime) -> list[Choice]:
    """Soonest first; every moment lies ahead of `now`, none stands twice."""
    here = timezone.localtime(now)
    later = (here + timedelta(hours=_LATER_HOURS)).replace(minute=0, second=0, microsecond=0)
    offered = []
    if later.date() == here.date() and later.hour <= _LATEST_HOUR:
        offered.append(Choice("later", _("Later today"), later))
    offered.append(Choice("tomorrow", _("Tomorrow morning"), _morning(here, days=1)))
    to_monday = (7 - here.weekday()) % 7 or 7
    if to_monday > 1:
        offered.append(Choice("monday", _("Monday morning"), _morning(here, days=to_monday)))
    offered.append(Choice("week", _("In a week"), _morning(here, days=7)))
    once = {choice.until: choice for choice in reversed(offered)}
    return sorted(once.values(), key=lambda choice: choice.until)


def _morning(here: datetime, *, days: int) -> datetime:
    return datetime.combine(here.date() + timedelta(days=days), _MORNING, tzinfo=here.tzinfo)
