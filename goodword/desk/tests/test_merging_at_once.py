"""While two are made one or come apart, somebody else merges them on: what is seen is asked again
once nobody can.
"""

import pytest

from goodword.desk import checking
from goodword.desk.persons import merging
from goodword.people import merging as rows
from goodword.people.models import Merged, Person
from tests.factories import HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


@pytest.fixture
def people(house):
    """Grace and Gracie, whom Ben sees, and one whom he doesn't."""
    grace, gracie = (
        receive(house, sender=f"{name}@whitlow.example").person for name in ("grace", "gracie")
    )
    return grace, gracie, receive(house, sender="hid@x.example", inbox=house.repairs).person


@pytest.fixture
def quicker(monkeypatch):
    """Let something be done while the next one waits for the rows."""
    lock = rows.lock

    def be_quicker(act):
        def done_meanwhile(*persons):
            monkeypatch.setattr(rows, "lock", lock)
            act()
            return rows.lock(*persons)

        monkeypatch.setattr(rows, "lock", done_meanwhile)

    return be_quicker


def test_who_was_merged_with_somebody_unseen_just_now_is_not_merged(house, people, quicker):
    grace, gracie, hidden = people
    quicker(lambda: merging.merge(hidden, gracie, by=house.ana, at=LATER))

    with pytest.raises(merging.CannotMerge):
        merging.merge(gracie, grace, by=house.ben, at=LATER)

    assert Person.objects.get(pk=gracie.pk).redirect_to is None
    assert checking.violations() == []


def test_nor_into_somebody_who_leads_on_just_now(house, people, quicker):
    grace, gracie, hidden = people
    quicker(lambda: merging.merge(grace, hidden, by=house.ana, at=LATER))

    with pytest.raises(merging.CannotMerge):
        merging.merge(gracie, grace, by=house.ben, at=LATER)

    assert Person.objects.get(pk=gracie.pk).redirect_to is None


def test_nor_taken_apart_from_them(house, people, quicker):
    grace, gracie, hidden = people
    merged = merging.merge(gracie, grace, by=house.ben, at=LATER)
    quicker(lambda: merging.merge(hidden, grace, by=house.ana, at=LATER))

    with pytest.raises(merging.CannotMerge):
        merging.take_apart(merged, by=house.ben, at=LATER)

    assert Merged.objects.get(pk=merged.pk).undone_at is None
    assert checking.violations() == []
