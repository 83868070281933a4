"""The directory and the page of a person: what stands there, for whom, and what can be written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.people import belonging
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
