"""When a promise is looked at, and how far up it goes: tables of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.plan.service_plan import Ladder
from goodword.promises.ladder import GRACE, RUNGS, climb, first_look, is_missed

DUE = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LADDER = Ladder(remind_before=60 * MINUTE, backup_after=0 * MINUTE, lead_after=60 * MINUTE)


def test_it_is_looked_at_first_an_hour_before_it_is_due():
    assert first_look(DUE, LADDER) == DUE - 60 * MINUTE
    assert first_look(DUE, LADDER, since=DUE - 300 * MINUTE) == DUE - 60 * MINUTE


def test_what_is_promised_at_short_notice_reminds_half_way_and_not_in_the_same_breath():
    assert first_look(DUE, LADDER, since=DUE - 30 * MINUTE) == DUE - 15 * MINUTE


def test_what_is_owed_again_after_its_time_is_looked_at_at_once():
    assert first_look(DUE, LADDER, since=DUE + 5 * MINUTE) <= DUE


def test_what_others_owe_us_is_looked_at_when_it_is_due():
    assert first_look(DUE, None) == DUE


@pytest.mark.parametrize(
    ("looked", "minutes", "taken", "next_minutes"),
    [
        ("", -60, ["reminded"], 0),
        ("", -15, ["reminded"], 0),
        ("", 0, ["reminded", "backup"], 60),
        ("", 60, ["reminded", "backup", "lead"], None),
        ("", 7 * 24 * 60, ["reminded", "backup", "lead"], None),
        ("", -61, [], -60),
        ("reminded", 0, ["backup"], 60),
        ("reminded", 90, ["backup", "lead"], None),
        ("reminded", -30, [], 0),
        ("backup", 60, ["lead"], None),
        ("backup", 59, [], 60),
        ("lead", 600, [], None),
    ],
)
def test_rungs_whose_moment_has_come_are_taken(looked, minutes, taken, next_minutes):
    climbed = climb(looked, DUE, LADDER, at=DUE + minutes * MINUTE)

    assert list(climbed.rungs) == taken
    expected = None if next_minutes is None else DUE + next_minutes * MINUTE
    assert climbed.next_look == expected


minutes = st.integers(0, 5000).map(lambda n: n * MINUTE)


@given(minutes, minutes, minutes, st.lists(st.integers(-8000, 12000), min_size=1, max_size=12))
def test_whenever_it_is_looked_at_every_rung_is_taken_once_and_in_order(before, after, more, looks):
    steps = Ladder(remind_before=before, backup_after=after, lead_after=after + more)
    looked, next_look, taken = "", first_look(DUE, steps), []
    for moment in sorted(DUE + each * MINUTE for each in looks):
        if next_look is None or moment < next_look:
            continue
        climbed = climb(looked, DUE, steps, at=moment)
        assert climbed.next_look is None or climbed.next_look > moment
        taken += climbed.rungs
        looked, next_look = (taken or [""])[-1], climbed.next_look

    assert taken == list(RUNGS[: len(taken)])
    assert (next_look is None) == (len(taken) == len(RUNGS))


def test_an_appointed_moment_is_missed_half_an_hour_later():
    assert not is_missed(DUE, at=DUE + GRACE - MINUTE)
    assert is_missed(DUE, at=DUE + GRACE)
