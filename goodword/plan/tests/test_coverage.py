"""Gaps in words, for colleagues."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from goodword.plan import coverage
from goodword.plan.service_plan import ServicePlan
from goodword.plan.tests.calendars import hours, local
from goodword.plan.tests.test_service_plan import (
    BEN,
    HELLO,
    LEA,
    PLAN,
    away,
    duty,
    week_of,
    with_duties,
)

MONDAY = date(2026, 11, 16)
LUNCH = "mon-fri 9:00-12:00 13:00-17:00"


def words(*spans: str, calendar: str = "mon-fri 9:00-17:00", **changes: object) -> list[str]:
    """What is said when Ben is on duty in these spans only."""
    duties = [duty(BEN, each) for each in spans] or [duty(BEN, "sun 1:00-1:01")]
    plan = replace(with_duties(*duties), calendars={1: hours(calendar)})
    return coverage.words(plan, HELLO, MONDAY, **changes)


WHOLE = [f"{day} 0:00-24:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]


def but(day: str, *instead: str) -> list[str]:
    """All week, but on some days only these spans."""
    return [each for each in WHOLE if each.split()[0] not in day.split()] + list(instead)


@pytest.mark.parametrize(
    ("spans", "calendar", "said"),
    [
        (WHOLE, LUNCH, []),
        (but("fri"), LUNCH, ["Nobody answers mail on Friday."]),
        (but("fri", "fri 9:00-13:00"), LUNCH, ["Nobody answers mail on Friday afternoon."]),
        (but("fri", "fri 9:00-12:00"), LUNCH, ["Nobody answers mail on Friday afternoon."]),
        (but("fri", "fri 13:00-17:00"), LUNCH, ["Nobody answers mail on Friday morning."]),
        (but("fri", "fri 9:00-14:00"), "fri 9:00-17:00",
         ["Nobody answers mail on Friday afternoon."]),
        (but("fri", "fri 9:00-15:00"), LUNCH,
         ["Nobody answers mail on Friday from 15:00 to 17:00."]),
        (but("fri", "fri 9:30-15:00"), LUNCH,
         ["Nobody answers mail on Friday from 09:00 to 09:30 and from 15:00 to 17:00."]),
        (but("fri", "fri 9:00-13:00"), "fri 9:00-22:00",
         ["Nobody answers mail on Friday from 13:00 to 22:00."]),  # an evening is no afternoon
        (but("fri", "fri 12:00-24:00"), "fri 0:00-24:00",
         ["Nobody answers mail on Friday from 00:00 to 12:00."]),  # nor a night a morning
        (but("mon fri"), LUNCH, ["Nobody answers mail on Monday and Friday."]),
        (but("mon tue fri"), LUNCH, ["Nobody answers mail on Monday, Tuesday, and Friday."]),
        (but("mon tue wed"), LUNCH, ["Nobody answers mail from Monday to Wednesday."]),
        (but("mon tue wed fri"), LUNCH,
         ["Nobody answers mail from Monday to Wednesday and on Friday."]),
        (but("mon tue wed thu fri"), LUNCH, ["Nobody answers mail all week."]),
        (but("mon fri", "mon 9:00-12:00", "fri 9:00-12:00"), LUNCH,
         ["Nobody answers mail on Monday and Friday in the afternoon."]),
        (but("mon tue", "mon 9:00-16:00", "tue 9:00-16:00"), LUNCH,
         ["Nobody answers mail on Monday and Tuesday, from 16:00 to 17:00."]),
        (but("mon fri", "mon 9:00-12:00"), LUNCH,
         ["Nobody answers mail on Monday afternoon.", "Nobody answers mail on Friday."]),
        (but("fri sat", "fri 18:00-23:00", "sat 3:00-24:00"), "fri 18:00-26:00",
         ["Nobody answers mail on Friday from 23:00 to 02:00."]),
        (but("sun"), "sun 22:00-30:00", ["Nobody answers mail on Sunday from 22:00 to 00:00."]),
    ],
)  # fmt: skip
def test_gaps_are_said_as_people_say_them(spans: list[str], calendar: str, said: list[str]):
    assert words(*spans, calendar=calendar) == said


def test_what_is_not_answered_has_its_own_word():
    assert words(*but("fri"), what="the phone") == ["Nobody answers the phone on Friday."]


def test_a_house_without_hours_or_with_a_team_that_is_there_has_no_gaps():
    assert coverage.words(ServicePlan(), HELLO, MONDAY) == []
    assert coverage.week_of(ServicePlan(), HELLO, MONDAY) == []
    assert coverage.words(PLAN, HELLO, MONDAY) == []


def test_leave_without_a_stand_in_is_said_in_the_week_that_it_falls_in():
    gone = {BEN: away("2026-11-19 00:00", "2026-11-26 00:00")}
    plan = with_duties(*week_of(BEN), away=gone)
    assert coverage.words(plan, HELLO, MONDAY) == ["Nobody answers mail on Thursday and Friday."]
    assert coverage.words(plan, HELLO, date(2026, 11, 23)) == [
        "Nobody answers mail from Monday to Wednesday."
    ]
    covered = with_duties(*week_of(BEN, backup=LEA), away=gone)
    assert coverage.words(covered, HELLO, MONDAY) == []


def test_days_are_named_in_the_readers_language():
    with translation.override("de"):
        assert "Freitag" in words(*but("fri"))[0]


def test_a_week_shows_its_hours_holidays_closures_and_gaps():
    calendar = hours(country="DE", closed=(("2026-12-24", "2026-12-24"),))
    plan = replace(
        with_duties(duty(BEN, "mon 9:00-12:00"), *week_of(LEA)[1:]), calendars={1: calendar}
    )
    week = coverage.week_of(plan, HELLO, date(2026, 12, 21))
    assert [each.day.day for each in week] == [21, 22, 23, 24, 25, 26, 27]
    assert [len(each.opens) for each in week] == [1, 1, 1, 0, 0, 0, 0]
    assert week[0].gaps == [(local("2026-12-21 12:00"), local("2026-12-21 17:00"))]
    assert [each.is_covered for each in week] == [False, *[True] * 6]
    assert week[3].closure == calendar.closures[0]
    assert week[4].holiday == "Christmas Day"
