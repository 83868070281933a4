"""Conversations found by what stands in fields for people, and how fields are looked up."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection

from goodword.conversations.models import Conversation
from goodword.desk.persons import merging
from goodword.desk.search import asking, finding, own
from goodword.desk.tests.own_fields import NOW, define, fill, found
from goodword.fields.models import Field
from goodword.people import belonging, filling
from goodword.people.models import PersonValue
from tests.factories import HOUR, make_house, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    house = make_house()
    house.named = {}
    for name in ("grace", "gerda", "tom"):
        said = receive(house, sender=f"{name}@x.example", name=name.title(), at=NOW - HOUR)
        house.named[name] = said.conversation
    return house


@pytest.mark.parametrize("few", [500, 0])
def test_what_stands_for_a_person_is_asked_of_all_that_was_said_with_them(
    house, monkeypatch, few
) -> None:
    monkeypatch.setattr(own, "FEW", few)  # 0: as where very many have it
    kind, size = define(house, "Kind", about="person"), define(house, "Size", about="person")
    grace, gerda = (house.named[name].person for name in ("grace", "gerda"))
    for person, field, text in (
        (grace, kind, "Retail"), (gerda, kind, "Wholesale"), (gerda, size, "L"),
    ):  # fmt: skip
        filling.set_value(person, field, text, by=house.ana, at=NOW)
    assert found(house, "kind:retail") == {"grace"}
    assert found(house, "-has:kind") == {"tom"}

    merging.merge(gerda, grace, by=house.ana, at=NOW)

    assert found(house, "kind:retail") == {"grace", "gerda"}
    assert found(house, "kind:wholesale") == set()  # what stands for who stands goes before it
    assert found(house, "size:L") == {"grace", "gerda"}
    assert found(house, "-size:L") == {"tom"}


def test_where_many_have_it_none_is_lost_though_several_became_one(house, monkeypatch) -> None:
    monkeypatch.setattr(own, "FEW", 2)
    kind = define(house, "Kind", about="person")
    first, second = (house.named[name].person for name in ("grace", "gerda"))
    filling.set_value(first, kind, "Retail", by=house.ana, at=NOW)
    for number in range(2):
        twin = receive(house, sender=f"twin{number}@x.example", at=NOW - HOUR).conversation.person
        filling.set_value(twin, kind, "Retail", by=house.ana, at=NOW)
        merging.merge(twin, second, by=house.ana, at=NOW)
    PersonValue.objects.filter(person=second).delete()  # it stands for the merged ones alone
    filling.set_value(house.named["tom"].person, kind, "Retail", by=house.ana, at=NOW)

    assert found(house, "kind:retail") == {"grace", "gerda", "tom", "another"}


@pytest.mark.parametrize("few", [500, 0])
def test_what_stands_for_an_organisation_is_asked_of_all_who_belong_to_it(
    house, monkeypatch, few
) -> None:
    monkeypatch.setattr(own, "FEW", few)
    tier = define(house, "Tier", about="organisation")
    mill = belonging.name_organisation("Mill", by=house.ana, at=NOW)
    filling.set_value(mill, tier, "Gold", by=house.ana, at=NOW)
    for name in ("grace", "tom"):
        belonging.belong_to(house.named[name].person, mill, by=house.ana, at=NOW)
    gerda, grace = (house.named[name].person for name in ("gerda", "grace"))
    merging.merge(gerda, grace, by=house.ana, at=NOW)

    assert found(house, "tier:gold") == {"grace", "gerda", "tom"}
    assert found(house, "-has:tier") == set()


def test_fields_of_one_name_are_asked_together(house) -> None:
    for about in ("conversation", "person"):
        define(house, "Note", about=about)
    of_talk, of_person = Field.objects.order_by("pk")
    fill(house, house.named["tom"], of_talk, "late")
    filling.set_value(house.named["grace"].person, of_person, "late", by=house.ana, at=NOW)

    assert found(house, "note:late") == {"tom", "grace"}


def test_a_field_whose_name_has_signs_in_it_is_named_whole(house) -> None:
    fill(house, house.named["tom"], define(house, "A=B"), "c=d")
    assert found(house, "field:A=B") == found(house, "field:A=B=c=d") == {"tom"}
    assert found(house, "field:A=B=c*") == {"tom"}


def test_a_search_without_fields_asks_nothing_of_them(house, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        finding.knowing_fields(asking.read("gift from:grace", at=NOW))


@pytest.mark.parametrize("text", ["colour:red", "colour:r*", "field:colour=red"])
def test_an_index_leads_to_what_stands_in_a_field(house, text) -> None:
    fill(house, house.named["tom"], define(house, "Colour"), "red")
    (term,) = finding.read(text, at=NOW).terms
    met, source = own.condition(own.read(term.value, at=NOW))

    plan = source[:501].explain()
    assert list(source) == [house.named["tom"].pk]
    if connection.vendor == "sqlite":
        assert "conversation_value_in_order (field_id=? AND sorts_as" in plan
        some = Conversation.objects.filter(met, pk__in=[1, 2]).explain()
        assert "SCAN" not in some and "(conversation_id=? AND field_id=?)" in some
