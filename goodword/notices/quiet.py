"""When somebody may be reached outside the app. Pure functions."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from goodword.notices.models import Preference

_SATURDAY = 5


def is_quiet(preference: Preference, at: datetime, *, zone: ZoneInfo) -> bool:
    """Whether `at` lies in the person's quiet hours. Those may go past midnight; from and until
    alike means none.
    """
    here = at.astimezone(zone)
    if preference.quiet_weekends and here.weekday() >= _SATURDAY:
        return True
    minute = here.hour * 60 + here.minute
    begins, ends = preference.quiet_from, preference.quiet_until
    if begins <= ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends


def may_reach(
    preference: Preference, at: datetime, *, zone: ZoneInfo, on_duty: bool, away: bool
) -> bool:
    """By mail or by a browser's notification. Who is on duty is reached at any hour; who is away
    is not, until they are back.
    """
    return not away and (on_duty or not is_quiet(preference, at, zone=zone))
