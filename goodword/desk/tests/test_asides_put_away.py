"""An aside and its conversation: what becomes of one while something is done to the other."""

from __future__ import annotations

import pytest

from goodword.conversations import locking
from goodword.conversations.models import Conversation
from goodword.desk import checking, handling, queries
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.roads import Answer
from goodword.desk.shaping import emptying, moving
from goodword.desk.together import aside
from goodword.events import actions as events
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive

pytestmark = pytest.mark.django_db
PRINTER = "orders@print.example"
AT = MONDAY_NOON + HOUR
TO_PRINTER = Recipients(to=(PRINTER,))


@pytest.fixture
def asked(house):
    return receive(house, "Where is my gift card?").conversation


@pytest.fixture
def side(house, asked):
    return aside.begin(asked, to=TO_PRINTER, subject="Order 12", text="When?", by=house.ben, at=AT)


def answer(house, side, *, at):
    said = side.messages.filter(direction="out").order_by("-id").first()
    message = receive(house, "On Wednesday.", sender=PRINTER, answers=said, at=at)
    events.hand_on(at=at)
    return message


def state_of(conversation):
    conversation.refresh_from_db()
    return conversation.state


def test_given_what_we_said_aside_was_refused_its_conversation_stands_among_what_did_not_leave(
    house, asked, side
):
    deliver(at=AT + MINUTE, road=MemoryRoad(answers={PRINTER: Answer("refused", "no such box")}))

    assert list(queries.in_folder(house.ben, "unsent")) == [asked]
    assert queries.counts(house.ben, ["unsent"]) == {"unsent": 1}


def test_given_they_answer_aside_of_what_is_in_the_trash_it_comes_back_and_nothing_is_lost(
    house, asked, side
):
    deliver(at=AT + MINUTE)
    handling.trash(asked, by=house.ben, at=AT + HOUR)
    said = answer(house, side, at=AT + DAY)
    emptying.empty_due(at=AT + 40 * DAY)

    assert (state_of(asked), state_of(side)) == ("open", "open")
    assert side.messages.filter(pk=said.pk).exists()
    assert checking.violations() == []


def test_given_they_wrote_before_our_last_word_aside_had_left_it_is_not_closed_by_it(house, side):
    deliver(at=AT + MINUTE)
    replying.reply(
        side, by=house.ben, text="Thanks.", recipients=TO_PRINTER, then="close", at=AT + HOUR
    )
    answer(house, side, at=AT + HOUR + MINUTE / 10)
    deliver(at=AT + HOUR + MINUTE)

    assert state_of(side) == Conversation.State.OPEN


@pytest.fixture
def locked(monkeypatch):
    """The keys in the order in which they are locked, each once."""
    found: dict[int, None] = {}

    def noting(keys, **which):
        rows = lock_all(keys, **which)
        found.update(dict.fromkeys(rows))
        return rows

    lock_all = locking.lock_all
    monkeypatch.setattr(locking, "lock_all", noting)
    return found


def test_mail_that_names_an_aside_takes_its_conversation_first_as_all_verbs_do(
    house, asked, side, locked
):
    deliver(at=AT + MINUTE)
    locked.clear()
    receive(house, answers=side.messages.get(), at=AT + HOUR)

    assert list(locked) == [asked.pk, side.pk]


def test_given_a_join_into_a_newer_one_its_asides_are_still_taken_after_it(house, asked, side):
    into = receive(house, sender="joe@petty.example", at=AT + MINUTE).conversation
    joining.join(asked, into, by=house.ben, at=AT + HOUR)

    assert list(locking.lock_all([side.pk, into.pk])) == [into.pk, side.pk]


def test_given_its_conversation_moves_out_of_their_sight_nobody_has_an_aside_that_they_cannot_see(
    house, asked, side
):
    handling.assign(side, to=house.ben, by=house.ben, at=AT)
    moving.move(asked, house.repairs, by=house.ben, at=AT + HOUR)

    side.refresh_from_db()
    assert (side.inbox, side.assignee) == (house.repairs, None)
