"""The plan was changed: what was promised by the day or in working hours is due anew.

Never earlier than the person was told, and each change is a Step of its promise.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils import timezone

from goodword.conversations import locking
from goodword.events.models import Event
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due, Said
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import Promise

BATCH = 200


def on_plan_changed(event: Event) -> None:
    """Listener of `plan.changed`."""
    recompute(at=timezone.now())


def recompute(*, at: datetime) -> int:
    """Look through everything open, in short transactions; returns how many are due anew."""
    said = [Promise.Said.DAY, Promise.Said.WORKING_HOURS]
    open_ones = owed.open_promises().filter(due_said__in=said).order_by("pk")
    changed, last = 0, 0
    while batch := dict(open_ones.filter(pk__gt=last).values_list("pk", "conversation")[:BATCH]):
        with transaction.atomic():
            # Read again once nobody else holds them: a time that was said meanwhile stays.
            locking.lock_all(key for key in batch.values() if key)
            held = open_ones.filter(pk__in=batch).select_for_update(of=("self",), no_key=True)
            changed += sum(
                promises.recompute(each, due_at=due_at, at=at)
                for each in held.select_related("conversation", "person")
                if (due_at := plan.current().recomputed(due_of(each), each.inbox_id)) != each.due_at
            )
        last = max(batch)
    return changed


def due_of(promise: Promise) -> Due:
    """How its time was said, as the plan reads it."""
    return Due(
        at=promise.due_at,
        said=cast(Said, promise.due_said),
        local_date=promise.due_local_date,
        local_time=promise.due_local_time,
        zone=promise.due_zone,
        since=promise.due_since,
        minutes=promise.due_minutes,
    )
