"""Colleagues called in notes, on the page: marked, offered while one writes, and said in vain."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.desk.answering import replying
from goodword.notices.models import Notice
from tests.factories import MONDAY_NOON, PASSWORD, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(house: SimpleNamespace):
    return receive(house).conversation


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def page_of(client, conversation) -> str:
    return client.get(f"/conversations/{conversation.public_id}/").text


def test_a_note_shows_whom_it_calls_and_who_can_not_see_it(house, ben, conversation):
    text = 'See http://x.example/@Lea <i>and</i> @Lea, @"Carl Voss"!'
    replying.write_note(conversation, by=house.ben, text=text, at=MONDAY_NOON)
    page = page_of(ben, conversation)

    assert '<b class="mention">@Lea</b>' in page
    assert '<b class="mention">@&quot;Carl Voss&quot;</b>' in page
    assert 'href="http://x.example/@Lea"' in page and "&lt;i&gt;" in page
    assert page.count("can't see this inbox, and was not told") == 1


def test_a_customers_words_are_never_marked(house, ben):
    conversation = receive(house, "I asked @Ben and @Lea").conversation

    assert 'class="mention"' not in page_of(ben, conversation)


def test_nine_notes_that_call_cost_what_three_do(
    house, ben, conversation, django_assert_max_num_queries
):
    def write(most):
        for number in range(most):
            text = f"{number} @Lea @Ana"
            replying.write_note(conversation, by=house.ben, text=text, at=MONDAY_NOON)

    write(3)
    page_of(ben, conversation)
    with django_assert_max_num_queries(100) as few:
        page_of(ben, conversation)
    cost = len(few)  # what was captured goes with the next request
    write(6)
    page_of(ben, conversation)  # what is asked of another number is made ready once
    with django_assert_max_num_queries(cost):
        page_of(ben, conversation)


def test_the_list_offers_those_who_can_see_it_and_how_to_call_them(house, ben, conversation):
    listed = ben.get(f"/conversations/{conversation.public_id}/callable/").text

    assert 'data-call="@Lea"' in listed and "Lou Field" in listed and "Ana Ruiz" in listed
    assert "Ben" not in listed and "Carl" not in listed


def test_a_name_of_several_is_said_to_call_nobody(house, ben, conversation):
    accounts.join(
        name="Lea Other", email="other@shop.example", password=PASSWORD, role=Role.OWNER,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    answer = ben.post(
        f"/conversations/{conversation.public_id}/note/",
        {"mode": "note", "text": "@Lea?"},
        follow=True,
    )

    assert "Several are called Lea, so nobody was told." in answer.text
    assert not Notice.objects.exists()
