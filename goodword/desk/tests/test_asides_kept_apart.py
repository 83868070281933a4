"""What is said aside is never seen by the customer, whoever answers what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodword.conversations.models import Conversation
from goodword.desk.answering.recipients import reply_to_all
from goodword.desk.intake import joining, receiving
from goodword.desk.roads import Party
from goodword.desk.tests.asides import GRACE, LATER, PRINTER, all_is_well, answers, begin
from goodword.desk.together import sides
from goodword.promises import queries as owed
from tests.factories import HOUR, MINUTE, MONDAY_NOON, deliver, inbound, receive, reply

pytestmark = pytest.mark.django_db
State = Conversation.State


@pytest.fixture
def asked(house):
    """Grace asked where her card is."""
    return receive(house, "Where is my gift card?", subject="The spring gift card")


@pytest.fixture
def side(house, asked):
    made = begin(house, asked.conversation)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    return made


def test_what_the_customer_answers_to_an_aside_goes_to_the_conversation_itself(
    house, asked, side
) -> None:
    """The printer passed it on to Grace, and she answers what she got."""
    said = answers(house, side, "I know about your printer!", sender=GRACE)

    assert said.conversation == asked.conversation and said.counted
    assert owed.owed_reply(asked.conversation) is not None
    only, everyone = reply_to_all(side)
    assert GRACE not in repr((only, everyone))


def test_given_they_copied_the_customer_in_her_answer_stays_out_and_a_reply_to_all_leaves_her_out(
    house, asked, side
) -> None:
    answers(house, side, cc=[Party(GRACE), Party("anna@print.example")])

    _only, everyone = reply_to_all(side)
    assert everyone.cc == ("anna@print.example",)
    said = answers(house, side, "What is this?", sender=GRACE, at=LATER + HOUR)
    assert said.conversation == asked.conversation


def test_what_they_answer_to_the_customers_conversation_goes_to_the_aside(
    house, asked, side
) -> None:
    """Grace passed on to the printer what we answered her."""
    answer = reply(asked.conversation, house.ana, at=LATER, to=[GRACE])
    deliver(at=LATER + MINUTE)

    said = receive(house, "Hm.", sender=PRINTER, name="", answers=answer, at=LATER + HOUR)

    assert said.conversation == side
    assert PRINTER not in repr(reply_to_all(asked.conversation))


def test_given_the_customer_copied_them_in_each_answer_goes_where_it_was_asked(house) -> None:
    asked = receive(house, cc=[Party(PRINTER)])
    answer = reply(asked.conversation, house.ana, at=LATER, to=[GRACE], cc=[PRINTER])
    side = begin(house, asked.conversation)
    deliver(at=LATER + MINUTE)

    aloud = receive(house, "To all.", sender=PRINTER, answers=answer, at=LATER + HOUR)
    aside_said = answers(house, side, "To you alone.", at=LATER + HOUR)

    assert (aloud.conversation, aside_said.conversation) == (asked.conversation, side)


def test_somebody_else_copied_in_by_the_customer_hears_nothing_of_the_aside(house) -> None:
    friend = "friend@x.example"
    asked = receive(house, cc=[Party(friend)])
    side = begin(house, asked.conversation)
    deliver(at=LATER)

    said = answers(house, side, "Me too?", sender=friend)

    assert said.conversation == asked.conversation


def test_a_stranger_who_knows_its_ids_joins_neither_and_can_not_be_joined_to_it(
    house, asked, side
) -> None:
    said = answers(house, side, "Let me in.", sender="mallory@x.example")

    assert said.conversation not in {side, asked.conversation}
    for one, other in ((said.conversation, side), (side, said.conversation)):
        with pytest.raises(joining.CannotJoin):
            joining.join(one, other, by=house.ana, at=LATER + HOUR)


def test_given_two_conversations_are_joined_their_asides_are_kept_from_both_customers(
    house, asked, side
) -> None:
    other = receive(house, sender="grete@x.example", name="Grete")
    joining.join(asked.conversation, other.conversation, by=house.ben, at=LATER)

    side.refresh_from_db()
    assert side.side_of == other.conversation
    for customer in (GRACE, "grete@x.example"):
        with pytest.raises(sides.SeenByCustomer):
            reply(side, house.ben, at=LATER, to=[customer])
        said = answers(house, side, f"From {customer}", sender=customer, at=LATER + HOUR)
        assert said.conversation == other.conversation
    assert all_is_well()


def test_our_answer_to_the_customer_carries_nothing_of_what_they_said(house, asked, side) -> None:
    answers(house, side, "It left on the 3rd, number PH-77.")

    reply(asked.conversation, house.ana, "It is on its way.", at=LATER + HOUR, to=[GRACE])
    road = deliver(at=LATER + 2 * HOUR)

    (mail,) = road.sent
    for trace in ("PH-77", "print.example", "Printhouse", side.public_id, "Order 12"):
        assert trace not in repr(mail)


def test_a_mail_to_both_of_its_addresses_by_one_who_belongs_to_one_is_stored_once(
    house, asked, side
) -> None:
    said = side.messages.get()
    first = inbound("Once.", sender=PRINTER, answers=said, at=LATER)
    one = receiving.receive(first, inbox=house.hello, at=LATER)
    two = receiving.receive(
        replace(first, delivered_to=["hello@shop.example"]), inbox=house.hello, at=LATER
    )

    assert one == two and one.conversation == side
