"""What becomes of what is owed, snoozed, sent and assigned where two conversations become one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodword.conversations.models import Conversation, ExternalId
from goodword.desk import checking, handling
from goodword.desk.intake import joining, receiving
from goodword.promises.models import Promise
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_NOON,
    MemoryRoad,
    deliver,
    inbound,
    receive,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(house):
    """Two conversations in which an answer is owed, the newer first."""
    old = receive(house).conversation
    return receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation, old


def ids_of(conversation):
    return ExternalId.objects.filter(scope="email", message__conversation=conversation)


def test_what_is_joined_while_our_answer_leaves_is_answered_all_the_same(house):
    asked = receive(house)
    other = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    at = MONDAY_NOON + HOUR
    reply(other, house.ana, at=at, to=["grace@home.example"])
    joins = MemoryRoad(
        after_commit=lambda: joining.join(other, asked.conversation, by=house.ana, at=at)
    )
    deliver(at=at + MINUTE, road=joins)
    assert not Promise.objects.filter(state="open").exists()
    assert checking.violations() == []


@pytest.mark.parametrize("sleeps_until", [None, MONDAY_NOON + 2 * DAY])
def test_what_was_to_come_back_from_snooze_comes_back_where_it_stands_now(house, two, sleeps_until):
    new, old = two
    at = MONDAY_NOON + 3 * HOUR
    handling.no_answer_needed(old, by=house.ana, at=at)
    if sleeps_until:
        handling.snooze(old, until=sleeps_until, by=house.ana, at=at)
    else:
        handling.close(old, by=house.ana, at=at)
    handling.snooze(new, until=MONDAY_NOON + DAY, by=house.ana, at=at)
    joining.join(new, old, by=house.ana, at=at + MINUTE)
    old.refresh_from_db()
    assert (old.state, old.snoozed_until) == ("snoozed", MONDAY_NOON + DAY)

    assert handling.wake_due(at=MONDAY_NOON + DAY) == 1
    old.refresh_from_db()
    assert old.state == "open"


def test_that_one_of_two_needs_no_answer_leaves_the_other_owed(house):
    asked = receive(house)
    other = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    handling.no_answer_needed(other, by=house.ana, at=MONDAY_NOON + HOUR)
    joining.join(other, asked.conversation, by=house.ana, at=MONDAY_NOON + HOUR)
    assert Promise.objects.get(state="open").message == asked
    assert checking.violations() == []


def test_what_needs_no_answer_after_ours_needs_none_when_joined(house):
    asked = receive(house)
    other = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    reply(other, house.ana, at=MONDAY_NOON + HOUR, to=["grace@home.example"])
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    thanks = inbound("Thanks!", sender="grace@home.example", at=MONDAY_NOON + 2 * HOUR)
    thanks = replace(thanks, refers_to=[each.value for each in ids_of(other)])
    receiving.receive(thanks, inbox=house.hello, at=thanks.said_at)
    handling.no_answer_needed(other, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    joining.join(other, asked.conversation, by=house.ana, at=MONDAY_NOON + 4 * HOUR)
    assert not Promise.objects.filter(state="open").exists()
    assert checking.violations() == []


def test_who_has_one_of_two_has_what_was_joined_where_they_may_answer(house, two):
    new, _old = two
    mine = receive(house, sender="new@home.example").conversation
    handling.assign(mine, to=house.ben, by=house.ana, at=MONDAY_NOON + HOUR)
    joining.join(mine, new, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    assert Conversation.objects.get(pk=new.pk).assignee == house.ben

    theirs = receive(house, sender="third@home.example", inbox=house.repairs).conversation
    handling.assign(theirs, to=house.carl, by=house.ana, at=MONDAY_NOON + HOUR)
    free = receive(house, sender="fourth@home.example").conversation
    joining.join(theirs, free, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    assert Conversation.objects.get(pk=free.pk).assignee is None
    assert checking.violations() == []


def test_a_message_left_behind_in_what_was_joined_away_is_found_by_the_check(two):
    new, old = two
    Conversation.objects.filter(pk=new.pk).update(redirect_to=old)
    assert "a message stands where nobody sees it any more" in {
        found.words for found in checking.violations()
    }
