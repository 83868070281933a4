from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import transaction

from goodword.events import actions as events
from goodword.events.models import Delivery, Event
from tests.factories import MONDAY_NOON

HOUR = timedelta(hours=1)
heard: list[str] = []


@dataclass(frozen=True)
class Rung:
    KIND: ClassVar[str] = "bell.rung"
    times: int


def good(event):
    heard.append(f"good {event.data['times']}")


def bad(event):
    raise RuntimeError("nobody home")


@pytest.fixture(autouse=True)
def listeners():
    before = dict(events._listeners)
    heard.clear()
    yield lambda *which: events.listen({"bell.rung": list(which)})
    events.listen(before)


def ring(times=1):
    subject = Event(pk=7)
    with transaction.atomic():
        return events.announce(Rung(times=times), by=None, about=subject, at=MONDAY_NOON)


@pytest.mark.django_db
def test_what_is_announced_is_handed_on_once(listeners):
    listeners(good)
    event = ring()
    assert (event.actor, event.subject) == ("system:0", "event:7")
    assert events.hand_on(at=MONDAY_NOON) == 1
    assert events.hand_on(at=MONDAY_NOON + HOUR) == 0
    assert heard == ["good 1"]


@pytest.mark.django_db
def test_a_failing_listener_is_visible_tried_again_and_blocks_no_other(listeners):
    listeners(bad, good)
    ring(1)
    ring(2)
    events.hand_on(at=MONDAY_NOON)
    assert heard == ["good 1", "good 2"]
    owed = Delivery.objects.filter(due_at__isnull=False)
    assert {each.why for each in owed} == {"RuntimeError: nobody home"}

    assert events.hand_on(at=MONDAY_NOON + HOUR) == 2
    assert owed.first().tries == 2


@pytest.mark.django_db
def test_what_a_killed_worker_had_in_hand_is_handed_on_after_its_lease(listeners):
    from goodword.core import due

    listeners(good)
    ring()
    assert next(due.claim(Delivery.objects.all(), at=MONDAY_NOON))
    assert events.hand_on(at=MONDAY_NOON) == 0
    assert events.hand_on(at=MONDAY_NOON + HOUR) == 1


@pytest.mark.django_db
def test_a_listener_taken_out_of_the_wiring_holds_up_nothing(listeners):
    listeners(bad)
    ring()
    listeners()
    assert events.hand_on(at=MONDAY_NOON) == 1
    assert not Delivery.objects.filter(due_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_announces_nothing_and_an_announcement_needs_a_transaction(listeners):
    listeners(good)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.announce(Rung(times=1), by=None, about=Event(pk=7), at=MONDAY_NOON)
        raise ZeroDivisionError
    assert not Event.objects.exists()
    with pytest.raises(RuntimeError, match="outside a transaction"):
        events.announce(Rung(times=1), by=None, about=Event(pk=7), at=MONDAY_NOON)
