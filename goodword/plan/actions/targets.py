"""How fast we promise an answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.accounts.models import Teammate
from goodword.inboxes.models import Inbox
from goodword.people.models import Kind
from goodword.plan import events as facts
from goodword.plan.actions.changing import changed
from goodword.plan.models import Target


class TakesNoTime(Exception):
    """An answer takes a minute at least."""


class LeadBeforeBackup(Exception):
    """The lead hears of it after the backup, or with them."""


@transaction.atomic
def set_target(
    *,
    inbox: Inbox | None = None,
    kind: Kind | None = None,
    urgent: bool = False,
    first_minutes: int,
    next_minutes: int,
    counts: str = Target.Counts.OPEN,
    remind_minutes_before: int = 60,
    backup_minutes_after: int = 0,
    lead_minutes_after: int = 60,
    by: Teammate,
    at: datetime,
) -> Target:
    """For this inbox, kind of people and urgency; None: whichever. Said before, it is said anew.

    What is promised already stays as it is. Raises TakesNoTime, LeadBeforeBackup.
    """
    if min(first_minutes, next_minutes) < 1:
        raise TakesNoTime
    if lead_minutes_after < backup_minutes_after:
        raise LeadBeforeBackup
    target, _made = Target.objects.update_or_create(
        inbox=inbox,
        kind=kind,
        urgent=urgent,
        defaults={
            "first_minutes": first_minutes,
            "next_minutes": next_minutes,
            "counts": Target.Counts(counts),
            "remind_minutes_before": remind_minutes_before,
            "backup_minutes_after": backup_minutes_after,
            "lead_minutes_after": lead_minutes_after,
        },
    )
    _changed("set", target, by=by, at=at)
    return target


@transaction.atomic
def remove_target(target: Target, *, by: Teammate, at: datetime) -> None:
    _changed("removed", target, by=by, at=at)
    target.delete()


def _changed(what: facts.TargetChange, target: Target, *, by: Teammate, at: datetime) -> None:
    fact = facts.TargetsChanged(what=what, inbox_id=target.inbox_id, kind_id=target.kind_id)
    changed(fact, by=by, about=target, at=at)
