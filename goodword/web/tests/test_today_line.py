"""The day line and the one sentence, as pure functions of the clock and the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from goodword.plan.hours import Closed, Hours, Period
from goodword.plan.service_plan import DutyRule, InboxRule, ServicePlan
from goodword.web.tests.promised import THURSDAY
from goodword.web.today import dayline, rail
from goodword.web.today.dayline import Moment
from goodword.web.today.owed import in_words

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = (Period(540, 1020),)
WEEKDAYS = Hours(BERLIN, (*(NINE_TO_FIVE,) * 5, (), ()))
ME = SimpleNamespace(pk=7)
NOW = THURSDAY  # 10:42 in Berlin
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def berlin() -> Iterator[None]:
    with timezone.override(BERLIN):
        yield


def _at(hour: float) -> datetime:
    return datetime(2026, 11, 19, tzinfo=BERLIN).astimezone(UTC) + hour * HOUR


def _line(*moments: Moment, spans: object = None, now: datetime = NOW) -> dayline.Line:
    return dayline.lines(moments, spans, now=now)[0]  # type: ignore[arg-type]


def _owed(hour: float, state: str = "due") -> Moment:
    return Moment(_at(hour), state, "reply", f"at {hour}")


def test_what_is_behind_lies_left_of_now_and_what_is_ahead_right_of_it() -> None:
    line = _line(_owed(9.5, "kept"), _owed(10.3, "late"), _owed(14), spans=[(_at(9), _at(17))])

    kept, late, due = line.marks
    assert kept.x < late.x < line.now_x < due.x
    assert [mark.state for mark in line.marks] == ["kept", "late", "due"]


def test_closed_time_is_hatched_before_between_and_after_the_hours() -> None:
    line = _line(spans=[(_at(9), _at(12)), (_at(13), _at(17))])

    assert len(line.closed) == 3
    assert sum(wide for _x, wide in line.closed) < line.width / 2


def test_without_any_calendar_nothing_is_hatched_and_on_a_closed_day_everything() -> None:
    assert _line(spans=None).closed == []
    assert _line(spans=[]).closed == [(0.0, 804)]


def test_several_at_one_time_are_one_mark_with_their_number_and_the_worst_look() -> None:
    line = _line(_owed(11, "soon"), _owed(11.02, "late"), _owed(11.04), _owed(15))

    assert [(mark.count, mark.state) for mark in line.marks] == [(3, "late"), (0, "due")]
    assert line.marks[0].words.count("\n") == 2


@pytest.mark.parametrize("hour", [0, 0.01, 3, 12, 23.9, 23.999])
def test_at_any_hour_marks_flag_and_labels_stay_within_the_line(hour) -> None:
    for line in dayline.lines([_owed(0.1), _owed(23.95)], [(_at(9), _at(17))], now=_at(hour)):
        assert 0 <= line.now_x <= line.width
        assert 21 <= line.flag_x <= line.width - 21
        assert all(11 <= mark.x <= line.width - 11 for mark in line.marks)
        assert all(0 <= tick.x <= line.width for tick in line.ticks)
        assert all(abs(tick.x - line.now_x) > 36 for tick in line.ticks if tick.label)


def test_the_phones_line_begins_now() -> None:
    phone = dayline.lines([_owed(9.5, "kept"), _owed(14)], [(_at(9), _at(17))], now=NOW)[-1]

    assert (phone.size, phone.now_x) == ("phone", 0)
    assert [mark.state for mark in phone.marks] == ["due"]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_on_the_days_when_the_clock_changes_an_hour_is_an_hour(day, hours) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC)
    moments = [
        Moment(start + n * HOUR + timedelta(minutes=5), "due", "reply", "x") for n in range(hours)
    ]
    line = dayline.lines(moments, None, now=start + 12 * HOUR)[0]

    apart = {round(b.x - a.x) for a, b in zip(line.marks, line.marks[1:], strict=False)}
    assert len(line.marks) == hours
    assert max(apart) - min(apart) <= 12  # the first is pushed in from the edge
    labels = [tick.label for tick in line.ticks if tick.label]
    assert labels == sorted(labels)


def test_the_twin_says_hours_what_was_kept_and_each_that_is_owed() -> None:
    line = _line(_owed(9.5, "kept"), _owed(14), _owed(16), spans=[(_at(9), _at(17))])

    assert line.words == ("Hours today: 09:00–17:00. 1 kept. 14:00 at 14. 16:00 at 16.")


# When we are there


def _plan(**more: object) -> ServicePlan:
    return ServicePlan(calendars={1: WEEKDAYS}, standard_id=1, **more)  # type: ignore[arg-type]


def _hours(plan: ServicePlan, day: date = date(2026, 11, 19)) -> list[tuple[float, float]] | None:
    spans = dayline.hours_of(plan, ME, [1], day=day)  # type: ignore[arg-type]
    midnight = datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC)
    if spans is None:
        return None
    return [((start - midnight) / HOUR, (end - midnight) / HOUR) for start, end in spans]


def test_my_hours_are_those_of_my_inboxes_until_the_plan_names_duties_of_mine() -> None:
    mine = DutyRule(1, "", ME.pk, None, 3, Period(600, 780))
    others = DutyRule(1, "", 8, None, 3, Period(540, 1020))

    assert _hours(_plan()) == [(9, 17)]
    assert _hours(_plan(duties=(others,))) == [(9, 17)]
    assert _hours(_plan(duties=(mine, others))) == [(10, 13)]
    assert _hours(_plan(duties=(mine,)), date(2026, 11, 20)) == []  # mine is on Thursdays
    assert _hours(ServicePlan()) is None


def test_a_free_day_has_no_hours_and_no_duty() -> None:
    closed = Hours(
        BERLIN, WEEKDAYS.week, closures=(Closed(date(2026, 11, 19), date(2026, 11, 19)),)
    )
    mine = DutyRule(1, "", ME.pk, None, 3, Period(600, 780))

    for duties in ((), (mine,)):
        plan = ServicePlan(calendars={1: closed}, standard_id=1, duties=duties)
        assert _hours(plan) == []


def test_duties_that_touch_or_overlap_are_one_time() -> None:
    duties = tuple(
        DutyRule(None, "", ME.pk, None, 3, Period(*each))
        for each in ((540, 600), (600, 660), (630, 700), (800, 900))
    )

    assert _hours(_plan(duties=duties)) == [(9, 700 / 60), (800 / 60, 15)]


def test_inboxes_with_other_hours_are_added_up() -> None:
    evening = Hours(BERLIN, ((Period(1020, 1200),),) * 7)
    plan = ServicePlan(
        calendars={1: WEEKDAYS, 2: evening}, standard_id=1, inboxes={1: InboxRule(2, "draft")}
    )

    assert _hours(plan) == [(9, 20)]


# Words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no"), (1, "one"), (9, "nine"), (12, "twelve"), (13, "13")]
)
def test_small_numbers_are_words_and_large_ones_figures(number, words) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("now", "who", "until", "is_gap"),
    [
        (_at(10), "", "10:00–17:00", True),
        (_at(8), "", "opens 09:00", False),
        (_at(18), "", "opens Fri 09:00", False),
        (_at(10), "Ben", "until 17:00", False),
    ],
)
def test_coverage_says_until_when_somebody_answers_or_for_how_long_nobody_does(
    now, who, until, is_gap
) -> None:
    inbox = SimpleNamespace(pk=1, name="Hello")
    duties = () if not who else (DutyRule(1, "", 8, None, 3, Period(540, 1020)),)
    places = {1: SimpleNamespace(answering=frozenset({8}), team=())}
    plan = _plan(duties=duties, workplaces=places)

    cover = rail._cover(plan, inbox, who, now)  # type: ignore[arg-type]

    assert (cover.until, cover.is_gap) == (until, is_gap)
    assert cover.who == (who or ("Nobody" if is_gap else "Closed"))
