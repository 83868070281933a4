"""What asking for the plan costs those who ask often, or in haste."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodword.accounts.models import Business
from goodword.plan import actions as plan
from goodword.plan import public_holidays, queries
from tests.factories import HOUR, MONDAY_NOON

pytestmark = pytest.mark.django_db


def test_for_many_things_together_the_plan_is_asked_once_and_stays_what_it_was(
    house: SimpleNamespace,
):
    plan.set_target(first_minutes=60, next_minutes=60, by=house.ana, at=MONDAY_NOON)
    with queries.asked_once():
        before = queries.current()
        with CaptureQueriesContext(connection) as asked:
            assert queries.current() is before
        assert len(asked) == 0
        plan.set_target(first_minutes=90, next_minutes=90, by=house.ana, at=MONDAY_NOON + HOUR)
        assert queries.current() is before
    assert queries.current() != before


def test_what_fails_among_them_ends_it_too(house: SimpleNamespace):
    with pytest.raises(ZeroDivisionError), queries.asked_once():
        before = queries.current()
        raise ZeroDivisionError
    assert queries.current() is not before


def test_made_ready_the_first_answer_owed_waits_for_no_holidays(house: SimpleNamespace):
    business = Business.objects.get()
    assert business.country == "DE"
    plan.found_calendar(business, at=MONDAY_NOON)
    public_holidays.of_year.cache_clear()
    queries.make_ready(at=MONDAY_NOON)
    looked_up = public_holidays.of_year.cache_info().misses
    assert looked_up == 1
    queries.current().answer_due(
        house.hello.pk, first=True, kind_id=None, urgent=False, since=MONDAY_NOON
    )
    assert public_holidays.of_year.cache_info().misses == looked_up
