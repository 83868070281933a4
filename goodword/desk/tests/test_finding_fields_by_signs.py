"""What a field is searched for is found but for capitals and accents: signs tell apart."""

from __future__ import annotations

import pytest

from goodword.conversations.models import ConversationValue
from goodword.desk.search import finding, own
from goodword.desk.tests.own_fields import NOW, define, fill, found
from goodword.fields import actions as fields
from goodword.fields.sorting import bare
from goodword.people import belonging, filling
from tests.factories import HOUR, make_house, receive

pytestmark = pytest.mark.django_db


def _house_of(*names: str):
    house = make_house()
    house.named = {}
    for number, name in enumerate(names):
        said = receive(house, sender=f"n{number}@x.example", at=NOW - HOUR)
        house.named[name] = said.conversation
    return house


GRADES = (
    "A",
    "A+",
    "A-",
    "A*",
    "B",
    "★",
    "★★★",
    "*",
    "**",
    "Café",
    "Cafe",
    '12"',
    "≠",
    "=",
    "12",
    '"12',
)
LONG = "Engraved by hand, with three initials and a date of your choosing, in letters of 1890 or so"


def test_each_choice_that_is_offered_finds_what_has_it_alone() -> None:
    house = _house_of(*GRADES)
    grade = define(house, "Grade", "one_of", choices=GRADES)
    for each in GRADES:
        fill(house, house.named[each], grade, each)

    for each in GRADES:
        offered = each.replace('"', '""')  # as the menu of filters writes it
        assert found(house, f'field:"grade={offered}"') == {each}, each
        assert found(house, f'-field:"grade={offered}"') == {*GRADES} - {each}, each
    assert found(house, "grade:a+") == {"A+"}
    assert found(house, "grade:CAFÉ") == {"Café"}


def test_a_choice_that_is_none_any_more_is_found_where_it_still_stands() -> None:
    house = _house_of("C#", "C")
    language = define(house, "Language", "one_of", choices=("C#", "C"))
    for each in ("C#", "C"):
        fill(house, house.named[each], language, each)
    fields.choose_among(language, ["c", "Rust"], by=house.ana, at=NOW)

    assert found(house, "language:c#") == {"C#"}
    assert found(house, "language:C") == {"C"}


TEXTS = (
    "c",
    "C#",
    "C++",
    "★",
    "★★★",
    "Rosé",
    "rose",
    "ROSÉ",
    "ro-se",
    "Größe",
    "GRÖSSE",
    "5 %",
    "5",
)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("c", {"c"}),
        ("c#", {"C#"}),
        ("c++", {"C++"}),
        ("★", {"★"}),
        ("★★★", {"★★★"}),
        ("★★", set()),
        ("rose", {"Rosé", "rose", "ROSÉ"}),
        ("rosé", {"Rosé", "rose", "ROSÉ"}),
        ("ro-se", {"ro-se"}),
        ("grosse", {"Größe", "GRÖSSE"}),
        ("5", {"5"}),
        ("5 %", {"5 %"}),
    ],
)
def test_text_is_found_but_for_capitals_and_accents_alone(asked: str, wanted: set[str]) -> None:
    house = _house_of(*TEXTS)
    code = define(house, "Code")
    for each in TEXTS:
        fill(house, house.named[each], code, each)

    assert found(house, f'field:"code={asked}"') == wanted


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("c*", {"c", "C#", "C++"}),
        ("c+*", {"C++"}),
        ("c#*", {"C#"}),
        ("★*", {"★", "★★★"}),
        ("★★*", {"★★★"}),
        ("#*", set()),
        ("ros*", {"Rosé", "rose", "ROSÉ"}),
        ("rosé*", {"Rosé", "rose", "ROSÉ"}),
        ("ro *", {"Rosé", "rose", "ROSÉ", "ro-se"}),
        ("ro-*", {"ro-se"}),
        ("gröss*", {"Größe", "GRÖSSE"}),
        ("5*", {"5", "5 %"}),
        ("5 %*", {"5 %"}),
    ],
)
def test_a_beginning_tells_signs_apart_as_the_whole_does(asked: str, wanted: set[str]) -> None:
    house = _house_of(*TEXTS)
    code = define(house, "Code")
    for each in TEXTS:
        fill(house, house.named[each], code, each)

    assert found(house, f'field:"code={asked}"') == wanted


def test_a_struck_sign_and_a_syllable_do_not_begin_with_their_parts() -> None:
    house = _house_of("≠ 5", "= 5", "한", "하")
    code = define(house, "Code")
    for each in house.named:
        fill(house, house.named[each], code, each)

    assert found(house, 'field:"code==*"') == {"= 5"}
    assert found(house, "code:하*") == {"하"}


def test_what_was_stored_in_parts_begins_as_what_it_shows() -> None:
    parts = ("=\u0338 5", "= 5", "=", "하\u11ab", "하\u0301\u11ab", "하나", "re\u0301", "x")
    house = _house_of(*parts)
    code = define(house, "Code")
    for each in parts:
        fill(house, house.named[each], code, each)
        ConversationValue.objects.filter(conversation=house.named[each]).update(text=each)

    assert found(house, 'field:"code==*"') == {"= 5", "="}
    assert found(house, 'field:"code=≠*"') == {"=\u0338 5"}
    assert found(house, "code:하*") == {"하나"}
    assert found(house, "code:한*") == {"하\u11ab", "하\u0301\u11ab"}
    assert found(house, "code:re*") == found(house, "code:ré*") == {"re\u0301"}


