"""The people one may see: in order, by pages, found by words; never those of another inbox."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodword.desk.persons import merging, page, seeing
from goodword.people import actions as people
from goodword.people import belonging, noting
from goodword.people.models import Person
from goodword.plan.service_plan import Due
from goodword.promises import actions as promises
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["few", "many"])
def regime(request, monkeypatch):
    """A desk's people are gathered first or looked up one by one: both find the same."""
    monkeypatch.setattr(seeing, "_FEW", {"few": 2000, "many": 0}[request.param])


@pytest.fixture
def desk(house, regime):
    for number, (name, address, inbox) in enumerate(
        [
            ("Zoë Ábel", "zoe@mill.example", house.hello),
            ("ana berg", "ana@x.example", house.hello),
            ("Bo Aberg", "bo@gmail.com", house.repairs),
            ("", "carl.smith@y.example", house.hello),
            ("李小龙", "bruce@z.example", house.hello),
        ]
    ):
        receive(house, sender=address, name=name, inbox=inbox, at=MONDAY_NOON + number * MINUTE)
    return house


def _queries_of(act):
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def names(found):
    return [entry.person.name or entry.address for entry in found.entries]


def test_by_name_case_and_accents_make_no_difference(desk):
    assert names(seeing.directory(desk.ben)) == [
        "ana berg", "carl.smith@y.example", "Zoë Ábel", "李小龙",
    ]  # fmt: skip
    assert "Bo Aberg" in names(seeing.directory(desk.ana))


def test_by_newest_who_wrote_last_comes_first(desk):
    receive(desk, sender="ana@x.example", at=MONDAY_NOON + 9 * MINUTE)

    found = seeing.directory(desk.ben, order="newest")

    assert names(found) == ["ana berg", "李小龙", "carl.smith@y.example", "Zoë Ábel"]
    assert found.entries[0].newest == MONDAY_NOON + 9 * MINUTE


@pytest.mark.parametrize("order", ["name", "newest"])
def test_page_by_page_everybody_comes_once(desk, order):
    receive(desk, sender="ana@x.example", at=MONDAY_NOON + 9 * MINUTE)
    whole, after = names(seeing.directory(desk.ana, order=order)), ""
    seen = []
    for _page in range(5):
        found = seeing.directory(desk.ana, order=order, after=after, most=2)
        seen += names(found)
        after = found.after
        if not after:
            break

    assert seen == whole
    assert len(whole) == len(set(whole)) == 5


@pytest.mark.parametrize("order", ["name", "newest"])
def test_two_that_are_one_stand_there_once_in_either_order(desk, order):
    zoe = Person.objects.get(name="Zoë Ábel")
    merging.merge(Person.objects.get(name="ana berg"), zoe, by=desk.ana, at=MONDAY_NOON)

    found = names(seeing.directory(desk.ben, order=order))

    assert sorted(found) == sorted(["carl.smith@y.example", "Zoë Ábel", "李小龙"])
    assert names(seeing.directory(desk.ben, words="berg")) == ["Zoë Ábel"]
    assert seeing.directory(desk.ben, order="newest").entries[-1].newest == MONDAY_NOON + MINUTE


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("zoe", ["Zoë Ábel"]),
        ("ABEL zo", ["Zoë Ábel"]),
        ("aber", []),
        ("a", ["ana berg", "Zoë Ábel"]),
        ("smith", ["carl.smith@y.example"]),
        ("carl.smith@y", ["carl.smith@y.example"]),
        ("bo@gmail.com", []),
        ("小龙", ["李小龙"]),
        ("%", []),
        ("_", []),
        ("'; --", []),
        ("@", []),
        ("\x00", None),
    ],
)
def test_found_by_how_each_word_begins(desk, words, expected):
    found = names(seeing.directory(desk.ben, words=words))

    assert expected is None or found == expected


def test_found_by_their_organisation_and_by_its_domain(desk):
    mill = belonging.name_organisation("The Old Mill", by=desk.ben, at=MONDAY_NOON)
    belonging.have_domains(mill, ["mill.example"], by=desk.ben, at=MONDAY_NOON)
    for name in ("Zoë Ábel", "Bo Aberg"):
        person = Person.objects.get(name=name)
        belonging.belong_to(person, mill, by=desk.ana, at=MONDAY_NOON)

    for asked in ({"words": "old mill"}, {"words": "@mill.example"}, {"organisation": mill}):
        assert names(seeing.directory(desk.ben, **asked)) == ["Zoë Ábel"]
        assert names(seeing.directory(desk.ana, **asked)) == ["Bo Aberg", "Zoë Ábel"]
    assert list(seeing.organisations_seen_by(desk.ben)) == [mill]
    belonging.leave(Person.objects.get(name="Zoë Ábel"), by=desk.ana, at=MONDAY_NOON)
    assert list(seeing.organisations_seen_by(desk.ben)) == []
    assert list(seeing.organisations_seen_by(desk.ana)) == [mill]


def test_nobody_sees_the_people_of_another_inbox(desk):
    hidden = Person.objects.get(name="Bo Aberg")
    for by in (desk.ben, desk.lea, desk.lou):
        assert "Bo Aberg" not in names(seeing.directory(by))
        assert "Bo Aberg" not in names(seeing.directory(by, order="newest"))
        assert seeing.found(by, hidden.public_id) is None
    assert names(seeing.directory(desk.carl)) == ["Bo Aberg"]
    assert seeing.found(desk.carl, hidden.public_id) == hidden
    assert seeing.found(desk.ana, "nobody") is None


def test_who_left_sees_nobody(desk):
    zoe = Person.objects.get(name="Zoë Ábel")
    for by in (desk.ben, desk.ana):
        by.is_active = False
        assert names(seeing.directory(by)) == names(seeing.directory(by, order="newest")) == []
        assert seeing.found(by, zoe.public_id) is None


def test_whom_one_promised_something_outside_of_any_conversation_is_seen_too(desk):
    person, _address = people.meet("new@x.example", name="Nina", at=MONDAY_NOON)
    assert seeing.found(desk.ben, person.public_id) is None
    promises.make(
        kind="call", owner=desk.ben, due=Due(MONDAY_NOON, "moment", "UTC"), person=person,
        what="Call her", by=desk.ben, at=MONDAY_NOON,
    )  # fmt: skip

    assert seeing.found(desk.ben, person.public_id) == person
    assert "Nina" in names(seeing.directory(desk.ben))
    assert seeing.found(desk.carl, person.public_id) is None


def test_a_person_costs_the_same_whatever_is_known_of_them(desk):
    zoe = Person.objects.get(name="Zoë Ábel")

    def asked():
        known = page.about(seeing.found(desk.ben, zoe.public_id), desk.ben)
        rows, _after = page.conversations_of(zoe, desk.ben)
        seeing.directory(desk.ben)
        seeing.directory(desk.ben, order="newest")
        return [each.by.name for each in known.notes], [each.inbox.name for each in rows]

    before = _queries_of(asked)
    for number in range(4):
        receive(desk, sender="zoe@mill.example", at=MONDAY_NOON + timedelta(hours=number + 1))
        receive(desk, sender=f"more{number}@x.example")
        noting.write(zoe, "Calls on Mondays.", by=desk.ben, at=MONDAY_NOON)
    for name in ("ana berg", "李小龙"):
        merging.merge(Person.objects.get(name=name), zoe, by=desk.ana, at=MONDAY_NOON)
    assert _queries_of(asked) == before
