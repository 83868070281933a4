"""Following a conversation and handing it over with a word, on the page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.conversations.models import Following, Message
from goodword.desk.answering import replying
from goodword.events import actions as events
from goodword.notices import queries as notices
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(house: SimpleNamespace):
    return receive(house).conversation


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def act(client, conversation, name, **fields):
    return client.post(f"/conversations/{conversation.public_id}/{name}/", fields, follow=True).text


@pytest.mark.parametrize("who", ["ana", "lea", "ben", "lou"])
def test_whoever_sees_it_follows_it_and_not_any_more(house, conversation, who):
    client = signed_in(getattr(house, who))
    page = act(client, conversation, "follow", follows="yes")
    assert "You follow this: you hear what happens here." in page
    menu = f"/conversations/{conversation.public_id}/more/"
    assert "Don't follow any more" in client.get(menu).text
    assert Following.objects.get().teammate == getattr(house, who)

    act(client, conversation, "follow", follows="no")
    assert "Don't follow any more" not in client.get(menu).text
    assert not Following.objects.exists()


def test_whom_a_note_calls_is_offered_to_follow_and_nobody_else_is(house, conversation):
    replying.write_note(conversation, by=house.ben, text="@Lea @Lou", at=MONDAY_NOON)
    offer, url = "This note calls you.", f"/conversations/{conversation.public_id}/"

    assert offer in signed_in(house.lea).get(url).text
    assert offer not in signed_in(house.ana).get(url).text
    assert not Following.objects.exists()  # nobody follows without saying so
    act(signed_in(house.lou), conversation, "follow", follows="yes")
    assert offer not in signed_in(house.lou).get(url).text


def test_given_with_a_word_it_stands_there_as_a_note_and_undoing_gives_it_back(house, conversation):
    ben = signed_in(house.ben)
    act(ben, conversation, "assign", to="me")
    answer = ben.post(
        f"/conversations/{conversation.public_id}/assign/",
        {"to": f"teammate:{house.lea.public_id}", "word": "She asks for you, @Lou knows why"},
        follow=True,
    )
    while events.hand_on(at=Message.objects.latest("stored_at").stored_at):
        pass

    conversation.refresh_from_db()
    assert conversation.assignee == house.lea
    assert Message.objects.get(kind="note").text == "She asks for you, @Lou knows why"
    assert notices.unseen(house.lea)[0].title.endswith("“She asks for you, @Lou knows why”")
    assert notices.unseen(house.lou)[0].kind == "mentioned"
    assert "Undo" in answer.text


def test_the_timeline_says_that_nobody_decided_it(house, conversation):
    from django.db import transaction

    from goodword.desk import handling

    with transaction.atomic():
        handling.give(conversation, house.lea, by=None, why="by_turn", at=MONDAY_NOON)
    url = f"/conversations/{conversation.public_id}/"

    assert "Given to Lea Sommer by turn" in signed_in(house.ben).get(url).text
    assert "Given to you by turn" in signed_in(house.lea).get(url).text
