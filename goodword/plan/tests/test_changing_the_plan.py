"""Verbs that change the plan, and that every process knows of it at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from goodword.accounts import actions as accounts
from goodword.accounts.models import Business, Role
from goodword.events.models import Event
from goodword.people.models import Kind
from goodword.plan import actions as plan
from goodword.plan import queries
from goodword.plan.models import Absence, Calendar, Closure, Duty, Target
from goodword.plan.service_plan import Ladder, OnDuty, ServicePlan
from goodword.plan.tests.calendars import local
from tests.factories import DAY, HOUR, MONDAY_NOON

WEEK = [(weekday, 540, 1020) for weekday in range(5)]


@pytest.fixture
def calendar(house: SimpleNamespace) -> Calendar:
    return plan.found_calendar(Business.objects.get(), at=MONDAY_NOON)


def make_calendar(house: SimpleNamespace, **changes: object) -> Calendar:
    values = {"name": "Workshop", "zone": "Europe/Berlin", "periods": WEEK} | changes
    return plan.make_calendar(by=house.ana, at=MONDAY_NOON, **values)


def change_calendar(house: SimpleNamespace, calendar: Calendar, **changes: object) -> None:
    values = {"name": calendar.name, "zone": calendar.zone, "periods": WEEK} | changes
    plan.change_calendar(calendar, by=house.ana, at=MONDAY_NOON, **values)


def due_of(house: SimpleNamespace, minutes: int = 60, since: datetime = MONDAY_NOON) -> datetime:
    return queries.current().hours_due(house.hello.pk, since, minutes).at


# What holds


def test_before_anything_is_planned_an_answer_is_due_in_24_hours(house: SimpleNamespace):
    found = queries.current()
    due = found.answer_due(house.hello.pk, first=True, kind_id=None, urgent=True, since=MONDAY_NOON)
    assert (due.at, due.said) == (MONDAY_NOON + DAY, "moment")
    assert found.hours_of(house.hello.pk) is None
    assert due_of(house, 60) == MONDAY_NOON + HOUR  # by the clock


def test_the_first_evening_gives_the_house_its_hours(house: SimpleNamespace, calendar: Calendar):
    assert plan.found_calendar(Business.objects.get(), at=MONDAY_NOON) == calendar
    assert (calendar.standard, calendar.zone, calendar.country) == (True, "Europe/Berlin", "DE")
    assert due_of(house, 60, local("2026-11-20 16:30")) == local("2026-11-23 09:30")
    assert due_of(house, 60, local("2026-12-24 16:30")) == local("2026-12-28 09:30")


def test_the_first_calendar_is_named_in_the_language_of_the_house(house: SimpleNamespace):
    accounts.name_business(
        name="Marlow", zone="Asia/Tokyo", country="XK", language="xx", by=house.ana, at=MONDAY_NOON
    )
    made = plan.found_calendar(Business.objects.get(), at=MONDAY_NOON)
    assert (made.name, made.zone) == ("Opening hours", "Asia/Tokyo")


def test_each_inbox_follows_its_own_calendar_or_the_standard_one(
    house: SimpleNamespace, calendar: Calendar
):
    nights = make_calendar(house, periods=[(0, 1320, 1560)])
    plan.set_inbox_plan(
        house.repairs, calendar=nights, holding="send", by=house.ana, at=MONDAY_NOON
    )
    found = queries.current()
    assert found.hours_due(house.repairs.pk, MONDAY_NOON, 60).at == local("2026-11-16 23:00")
    assert due_of(house) == MONDAY_NOON + HOUR
    assert found.holding_of(house.repairs.pk) == "send"
    assert found.holding_of(house.hello.pk) == "draft"

    plan.make_standard(nights, by=house.ana, at=MONDAY_NOON)
    assert due_of(house) == local("2026-11-16 23:00")
    assert Calendar.objects.filter(standard=True).get() == nights


def test_a_changed_calendar_changes_what_is_computed(house: SimpleNamespace, calendar: Calendar):
    plan.change_calendar(
        calendar, name="Shop", zone="America/New_York", country="US", region="NY",
        periods=[(0, 540, 600), (1, 540, 600)], by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    assert due_of(house, 90) == local("2026-11-17 09:30", "America/New_York")
    assert calendar.periods.count() == 2


def test_a_calendar_changed_from_an_old_page_stays_the_standard(
    house: SimpleNamespace, calendar: Calendar
):
    other = make_calendar(house)
    page = Calendar.objects.get(pk=other.pk)
    plan.make_standard(other, by=house.ana, at=MONDAY_NOON)
    change_calendar(house, page, name="Ours")
    assert Calendar.objects.get(standard=True).name == "Ours"


def test_closed_days_and_open_again(house: SimpleNamespace, calendar: Calendar):
    closure = plan.close_days(
        calendar, first_day=date(2026, 11, 16), last_day=date(2026, 11, 20), text="Moving house",
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    assert due_of(house) == local("2026-11-23 10:00")
    assert list(queries.closures(calendar, from_day=date(2026, 11, 20))) == [closure]
    assert list(queries.closures(calendar, from_day=date(2026, 11, 21))) == []
    plan.open_again(closure, by=house.ana, at=MONDAY_NOON)
    assert due_of(house) == MONDAY_NOON + HOUR


def test_a_target_is_set_once_for_what_it_fits(house: SimpleNamespace, calendar: Calendar):
    kind = Kind.objects.create(name="Wholesale")
    for first in (120, 240):
        plan.set_target(
            inbox=house.hello, kind=kind, first_minutes=first, next_minutes=60, counts="clock",
            remind_minutes_before=30, backup_minutes_after=5, lead_minutes_after=10,
            by=house.ana, at=MONDAY_NOON,
        )  # fmt: skip
    found = queries.current()
    asked = {"kind_id": kind.pk, "urgent": False}
    due = found.answer_due(house.hello.pk, first=True, since=MONDAY_NOON, **asked)
    assert due.at == MONDAY_NOON + 4 * HOUR
    minutes = [timedelta(minutes=each) for each in (30, 5, 10)]
    assert found.ladder_of(house.hello.pk, **asked) == Ladder(*minutes)
    assert found.ladder_of(house.hello.pk, kind_id=None, urgent=False) == Ladder()
    plan.remove_target(Target.objects.get(), by=house.ana, at=MONDAY_NOON)
    assert queries.current().targets == ()


# What is refused


@pytest.mark.parametrize(
    ("refused", "changes"),
    [
        (plan.CalendarNameTaken, {"name": "opening HOURS"}),
        (plan.UnknownZone, {"zone": "Mars/Olympus"}),
        (plan.UnknownZone, {"zone": ""}),
        (plan.UnknownZone, {"zone": "../../etc/passwd"}),
        (plan.UnknownCountry, {"country": "XX"}),
        (plan.UnknownRegion, {"country": "DE", "region": "NY"}),
        (plan.UnknownRegion, {"region": "BY"}),
        (plan.NeverOpen, {"periods": []}),
        (plan.ImpossiblePeriod, {"periods": [(0, 540, 540)]}),
        (plan.ImpossiblePeriod, {"periods": [(7, 540, 600)]}),
        (plan.ImpossiblePeriod, {"periods": [(0, 1440, 1500)]}),
        (plan.ImpossiblePeriod, {"periods": [(0, 0, 2881)]}),
        (plan.ImpossiblePeriod, {"periods": [(0, -60, 60)]}),
        (plan.PeriodsOverlap, {"periods": [(0, 540, 720), (0, 660, 1020)]}),
        (plan.PeriodsOverlap, {"periods": [(0, 1320, 1560), (1, 60, 540)]}),
        (plan.PeriodsOverlap, {"periods": [(6, 1320, 1560), (0, 60, 540)]}),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_and_changes_nothing(
    house: SimpleNamespace, calendar: Calendar, refused: type[Exception], changes: dict[str, object]
):
    before = Calendar.objects.count()
    with pytest.raises(refused):
        make_calendar(house, **changes)
    second = make_calendar(house, name="Second")
    with pytest.raises(refused):
        change_calendar(house, Calendar.objects.get(pk=second.pk), **changes)
    assert Calendar.objects.count() == before + 1
    assert queries.current().calendars[second.pk].week[0] == ((540, 1020),)


def test_periods_may_touch_and_reach_into_the_next_week(house: SimpleNamespace):
    calendar = make_calendar(house, periods=[(0, 0, 720), (0, 720, 1440), (6, 1320, 1440)])
    assert calendar.periods.count() == 3


def test_a_calendar_in_use_stays(house: SimpleNamespace, calendar: Calendar):
    other = make_calendar(house)
    plan.set_inbox_plan(house.hello, calendar=other, holding="draft", by=house.ana, at=MONDAY_NOON)
    with pytest.raises(plan.CalendarInUse):
        plan.remove_calendar(other, by=house.ana, at=MONDAY_NOON)
    with pytest.raises(plan.CalendarIsStandard):
        plan.remove_calendar(calendar, by=house.ana, at=MONDAY_NOON)
    plan.set_inbox_plan(house.hello, calendar=None, holding="draft", by=house.ana, at=MONDAY_NOON)
    plan.remove_calendar(other, by=house.ana, at=MONDAY_NOON)
    assert list(queries.calendars()) == [calendar]


def test_closing_backwards_or_for_ever_is_refused(house: SimpleNamespace, calendar: Calendar):
    with pytest.raises(plan.EndsBeforeItBegins):
        plan.close_days(
            calendar, first_day=date(2026, 12, 2), last_day=date(2026, 12, 1),
            by=house.ana, at=MONDAY_NOON,
        )  # fmt: skip
    with pytest.raises(plan.NeverOpen):
        plan.close_days(
            calendar, first_day=date(2026, 1, 1), last_day=date(2099, 12, 31),
            by=house.ana, at=MONDAY_NOON,
        )  # fmt: skip
    assert not Closure.objects.exists()


def test_a_target_that_cannot_be_is_refused(house: SimpleNamespace):
    def set_target(**changes: int) -> None:
        values = {"first_minutes": 60, "next_minutes": 60} | changes
        plan.set_target(by=house.ana, at=MONDAY_NOON, **values)

    with pytest.raises(plan.TakesNoTime):
        set_target(next_minutes=0)
    with pytest.raises(plan.LeadBeforeBackup):
        set_target(backup_minutes_after=61)
    assert not Target.objects.exists()


# Duty and absence


def test_duties_say_who_answers(house: SimpleNamespace, calendar: Calendar):
    duty = plan.add_duty(
        teammate=house.ben, period=(0, 540, 1020), inbox=house.hello, backup=house.lea,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    assert queries.current().on_duty(house.hello.pk, "email", MONDAY_NOON) == [
        OnDuty(house.ben.pk, house.lea.pk)
    ]
    plan.change_duty(
        duty, teammate=house.lea, period=(0, 540, 840), road="phone", by=house.ana, at=MONDAY_NOON
    )
    assert queries.current().on_duty(house.hello.pk, "phone", MONDAY_NOON) == [
        OnDuty(house.lea.pk, None)
    ]
    assert list(queries.duties_in(house.hello)) == [duty]
    plan.remove_duty(duty, by=house.ana, at=MONDAY_NOON)
    assert queries.current().duties == ()


def test_a_duty_that_cannot_be_is_refused(house: SimpleNamespace):
    def add_duty(**changes: object) -> None:
        values = {"teammate": house.ben, "period": (0, 540, 1020)} | changes
        plan.add_duty(by=house.ana, at=MONDAY_NOON, **values)

    with pytest.raises(plan.NoCalendar):
        add_duty()
    make_calendar(house)
    add_duty()
    add_duty(inbox=house.hello)  # for one inbox beside that for all: no overlap
    for refused, changes in [
        (plan.PeriodsOverlap, {"period": (0, 1000, 1100)}),
        (plan.ImpossiblePeriod, {"period": (0, 1000, 900)}),
        (plan.MayNotAnswer, {"teammate": house.lou}),
        (plan.MayNotAnswer, {"backup": house.lou, "period": (1, 540, 1020)}),
        (plan.BackupIsThemselves, {"backup": house.ben, "period": (1, 540, 1020)}),
    ]:
        with pytest.raises(refused):
            add_duty(**changes)
    assert Duty.objects.count() == 2


def test_a_duty_can_be_moved_within_its_own_time(house: SimpleNamespace, calendar: Calendar):
    duty = plan.add_duty(teammate=house.ben, period=(0, 540, 1020), by=house.ana, at=MONDAY_NOON)
    plan.change_duty(duty, teammate=house.ben, period=(0, 600, 1020), by=house.ana, at=MONDAY_NOON)
    assert Duty.objects.get().from_minute == 600


def test_who_is_away_is_known_until_they_come_back(house: SimpleNamespace):
    absence = plan.be_absent(
        house.ben, since=MONDAY_NOON, stand_in=house.lea, text="Flu", by=house.ben, at=MONDAY_NOON
    )
    found = queries.current().absence_of(house.ben.pk, MONDAY_NOON + 30 * DAY)
    assert found is not None
    assert (found.stand_in_id, found.text, found.until) == (house.lea.pk, "Flu", None)
    assert queries.absence_of(house.ben, at=MONDAY_NOON) == absence
    back = MONDAY_NOON + 3 * DAY
    plan.change_absence(
        absence, since=MONDAY_NOON, until=back + DAY, stand_in=None, text="", by=house.ben,
        at=MONDAY_NOON,
    )  # fmt: skip
    plan.come_back_from(absence, by=house.ben, at=back)
    plan.come_back_from(absence, by=house.ben, at=back + DAY)  # over: nothing changes
    assert queries.current().absence_of(house.ben.pk, back) is None
    assert queries.current().absence_of(house.ben.pk, back - HOUR) is not None
    assert Event.objects.filter(kind="plan.teammate_back").count() == 1


def test_an_absence_that_has_not_begun_is_taken_back_whole(house: SimpleNamespace):
    absence = plan.be_absent(
        house.ben, since=MONDAY_NOON + DAY, until=MONDAY_NOON + 3 * DAY, by=house.ben,
        at=MONDAY_NOON,
    )  # fmt: skip
    assert list(queries.absences(at=MONDAY_NOON)) == [absence]
    assert queries.absence_of(house.ben, at=MONDAY_NOON) is None
    plan.come_back_from(absence, by=house.ben, at=MONDAY_NOON)
    assert not Absence.objects.exists()


def test_an_absence_that_cannot_be_is_refused(house: SimpleNamespace):
    with pytest.raises(plan.EndsBeforeItBegins):
        plan.be_absent(
            house.ben, since=MONDAY_NOON, until=MONDAY_NOON, by=house.ben, at=MONDAY_NOON
        )
    with pytest.raises(plan.StandInIsThemselves):
        plan.be_absent(
            house.ben, since=MONDAY_NOON, stand_in=house.ben, by=house.ben, at=MONDAY_NOON
        )


def test_who_leaves_is_nobodys_duty_backup_or_stand_in(house: SimpleNamespace, calendar: Calendar):
    plan.add_duty(teammate=house.ben, period=(0, 540, 1020), by=house.ana, at=MONDAY_NOON)
    kept = plan.add_duty(
        teammate=house.lea, period=(0, 540, 1020), backup=house.ben, by=house.ana, at=MONDAY_NOON
    )
    away = plan.be_absent(
        house.lea, since=MONDAY_NOON, stand_in=house.ben, by=house.lea, at=MONDAY_NOON
    )
    plan.forget_teammate(house.ben, by=house.ana, at=MONDAY_NOON)
    kept.refresh_from_db()
    away.refresh_from_db()
    assert list(Duty.objects.all()) == [kept]
    assert (kept.backup, away.stand_in) == (None, None)
    announced = Event.objects.filter(kind="plan.duties_changed").count()
    plan.forget_teammate(house.ben, by=house.ana, at=MONDAY_NOON)
    assert Event.objects.filter(kind="plan.duties_changed").count() == announced


def test_who_may_no_longer_answer_is_not_on_duty_though_nobody_took_it_out(
    house: SimpleNamespace, calendar: Calendar
):
    plan.add_duty(teammate=house.ben, period=(0, 540, 1020), by=house.ana, at=MONDAY_NOON)
    assert queries.current().is_on_duty(house.ben.pk, MONDAY_NOON)
    accounts.change_role(house.ben, Role.LIGHT, by=house.ana, at=MONDAY_NOON)
    found = queries.current()
    assert not found.is_on_duty(house.ben.pk, MONDAY_NOON)
    # nobody's duty counts there any more, so the team answers, without those who read only
    assert found.on_duty(house.hello.pk, "email", MONDAY_NOON) == [OnDuty(house.lea.pk, None)]


# What every process knows


def test_asking_again_costs_one_row(house: SimpleNamespace, calendar: Calendar):
    queries.current()
    with CaptureQueriesContext(connection) as asked:
        queries.current().answer_due(
            house.hello.pk, first=True, kind_id=None, urgent=False, since=MONDAY_NOON
        )
    assert len(asked) == 1


def test_a_change_that_is_rolled_back_is_forgotten(house: SimpleNamespace, calendar: Calendar):
    with pytest.raises(RuntimeError, match="power cut"), transaction.atomic():
        change_calendar(house, calendar, periods=[(6, 0, 1440)])
        assert due_of(house) == local("2026-11-22 01:00")
        raise RuntimeError("power cut")
    assert due_of(house) == MONDAY_NOON + HOUR
    with pytest.raises(RuntimeError, match="again"), transaction.atomic():
        change_calendar(house, calendar, periods=[(5, 0, 1440)])
        assert due_of(house) == local("2026-11-21 01:00")
        raise RuntimeError("again")
    assert due_of(house) == MONDAY_NOON + HOUR


@pytest.mark.parametrize("_turn", [1, 2])
def test_what_one_database_was_told_is_not_taken_for_another(house: SimpleNamespace, _turn: int):
    assert queries.current().calendars == {}  # in the second turn the first is rolled back
    plan.found_calendar(Business.objects.get(), at=MONDAY_NOON)
    assert len(queries.current().calendars) == 1


def test_a_change_made_while_the_plan_is_read_is_read_too(
    house: SimpleNamespace, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
):
    read, changes = queries._read, [[(6, 0, 1440)], [(5, 0, 1440)]]

    def read_slowly() -> ServicePlan:
        found = read()
        if changes:  # meanwhile, in another process
            change_calendar(house, calendar, periods=changes.pop())
        return found

    monkeypatch.setattr(queries, "_read", read_slowly)
    change_calendar(house, calendar, periods=[(4, 0, 1440)])
    assert due_of(house) == local("2026-11-22 01:00")
    assert changes == []


def test_who_works_where_is_known_without_a_change_of_the_plan(
    house: SimpleNamespace, calendar: Calendar
):
    before = queries.current().on_duty(house.hello.pk, "email", MONDAY_NOON)
    accounts.change_team(
        house.front, name="Front", members=[house.lea], by=house.ana, at=MONDAY_NOON
    )
    after = queries.current().on_duty(house.hello.pk, "email", MONDAY_NOON)
    assert [each.teammate_id for each in before] == [house.ben.pk, house.lea.pk]
    assert [each.teammate_id for each in after] == [house.lea.pk]


def test_every_change_is_announced_with_ids_and_nothing_to_read(
    house: SimpleNamespace, calendar: Calendar
):
    plan.close_days(
        calendar, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2), text="Grandma's 90th",
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    plan.be_absent(house.ben, since=MONDAY_NOON, text="Flu", by=house.ben, at=MONDAY_NOON)
    facts = Event.objects.filter(kind__startswith="plan.").order_by("pk")
    assert [each.kind for each in facts] == ["plan.changed", "plan.changed", "plan.teammate_away"]
    assert [each.data.get("what") for each in facts] == ["calendar_made", "closed", None]
    assert facts[1].data["calendar_id"] == calendar.pk
    assert not any("Grandma" in str(each.data) or "Flu" in str(each.data) for each in facts)
