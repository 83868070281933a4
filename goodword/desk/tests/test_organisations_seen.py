"""Nobody renames, forgets or gives domains to an organisation for the people of another inbox."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.desk.persons import merging, organisations
from goodword.people import belonging
from goodword.people.models import Organisation
from tests.factories import HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


@pytest.fixture
def mill(house):
    return belonging.name_organisation("Mill", by=house.ana, at=MONDAY_NOON)


def belongs(house, mill, sender, inbox=None):
    person = receive(house, sender=sender, inbox=inbox or house.hello).person
    belonging.belong_to(person, mill, by=house.ana, at=MONDAY_NOON)
    return person


def test_who_sees_all_who_belong_to_it_renames_and_forgets(house, mill):
    grace = belongs(house, mill, "grace@x.example")
    organisations.rename(mill, "Mill & Sons", by=house.ben, at=LATER)
    assert Organisation.objects.get().name == "Mill & Sons"

    organisations.forget(mill, by=house.lea, at=LATER)
    grace.refresh_from_db()
    assert grace.organisation is None


def test_one_unseen_is_enough_to_leave_it_to_an_owner(house, mill):
    belongs(house, mill, "grace@x.example")
    hidden = belongs(house, mill, "hidden@x.example", inbox=house.repairs)
    for by in (house.ben, house.lea):
        with pytest.raises(organisations.SeenInPart):
            organisations.rename(mill, "Ours", by=by, at=LATER)
        with pytest.raises(organisations.SeenInPart):
            organisations.have_domains(mill, ["stranger.example"], by=by, at=LATER)
    with pytest.raises(organisations.SeenInPart):
        organisations.forget(mill, by=house.lea, at=LATER)
    assert not mill.domains.exists()
    hidden.refresh_from_db()
    assert hidden.organisation is not None
    assert hidden.organisation.name == "Mill"

    organisations.rename(mill, "Mill & Sons", by=house.ana, at=LATER)
    organisations.have_domains(mill, ["mill.example"], by=house.ana, at=LATER)
    organisations.forget(mill, by=house.ana, at=LATER)
    assert not Organisation.objects.exists()


def test_two_of_whom_one_leads_to_the_other_are_one(house, mill):
    grace = belongs(house, mill, "grace@x.example")
    merging.merge(belongs(house, mill, "home@x.example"), grace, by=house.ana, at=MONDAY_NOON)
    assert organisations.sees_whole(mill, house.lea)


def test_whose_role_does_not_let_them_still_may_not(house, mill):
    with pytest.raises(MayNot):
        organisations.rename(mill, "Ours", by=house.lou, at=LATER)
    for by in (house.ben, house.lou):
        with pytest.raises(MayNot):
            organisations.forget(mill, by=by, at=LATER)
