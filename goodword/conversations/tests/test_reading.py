"""Unread means unread by me."""

from __future__ import annotations

import pytest

from goodword.accounts.models import Role
from goodword.conversations import readings
from goodword.conversations.models import Conversation, Reading
from goodword.desk import handling, staffing
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db


def _again(conversation):
    return Conversation.objects.get(pk=conversation.pk)


def _unread_by(teammate):
    return readings.unread(Conversation.objects.all(), by=teammate)


@pytest.fixture
def asked(house):
    return receive(house, at=MONDAY_NOON + HOUR)


def test_what_ben_has_read_is_still_unread_by_lea(house, asked):
    conversation = _again(asked.conversation)
    assert _unread_by(house.ben) == _unread_by(house.lea) == {conversation.pk}

    assert readings.read(conversation, by=house.ben, to=asked.pk, at=MONDAY_NOON + 2 * HOUR)
    assert _unread_by(house.ben) == set()
    assert _unread_by(house.lea) == {conversation.pk}


def test_a_further_message_makes_it_unread_again_and_a_colleagues_answer_does_too(house, asked):
    readings.read(_again(asked.conversation), by=house.ben, to=asked.pk, at=MONDAY_NOON + 2 * HOUR)
    answer = reply(asked.conversation, house.lea, at=MONDAY_NOON + 3 * HOUR)
    assert _unread_by(house.ben) == {asked.conversation.pk}

    readings.read(_again(asked.conversation), by=house.ben, to=answer.pk, at=MONDAY_NOON + DAY)
    deliver(at=MONDAY_NOON + DAY)
    receive(house, "And now?", answers=answer, at=MONDAY_NOON + 2 * DAY)
    assert _unread_by(house.ben) == {asked.conversation.pk}


def test_a_page_that_shows_an_older_state_does_not_take_the_reading_back(house, asked):
    older = asked.pk
    newer = receive(house, "More", answers=None, at=MONDAY_NOON + 2 * HOUR)
    conversation = _again(newer.conversation)
    readings.read(conversation, by=house.ben, to=newer.pk, at=MONDAY_NOON + DAY)

    assert not readings.read(conversation, by=house.ben, to=older, at=MONDAY_NOON + DAY + MINUTE)
    assert Reading.objects.get(conversation=conversation).read_to == newer.pk


def test_nobody_has_read_what_was_not_said_yet(house, asked):
    conversation = _again(asked.conversation)
    readings.read(conversation, by=house.ben, to=2**63 - 1, at=MONDAY_NOON + 2 * HOUR)
    reply(conversation, house.lea, at=MONDAY_NOON + 3 * HOUR)

    assert _unread_by(house.ben) == {conversation.pk}


def test_marked_as_unread_it_stands_out_although_i_said_the_last_word(house, asked):
    answer = reply(asked.conversation, house.ben, at=MONDAY_NOON + 2 * HOUR)
    conversation = _again(asked.conversation)
    readings.read(conversation, by=house.ben, to=answer.pk, at=MONDAY_NOON + 2 * HOUR)
    assert _unread_by(house.ben) == set()

    readings.mark_unread(conversation, by=house.ben, at=MONDAY_NOON + 3 * HOUR)
    assert _unread_by(house.ben) == {conversation.pk}
    assert _unread_by(house.lea) == {conversation.pk}  # who never opened it


def test_years_of_closed_mail_are_no_news_to_whoever_joins(house, asked):
    old = asked.conversation
    handling.no_answer_needed(old, by=house.ben, at=MONDAY_NOON + 2 * HOUR)
    house.lou.joined_at = MONDAY_NOON + DAY
    assert _unread_by(house.lou) == set()  # open, but from before their time

    new = receive(house, sender="new@x.example", at=MONDAY_NOON + 2 * DAY).conversation
    assert _unread_by(house.lou) == {new.pk}
    handling.no_answer_needed(new, by=house.ben, at=MONDAY_NOON + 2 * DAY)
    handling.close(new, by=house.ben, at=MONDAY_NOON + 2 * DAY)
    assert _unread_by(house.lou) == set()


def test_the_recently_viewed_come_newest_first_and_only_while_they_may_be_seen(house, asked):
    first = _again(asked.conversation)
    other = receive(house, sender="b@x.example", at=MONDAY_NOON + HOUR)
    second = _again(other.conversation)
    readings.read(first, by=house.ben, to=asked.pk, at=MONDAY_NOON + 2 * HOUR)
    readings.read(second, by=house.ben, to=other.pk, at=MONDAY_NOON + 3 * HOUR)
    assert readings.recently_viewed(house.ben) == [second, first]

    readings.read(first, by=house.ben, to=asked.pk, at=MONDAY_NOON + 4 * HOUR)
    assert readings.recently_viewed(house.ben) == [first, second]
    assert readings.recently_viewed(house.ben, most=1) == [first]
    assert readings.recently_viewed(house.lea) == []

    Conversation.objects.filter(pk=first.pk).update(inbox=house.repairs)
    assert readings.recently_viewed(house.ben) == [second]
    staffing.change_role(house.ben, Role.OWNER, by=house.ana, at=MONDAY_NOON + DAY)
    house.ben.refresh_from_db()
    assert readings.recently_viewed(house.ben) == [first, second]
