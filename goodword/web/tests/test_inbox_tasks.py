"""The checklist and the time spent, on the page beside a conversation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from goodword.tasks import actions as tasks
from goodword.tasks import queries
from tests.factories import HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
IN_THE_COLUMN = {"HX-Request": "true", "HX-Target": "tasks"}


@pytest.fixture
def conversation(house: SimpleNamespace):
    return receive(house, at=MONDAY_NOON + HOUR).conversation


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def url(name, conversation):
    return reverse(f"inbox:{name}", args=[conversation.public_id])


def test_a_step_is_added_ticked_removed_and_brought_back_without_script(house, conversation):
    ben, address = signed_in(house.ben), url("checklist", conversation)
    assert "What is to be done" in ben.get(address).text
    ben.post(address, {"words": 'Ring <b>"them"</b>'})
    (item,) = queries.checklist(conversation)

    page = ben.post(address, {"done": item.public_id}, follow=True).text
    assert "Ring &lt;b&gt;" in page and "1 of 1" in page and "You ticked a step off" in page
    page = ben.post(address, {"remove": item.public_id}, follow=True).text
    assert "The step is removed." in page and "data-undo" in page
    assert queries.checklist(conversation) == []
    ben.post(address, {"bring_back": item.public_id})
    assert queries.checklist(conversation)[0].done_by == house.ben


def test_the_column_alone_is_drawn_anew(house, conversation):
    lou = signed_in(house.lou)  # a checklist is written like a note
    answer = lou.post(url("checklist", conversation), {"words": "Ring"}, headers=IN_THE_COLUMN)
    assert answer.text.lstrip().startswith('<div id="tasks"') and "0 of 1" in answer.text
    answer = lou.post(url("checklist", conversation), {"words": " "}, headers=IN_THE_COLUMN)
    assert "write what is to be done" in answer.text


def test_time_is_noted_shown_and_taken_back(house, conversation):
    ben, address = signed_in(house.ben), url("time", conversation)
    page = ben.post(address, {"spent": "1:15 archive"}, follow=True).text
    assert "1 h 15 min" in page and "archive" in page and "You noted time spent" in page

    wrong = ben.post(address, {"spent": "a while <i>"})
    assert wrong.status_code == 422 and "a while &lt;i&gt;" in wrong.text

    (spent,) = queries.time_spent(conversation)
    refused = signed_in(house.lou).post(address, {"take_back": spent.public_id}, follow=True)
    assert "Only who noted it" in refused.text
    ben.post(address, {"take_back": spent.public_id})
    assert queries.time_spent(conversation) == []


def test_what_belongs_to_another_conversation_is_not_there(house, conversation):
    theirs = receive(house, inbox=house.repairs, sender="x@y.example").conversation
    item = tasks.add(theirs, "Secret", by=house.carl, at=MONDAY_NOON)
    spent = tasks.note_time(theirs, "5", by=house.carl, at=MONDAY_NOON)
    ben = signed_in(house.ben)

    for name, sent in (
        ("checklist", {"done": item.public_id}),
        ("time", {"take_back": spent.public_id}),
    ):
        assert ben.post(url(name, conversation), sent).status_code == 404
        assert ben.post(url(name, theirs), sent).status_code == 404
        assert ben.get(url(name, theirs)).status_code == 404
    item.refresh_from_db()
    assert item.done_at is None


def test_a_long_checklist_costs_one_query(house, conversation, django_assert_max_num_queries):
    ben, address = signed_in(house.ben), url("conversation", conversation)
    tasks.add(conversation, "Step 0", by=house.ben, at=MONDAY_NOON)
    ben.get(address)
    with django_assert_max_num_queries(100) as few:
        ben.get(address)
    cost = len(few)
    for number in range(20):
        tasks.add(conversation, f"Step {number}", by=house.ben, at=MONDAY_NOON)
    ben.get(address)
    with django_assert_max_num_queries(cost):
        ben.get(address)
