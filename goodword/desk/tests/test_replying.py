"""What a teammate says is stored where it belongs."""

from __future__ import annotations

import pytest

from goodword.conversations import actions as conversations
from goodword.conversations.models import Draft
from goodword.core import ids
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from tests.factories import HOUR, MONDAY_NOON, receive, reply

pytestmark = pytest.mark.django_db


def test_an_answer_stands_behind_what_it_answers_even_in_the_same_moment(house):
    for _again in range(8):  # the order within a millisecond was drawn by lot
        theirs = receive(house, at=MONDAY_NOON)
        ours = reply(theirs.conversation, house.ben, at=theirs.said_at)
        assert ours.pk > theirs.pk
        earlier = reply(theirs.conversation, house.ben, at=theirs.said_at - HOUR)  # a slow clock
        assert earlier.pk > ours.pk


@pytest.mark.parametrize("kind", ["reply", "note"])
@pytest.mark.parametrize(
    ("text", "file", "stays"),
    [
        ("On Friday.", b"ring", False),
        ("On Friday.\n", None, False),
        ("", None, False),
        ("On Friday, or on Monday.", b"ring", True),
        ("Friday.", None, True),
        ("On Friday.", b"another ring", True),
    ],
)
def test_the_draft_of_a_form_sent_twice_goes_with_what_was_said_alone(
    house, kind: str, text: str, file: bytes | None, stays: bool
) -> None:
    conversation, once = receive(house).conversation, ids.public_id()

    def say(text: str, file: bytes | None):
        draft = conversations.save_draft(
            conversation, by=house.ben, kind=kind, text=text, at=MONDAY_NOON
        )
        if file is not None:
            conversations.attach_to_draft(
                draft, name="ring.txt", content_type="text/plain", data=file, at=MONDAY_NOON
            )
        said = {"by": house.ben, "text": text, "draft": draft, "once": once, "at": MONDAY_NOON}
        if kind == "note":
            return replying.write_note(conversation, **said)
        return replying.reply(
            conversation, recipients=Recipients(("grace@whitlow.example",)), **said
        )

    first = say("On Friday.", b"ring")
    assert not Draft.objects.exists()

    assert say(text, file) == first
    assert [each.text for each in Draft.objects.all()] == ([text] if stays else [])
