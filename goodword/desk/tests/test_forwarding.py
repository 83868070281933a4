"""A message passed on to somebody else, aside of its conversation."""

from __future__ import annotations

import pytest

from goodword.conversations import actions as conversations
from goodword.conversations import merging
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import reply_addresses
from goodword.desk.roads import InboundFile
from goodword.desk.tests.asides import GRACE, LATER, PRINTER, answers, begin
from goodword.desk.together import aside
from tests.factories import HOUR, MINUTE, MONDAY_NOON, deliver, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(house):
    """Grace asked where her card is."""
    return receive(house, "Where is my gift card?", subject="The spring gift card")


@pytest.fixture
def side(house, asked):
    made = begin(house, asked.conversation)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    return made


def test_a_message_is_forwarded_below_the_comment_with_its_files(house) -> None:
    files = [
        InboundFile("plan.pdf", "application/pdf", b"%PDF-1.4"),
        InboundFile("secret.txt", "text/plain", b"42"),
    ]
    asked = receive(
        house, "See the plan.\n\n> what you said", files=files, reply_text="See the plan."
    )
    left_out = asked.attachments.get(name="secret.txt").public_id

    side = begin(
        house, asked.conversation, text="Can you do this?", forwarded=asked, without=[left_out]
    )

    message = side.messages.get()
    assert [each.name for each in message.attachments.all()] == ["plan.pdf"]
    assert message.text == (
        "Can you do this?\n\n---------- Forwarded message ----------\n"
        'From: "Grace Whitlow" <grace@whitlow.example>\n'
        "Date: Monday 16 November 2026, 13:00\n"
        "Subject: The spring gift card\n"
        "To: hello@shop.example\n\nSee the plan."
    )


def test_what_is_forwarded_opens_nothing_of_the_customers(house, settings) -> None:
    settings.URL = "https://desk.shop.example"
    house.hello.signs_reply_addresses = True
    house.hello.save()
    first = receive(house)
    signed = reply_addresses.reply_address(first.conversation, house.hello)
    words = f"My page: https://desk.shop.example/yours/abc.def.ghi/ and {signed}"
    asked = receive(house, words, to=signed, sender=GRACE, at=MONDAY_NOON + MINUTE)
    assert asked.conversation == first.conversation

    side = begin(house, asked.conversation, text="", forwarded=asked)

    text = side.messages.get().text
    assert "abc.def" not in text and "+c-" not in text
    assert "To: hello@shop.example" in text


def test_what_is_forwarded_is_plain_whatever_marks_a_stranger_wrote(house) -> None:
    asked = receive(house, "Pay at [your bank](https://evil.example) **now**.")
    side = begin(house, asked.conversation, text="Is this **yours**?", forwarded=asked)
    message = side.messages.get()
    assert message.html == "" and "[your bank](https://evil.example)" in message.text
    assert begin(house, asked.conversation, text="**Hello**").messages.get().html != ""


def test_what_was_forwarded_stays_plain_when_it_is_taken_back_and_sent_again(house) -> None:
    asked = receive(house, "Pay at [your bank](https://evil.example) **now**.")
    side = begin(house, asked.conversation, text="Is this yours?", forwarded=asked)
    draft = replying.take_back(side.messages.get(), by=house.ben, at=MONDAY_NOON)
    text = f"Look **here**.\n\n{draft.text}"
    draft = conversations.save_draft(side, by=house.ben, kind="reply", text=text, at=LATER)

    to = Recipients(to=(PRINTER,))
    message = replying.reply(side, by=house.ben, text=text, recipients=to, draft=draft, at=LATER)

    assert message.html == "" and not side.drafts.exists()


def test_what_stands_beside_a_forward_in_one_draft_is_as_plain_as_it(house) -> None:
    asked = receive(house, "Pay at [your bank](https://evil.example).")
    side = begin(house, asked.conversation, text="Is this yours?", forwarded=asked)
    sent = side.messages.get()
    own = conversations.save_draft(side, by=house.lea, kind="reply", text="**No**", at=LATER)
    draft = replying.take_back(sent, by=house.ben, at=MONDAY_NOON)

    merging.merge_into(own, draft)

    own.refresh_from_db()
    assert own.is_plain and "your bank" in own.text


def test_an_answer_that_is_taken_back_can_be_given_marks(house, asked) -> None:
    side = begin(house, asked.conversation, text="When does it leave?")
    draft = replying.take_back(side.messages.get(), by=house.ben, at=MONDAY_NOON)

    assert not draft.is_plain


def test_only_what_was_said_here_is_forwarded_and_never_a_note(house, asked) -> None:
    elsewhere = receive(house, sender="other@x.example")
    note = replying.write_note(asked.conversation, by=house.ben, text="Careful.", at=LATER)
    for message in (elsewhere, note):
        with pytest.raises(aside.NotToForward):
            begin(house, asked.conversation, forwarded=message)


def test_what_was_answered_aside_can_be_forwarded_to_another(house, asked, side) -> None:
    said = answers(house, side)

    other = begin(house, asked.conversation, to=["tax@books.example"], forwarded=said, at=LATER)

    assert other.side_of == asked.conversation
    assert "On Wednesday." in other.messages.get().text
