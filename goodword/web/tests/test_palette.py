"""What the palette finds, for whom, and how little it sends."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.conversations import readings
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 9 * DAY)


def found(teammate, words: str = "") -> list[dict[str, str]]:
    client = Client()
    client.force_login(teammate)
    answer = client.get("/palette/", {"q": words})
    assert answer.status_code == 200 and len(answer.content) < 10_000
    return answer.json()["found"]


def of(kind: str, lines: list[dict[str, str]]) -> list[str]:
    return [line["words"] for line in lines if line["kind"] == kind]


def test_without_words_it_names_what_was_looked_at_last_and_settings_one_may_open(house) -> None:
    conversation = receive(house, at=NOW - HOUR).conversation
    readings.read(conversation, by=house.ben, to=conversation.latest_key, at=NOW)

    assert of("conversation", found(house.ben)) == ["The spring gift card"]
    assert of("conversation", found(house.lea)) == []
    pages = of("page", found(house.ben))
    assert "Your profile" in pages and "Teammates" not in pages
    assert "Teammates" in of("page", found(house.ana))


def test_every_page_it_names_is_there_for_who_is_told_of_it(house) -> None:
    for who in ("ana", "lea", "ben", "lou", "carl"):
        client = Client()
        client.force_login(getattr(house, who))
        for line in found(getattr(house, who)):
            assert client.get(line["url"]).status_code == 200, (who, line)


def test_a_name_leads_to_the_person_and_to_what_they_wrote(house) -> None:
    receive(house, at=NOW - HOUR)
    receive(house, sender="bea@x.example", name="Bea Lind", subject="A ring", at=NOW - HOUR)

    lines = found(house.ben, "grac")

    assert of("person", lines) == ["Grace Whitlow"]
    assert of("conversation", lines) == ["The spring gift card"]
    [person] = [line for line in lines if line["kind"] == "person"]
    client = Client()
    client.force_login(house.ben)
    assert "The spring gift card" in client.get(person["url"]).content.decode()


def test_a_reference_leads_to_its_conversation_however_it_is_typed(house) -> None:
    conversation = receive(house, at=NOW - HOUR).conversation

    lines = found(house.ben, conversation.reference.lower())

    assert lines[0]["url"] == f"/conversations/{conversation.public_id}/"


def test_of_another_inbox_nothing_is_found_by_word_name_or_reference(house) -> None:
    conversation = receive(house, at=NOW - HOUR).conversation
    readings.read(conversation, by=house.carl, to=conversation.latest_key, at=NOW)

    for words in ("", "gift", "grace", conversation.reference):
        lines = found(house.carl, words)
        assert of("conversation", lines) == [] and of("person", lines) == []


@pytest.mark.parametrize("words", ["x" * 900, '"', "from:", "\x00", "a" * 12, "-", "%_"])
def test_odd_words_find_nothing_and_harm_nothing(house, words) -> None:
    receive(house, at=NOW - HOUR)
    assert isinstance(found(house.ben, words), list)


def test_a_desk_of_sixty_answers_with_as_few_queries_as_one_of_six(house) -> None:
    client = Client()
    client.force_login(house.ben)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/palette/?q=watch").json()["found"]
        return len(captured)

    for number in range(60):
        at = NOW - HOUR + number * MINUTE / 100
        receive(house, f"Watch {number}", sender=f"p{number}@x.example", at=at)
        if number == 5:
            cost()
            few = cost()
    assert cost() <= few <= 18
