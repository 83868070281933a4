"""What the menus of a conversation hold: fetched when reached for, a page without script."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.conversations.models import Conversation
from goodword.desk import handling
from tests.factories import HOUR, make_house, receive

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HTMX = {"HX-Request": "true"}


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - HOUR)


@pytest.fixture
def conversation(house: SimpleNamespace) -> Conversation:
    return receive(house, "Where is my gift card?", at=NOW - HOUR).conversation


def signed_in(teammate: object) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


@pytest.mark.parametrize(
    ("menu", "offers"),
    [
        ("assign", "Nobody yet"),
        ("snooze", "Tomorrow morning"),  # offered on every day
        ("more", "Send a holding reply"),
    ],
)
def test_a_menu_is_a_link_to_a_page_and_the_page_holds_the_same(
    house, conversation, menu, offers
) -> None:
    ben, url = signed_in(house.ben), f"/conversations/{conversation.public_id}/"
    page = ben.get(f"{url}?folder=all").text
    assert f'href="{url}{menu}/?folder=all" data-holds' in page
    assert offers not in page.partition("<main")[2]

    as_page = ben.get(f"{url}{menu}/?folder=all").text
    piece = ben.get(f"{url}{menu}/?folder=all", headers=HTMX).text

    assert offers in as_page and "<main" in as_page
    assert offers in piece and "<main" not in piece
    assert "?folder=all" in piece  # what is done leads back to the same list


def test_the_menu_of_a_mail_is_a_page_too(house, conversation) -> None:
    ben, message = signed_in(house.ben), conversation.messages.get()
    menu = f"/messages/{message.public_id}/menu/"

    assert "Split it off" in ben.get(menu).text
    assert "<main" not in ben.get(menu, headers=HTMX).text


def test_what_is_owed_decides_what_is_offered(house, conversation) -> None:
    ben, url = signed_in(house.ben), f"/conversations/{conversation.public_id}/more/"
    assert "No answer needed" in ben.get(url).text

    handling.no_answer_needed(conversation, by=house.ben, at=NOW)

    assert "No answer needed" not in ben.get(url).text


def test_from_the_trash_one_takes_it_out_and_a_lead_deletes_it(house, conversation) -> None:
    url = f"/conversations/{conversation.public_id}/more/"
    handling.no_answer_needed(conversation, by=house.ben, at=NOW)
    handling.trash(conversation, by=house.ben, at=NOW)

    for who, may_delete in ((house.lea, True), (house.ben, False)):
        menu = signed_in(who).get(url).text
        assert "Take it out of the trash" in menu and "Note a promise" not in menu
        assert ("Delete for good" in menu) is may_delete


def test_whoever_may_not_answer_is_offered_to_follow_and_nothing_else(house, conversation) -> None:
    menu = signed_in(house.lou).get(f"/conversations/{conversation.public_id}/more/").text
    assert "Follow" in menu
    assert "Mark as spam" not in menu and "Move to trash" not in menu


def test_a_menu_costs_a_few_queries_and_not_those_of_the_conversation(house, conversation) -> None:
    ben, url = signed_in(house.ben), f"/conversations/{conversation.public_id}/"
    for menu in ("assign", "snooze", "more"):
        ben.get(f"{url}{menu}/", headers=HTMX)
        with CaptureQueriesContext(connection) as captured:
            ben.get(f"{url}{menu}/", headers=HTMX)
        assert len(captured) <= 9
