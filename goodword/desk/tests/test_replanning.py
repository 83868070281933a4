"""A changed calendar makes open promises due anew, and never earlier than was told."""

from datetime import UTC, date, datetime

import pytest

from goodword.accounts.queries import business
from goodword.desk import checking, handling
from goodword.desk.keeping import promising, replanning
from goodword.events import actions as events
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from goodword.promises.queries import owed_reply
from tests.factories import HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar(house):
    made = plans.found_calendar(business(), by=house.ana, at=MONDAY_NOON)
    plans.set_target(
        inbox=house.hello, first_minutes=8 * 60, next_minutes=240, by=house.ana, at=MONDAY_NOON
    )
    return made


def close(house, calendar, first, last):
    return plans.close_days(
        calendar, first_day=first, last_day=last, text="", by=house.ana, at=MONDAY_NOON
    )


def replan(at=MONDAY_NOON + HOUR):
    while events.hand_on(at=at):
        pass
    return replanning.recompute(at=at)


def test_a_closure_makes_an_answer_in_working_hours_later_and_its_end_does_not_hurry_it(
    house, calendar
):
    conversation = receive(house).conversation
    tuesday_one = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)  # 13:00 in Berlin, eight hours on
    assert owed_reply(conversation).due_at == tuesday_one

    closure = close(house, calendar, date(2026, 11, 17), date(2026, 11, 20))
    replanning.recompute(at=MONDAY_NOON + HOUR)
    promise = owed_reply(conversation)
    assert promise.due_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert [each.kind for each in promise.steps.order_by("id")] == ["made", "recomputed"]

    plans.open_again(closure, by=house.ana, at=MONDAY_NOON + HOUR)
    replanning.recompute(at=MONDAY_NOON + 2 * HOUR)
    assert owed_reply(conversation).due_at == tuesday_one
    assert checking.violations() == []


def test_it_is_never_earlier_than_was_told(house, calendar):
    conversation = receive(house).conversation
    plans.change_calendar(
        calendar,
        name=calendar.name,
        zone=calendar.zone,
        country=calendar.country,
        periods=[(weekday, 0, 24 * 60) for weekday in range(7)],
        by=house.ana,
        at=MONDAY_NOON,
    )
    assert replanning.recompute(at=MONDAY_NOON + HOUR) == 0
    assert owed_reply(conversation).due_at == datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


def test_what_was_said_to_the_moment_stays(house, calendar):
    conversation = receive(house).conversation
    due = plan.current().moment_due(datetime(2026, 11, 18, 10, 0, tzinfo=UTC), zone="UTC")
    promise = promising.track(conversation, what="call", due=due, by=house.ben, at=MONDAY_NOON)
    close(house, calendar, date(2026, 11, 17), date(2026, 11, 20))
    replan()
    promise.refresh_from_db()
    assert promise.due_at == due.at


def test_the_change_itself_is_what_sets_it_off(house, calendar):
    conversation = receive(house).conversation
    close(house, calendar, date(2026, 11, 17), date(2026, 11, 20))
    while events.hand_on(at=datetime.now(UTC)):
        pass
    assert owed_reply(conversation).due_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_what_was_hastened_is_not_put_back_to_what_was_told(house, calendar):
    plans.set_target(
        urgent=True, inbox=house.hello, first_minutes=60, next_minutes=60, by=house.ana,
        at=MONDAY_NOON,
    )  # fmt: skip
    conversation = receive(house).conversation
    handling.mark_urgent(conversation, urgent=True, by=house.ben, at=MONDAY_NOON)
    assert owed_reply(conversation).due_at == MONDAY_NOON + HOUR
    close(house, calendar, date(2026, 12, 1), date(2026, 12, 2))
    assert replanning.recompute(at=MONDAY_NOON + HOUR) == 0
