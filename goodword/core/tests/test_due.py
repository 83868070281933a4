"""Due rows are claimed together: each by one worker, and none that may have killed one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet

from goodword.core import due
from goodword.events.models import Delivery, Event
from tests.factories import HOUR, MINUTE, MONDAY_NOON


def made(count: int, **columns: object) -> list[Delivery]:
    event = Event.objects.create(at=MONDAY_NOON, kind="test", actor="", subject="", data={})
    return [
        Delivery.objects.create(
            event=event, listener=str(n), **{"due_at": MONDAY_NOON + n * MINUTE, **columns}
        )
        for n in range(count)
    ]


def waiting() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("event")


def claim(at=MONDAY_NOON + HOUR, most: int = 10) -> list[Delivery]:
    return due.claim_together(waiting, at=at, most=most)


@pytest.mark.django_db
def test_what_is_due_is_claimed_soonest_first_with_what_stands_beside_it() -> None:
    made(4)

    found = claim(MONDAY_NOON + 2 * MINUTE, most=2)
    assert [each.listener for each in found] == ["0", "1"]
    assert found[0].event.kind == "test"
    stored = Delivery.objects.get(pk=found[0].pk)
    assert (stored.lease, stored.leased_until, stored.tries) == (
        found[0].lease,
        MONDAY_NOON + 2 * MINUTE + due.LEASE,
        1,
    )
    assert (found[0].leased_until, found[0].tries) == (stored.leased_until, 1)
    assert [each.listener for each in claim(MONDAY_NOON + 2 * MINUTE)] == ["2"]


@pytest.mark.django_db
def test_tried_before_held_or_finished_it_is_left_alone() -> None:
    made(1, tries=1)
    made(1, leased_until=MONDAY_NOON + HOUR + MINUTE, lease="somebody")
    made(1, due_at=None)
    [free] = made(1, leased_until=MONDAY_NOON + HOUR + timedelta(days=1), lease="a wrong clock")

    assert claim() == [free]


@pytest.mark.django_db
def test_who_was_too_slow_finishes_only_what_is_still_theirs() -> None:
    made(2)
    first, second = slow = claim()
    Delivery.objects.filter(pk=second.pk).update(lease="another")

    due.finish_together(slow)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.due_at, first.leased_until, first.lease) == (None, None, "")
    assert second.due_at is not None
    assert second.lease == "another"


@pytest.mark.django_db(transaction=True)
def test_by_many_at_once_each_is_claimed_by_one() -> None:
    made(40)
    begin = Barrier(4)

    def work(_: int) -> list[int]:
        found: list[int] = []
        with closing(connection):
            begin.wait()
            while some := claim(most=3):
                found += [each.pk for each in some]
        return found

    with ThreadPoolExecutor(4) as workers:
        found = [key for some in workers.map(work, range(4)) for key in some]
    # Who came by while all that was left was in another's hands went away with nothing.
    found += [each.pk for each in claim(most=40)]
    assert sorted(found) == sorted(Delivery.objects.values_list("pk", flat=True))
