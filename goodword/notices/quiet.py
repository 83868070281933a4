"""When somebody may be reached outside the app, and when one mail a day is due. Pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from goodword.notices.models import Preference
from goodword.plan.clocks import wall

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


def digests_around(minute: int, at: datetime, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The last moment, now at the latest, when the clock of `zone` showed this minute, and the
    next one.
    """
    today = at.astimezone(zone).date()
    moments = [wall(zone, today + timedelta(days=days), minute) for days in (-1, 0, 1, 2)]
    last = max(each for each in moments if each <= at)
    return last, min(each for each in moments if each > at)
