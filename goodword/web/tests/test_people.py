"""The directory and the page of a person: what stands there, for whom, and what can be written."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from goodword.desk.persons import merging
from goodword.fields import actions as fields
from goodword.people import belonging, filling, noting
from goodword.people.models import Person
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 9 * DAY)


def client_of(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def page(teammate, path: str, **query: str) -> str:
    answer = client_of(teammate).get(path, query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def grace_of(house, **more) -> Person:
    return receive(house, **{"at": NOW - HOUR, **more}).conversation.person


def test_the_directory_names_who_wrote_with_what_is_owed_to_them(house) -> None:
    grace = grace_of(house)
    belonging.belong_to(
        grace,
        belonging.name_organisation("Whitlow & Co", by=house.ana, at=NOW),
        by=house.ana,
        at=NOW,
    )

    html = page(house.ben, "/people/")

    assert "Grace Whitlow" in html and "grace@whitlow.example" in html
    assert f"/people/{grace.public_id}/" in html and "Whitlow &amp; Co" in html
    assert "chip-" in html


def test_an_empty_directory_says_what_belongs_there(house) -> None:
    assert "Nobody yet" in page(house.ben, "/people/")
    assert "No organisation yet" in page(house.ben, "/organisations/")


def test_the_page_of_a_person_says_what_was_promised_said_and_known(house) -> None:
    grace = grace_of(house)

    html = page(house.ben, f"/people/{grace.public_id}/")

    assert "<h1>Grace Whitlow</h1>" in html and "grace@whitlow.example" in html
    assert "We owe Grace Whitlow" in html and "The spring gift card" in html


def test_beside_a_conversation_stands_what_is_known_and_its_fields_are_filled_there(house) -> None:
    conversation = receive(house, at=NOW - HOUR).conversation
    grace, by = conversation.person, {"by": house.ana, "at": NOW}
    whitlow = belonging.name_organisation("Whitlow & Co", **by)
    belonging.belong_to(grace, whitlow, role="Buyer", **by)
    noting.write(grace, "Evenings suit her.\nNever call at noon.", **by)
    size = fields.define("Ring size", about="person", kind="number", **by)
    order = fields.define("Order", about="conversation", kind="text", **by)
    filling.set_value(grace, size, "54.5", **by)
    path = f"/conversations/{conversation.public_id}/"

    answer = client_of(house.ben).post(f"{path}fields/", {f"own-{order.public_id}": "R-1182"})

    assert answer.status_code == 302
    html = page(house.ben, path)
    for words in ("Buyer", "Whitlow &amp; Co", "Evenings suit her.", "Ring size", "54.5", "R-1182"):
        assert words in html, words
    assert "You filled in: Order" in html
    assert "Fill the fields" not in page(house.lou, path)


def test_given_a_desk_without_fields_a_conversation_asks_for_none(house) -> None:
    conversation = receive(house, at=NOW - HOUR).conversation

    html = page(house.ben, f"/conversations/{conversation.public_id}/")

    assert "Fill the fields" not in html and "Known of them" not in html


def test_from_a_conversation_the_form_leads_back_to_it_and_never_elsewhere(house) -> None:
    conversation = receive(house, at=NOW - HOUR).conversation
    ben, path = client_of(house.ben), f"/people/{conversation.person.public_id}/"
    here = f"/conversations/{conversation.public_id}/?folder=mine"

    for back, leads in ((here, here), ("//evil.example/", path), ("https://evil.example", path)):
        query = urlencode({"back": back})
        answer = ben.post(
            f"{path}describe/?{query}", {"name": "G", "initial-name": "Grace Whitlow"}
        )
        assert answer["Location"] == leads


def test_two_who_are_one_are_written_to_first_at_one_address(house) -> None:
    grace = grace_of(house)
    merging.merge(
        grace_of(house, sender="gw@home.example", name="Gracie"), grace, by=house.ana, at=NOW
    )

    html = page(house.ben, f"/people/{grace.public_id}/")

    assert html.count("written to first") == 1 and html.count("Write to it first") == 1
