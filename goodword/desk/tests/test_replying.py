"""What a teammate says is stored where it belongs."""

from __future__ import annotations

import pytest

from tests.factories import HOUR, MONDAY_NOON, receive, reply

pytestmark = pytest.mark.django_db


def test_an_answer_stands_behind_what_it_answers_even_in_the_same_moment(house):
    for _again in range(8):  # the order within a millisecond was drawn by lot
        theirs = receive(house, at=MONDAY_NOON)
        ours = reply(theirs.conversation, house.ben, at=theirs.said_at)
        assert ours.pk > theirs.pk
        earlier = reply(theirs.conversation, house.ben, at=theirs.said_at - HOUR)  # a slow clock
        assert earlier.pk > ours.pk
