"""An address that came back works again: by what they write, or since a teammate knows better."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.events.models import Event
from goodword.people import actions as people
from goodword.people.events import AddressWorks
from tests.factories import HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db


def told():
    return Event.objects.filter(kind=AddressWorks.KIND)


@pytest.fixture
def address(house):
    found = receive(house).address
    people.note_bounce(found, hard=True, words="550 unknown", at=MONDAY_NOON)
    found.refresh_from_db()
    return found


def test_who_knows_better_stands_in_the_trail_once(house, address):
    for _again in range(2):
        people.works_again(address, by=house.ben, at=MONDAY_NOON + HOUR)

    address.refresh_from_db()
    assert (address.bouncing_since, address.bounces_hard) == (None, False)
    trace = told().get()
    assert (trace.actor, trace.subject) == (f"teammate:{house.ben.pk}", f"address:{address.pk}")
    assert address.value not in str(trace.data)


def test_their_own_mail_says_so_itself(house, address):
    receive(house, at=MONDAY_NOON + HOUR)

    address.refresh_from_db()
    assert address.bouncing_since is None
    assert not told().exists()


def test_who_only_reads_knows_no_better(house, address):
    with pytest.raises(MayNot):
        people.works_again(address, by=house.lou, at=MONDAY_NOON)

    address.refresh_from_db()
    assert address.bouncing_since is not None
