"""They let go of it on their page, and take that back: it was a mistake, and nobody is let down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from goodword.desk import checking, handling, staffing
from goodword.desk.keeping import promising, unkeeping
from goodword.desk.keeping.unkeeping import NothingToTakeBack
from goodword.desk.models import NoAnswerNeeded
from goodword.plan import queries as plan
from goodword.promises import kinds
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


def promise_in(house, conversation, *, due=MONDAY_NOON + DAY, kind=kinds.DO):
    return promising.track(
        conversation, kind=kind, what="Send the card",
        due=plan.current().moment_due(due, zone="UTC"),
        by=house.ben, at=MONDAY_NOON,
    )  # fmt: skip


def let_go(promise: Promise, *, at=LATER) -> Promise:
    return promising.no_longer_needed(promise, at=at)


def test_a_promise_is_owed_again_at_its_old_time_by_whom_it_was(house):
    promise = let_go(promise_in(house, receive(house).conversation))
    again = unkeeping.still_needed(promise, at=LATER + MINUTE)
    assert (again.state, again.due_at, again.owner) == ("open", MONDAY_NOON + DAY, house.ben)
    assert list(again.steps.values_list("kind", "why").order_by("id"))[1:] == [
        ("released", "they_let_go"), ("reopened", "they_need_it"),
    ]  # fmt: skip
    assert checking.violations() == []


def test_an_answer_is_owed_again_also_when_they_had_asked_twice(house):
    first = receive(house)
    receive(
        house,
        "And?",
        at=MONDAY_NOON + MINUTE,
        refers_to=[first.external_ids.get(scope="email").value],
    )
    promise = owed_reply(first.conversation)
    let_go(promise)
    assert owed_reply(first.conversation) is None
    assert checking.violations() == []

    unkeeping.still_needed(promise, at=LATER + MINUTE)
    assert owed_reply(first.conversation) == promise
    assert not NoAnswerNeeded.objects.exists()
    assert checking.violations() == []


def test_a_conversation_closed_meanwhile_is_open_again_for_the_answer(house):
    conversation = receive(house).conversation
    promise = let_go(owed_reply(conversation))
    handling.close(conversation, by=house.ben, at=LATER + MINUTE)
    unkeeping.still_needed(promise, at=LATER + 2 * MINUTE)
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert checking.violations() == []


def refused(promise: Promise, *, at=LATER + MINUTE) -> None:
    before = promise.steps.count(), NoAnswerNeeded.objects.count()
    with pytest.raises(NothingToTakeBack):
        unkeeping.still_needed(promise, at=at)
    assert (promise.steps.count(), NoAnswerNeeded.objects.count()) == before
    assert checking.violations() == []


def test_an_answer_that_came_meanwhile_is_not_owed_again(house):
    conversation = receive(house).conversation
    promise = let_go(owed_reply(conversation))
    reply(conversation, house.ben, at=LATER)
    deliver(at=LATER + 30 * MINUTE)
    refused(promise, at=LATER + 40 * MINUTE)


def test_who_wrote_again_is_owed_that_answer_and_no_second_one(house):
    message = receive(house)
    promise = let_go(owed_reply(message.conversation))
    receive(house, "Well?", at=LATER, refers_to=[message.external_ids.get(scope="email").value])
    refused(promise)
    assert owed_reply(message.conversation) != promise


@pytest.mark.parametrize("put_aside", [handling.mark_spam, handling.trash])
def test_what_was_put_away_stays_away(house, put_aside):
    conversation = receive(house).conversation
    promise = let_go(owed_reply(conversation))
    other = let_go(promise_in(house, conversation))
    put_aside(conversation, by=house.ben, at=LATER)
    refused(promise)
    refused(other)


def test_what_a_teammate_ended_is_not_theirs_to_open(house):
    conversation = receive(house).conversation
    released = promising.release(promise_in(house, conversation), by=house.ben, at=LATER)
    kept = promising.keep(promise_in(house, conversation), by=house.ben, at=LATER)
    for each in (released, kept, promise_in(house, conversation)):
        refused(each)
    handling.no_answer_needed(conversation, by=house.ben, at=LATER)
    refused(Promise.objects.get(kind="reply"))


def test_its_time_decides_until_when_and_an_hour_for_what_was_late(house):
    conversation = receive(house).conversation
    promise = let_go(promise_in(house, conversation))
    assert unkeeping.may_need_again(promise, at=promise.due_at)
    refused(promise, at=promise.due_at + MINUTE)

    late = let_go(promise_in(house, conversation), at=MONDAY_NOON + 2 * DAY)
    refused(late, at=MONDAY_NOON + 2 * DAY + timedelta(minutes=61))
    again = unkeeping.still_needed(late, at=MONDAY_NOON + 2 * DAY + timedelta(minutes=59))
    assert again.is_open


def test_a_call_whose_moment_has_passed_is_not_broken_by_taking_it_back(house):
    conversation = receive(house).conversation
    call = let_go(promise_in(house, conversation, due=LATER, kind=kinds.CALL), at=LATER)
    refused(call, at=LATER + MINUTE)


def test_whoever_left_meanwhile_does_not_owe_it_again(house):
    promise = let_go(promise_in(house, receive(house).conversation))
    staffing.take_leave(house.ben, by=house.ana, at=LATER + MINUTE)
    again = unkeeping.still_needed(promise, at=LATER + 2 * MINUTE)
    assert (again.owner, again.team) == (None, house.front)
    assert checking.violations() == []