def test_text_is_stored_as_one_however_it_is_typed() -> None:
    house = _house_of("=\u0338 5", "≠ 5")
    code = define(house, "Code")
    for each in house.named:
        fill(house, house.named[each], code, each)

    assert set(ConversationValue.objects.values_list("text", flat=True)) == {"≠ 5"}
    for asked in ("≠ 5", "=\u0338*"):
        assert found(house, f'field:"code={asked}"') == {*house.named}


def test_a_beginning_for_which_too_many_are_looked_at_stops_and_says_so(monkeypatch) -> None:
    house = _house_of("#1", "#2", "b", "c")
    code = define(house, "Code")
    for each in house.named:
        fill(house, house.named[each], code, each)
    monkeypatch.setattr(own, "_MOST_LOOKED_AT", 2)

    assert found(house, "code:#*") == {"#1", "#2"}

    fill(house, house.named["#1"], code, "d")
    stopped = finding.find(finding.read("code:#*", at=NOW), by=house.ben)

    assert stopped.hits == [] and stopped.stopped


def test_a_beginning_of_more_than_one_query_takes_stops_and_says_so(monkeypatch) -> None:
    house = _house_of("Äpfel", "Ärger", "Ähre", "-Äpfel", "-Apfel", "-arg")
    code = define(house, "Code")
    for each in house.named:
        fill(house, house.named[each], code, each)
    monkeypatch.setattr(own, "_MOST_TEXTS", 2)

    few, many = (finding.find(finding.read(text, at=NOW), by=house.ben)
                 for text in ("-code:ar*", "-code:a*"))  # fmt: skip

    assert len(few.hits) == 5 and not few.stopped
    assert many.hits == [] and many.stopped


def test_a_quotation_mark_counts_for_who_asks_for_it() -> None:
    house = _house_of('12"', "12", '12" x 3', 'say "hi"')
    size = define(house, "Size")
    for each in house.named:
        fill(house, house.named[each], size, each)

    assert found(house, "size:12") == {'12"', "12"}
    assert found(house, 'size:12"') == found(house, 'field:"size=12"""') == {'12"'}
    assert found(house, "size:12*") == {'12"', "12", '12" x 3'}
    assert found(house, 'field:"size=12""*"') == {'12"', '12" x 3'}
    assert found(house, 'size:"say hi"') == found(house, 'size:"say ""hi"""') == {'say "hi"'}


def test_a_long_choice_of_a_long_name_finds_what_has_it() -> None:
    house = _house_of("one", "other")
    name = "What is to be written on the inside of the ring, if anything"
    ring = define(house, name, "one_of", choices=(LONG, f"{LONG}."))
    fill(house, house.named["one"], ring, LONG)
    fill(house, house.named["other"], ring, f"{LONG}.")

    assert found(house, f'field:"{name}={LONG}"') == {"one"}
    assert found(house, f'field:"{name}={LONG}."') == {"other"}


def test_links_and_what_differs_far_behind_are_told_apart() -> None:
    long = "https://shop.example/" + "a" * 60
    links = ("shop.example/a-b", "shop.example/a?b", f"{long}/1", f"{long}/2")
    house = _house_of(*links)
    link, text = define(house, "Link", "link"), define(house, "Über", "text")
    for each in links:
        fill(house, house.named[each], link, each)
        fill(house, house.named[each], text, "ü" * 90 + each[-1])

    for each in links:
        assert found(house, f'field:"link={each}"') == {each}
        assert found(house, f'field:"link={each}*"') == {each}
    assert found(house, f"field:über={'ü' * 90}1") == {links[2]}


def test_signs_tell_apart_what_stands_for_people_and_organisations() -> None:
    house = _house_of("A", "A+")
    tier, rank = (define(house, name, about=name) for name in ("person", "organisation"))
    for each in ("A", "A+"):
        person = house.named[each].person
        mill = belonging.name_organisation(f"Mill {each}", by=house.ana, at=NOW)
        belonging.belong_to(person, mill, by=house.ana, at=NOW)
        filling.set_value(person, tier, each, by=house.ana, at=NOW)
        filling.set_value(mill, rank, each, by=house.ana, at=NOW)

    for each in ("A", "A+"):
        assert found(house, f"field:person={each}") == {each}
        assert found(house, f"field:organisation={each}") == {each}


@pytest.mark.parametrize(
    "text", ["field:code=a field:code=%", "field:code=' OR 1=1", "code:\\", "code:☠"]
)
def test_signs_of_any_kind_find_nothing_and_break_nothing(text: str) -> None:
    house = _house_of("a")
    fill(house, house.named["a"], define(house, "Code"), "a")

    assert finding.find(finding.read(text, at=NOW), by=house.ben).hits == []


def test_bare_keeps_signs_and_drops_capitals_and_accents() -> None:
    assert bare("  Über-Größe!  Ⅳ ") == "uber-grosse! ⅳ"
    assert bare("a ≠ b") != bare("a = b")
    assert len({bare('12"'), bare("12"), bare("12'")}) == 3
