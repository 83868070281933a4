"""Whoever is on duty, and the gaps: two ways to the same answer."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from goodword.plan.hours import Period, is_open
from goodword.plan.service_plan import Away, DutyRule, ServicePlan
from goodword.plan.tests.calendars import MINUTE, hours, local
from goodword.plan.tests.test_service_plan import ANA, BEN, CARL, HELLO, LEA, PLACES

START = local("2026-10-24 00:00")  # the clock is put back in the night to the 25th
WEEK = timedelta(days=7)
PEOPLE = st.sampled_from([BEN, LEA, CARL, ANA])
HOURS = st.integers(0, 23)

DUTIES = st.builds(
    lambda who, backup, day, begin, length, inbox: DutyRule(
        inbox, "", who, backup if backup != who else None, day,
        Period(begin * 60, begin * 60 + length * 60),
    ),
    PEOPLE, st.none() | PEOPLE, st.integers(0, 6), HOURS, st.integers(1, 24),
    st.sampled_from([None, HELLO]),
)  # fmt: skip
ABSENCES = st.builds(
    lambda begin, length, stand_in: Away(
        START + timedelta(hours=begin), START + timedelta(hours=begin + length), stand_in, ""
    ),
    st.integers(-24, 150), st.integers(1, 100), st.none() | PEOPLE,
)  # fmt: skip
CALENDARS = st.sampled_from(
    [
        hours(),
        hours("mon-sun 0:00-24:00"),
        hours("sat-sun 22:00-28:00", closed=(("2026-10-31",) * 2,)),
    ]
)


@settings(max_examples=20)
@given(
    CALENDARS,
    st.lists(DUTIES, max_size=8),
    st.dictionaries(PEOPLE, st.lists(ABSENCES, max_size=2).map(tuple), max_size=3),
    st.lists(st.integers(0, 7 * 24 * 60 - 1), min_size=40, max_size=40),
)
def test_a_moment_lies_in_a_gap_when_we_are_open_and_nobody_is_on_duty(
    calendar, duties, absences, minutes
):
    plan = ServicePlan({1: calendar}, 1, {}, (), tuple(duties), absences, PLACES)
    gaps = plan.gaps(HELLO, START, START + WEEK)
    for at in (START + MINUTE * each for each in minutes):
        on_duty = plan.on_duty(HELLO, "", at)
        in_a_gap = any(gap.start <= at < gap.end for gap in gaps)
        assert in_a_gap is (is_open(calendar, at) and not on_duty)
        for each in on_duty:
            assert plan.absence_of(each.teammate_id, at) is None
            assert each.teammate_id in PLACES[HELLO].answering
            assert each.teammate_id != each.backup_id
        for owner in (BEN, None):
            backup = plan.backup_of(owner, HELLO, at)
            assert backup is None or (backup != owner and plan.absence_of(backup, at) is None)
    assert all(gap.start < gap.end for gap in gaps)
    assert all(before.end < after.start for before, after in pairwise(gaps))
