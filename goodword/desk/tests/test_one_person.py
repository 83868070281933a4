"""Two that are one: who may decide it, what is shown as one, and how it is taken apart again."""

from datetime import timedelta

import pytest

from goodword.desk import checking
from goodword.desk.persons import merging, page, seeing
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + timedelta(hours=1)


@pytest.fixture
def grace(house):
    return receive(house, sender="grace@whitlow.example", name="Grace").person


@pytest.fixture
def other(house):
    return receive(house, sender="grace@home.example", name="").person


def test_two_that_are_one_have_one_page_with_all_that_was_said(house, grace, other):
    merging.merge(other, grace, by=house.ben, at=LATER)

    assert seeing.found(house.ben, other.public_id) == grace
    known = page.about(grace, house.ben)
    assert [each.address.value for each in known.holdings] == [
        "grace@whitlow.example",
        "grace@home.example",
    ]
    said, after = page.conversations_of(grace, house.ben)
    assert (len(said), after) == (2, 0)
    assert len(known.owed) == 2
    assert checking.violations() == []
