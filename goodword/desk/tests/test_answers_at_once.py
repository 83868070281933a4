"""Two people at one answer at the same moment, or one and a worker: nothing lost, nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from django.db import connection

from goodword.conversations import actions as conversations
from goodword.conversations.models import Draft, Message
from goodword.desk import checking
from goodword.desk.answering import later, replying, sharing
from goodword.desk.answering.recipients import Recipients
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY_NOON + HOUR
GRACE = Recipients(to=("grace@whitlow.example",))


@pytest.fixture
def conversation(house):
    return receive(house).conversation


def at_once(*acts: Callable[[], object]) -> None:
    """All of them begin together."""
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            together.wait(5)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for each in [pool.submit(run, act) for act in acts]:
            each.result(timeout=20)


@contextmanager
def refused(*errors: type[Exception]) -> Iterator[None]:
    """Whoever is second may hear so."""
    with suppress(*errors):
        yield


def shared(conversation, house, asked_for):
    draft = conversations.save_draft(
        conversation, by=house.ben, kind="reply", text="It left.", to=GRACE.to[0], at=MONDAY_NOON
    )
    return sharing.share(draft, asked=house.lea, asked_for=asked_for, by=house.ben, at=MONDAY_NOON)


def test_taken_back_while_a_worker_sends_it_is_sent_or_a_draft_and_never_both(house, conversation):
    message = reply(conversation, house.ben, at=MONDAY_NOON)
    road = MemoryRoad()

    def take_back() -> None:
        with refused(replying.TooLate, Message.DoesNotExist):
            replying.take_back(message, by=house.ben, at=LATER)

    at_once(take_back, lambda: deliver(at=LATER, road=road))

    assert len(road.sent) + Draft.objects.count() == 1
    assert checking.violations() == []


def test_of_two_who_take_it_back_one_has_the_draft(house, conversation):
    message = reply(conversation, house.ben, at=MONDAY_NOON)

    def take_back(by) -> Callable[[], None]:
        def act() -> None:
            with refused(replying.TooLate, Message.DoesNotExist):
                replying.take_back(Message.objects.get(pk=message.pk), by=by, at=MONDAY_NOON)

        return act

    at_once(take_back(house.ben), take_back(house.lea))

    assert Draft.objects.count() == 1 and not Message.objects.filter(direction="out").exists()


def test_given_another_time_while_it_leaves_it_leaves_once(house, conversation):
    message = replying.reply(
        conversation, by=house.ben, text="It left.", recipients=GRACE, leaves_at=LATER,
        at=MONDAY_NOON,
    )  # fmt: skip
    road = MemoryRoad()

    def put_off() -> None:
        with refused(later.HasBegun):
            later.leave_at(message, LATER + DAY, by=house.lea, at=LATER)

    at_once(put_off, lambda: deliver(at=LATER, road=road))
    deliver(at=LATER + DAY + MINUTE, road=road)

    assert len(road.sent) == 1
    assert checking.violations() == []


def test_sent_while_a_colleague_goes_on_with_it_no_word_is_lost(house, conversation):
    draft = shared(conversation, house, "finish")

    def go_on() -> None:
        with refused(sharing.NotShared):
            sharing.go_on(draft, by=house.lea, at=LATER)

    def send() -> None:
        replying.reply(
            conversation, by=house.ben, text="It left.", recipients=GRACE, draft=draft, at=LATER
        )

    at_once(go_on, send)

    assert Message.objects.filter(direction="out", text="It left.").count() == 1
    assert not Draft.objects.filter(teammate=house.ben).exists()


@pytest.mark.parametrize("change", ["its words", "its files"])
def test_what_is_changed_while_it_is_approved_is_not_approved(
    house, conversation, monkeypatch, change
):
    draft = shared(conversation, house, "approve")
    seen, real, looks = sharing.stamp(draft), sharing.stamp, threading.Event()

    def look_long(found: Draft) -> str:
        stamp = real(found)
        looks.set()
        threading.Event().wait(0.1)  # whoever changes it is there by now, where they can be
        return stamp

    def change_it() -> None:
        looks.wait(5)
        if change == "its files":
            conversations.attach_to_draft(
                draft, name="a.txt", content_type="text/plain", data=b"a", at=LATER
            )
        else:
            conversations.save_draft(
                conversation, by=house.ben, kind="reply", text="Never.", to=GRACE.to[0], at=LATER
            )

    monkeypatch.setattr(sharing, "stamp", look_long)
    at_once(lambda: sharing.approve(draft, seen=seen, by=house.lea, at=LATER), change_it)

    assert Draft.objects.get().approved_at is None
