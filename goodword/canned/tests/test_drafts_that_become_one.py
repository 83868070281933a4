"""What waits with a draft waits on, when two drafts become one."""

from __future__ import annotations

import pytest

from goodword.canned import applying, queries, steps
from goodword.canned.models import AfterSending
from goodword.conversations import actions as conversations
from goodword.conversations.models import Message
from goodword.desk.answering import sharing
from goodword.desk.intake import joining
from tests.factories import HOUR, MONDAY_NOON, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


@pytest.fixture
def two(house):
    old = receive(house).conversation
    return receive(house, sender="grace@home.example", at=LATER).conversation, old


def writing(conversation, by, *does, used=()):
    draft = conversations.save_draft(conversation, by=by, kind="reply", text="It left.", at=LATER)
    applying.keep_for(draft, steps.parse(does), used=used)
    return draft


def waiting(conversation, by):
    found = queries.after_sending(conversation.pk, by.pk)
    return ([each.written for each in steps.read(found.steps)], found.used) if found else None


def test_given_drafts_with_macros_in_both_a_join_keeps_what_either_is_to_do(house, two):
    new, old = two
    writing(new, house.ben, "tag:refund", "snooze:2", used=["two"])
    writing(old, house.ben, "tag:sent", "close:", used=["one"])

    joining.join(new, old, by=house.ben, at=LATER)

    # What was chosen where one goes on writing goes before.
    assert waiting(old, house.ben) == (["tag:refund", "tag:sent", "close:"], ["two", "one"])


def test_given_a_macro_in_the_draft_that_goes_alone_a_join_keeps_it(house, two):
    new, old = two
    writing(new, house.ben, "close:", used=["two"])
    writing(old, house.ben)

    joining.join(new, old, by=house.ben, at=LATER)

    assert waiting(old, house.ben) == (["close:"], ["two"])


def test_given_two_full_macros_a_join_keeps_what_fits_and_goes_through(house, two):
    new, old = two
    writing(new, house.ben, *(f"tag:new {n}" for n in range(15)))
    writing(old, house.ben, *(f"tag:old {n}" for n in range(15)))

    joining.join(new, old, by=house.ben, at=LATER)

    kept, _used = waiting(old, house.ben)
    assert len(kept) == steps.MOST
    assert {f"tag:old {n}" for n in range(15)} < set(kept)


def test_whoever_goes_on_with_a_colleagues_answer_loses_no_macro_of_their_own(house, two):
    conversation = two[1]
    writing(conversation, house.lea, "tag:hers", used=["hers"])
    draft = writing(conversation, house.ben, "close:", used=["his"])
    sharing.share(draft, asked=house.lea, asked_for="finish", by=house.ben, at=LATER)

    sharing.go_on(draft, by=house.lea, at=LATER)

    assert waiting(conversation, house.lea) == (["tag:hers", "close:"], ["hers", "his"])
    assert AfterSending.objects.count() == 1


def test_an_answer_taken_back_loses_no_macro_of_what_was_begun_since(house, two):
    conversation = two[1]
    message = reply(conversation, house.ben, at=LATER)
    does = steps.parse(["tag:sent", "snooze:2"])
    applying.after_answer(message, does, used=["one"], by=house.ben, at=LATER)
    writing(conversation, house.ben, "tag:more", "close:", used=["two"])

    applying.take_back(Message.objects.get(pk=message.pk), by=house.ben, at=LATER)

    assert waiting(conversation, house.ben) == (["tag:sent", "tag:more", "close:"], ["one", "two"])
