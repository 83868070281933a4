"""The directory taken along as CSV."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.desk.persons import merging
from goodword.fields import actions as fields
from goodword.people import actions as people
from goodword.people import belonging, filling
from goodword.people.models import Person
from goodword.web.people import exporting
from tests.factories import DAY, HOUR, MONDAY_NOON, make_house, receive

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + DAY


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield make_house()


def csv_of(teammate, query: str = "") -> list[list[str]]:
    client = Client()
    client.force_login(teammate)
    answer = client.get(f"/people/people.csv{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="people-2026-11-17.csv"'
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def person(house: SimpleNamespace, name: str, **more) -> Person:
    sender = f"{name.split()[0].lower()}@{name.split()[-1].lower()}.example"
    sent = {"sender": sender, "name": name, "at": NOW - HOUR, **more}
    return receive(house, **sent).conversation.person


def names(rows: list[list[str]]) -> list[str]:
    return [row[0] for row in rows[1:]]


def test_who_is_in_the_directory_stands_there_with_what_is_known_of_them(house) -> None:
    ana, grace = house.ana, person(house, "Grace Whitlow")
    whitlow = belonging.name_organisation("Whitlow & Co", by=ana, at=NOW)
    belonging.belong_to(grace, whitlow, role="Buyer", by=ana, at=NOW)
    people.describe(grace, name="Grace Whitlow", language="de", zone="UTC", by=ana, at=NOW)
    size = fields.define("Ring size", about="person", kind="number", by=ana, at=NOW)
    since = fields.define("Since", about="person", kind="date", by=ana, at=NOW)
    filling.set_value(grace, size, "54.5", by=ana, at=NOW)
    filling.set_value(grace, since, "2020-02-03", by=ana, at=NOW)

    head, row = csv_of(house.ben)

    assert head == [
        "Name", "Address", "Organisation", "Role", "Kind of customer", "Language", "Time zone",
        "Last contact", "Ring size", "Since",
    ]  # fmt: skip
    assert row[:4] == ["Grace Whitlow", "grace@whitlow.example", "Whitlow & Co", "Buyer"]
    assert row[5] in {"German", "Deutsch"} and row[6:8] == ["UTC", "2026-11-17 12:00:00+01:00"]
    assert row[8:] == ["54.5", "3 Feb 2020"]


def test_the_same_stand_there_as_in_the_list_that_was_asked_for(house) -> None:
    person(house, "Grace Whitlow", at=NOW - 2 * HOUR)
    person(house, "Tom Tell", at=NOW - 3 * HOUR)
    person(house, "Ada Stone")
    person(house, "Carla Hidden", inbox=house.repairs)

    assert names(csv_of(house.ben)) == ["Ada Stone", "Grace Whitlow", "Tom Tell"]
    assert names(csv_of(house.ben, "?order=newest")) == ["Ada Stone", "Grace Whitlow", "Tom Tell"]
    assert names(csv_of(house.ben, "?q=to&order=newest")) == ["Tom Tell"]
    assert names(csv_of(house.ben, "?q=carla")) == []
    assert names(csv_of(house.carl)) == ["Carla Hidden"]
    assert names(csv_of(house.ana))[1] == "Carla Hidden"


def test_a_customer_who_calls_himself_a_formula_stays_text(house) -> None:
    receive(house, sender="eve@x.example", name="=HYPERLINK(A1)", at=NOW - HOUR)

    assert csv_of(house.ana)[1][0] == "'=HYPERLINK(A1)"


def test_what_stands_for_somebody_who_was_merged_stands_for_who_stands(house) -> None:
    ana, grace, gerda = house.ana, person(house, "Grace Whitlow"), person(house, "Gerda Lund")
    size = fields.define("Size", about="person", kind="text", by=ana, at=NOW)
    shoe = fields.define("Shoe", about="person", kind="text", by=ana, at=NOW)
    filling.set_value(gerda, size, "L", by=ana, at=NOW)
    filling.set_value(gerda, shoe, "44", by=ana, at=NOW)
    filling.set_value(grace, size, "S", by=ana, at=NOW)
    merging.merge(gerda, grace, by=ana, at=NOW)

    rows = csv_of(house.ben)

    assert names(rows) == ["Grace Whitlow"] and rows[1][8:] == ["S", "44"]


def test_it_goes_on_beyond_a_page_and_asks_as_much_for_many_as_for_few(
    house, monkeypatch, django_assert_max_num_queries
) -> None:
    field = fields.define("Size", about="person", kind="text", by=house.ana, at=NOW)
    for number in range(6):
        filling.set_value(person(house, f"N{number} One"), field, "L", by=house.ana, at=NOW)
    with django_assert_max_num_queries(40) as few:
        assert len(csv_of(house.ben)) == 7
    for number in range(6):
        filling.set_value(person(house, f"M{number} Two"), field, "L", by=house.ana, at=NOW)
    with django_assert_max_num_queries(len(few)):
        assert len(csv_of(house.ben)) == 13

    monkeypatch.setattr(exporting, "_AT_ONCE", 5)
    for order in ("", "?order=newest"):
        paged = names(csv_of(house.ben, order))
        assert len(paged) == len(set(paged)) == 12


@pytest.mark.parametrize("happens", ["renamed", "gone"])
def test_whoever_moves_or_goes_meanwhile_leads_neither_back_nor_to_the_end(
    house, monkeypatch, happens: str
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    for number in range(6):
        people.meet(f"n{number}@x.example", name=f"N{number} One", at=NOW)
    rows = exporting._rows(house.ana, "name", "")
    seen = [next(rows)[0] for _row in range(3)][1:]
    last = Person.objects.get(name="N1 One")
    if happens == "gone":
        last.delete()
    else:
        people.describe(last, name="A One", language="", zone="", by=house.ana, at=NOW)

    seen += [row[0] for row in rows]

    assert seen == [f"N{number} One" for number in range(6)]
