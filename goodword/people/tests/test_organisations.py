"""Who belongs to which organisation, by hand and by the domain they write from; notes on people."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.events.models import Event
from goodword.people import belonging, noting, queries
from tests.factories import MONDAY_NOON as AT
from tests.factories import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def mill(house):
    made = belonging.name_organisation("Whitlow Mill", by=house.ben, at=AT)
    belonging.have_domains(made, ["@Whitlow.Example"], by=house.ben, at=AT)
    return made


def test_who_is_new_and_writes_from_its_domain_belongs_to_it(house, mill):
    grace = receive(house).person
    gmail = receive(house, sender="grace@gmail.com").person
    below = receive(house, sender="grace@sub.whitlow.example").person

    assert grace.organisation == mill
    assert (gmail.organisation, below.organisation) == (None, None)
    event = Event.objects.get(kind="people.organisation_chosen")
    assert (event.actor, event.data) == ("system:0", {"organisation_id": mill.pk})


def test_who_left_it_is_not_brought_back_by_their_next_mail(house, mill):
    grace = receive(house).person
    belonging.leave(grace, by=house.ben, at=AT)

    assert receive(house).person.organisation is None


def test_its_domains_are_its_own(house, mill):
    other = belonging.name_organisation("Other", by=house.ben, at=AT)
    for domains, refusal in (
        (["whitlow.example"], belonging.DomainTaken),
        (["gmail.com"], belonging.PublicProvider),
        (["not a domain"], belonging.NotADomain),
    ):
        with pytest.raises(refusal):
            belonging.have_domains(other, domains, by=house.ben, at=AT)
    assert not other.domains.exists()

    belonging.have_domains(mill, ["mill.example", "MILL.example.", ""], by=house.ben, at=AT)
    assert list(mill.domains.values_list("domain", flat=True)) == ["mill.example"]
    belonging.have_domains(other, ["ana@whitlow.example"], by=house.ben, at=AT)


def test_two_organisations_have_two_names(house, mill):
    with pytest.raises(belonging.NameTaken):
        belonging.name_organisation("WHITLOW mill", by=house.ben, at=AT)
    with pytest.raises(belonging.NoName):
        belonging.name_organisation(" ", by=house.ben, at=AT)

    belonging.name_organisation("Whitlow mill", organisation=mill, by=house.ben, at=AT)
    assert queries.organisations().get().name == "Whitlow mill"


def test_what_they_do_there_goes_with_the_organisation(house, mill):
    grace = receive(house, sender="grace@x.example").person
    belonging.belong_to(grace, mill, role="Buyer", by=house.ben, at=AT)
    assert (grace.organisation, grace.role) == (mill, "Buyer")

    with pytest.raises(MayNot):
        belonging.forget_organisation(mill, by=house.ben, at=AT)
    belonging.forget_organisation(mill, by=house.lea, at=AT)
    grace.refresh_from_db()
    assert (grace.organisation, grace.role) == (None, "")


def test_who_is_light_changes_no_organisation(house, mill):
    grace = receive(house).person
    by = {"by": house.lou, "at": AT}
    for act in (
        lambda: belonging.name_organisation("Mine", **by),
        lambda: belonging.have_domains(mill, [], **by),
        lambda: belonging.belong_to(grace, mill, **by),
        lambda: belonging.leave(grace, **by),
        lambda: belonging.forget_organisation(mill, **by),
    ):
        with pytest.raises(MayNot):
            act()


# Notes


def test_whoever_is_light_writes_notes_and_changes_their_own_alone(house):
    grace = receive(house).person
    note = noting.write(grace, " Likes blue.\x00 ", by=house.lou, at=AT)
    noting.edit(note, "Likes green.", by=house.lou, at=AT)
    assert [each.text for each in queries.notes_on(grace)] == ["Likes green."]

    for by in (house.ben, house.lea):
        with pytest.raises(MayNot):
            noting.edit(note, "Mine.", by=by, at=AT)
        with pytest.raises(MayNot):
            noting.delete(note, by=by, at=AT)
    with pytest.raises(noting.NothingWritten):
        noting.write(grace, " \n", by=house.lou, at=AT)
    noting.delete(note, by=house.ana, at=AT)
    assert not queries.notes_on(grace).exists()


def test_the_trail_keeps_that_there_was_a_note_and_never_what_it_said(house):
    note = noting.write(receive(house).person, "Secretly red.", by=house.ben, at=AT)
    key = note.pk
    noting.edit(note, "Secretly blue.", by=house.ben, at=AT)
    noting.delete(note, by=house.ben, at=AT)

    rows = Event.objects.filter(kind="people.note_kept").order_by("id")
    assert [row.data for row in rows] == [
        {"note_id": key, "act": act} for act in ("written", "edited", "deleted")
    ]
