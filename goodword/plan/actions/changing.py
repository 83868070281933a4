"""What every change of the plan does, and what periods of a week must be."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Model

from goodword.accounts.models import Teammate
from goodword.events import actions as events
from goodword.plan.hours import DAY_MINUTES
from goodword.plan.models import PlanVersion

_WEEK = 7 * DAY_MINUTES


class ImpossiblePeriod(Exception):
    """It must begin within its day, and end later, by the end of the next day."""


class PeriodsOverlap(Exception):
    """Two periods of one week share some time."""


class EndsBeforeItBegins(Exception):
    """The last day or moment lies before the first."""


class WeeklyPeriod(NamedTuple):
    """Minutes after midnight of `weekday` (0 is Monday), on which it begins."""

    weekday: int
    from_minute: int
    until_minute: int


def changed(fact: events.Fact, *, by: Teammate | None, about: Model, at: datetime) -> None:
    """Let every process read the plan again, and announce. In the transaction of the change.

    The number is drawn, not counted: one that was rolled back never comes again.
    """
    PlanVersion.objects.update_or_create(pk=1, defaults={"number": secrets.randbits(63)})
    events.announce(fact, by=by, about=about, at=at)


def checked(periods: Iterable[WeeklyPeriod | tuple[int, int, int]]) -> list[WeeklyPeriod]:
    """In the order of the week. Raises ImpossiblePeriod, PeriodsOverlap."""
    week = sorted(WeeklyPeriod(*each) for each in periods)
    for each in week:
        if not (
            0 <= each.weekday <= 6
            and 0 <= each.from_minute < DAY_MINUTES
            and each.from_minute < each.until_minute <= 2 * DAY_MINUTES
        ):
            raise ImpossiblePeriod(each)
    edges = [
        (
            each.weekday * DAY_MINUTES + each.from_minute,
            each.weekday * DAY_MINUTES + each.until_minute,
        )
        for each in week
    ]
    around = [*edges, *((begin + _WEEK, end + _WEEK) for begin, end in edges[:1])]
    if any(later[0] < earlier[1] for earlier, later in pairwise(around)):
        raise PeriodsOverlap
    return week
