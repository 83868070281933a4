"""The sweep that reminds: crashes, clocks, poison, and nobody told who may not see it."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.desk import handling, staffing
from goodword.desk.keeping import promising, reminding
from goodword.desk.tests.reminded import (
    DUE,
    away,
    duty,
    hand_on,
    opens,
    steps_of,
    sweep,
    told,
)
from goodword.notices.models import Notice
from goodword.people import actions as people
from goodword.plan import actions as plan_actions
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply, visible_to
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
SOON, LATE = DUE - HOUR, DUE + HOUR


@pytest.fixture
def owed(house):
    """Ben owes Grace an answer by Tuesday noon."""
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)
    hand_on(at=MONDAY_NOON)
    Notice.objects.all().delete()  # that it was handed to him
    return owed_reply(conversation)


# Crashes, poison, and rights


def test_a_sweep_that_dies_after_the_claim_is_followed_by_another_once_its_lease_has_ended(
    house, owed
):
    _lease, keys = reminding._claim(at=SOON, most=50)  # and there the process was killed
    assert keys == [owed.pk]

    sweep(SOON + MINUTE)
    assert told() == {}
    sweep(SOON + reminding.LEASE + MINUTE)
    assert told() == {"Ben": "due_soon"}


def test_a_clock_that_was_far_ahead_and_was_set_right_holds_nothing_back(house, owed):
    Promise.objects.update(leased_until=MONDAY_NOON + 300 * DAY)
    sweep(SOON)
    assert told() == {"Ben": "due_soon"}


def test_who_lost_its_claim_tells_nothing(house, owed):
    lost, _keys = reminding._claim(at=SOON, most=50)
    later = SOON + reminding.LEASE + MINUTE
    _lease, keys = reminding._claim(at=later, most=50)
    assert keys == [owed.pk]

    reminding._look(owed.pk, lease=lost, here=reminding.whom.house(at=SOON))
    assert told() == {}
    assert "reminded" not in steps_of(owed)


def test_one_that_cannot_be_looked_at_holds_up_no_other(house, owed, monkeypatch, caplog):
    other = owed_reply(receive(house, subject="Another", at=MONDAY_NOON + MINUTE).conversation)
    real = reminding._climb

    def fails(promise, **kw):
        if promise.pk == owed.pk:
            raise RuntimeError("a bug")
        real(promise, **kw)

    monkeypatch.setattr(reminding, "_climb", fails)
    assert reminding.remind_due(at=SOON + MINUTE) == 2
    assert told(other) and not told(owed)
    assert "could not be looked at" in caplog.text

    monkeypatch.setattr(reminding, "_climb", real)
    sweep(SOON + reminding.LEASE + 2 * MINUTE)
    assert told(owed) == {"Ben": "due_soon"}


def test_nobody_is_told_who_may_not_see_the_inbox(house, owed):
    opens(house)
    duty(house, house.carl, 1, (0, 24))  # of another team: a mistake in the plan
    away(house, house.ben, stand_in=house.carl)
    for moment in (SOON, DUE, LATE):
        sweep(moment)
    assert "Carl" not in told()
    assert "Lou" not in told()


def test_who_leaves_the_team_keeps_no_notice_of_what_they_see_no_more(house, owed):
    theirs = owed_reply(receive(house, inbox=house.repairs, to="repairs@shop.example").conversation)
    sweep(LATE)
    assert set(told(owed)) == {"Ben", "Lea"}
    members = [house.ben, house.lou]
    staffing.change_team(house.front, name="Front", members=members, by=house.ana, at=LATE)
    hand_on(at=LATE)

    assert set(told(owed)) == {"Ben"}
    assert set(told(theirs)) == {"Carl", "Ana"}


def test_a_batch_costs_as_many_claims_as_one(house, owed, django_assert_max_num_queries):
    for number in range(9):
        receive(house, subject=f"Order {number}", at=MONDAY_NOON - MINUTE)
    with django_assert_max_num_queries(3):
        _lease, keys = reminding._claim(at=SOON, most=50)
    assert len(keys) == 10


def _given(house, *, by, direction="to_ourselves", what="Talk to the landlord"):
    due = plan.current().moment_due(DUE, zone="Europe/Berlin")
    person = people.meet("grace@whitlow.example", name="Grace", at=MONDAY_NOON)[0]
    return promising.give(
        what=what, due=due, inbox=None, person=person, direction=direction, by=by, at=MONDAY_NOON
    )


def test_what_one_owes_outside_of_any_inbox_is_told_to_nobody_who_may_not_see_it(house):
    plan_actions.be_absent(
        house.ben, since=SOON, until=DUE + DAY, stand_in=house.lea, by=house.ana, at=MONDAY_NOON
    )
    promise = _given(house, by=house.ben, direction="ours")
    sweep(LATE + HOUR)
    assert told(promise).keys() == {"Ben", "Ana"}
    for who in ("ben", "ana"):
        assert visible_to(getattr(house, who)).filter(pk=promise.pk).exists()


def test_who_waits_for_their_word_sees_it_without_an_inbox_and_nobody_else(house):
    promise = _given(house, by=house.ben, direction="theirs")
    assert list(visible_to(house.ben)) == list(visible_to(house.ana)) == [promise]
    assert not visible_to(house.lea).exists()


def test_a_team_sees_what_was_handed_to_it_without_an_inbox(house):
    promise = _given(house, by=house.ben, direction="ours")
    promising.hand_over(promise, to=house.workshop, by=house.ben, at=MONDAY_NOON)
    assert list(visible_to(house.carl)) == [promise]
    assert not visible_to(house.lea).exists()
    sweep(LATE)
    hand_on(at=LATE)
    assert "Carl" in told(promise)

    accounts.change_team(
        house.workshop, name="Workshop", members=[house.lea], by=house.ana, at=LATE
    )
    hand_on(at=LATE)
    assert "Carl" not in told(promise)
