"""Conversations found by what stands in a business's own fields."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from goodword.desk.search import asking, finding
from goodword.desk.tests.own_fields import NOW, define, fill, found
from tests.factories import HOUR, make_house, receive

pytestmark = pytest.mark.django_db
COLOURS = {"first": "Dark red", "second": "red", "third": "Rosé"}
SIZES = {"first": "54.5", "second": "9", "third": "-3"}
DAYS = {"first": "2026-11-16", "second": "2025-02-03", "third": "2026-10-31"}
VIPS = {"first": "yes", "second": "no"}


@pytest.fixture(scope="module")
def desk(rows_of_module: None) -> SimpleNamespace:
    """Three conversations with a colour, a size and a day each, one without; and one of Carl's."""
    house = make_house()
    house.named = {}
    for name in ("first", "second", "third", "bare"):
        said = receive(house, sender=f"{name}@x.example", name=name.title(), at=NOW - HOUR)
        house.named[name] = said.conversation
    carls = receive(house, sender="carls@x.example", inbox=house.repairs, at=NOW).conversation
    for name, kind, said in (
        ("Colour", "text", COLOURS),
        ("Ring size", "number", SIZES),
        ("Since", "date", DAYS),
        ("VIP", "yes_no", VIPS),
        ("Stone", "one_of", {"second": "Opal", "third": "Jade"}),
        ("Shop", "link", {"first": "https://shop.example/a"}),
    ):
        field = define(house, name, kind)
        for each, text in said.items():
            fill(house, house.named[each], field, text)
        if name == "Colour":
            fill(house, carls, field, "red")
    return house


CASES = {
    "field:colour": {"first", "second", "third"},
    "feld:colour": {"first", "second", "third"},
    "field:colour=": {"first", "second", "third"},
    "field:colour=*": {"first", "second", "third"},
    "-field:colour": {"bare"},
    "field:colour=red": {"second"},
    "field:COLOUR=RED": {"second"},
    'field:"colour=dark red"': {"first"},
    "field:colour=r*": {"second", "third"},
    "field:colour=rosé": {"third"},
    "field:colour=rose": {"third"},
    "-field:colour=red": {"first", "third", "bare"},
    "field:colour=r* -field:colour=red": {"third"},
    "field:colour=r* field:colour=red": {"second"},
    "colour:red": {"second"},
    "colour:r*": {"second", "third"},
    "Colour:*": {"first", "second", "third"},
    "-colour:red": {"first", "third", "bare"},
    "has:colour": {"first", "second", "third"},
    "-has:colour": {"bare"},
    "has:ring-size": {"first", "second", "third"},
    'field:"ring size=9"': {"second"},
    'field:"ring size = 9.0"': {"second"},
    'field:"ring size=54,5"': {"first"},
    'field:"ring size>9"': {"first"},
    'field:"ring size>=9"': {"first", "second"},
    'field:"ring size<9"': {"third"},
    'field:"ring size<=9" field:"ring size>-4"': {"second", "third"},
    "field:since=2026": {"first", "third"},
    "field:since=2026-10": {"third"},
    "field:since=today": {"first"},
    "field:since>2026-10": {"first"},
    "field:since>=2026-10": {"first", "third"},
    "field:since<2026-10": {"second"},
    "field:since<=2026-10": {"second", "third"},
    "since:>2026-10": set(),  # an operator of ours, that means when it was said
    "vip:yes": {"first"},
    "vip:no": {"second"},
    "stone:jade": {"third"},
    "stone:j*": {"third"},
    "stone:pearl": set(),
    "shop:shop.example/a": {"first"},
    "shop:https://shop.example/a": {"first"},
    "shop:shop.ex*": {"first"},
    "colour:red first": set(),
    "colour:red from:second": {"second"},
    "colour:red is:open": {"second"},
}


@pytest.mark.parametrize("text", CASES)
def test_what_stands_in_a_field_finds_the_conversation(desk, text: str) -> None:
    assert found(desk, text) == CASES[text]


@pytest.mark.parametrize("order", ["newest", "oldest", "due"])
def test_it_is_found_in_every_order_and_page_by_page(desk, order: finding.Order) -> None:
    asked, seen, after = finding.read("field:colour", at=NOW), [], ""
    while page := finding.find(asked, by=desk.ben, order=order, after=after, most=1).hits:
        seen.append(page[0].conversation)
        after = finding.find(asked, by=desk.ben, order=order, after=after, most=1).after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(
    "text",
    ["field:weight", "field:weight=5", 'field:"ring size=big"', 'field:"ring size=5*"', "vip:maybe",
     "field:since=soon", "field:colour>red", "field:vip>no", "field:colour>", "field:=red",
     "shop:%%"],
)  # fmt: skip
def test_what_names_no_field_or_is_no_value_of_it_finds_nothing_and_is_said(desk, text) -> None:
    page = finding.find(finding.read(text, at=NOW), by=desk.ben)

    assert page.hits == [] and [each.name for each in page.gone] == ["field"]


def test_a_field_that_is_not_there_is_said_back_as_an_unknown_operator_is(desk) -> None:
    assert finding.read("weight:5", at=NOW).strange == ["weight:5"]
    assert finding.read("has:weight", at=NOW).unread == ["has:weight"]
    assert finding.read("colour:", at=NOW).unread == []
    assert asking.read("colour:red", at=NOW).strange == ["colour:red"]


def test_nobody_finds_by_a_field_what_they_may_not_see(desk) -> None:
    assert found(desk, "colour:red", by=desk.carl) == {"another"}
    assert found(desk, "colour:red", by=desk.ana) == {"second", "another"}
