"""What stands in fields sorts as people mean it, and as it is found by a search."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from goodword.fields import actions as fields
from goodword.fields import values
from goodword.fields.models import Field
from goodword.fields.sorting import sorts_as
from goodword.people import actions as people
from goodword.people import filling
from goodword.people.models import PersonValue
from tests.factories import MONDAY_NOON, make_house

fill = import_module("goodword.conversations.migrations.0017_fields_filled_before_in_order")
NUMBER = Field(kind=Field.Kind.NUMBER)
numbers = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**20), max_value=10**20
).map(lambda each: values.parse(NUMBER, f"{each:f}"))


@given(numbers, numbers)
def test_numbers_stand_in_the_order_of_how_much_they_are(one: str, other: str) -> None:
    compared = sorts_as(NUMBER, one), sorts_as(NUMBER, other)

    assert (compared[0] < compared[1]) == (Decimal(one) < Decimal(other))
    assert (compared[0] == compared[1]) == (Decimal(one) == Decimal(other))


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("number", "-12.5", "-12"),
        ("number", "-1", "0"),
        ("number", "9", "10"),
        ("number", "0.5", "0.55"),
        ("date", "2024-12-31", "2025-01-01"),
        ("text", "Äpfel", "Birnen"),
        ("text", "rot", "ROTWEIN"),
        ("one_of", "", "red"),
    ],
)
def test_what_comes_first_sorts_first(kind: str, first: str, second: str) -> None:
    field = Field(kind=kind)
    assert sorts_as(field, first) < sorts_as(field, second)


def test_text_is_alike_but_for_case_signs_and_what_lies_beyond_its_order() -> None:
    text = Field(kind=Field.Kind.TEXT)
    assert sorts_as(text, "Über-Größe!") == sorts_as(text, "uber grosse")
    assert len(sorts_as(text, "über " * 100)) == 120


@pytest.mark.django_db
def test_what_was_filled_before_has_its_place_as_what_is_filled_now() -> None:
    ana = make_house().ana
    grace = people.meet("grace@whitlow.example", name="Grace", at=MONDAY_NOON)[0]
    typed = {
        "text": "Größe 東京都 " + "x" * 70,
        "number": "-12.50", "date": "2024-02-03", "yes_no": "yes",
        "link": "shop.example/a",
    }  # fmt: skip
    for kind, text in typed.items():
        field = fields.define(kind, about="person", kind=kind, by=ana, at=MONDAY_NOON)
        filling.set_value(grace, field, text, by=ana, at=MONDAY_NOON)
    now = {each.pk: bytes(each.sorts_as) for each in PersonValue.objects.all()}
    PersonValue.objects.update(sorts_as=b"")

    for _again in range(2):
        fill.fill(apps, None)

    assert {each.pk: bytes(each.sorts_as) for each in PersonValue.objects.all()} == now
    assert b"" not in now.values()
