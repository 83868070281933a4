"""When something is due, and who answers: the plan as a value, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from goodword.plan.hours import Period
from goodword.plan.service_plan import (
    Away,
    DutyRule,
    Gap,
    InboxRule,
    Ladder,
    OnDuty,
    ServicePlan,
    TargetRule,
    Workplace,
)
from goodword.plan.tests.calendars import BERLIN, hours, local, minutes

MONDAY_TEN = local("2026-11-16 10:00")
HELLO, REPAIRS = 1, 2
WHOLESALE = 7
BEN, LEA, CARL, ANA = 11, 12, 13, 14
PLACES = {
    HELLO: Workplace(frozenset({BEN, LEA, ANA}), (BEN, LEA)),
    REPAIRS: Workplace(frozenset({CARL, ANA}), (CARL,)),
}
PLAN = ServicePlan(calendars={1: hours()}, standard_id=1, workplaces=PLACES)


def target(first: int, *, inbox=None, kind=None, urgent=False, clock=False) -> TargetRule:
    return TargetRule(inbox, kind, urgent, first, first * 2, clock, Ladder())


def duty(who: int, when: str, *, backup=None, inbox=HELLO, road="") -> DutyRule:
    day, span = when.split()
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    return DutyRule(
        inbox, road, who, backup, weekday, Period(*(minutes(each) for each in span.split("-")))
    )


def week_of(who: int, span: str = "9:00-17:00", **changes) -> tuple[DutyRule, ...]:
    return tuple(
        duty(who, f"{day} {span}", **changes) for day in ("mon", "tue", "wed", "thu", "fri")
    )


def with_duties(*duties: DutyRule, away: dict | None = None) -> ServicePlan:
    return replace(PLAN, duties=duties, absences=away or {})


def away(since: str, until: str | None = None, stand_in: int | None = None) -> tuple[Away, ...]:
    return (Away(local(since), local(until) if until else None, stand_in, ""),)


# Targets


def first_answer(plan: ServicePlan, *, inbox=HELLO, kind=None, urgent=False) -> datetime:
    due = plan.answer_due(inbox, first=True, kind_id=kind, urgent=urgent, since=MONDAY_TEN)
    return due.at


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ({"inbox": REPAIRS}, 60),
        ({"inbox": REPAIRS, "urgent": True}, 50),
        ({"inbox": REPAIRS, "kind": WHOLESALE}, 40),
        ({"inbox": REPAIRS, "kind": WHOLESALE, "urgent": True}, 40),  # a kind says more
        ({}, 30),
        ({"urgent": True}, 20),
        ({"kind": WHOLESALE}, 10),
        ({"kind": WHOLESALE, "urgent": True}, 10),
        ({"kind": 8}, 30),
        ({"inbox": None}, 60),
    ],
)
def test_of_the_targets_that_fit_the_one_that_says_most_counts(asked: dict, counts: int):
    plan = replace(
        PLAN,
        targets=(
            target(60),
            target(50, urgent=True),
            target(40, kind=WHOLESALE),
            target(30, inbox=HELLO),
            target(20, inbox=HELLO, urgent=True),
            target(10, inbox=HELLO, kind=WHOLESALE),
        ),
    )
    assert first_answer(plan, **asked) == MONDAY_TEN + timedelta(minutes=counts)


def test_a_first_and_a_next_answer_have_times_of_their_own():
    plan = replace(PLAN, targets=(target(60),))
    asked = {"kind_id": None, "urgent": False, "since": MONDAY_TEN}
    first = plan.answer_due(HELLO, first=True, **asked)
    following = plan.answer_due(HELLO, first=False, **asked)
    assert (first.minutes, following.minutes) == (60, 120)
    assert first.said == "working_hours"
    assert first.zone == BERLIN
    assert first.since == MONDAY_TEN
    assert first.since.tzinfo is UTC
    assert following.at == MONDAY_TEN + timedelta(hours=2)


def test_without_a_target_an_answer_is_due_in_24_hours_by_the_clock():
    friday = local("2026-11-20 16:00")
    due = PLAN.answer_due(HELLO, first=True, kind_id=None, urgent=False, since=friday)
    assert due.at == local("2026-11-21 16:00")
    assert (due.said, due.local_date, due.local_time) == ("moment", date(2026, 11, 21), time(16))
    assert PLAN.ladder_of(HELLO, kind_id=None, urgent=False) == Ladder(
        timedelta(hours=1), timedelta(0), timedelta(hours=1)
    )


def test_a_target_counts_opening_hours_or_the_clock():
    friday = {"since": local("2026-11-20 16:30"), "kind_id": None, "urgent": False, "first": True}
    by_hours = replace(PLAN, targets=(target(60),)).answer_due(HELLO, **friday)
    by_clock = replace(PLAN, targets=(target(60, clock=True),)).answer_due(HELLO, **friday)
    assert by_hours.at == local("2026-11-23 09:30")
    assert by_clock.at == local("2026-11-20 17:30")


def test_hours_that_never_open_count_by_the_clock_so_that_nobody_waits_for_ever():
    friday = local("2026-11-20 16:30")
    for plan in (ServicePlan(), replace(PLAN, calendars={1: hours("")})):
        due = plan.hours_due(HELLO, friday, 60)
        assert due.at == local("2026-11-20 17:30")
        assert plan.recomputed(due, HELLO) == due.at
        assert PLAN.recomputed(due, HELLO) == local("2026-11-23 09:30")  # as soon as there are some


# Days and moments


@pytest.mark.parametrize(
    ("day", "zone", "at"),
    [
        ("2026-11-20", BERLIN, "2026-11-20 17:00"),
        ("2026-11-22", BERLIN, "2026-11-22 17:00"),  # a Sunday
        ("2026-11-20", "America/New_York", "2026-11-20 17:00"),
        ("2026-11-20", "Asia/Tokyo", "2026-11-20 15:59"),  # Friday ends there
        ("2026-11-20", "Pacific/Kiritimati", "2026-11-20 10:59"),
    ],
)
def test_a_day_ends_when_we_close_or_when_it_is_over_where_they_live(day: str, zone: str, at: str):
    due = PLAN.day_due(HELLO, date.fromisoformat(day), zone=zone)
    assert due.at == local(at)
    assert (due.said, due.local_date, due.zone) == ("day", date.fromisoformat(day), zone)


def test_without_a_calendar_a_day_ends_at_17():
    due = ServicePlan().day_due(HELLO, date(2026, 11, 20), zone="Asia/Tokyo")
    assert due.at == local("2026-11-20 17:00", "Asia/Tokyo")


def test_a_moment_stays_though_the_calendar_changes():
    due = PLAN.moment_due(local("2026-11-20 10:30"), zone="Asia/Tokyo")
    assert (due.local_date, due.local_time) == (date(2026, 11, 20), time(18, 30))
    assert ServicePlan().recomputed(due, HELLO) == local("2026-11-20 10:30")


def test_days_and_working_hours_follow_a_changed_calendar():
    longer = replace(PLAN, calendars={1: hours("mon-fri 9:00-19:00")})
    closed = replace(PLAN, calendars={1: hours(closed=(("2026-11-16", "2026-11-17"),))})
    day = PLAN.day_due(HELLO, date(2026, 11, 16), zone=BERLIN)
    working = PLAN.hours_due(HELLO, MONDAY_TEN, 10 * 60)
    assert longer.recomputed(day, HELLO) == local("2026-11-16 19:00")
    assert closed.recomputed(day, HELLO) == local("2026-11-16 17:00")
    assert working.at == local("2026-11-17 12:00")
    assert longer.recomputed(working, HELLO) == local("2026-11-17 10:00")
    assert closed.recomputed(working, HELLO) == local("2026-11-19 11:00")


def test_an_inbox_with_its_own_calendar_is_due_by_that():
    plan = replace(
        PLAN,
        calendars={1: hours(), 2: hours("sat 10:00-12:00")},
        inboxes={REPAIRS: InboxRule(2, "send"), HELLO: InboxRule(None, "draft")},
    )
    assert plan.hours_due(REPAIRS, MONDAY_TEN, 60).at == local("2026-11-21 11:00")
    assert plan.hours_due(HELLO, MONDAY_TEN, 60).at == local("2026-11-16 11:00")
    assert plan.hours_due(None, MONDAY_TEN, 60).at == local("2026-11-16 11:00")


# Duty


def on_duty(plan: ServicePlan, at: str, *, inbox: int = HELLO, road: str = "email") -> list[OnDuty]:
    return plan.on_duty(inbox, road, local(at))


def test_without_duties_the_team_answers_in_opening_hours_but_those_away():
    assert on_duty(PLAN, "2026-11-16 10:00") == [OnDuty(BEN, None), OnDuty(LEA, None)]
    assert on_duty(PLAN, "2026-11-16 18:00") == []
    plan = with_duties(away={BEN: away("2026-11-16 00:00")})
    assert on_duty(plan, "2026-11-16 10:00") == [OnDuty(LEA, None)]
    assert on_duty(ServicePlan(workplaces=PLACES), "2026-11-22 03:00") == [
        OnDuty(BEN, None), OnDuty(LEA, None)
    ]  # fmt: skip


def test_a_duty_holds_from_its_first_minute_to_its_last_and_not_on_holidays():
    plan = replace(
        with_duties(duty(BEN, "fri 9:00-13:00", backup=LEA), duty(LEA, "fri 22:00-26:00")),
        calendars={1: hours(country="DE")},
    )
    assert on_duty(plan, "2026-11-20 08:59") == []
    assert on_duty(plan, "2026-11-20 09:00") == [OnDuty(BEN, LEA)]
    assert on_duty(plan, "2026-11-20 13:00") == []
    assert on_duty(plan, "2026-11-21 01:59") == [OnDuty(LEA, None)]  # though we are closed
    assert on_duty(plan, "2026-12-25 10:00") == []
    assert on_duty(plan, "2026-12-26 01:00") == []


def test_a_duty_for_one_road_says_nothing_of_another():
    plan = with_duties(duty(BEN, "mon 9:00-17:00", road="phone"))
    assert on_duty(plan, "2026-11-16 10:00", road="phone") == [OnDuty(BEN, None)]
    assert on_duty(plan, "2026-11-16 10:00", road="email") == [
        OnDuty(BEN, None), OnDuty(LEA, None)  # nobody is set for mail: the team
    ]  # fmt: skip


def test_a_duty_for_every_inbox_is_for_those_where_they_may_answer():
    plan = with_duties(duty(BEN, "mon 9:00-17:00", inbox=None))
    assert on_duty(plan, "2026-11-16 10:00") == [OnDuty(BEN, None)]
    assert on_duty(plan, "2026-11-16 10:00", inbox=REPAIRS) == [OnDuty(CARL, None)]
    assert plan.is_on_duty(BEN, MONDAY_TEN)
    assert not plan.is_on_duty(LEA, MONDAY_TEN)
    assert plan.is_on_duty(CARL, MONDAY_TEN)
    assert not plan.is_on_duty(99, MONDAY_TEN)


def test_who_is_away_is_stood_in_for_else_their_backup_answers():
    monday = "2026-11-16 10:00"
    duties = week_of(BEN, backup=LEA)

    def answering(**absences) -> list[OnDuty]:
        return on_duty(with_duties(*duties, away=absences["away"]), monday)

    ben_away = away("2026-11-16 00:00", "2026-11-17 00:00")
    assert answering(away={BEN: ben_away}) == [OnDuty(LEA, None)]
    with_ana = away("2026-11-16 00:00", None, ANA)
    assert answering(away={BEN: with_ana}) == [OnDuty(ANA, LEA)]
    with_carl = away("2026-11-16 00:00", None, CARL)  # who may not see that inbox
    assert answering(away={BEN: with_carl}) == [OnDuty(LEA, None)]
    assert answering(away={BEN: ben_away, LEA: with_ana}) == [OnDuty(ANA, None)]
    assert answering(away={BEN: ben_away, LEA: ben_away}) == []
    round_about = {
        BEN: away("2026-11-16 00:00", None, LEA),
        LEA: away("2026-11-16 00:00", None, BEN),
    }
    assert answering(away=round_about) == []


def test_someone_with_two_duties_at_once_is_named_once():
    plan = with_duties(duty(BEN, "mon 9:00-17:00"), duty(BEN, "mon 8:00-12:00", inbox=None))
    assert on_duty(plan, "2026-11-16 10:00") == [OnDuty(BEN, None)]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-11-16 09:00", True),
        ("2026-11-16 08:59", False),
        ("2026-11-20 23:59", True),
        ("2026-11-21 00:00", False),
    ],
)
def test_an_absence_holds_from_its_first_moment_and_not_at_its_last(at: str, found: bool):
    plan = with_duties(away={BEN: away("2026-11-16 09:00", "2026-11-21 00:00")})
    assert (plan.absence_of(BEN, local(at)) is not None) is found
    assert plan.absence_of(LEA, local(at)) is None


def test_of_two_absences_the_one_that_began_last_says_who_stands_in():
    leave, flu = away("2026-11-01 00:00", None, ANA)[0], away("2026-11-10 00:00", None, LEA)[0]
    plan = with_duties(away={BEN: (leave, flu)})
    assert plan.absence_of(BEN, MONDAY_TEN) == flu


# Backups


def test_a_backup_is_the_stand_in_else_that_of_the_duty_else_another_on_duty():
    monday = MONDAY_TEN
    assert with_duties(*week_of(BEN, backup=ANA)).backup_of(BEN, HELLO, monday) == ANA
    alone = with_duties(*week_of(BEN), *week_of(LEA))
    assert alone.backup_of(BEN, HELLO, monday) == LEA
    gone = with_duties(*week_of(BEN, backup=ANA), away={BEN: away("2026-11-16 00:00", None, LEA)})
    assert gone.backup_of(BEN, HELLO, monday) == LEA
    assert PLAN.backup_of(BEN, HELLO, monday) == LEA  # no duties at all: the team
    assert PLAN.backup_of(CARL, REPAIRS, monday) is None


def test_a_backup_is_known_at_closing_time_when_deadlines_fall():
    plan = with_duties(*week_of(BEN, backup=ANA))
    assert plan.backup_of(BEN, HELLO, local("2026-11-16 17:00")) == ANA
    assert plan.backup_of(BEN, HELLO, local("2026-11-22 03:00")) == ANA


def test_what_a_team_owes_is_backed_up_by_whom_the_duty_names():
    plan = with_duties(*week_of(BEN, backup=ANA))
    assert plan.backup_of(None, HELLO, MONDAY_TEN) == ANA
    assert with_duties(*week_of(LEA)).backup_of(None, HELLO, MONDAY_TEN) == LEA


def test_a_backup_who_is_away_or_may_not_answer_there_is_passed_over():
    gone = with_duties(*week_of(BEN, backup=ANA), away={ANA: away("2026-11-01 00:00")})
    assert gone.backup_of(BEN, HELLO, MONDAY_TEN) is None
    stranger = with_duties(*week_of(BEN, backup=CARL), *week_of(LEA))
    assert stranger.backup_of(BEN, HELLO, MONDAY_TEN) == LEA


# Gaps


def gaps(plan: ServicePlan, **asked) -> list[Gap]:
    return plan.gaps(HELLO, local("2026-11-16 00:00"), local("2026-11-23 00:00"), **asked)


def test_a_gap_is_when_we_are_open_and_nobody_answers():
    plan = with_duties(
        *week_of(BEN, "8:00-13:00"),
        *[duty(LEA, f"{day} 12:00-18:00") for day in ("mon", "tue", "wed", "thu")],
    )
    assert gaps(plan) == [Gap(local("2026-11-20 13:00"), local("2026-11-20 17:00"))]
    assert gaps(PLAN) == []
    assert gaps(ServicePlan(workplaces=PLACES)) == []


def test_absences_make_gaps_and_those_who_stand_in_fill_them():
    gone = {BEN: away("2026-11-17 12:00", "2026-11-18 10:00")}
    found = gaps(with_duties(*week_of(BEN), away=gone))
    assert found == [
        Gap(local("2026-11-17 12:00"), local("2026-11-17 17:00")),
        Gap(local("2026-11-18 09:00"), local("2026-11-18 10:00")),
    ]
    assert gaps(with_duties(*week_of(BEN, backup=LEA), away=gone)) == []
    everybody = {BEN: away("2026-11-17 12:00"), LEA: away("2026-11-20 12:00")}
    assert gaps(with_duties(away=everybody)) == [
        Gap(local("2026-11-20 12:00"), local("2026-11-20 17:00"))
    ]


def test_gaps_are_those_of_one_road_when_asked():
    plan = with_duties(*week_of(BEN, road="email"), duty(BEN, "mon 9:00-17:00", road="phone"))
    assert len(gaps(plan, road="phone")) == 4
    assert gaps(plan, road="email") == []
    assert gaps(plan) == []


def test_a_holiday_is_no_gap():
    plan = replace(
        with_duties(duty(BEN, "mon 9:00-17:00")),
        calendars={1: hours(closed=(("2026-11-17", "2026-11-20"),))},
    )
    assert gaps(plan) == []


def test_what_is_always_open_and_never_answered_is_one_gap():
    plan = replace(
        with_duties(duty(BEN, "mon 9:00-10:00")), calendars={1: hours("mon-sun 0:00-24:00")}
    )
    assert gaps(plan) == [
        Gap(local("2026-11-16 00:00"), local("2026-11-16 09:00")),
        Gap(local("2026-11-16 10:00"), local("2026-11-23 00:00")),
    ]
