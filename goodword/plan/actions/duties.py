"""Who answers, weekly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from goodword.accounts.models import Teammate
from goodword.inboxes.models import Inbox
from goodword.plan import events as facts
from goodword.plan.actions.changing import WeeklyPeriod, changed, checked
from goodword.plan.models import Calendar, Duty


class NoCalendar(Exception):
    """A duty is said in a calendar's zone, and there is no calendar yet."""


class MayNotAnswer(Exception):
    """This teammate left, or reads only: they can't be on duty."""


class BackupIsThemselves(Exception):
    """A backup is somebody else."""


@transaction.atomic
def add_duty(
    *,
    teammate: Teammate,
    period: WeeklyPeriod | tuple[int, int, int],
    inbox: Inbox | None = None,
    road: str = "",
    backup: Teammate | None = None,
    by: Teammate,
    at: datetime,
) -> Duty:
    """`teammate` answers in that weekly period; no inbox or road: in every one.

    Raises NoCalendar, MayNotAnswer, BackupIsThemselves, ImpossiblePeriod, PeriodsOverlap (with
    another duty of theirs for the same inbox and road).
    """
    duty = Duty()
    _set(duty, teammate=teammate, period=period, inbox=inbox, road=road, backup=backup)
    _changed("added", duty, by=by, at=at)
    return duty


@transaction.atomic
def change_duty(
    duty: Duty,
    *,
    teammate: Teammate,
    period: WeeklyPeriod | tuple[int, int, int],
    inbox: Inbox | None = None,
    road: str = "",
    backup: Teammate | None = None,
    by: Teammate,
    at: datetime,
) -> None:
    """Say it anew. Raises what `add_duty` does."""
    _set(duty, teammate=teammate, period=period, inbox=inbox, road=road, backup=backup)
    _changed("changed", duty, by=by, at=at)


@transaction.atomic
def remove_duty(duty: Duty, *, by: Teammate, at: datetime) -> None:
    _changed("removed", duty, by=by, at=at)
    duty.delete()


def _set(duty: Duty, *, period: WeeklyPeriod | tuple[int, int, int], **values: Any) -> None:
    teammate, backup = values["teammate"], values["backup"]
    if not Calendar.objects.exists():
        raise NoCalendar
    for each in filter(None, (teammate, backup)):
        if not (each.is_active and each.may_answer):
            raise MayNotAnswer(each)
    if backup == teammate:
        raise BackupIsThemselves
    alike = Duty.objects.filter(
        teammate=teammate, inbox=values["inbox"], road=values["road"]
    ).exclude(pk=duty.pk)
    checked([period, *alike.values_list("weekday", "from_minute", "until_minute")])
    for name, value in (values | WeeklyPeriod(*period)._asdict()).items():
        setattr(duty, name, value)
    duty.save()


def _changed(what: facts.DutyChange, duty: Duty, *, by: Teammate, at: datetime) -> None:
    fact = facts.DutiesChanged(what=what, inbox_id=duty.inbox_id)
    changed(fact, by=by, about=duty.teammate, at=at)
