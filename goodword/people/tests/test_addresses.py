"""One person, many addresses; one address, several people, and one of them for new mail."""

from datetime import timedelta

import pytest

from goodword.accounts.rights import MayNot
from goodword.desk import checking
from goodword.desk.keeping import owing
from goodword.desk.persons import merging, seeing
from goodword.people import holding, queries
from goodword.people.models import Holding
from goodword.promises.queries import owed_reply
from tests.factories import MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture
def grace(house):
    return receive(house).person


@pytest.fixture
def tom(house):
    return receive(house, sender="tom@x.example", name="Tom").person


def add(person, value, house, **more):
    return holding.add_address(person, value, by=house.ben, at=LATER, **more)


def test_new_mail_from_an_added_address_is_theirs(house, grace):
    add(grace, " Grace@Home.example ", house, label="home")

    assert receive(house, sender="grace@home.example").person == grace
    assert [each.label for each in queries.holdings_of(grace)] == ["", "home"]


def test_an_address_of_another_stays_theirs_for_new_mail_until_somebody_says_so(house, grace, tom):
    held = add(grace, "tom@x.example", house)
    assert not held.primary
    assert receive(house, sender="tom@x.example").person == tom
    address = held.address
    assert [each.person for each in queries.other_holders(address, grace)] == [tom]

    holding.become_primary(held, by=house.ben, at=LATER)

    assert receive(house, sender="tom@x.example").person == grace
    assert Holding.objects.filter(address=address, primary=True).count() == 1
    assert checking.violations() == []


def test_what_is_taken_away_is_the_next_holders(house, grace, tom):
    add(grace, "tom@x.example", house)
    toms = tom.holdings.get()
    holding.take_away(toms, by=house.ben, at=LATER)

    assert receive(house, sender="tom@x.example").person == grace
    assert not queries.addresses_of(tom).exists()
    with pytest.raises(holding.NotHeld):
        holding.take_away(toms, by=house.ben, at=LATER)
    with pytest.raises(holding.NotHeld):
        holding.prefer(toms, by=house.ben, at=LATER)
    assert checking.violations() == []


def test_what_both_of_two_merged_held_is_taken_away_from_both(house, grace, tom):
    add(grace, "tom@x.example", house)
    merging.merge(tom, grace, by=house.ben, at=LATER)
    graces = queries.holdings_of(grace).get(address__value="tom@x.example")
    holding.take_away(graces, by=house.ben, at=LATER)

    assert [each.address.value for each in queries.holdings_of(grace)] == ["grace@whitlow.example"]
    assert queries.standing(receive(house, sender="tom@x.example").person) != grace
    assert checking.violations() == []


def test_what_both_held_and_is_given_back_is_of_who_stands(house, grace, tom):
    add(grace, "tom@x.example", house)
    merged = merging.merge(tom, grace, by=house.ben, at=LATER)
    graces = queries.holdings_of(grace).get(address__value="tom@x.example")
    holding.take_away(graces, by=house.ben, at=LATER)

    assert add(grace, "tom@x.example", house) == graces
    merging.take_apart(merged, by=house.ben, at=LATER)
    assert "tom@x.example" in [each.value for each in queries.addresses_of(grace)]


def test_what_nobody_holds_any_more_brings_somebody_new(house, grace):
    holding.take_away(grace.holdings.get(), by=house.ben, at=LATER)

    new = receive(house).person

    assert new != grace
    assert queries.only_holder(new.holdings.get().address) == new
    again = add(grace, "grace@whitlow.example", house)
    assert not again.primary
    assert checking.violations() == []


def test_taken_away_and_given_back_it_is_one_holding(house, grace):
    held = add(grace, "g@home.example", house, label="home")
    holding.take_away(held, by=house.ben, at=LATER)
    back = add(grace, "g@home.example", house)

    assert back.pk == held.pk
    assert (back.until, back.primary, back.label) == (None, True, "")
    with pytest.raises(holding.HeldAlready):
        add(grace, "G@home.example", house)


def test_one_address_is_preferred(house, grace):
    first, second = grace.holdings.get(), add(grace, "g@home.example", house)
    holding.prefer(second, by=house.ben, at=LATER)
    assert list(queries.holdings_of(grace)) == [second, first]

    holding.take_away(second, by=house.ben, at=LATER)
    assert queries.holdings_of(grace).get().preferred


def test_an_answer_to_an_added_address_keeps_the_promise_and_to_one_taken_away_does_not(
    house, grace
):
    held = add(grace, "g@home.example", house)
    conversation = grace.conversations.get()
    holding.take_away(held, by=house.ben, at=LATER)
    reply(conversation, house.ben, to=["g@home.example"], at=LATER + timedelta(hours=1))
    deliver(at=LATER + timedelta(hours=2))
    assert owed_reply(conversation) is not None

    add(grace, "g@home.example", house)
    message = reply(conversation, house.ben, to=["g@home.example"], at=LATER + timedelta(hours=3))
    deliver(at=LATER + timedelta(hours=4))
    assert owing.reaches_the_owed(message)
    assert owed_reply(conversation) is None


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "no address"), ("email", ""), ("phone", "  "), ("postal", "\x00")]
)
def test_what_is_no_address_is_refused(house, grace, kind, value):
    with pytest.raises(holding.NotAnAddress):
        add(grace, value, house, kind=kind)


def test_who_is_light_changes_no_address(house, grace):
    held = grace.holdings.get()
    by = {"by": house.lou, "at": LATER}
    for act in (
        lambda: holding.add_address(grace, "g@home.example", **by),
        lambda: holding.label(held, "work", **by),
        lambda: holding.prefer(held, **by),
        lambda: holding.become_primary(held, **by),
        lambda: holding.take_away(held, **by),
    ):
        with pytest.raises(MayNot):
            act()


def test_somebody_is_found_by_each_address_as_long_as_they_hold_it(house, grace):
    def found(words):
        entries = seeing.directory(house.ben, words=words).entries
        return [each.person for each in entries]

    held = add(grace, "fabric@home.example", house)
    assert found("fabric") == found("FABRIC@home") == found("grace whit") == [grace]
    holding.take_away(held, by=house.ben, at=LATER)
    assert found("fabric") == []
