"""Business time, case by case. What holds for any calendar is in `test_hours_properties`."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as datetime_time

import pytest

from goodword.plan import hours as business_time
from goodword.plan.hours import Hours, NeverOpen, Period
from goodword.plan.tests.calendars import hours, local

HOUR = 60
NIGHTS = "mon-sun 22:00-30:00"
ALWAYS = "mon-sun 0:00-24:00"

AFTER = [
    # (what the case is about, calendar, from, minutes, until)
    ("within a day", hours(), "2026-11-16 10:00", HOUR, "2026-11-16 11:00"),
    ("before opening", hours(), "2026-11-16 06:00", HOUR, "2026-11-16 10:00"),
    ("to the very end of a day", hours(), "2026-11-16 16:00", HOUR, "2026-11-16 17:00"),
    ("from the very end of a day", hours(), "2026-11-16 17:00", 1, "2026-11-17 09:01"),
    ("over the night", hours(), "2026-11-16 16:30", HOUR, "2026-11-17 09:30"),
    ("over the weekend", hours(), "2026-11-20 16:30", HOUR, "2026-11-23 09:30"),
    ("from a Sunday", hours(), "2026-11-22 12:00", HOUR, "2026-11-23 10:00"),
    ("over lunch", hours("mon-fri 9:00-12:00 13:00-17:00"),
     "2026-11-16 11:30", HOUR, "2026-11-16 13:30"),
    ("over a week", hours(), "2026-11-16 09:00", 40 * HOUR, "2026-11-20 17:00"),
    ("over a week and a minute", hours(), "2026-11-16 09:00", 40 * HOUR + 1, "2026-11-23 09:01"),
    ("periods that overlap are one", hours("mon 9:00-15:00 11:00-17:00"),
     "2026-11-16 09:00", 8 * HOUR, "2026-11-16 17:00"),
    ("a period within another", hours("mon 9:00-17:00 10:00-11:00"),
     "2026-11-16 09:00", 8 * HOUR, "2026-11-16 17:00"),
    ("past midnight", hours("fri 22:00-26:00"), "2026-11-20 23:00", 2 * HOUR, "2026-11-21 01:00"),
    ("past midnight into the next period", hours("fri 22:00-26:00, sat 1:00-3:00"),
     "2026-11-20 23:00", 4 * HOUR, "2026-11-21 03:00"),
    ("until 24:00 and on from 0:00", hours("fri 9:00-24:00, sat 0:00-2:00"),
     "2026-11-20 23:00", 2 * HOUR, "2026-11-21 01:00"),
    ("over New Year's midnight", hours("thu 22:00-26:00"),
     "2026-12-31 23:00", 3 * HOUR, "2027-01-01 02:00"),
    ("two days long", hours("thu 0:00-48:00"), "2026-12-31 12:00", 30 * HOUR, "2027-01-01 18:00"),
    ("always open", hours(ALWAYS), "2026-12-31 12:00", 48 * HOUR, "2027-01-02 12:00"),
    ("over a leap day", hours(ALWAYS), "2028-02-28 12:00", 48 * HOUR, "2028-03-01 12:00"),
    ("on a leap day", hours(), "2028-02-28 16:00", 2 * HOUR, "2028-02-29 10:00"),
    ("no 29 February in 2027", hours(), "2027-02-26 16:00", 2 * HOUR, "2027-03-01 10:00"),
    ("a public holiday", hours(country="DE"), "2026-12-24 16:00", 2 * HOUR, "2026-12-28 10:00"),
    ("a holiday of the region only", hours(country="DE", region="BY"),
     "2027-01-05 16:00", 2 * HOUR, "2027-01-07 10:00"),
    ("elsewhere that is no holiday", hours(country="DE", region="HH"),
     "2027-01-05 16:00", 2 * HOUR, "2027-01-06 10:00"),
    ("an unknown region has its country's", hours(country="DE", region="??"),
     "2026-12-24 16:00", 2 * HOUR, "2026-12-28 10:00"),
    ("an unknown country has none", hours(country="??"),
     "2026-12-24 16:00", 2 * HOUR, "2026-12-25 10:00"),
    ("a holiday takes what lies past its midnight", hours(NIGHTS, country="DE"),
     "2026-12-31 23:00", 8 * HOUR, "2027-01-02 23:00"),
    ("New Year's Eve a holiday", hours(NIGHTS, country="PH"),
     "2027-01-01 00:00", HOUR, "2027-01-02 23:00"),
    ("New Year's Eve closed", hours(NIGHTS, closed=(("2026-12-31", "2026-12-31"),)),
     "2027-01-01 00:00", HOUR, "2027-01-01 23:00"),
    ("to the very end of a year", hours(), "2026-12-31 16:00", HOUR, "2026-12-31 17:00"),
    ("two months closed", hours(closed=(("2026-07-01", "2026-08-31"),)),
     "2026-06-30 16:30", HOUR, "2026-09-01 09:30"),
    ("closures that overlap", hours(closed=(("2026-07-01", "2026-08-10"),
     ("2026-08-01", "2026-08-31"))), "2026-06-30 16:30", HOUR, "2026-09-01 09:30"),
    ("closed over New Year", hours(closed=(("2026-12-24", "2027-01-10"),)),
     "2026-12-23 16:30", HOUR, "2027-01-11 09:30"),
    ("closed for five years", hours(closed=(("2027-01-01", "2031-12-31"),)),
     "2026-12-31 16:30", HOUR, "2032-01-01 09:30"),
    ("one minute a week", hours("wed 12:00-12:01"), "2026-11-16 00:00", 3, "2026-12-02 12:01"),
    # Summer time begins on 29 March 2026 at 2:00 and ends on 25 October 2026 at 3:00.
    ("a night when an hour is skipped", hours(NIGHTS),
     "2026-03-28 22:00", 7 * HOUR, "2026-03-29 06:00"),
    ("a night with an hour twice", hours(NIGHTS),
     "2026-10-24 22:00", 9 * HOUR, "2026-10-25 06:00"),
    ("opening at a time that is skipped", hours("sun 2:30-5:00"),
     "2026-03-29 00:00", HOUR, "2026-03-29 04:00"),
    ("closing at a time that is skipped", hours("sun 1:00-2:30 6:00-8:00"),
     "2026-03-29 00:00", 2 * HOUR, "2026-03-29 07:00"),
    ("a period that is skipped whole", hours("sun 2:10-2:50 6:00-8:00"),
     "2026-03-29 00:00", HOUR, "2026-03-29 07:00"),
    ("closing at a time shown twice", hours("sun 1:00-2:30 6:00-8:00"),
     "2026-10-25 00:00", 2 * HOUR, "2026-10-25 06:30"),
    ("over the summer", hours(), "2026-03-27 16:30", HOUR, "2026-03-30 09:30"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "end"),
    [case[1:] for case in AFTER],
    ids=[case[0] for case in AFTER],
)
def test_so_many_open_minutes_after_a_moment_it_is(
    calendar: Hours, start: str, minutes: int, end: str
):
    found = business_time.after(calendar, local(start), minutes)
    assert found == local(end)
    assert found.tzinfo is UTC
    assert business_time.minutes_between(calendar, local(start), found) == minutes


ODD_ZONES = [
    # zone, from, minutes later by the clock of a shop that is always open, then the clock shows
    ("Australia/Lord_Howe", "2026-10-03 23:00", 4 * HOUR, "2026-10-04 03:30"),  # half an hour on
    ("Australia/Lord_Howe", "2026-04-04 23:00", 4 * HOUR, "2026-04-05 02:30"),
    ("Asia/Kathmandu", "2026-11-16 10:00", HOUR, "2026-11-16 11:00"),
    ("Pacific/Apia", "2011-12-29 23:00", 2 * HOUR, "2011-12-31 01:00"),  # had no 30 December
    ("America/Havana", "2026-03-07 23:00", 2 * HOUR, "2026-03-08 02:00"),  # skips midnight
    ("America/Havana", "2026-10-31 23:00", 3 * HOUR, "2026-11-01 01:00"),
    ("Africa/Casablanca", "2026-02-14 23:00", 6 * HOUR, "2026-02-15 04:00"),  # for Ramadan
    ("Pacific/Kiritimati", "2026-12-31 23:00", 2 * HOUR, "2027-01-01 01:00"),
    ("America/St_Johns", "2026-03-07 23:00", 5 * HOUR, "2026-03-08 05:00"),
]


@pytest.mark.parametrize(("zone", "start", "minutes", "end"), ODD_ZONES)
def test_time_that_passes_is_counted_in_every_zone(zone: str, start: str, minutes: int, end: str):
    calendar = hours(ALWAYS, zone=zone)
    found = business_time.after(calendar, local(start, zone), minutes)
    assert found.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M") == end


def test_a_day_that_a_zone_skips_has_no_hours_and_no_length():
    calendar = hours("mon-sun 9:00-17:00", zone="Pacific/Apia")
    friday = date(2011, 12, 30)
    assert business_time.spans_of_day(calendar, friday) == []
    start, end = (
        local("2011-12-29 16:00", "Pacific/Apia"),
        local("2011-12-31 10:00", "Pacific/Apia"),
    )
    assert business_time.minutes_between(calendar, start, end) == 2 * HOUR
    assert business_time.end_of_day(calendar, friday) == local("2011-12-31 00:00", "Pacific/Apia")


def test_what_begins_at_midnight_has_begun_though_the_clock_is_put_back_to_the_day_before():
    calendar = hours("sat-sun 0:00-24:00", zone="America/St_Johns")
    again = local("2006-10-28 23:30", "America/St_Johns", fold=1)  # it was 0:01 before
    assert business_time.covers(calendar, 6, Period(0, 60), again)
    assert not business_time.covers(calendar, 5, Period(1380, 1440), again)


def test_a_midnight_that_is_skipped_begins_the_day_an_hour_later():
    calendar = hours("sun 0:00-9:00", zone="America/Havana")
    (span,) = business_time.spans_of_day(calendar, date(2026, 3, 8))
    assert span == (
        local("2026-03-08 01:00", "America/Havana"),
        local("2026-03-08 09:00", "America/Havana"),
    )


@pytest.mark.parametrize(
    ("at", "is_open", "opens", "closes"),
    [
        ("2026-11-16 08:59", False, "2026-11-16 09:00", "2026-11-16 17:00"),
        ("2026-11-16 09:00", True, "2026-11-16 09:00", "2026-11-16 17:00"),
        ("2026-11-16 16:59", True, "2026-11-16 16:59", "2026-11-16 17:00"),
        ("2026-11-16 17:00", False, "2026-11-17 09:00", "2026-11-17 17:00"),
        ("2026-11-20 20:00", False, "2026-11-23 09:00", "2026-11-23 17:00"),
        ("2026-12-24 18:00", False, "2027-01-11 09:00", "2027-01-11 17:00"),
    ],
)
def test_an_opening_holds_its_first_moment_and_not_its_last(
    at: str, is_open: bool, opens: str, closes: str
):
    calendar = hours(closed=(("2026-12-25", "2027-01-10"),))
    assert business_time.is_open(calendar, local(at)) is is_open
    assert business_time.opens_next(calendar, local(at)) == local(opens)
    assert business_time.closes_next(calendar, local(at)) == local(closes)


def test_what_closes_at_midnight_and_opens_then_does_not_close():
    calendar = hours("thu 9:00-24:00, fri 0:00-17:00")
    new_years_eve = local("2026-12-31 12:00")
    assert business_time.closes_next(calendar, new_years_eve) == local("2027-01-01 17:00")
    assert business_time.closes_next(hours(ALWAYS), new_years_eve) is None
    (span,) = business_time.spans(calendar, new_years_eve, local("2027-01-02 00:00"))
    assert span == (new_years_eve, local("2027-01-01 17:00"))


def test_spans_are_cut_to_what_was_asked():
    found = list(business_time.spans(hours(), local("2026-11-20 10:00"), local("2026-11-23 11:30")))
    assert found == [
        (local("2026-11-20 10:00"), local("2026-11-20 17:00")),
        (local("2026-11-23 09:00"), local("2026-11-23 11:30")),
    ]
    assert list(business_time.spans(hours(), local("2026-11-21 10:00"), local("2026-11-22"))) == []
    assert list(business_time.spans(hours(), local("2026-11-20"), local("2026-11-16"))) == []


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-11-16", "2026-11-16 16:00"),
        ("2026-11-20", "2026-11-20 23:59"),  # open past midnight, but then it is Saturday
        ("2026-11-21", "2026-11-21 23:59"),  # open until 24:00
        ("2026-11-22", "2026-11-22 17:00"),  # a Sunday, closed
        ("2026-12-25", "2026-12-25 17:00"),  # Christmas, a Friday
        ("2026-08-03", "2026-08-03 17:00"),  # closed in August
        ("2026-08-31", "2026-08-31 17:00"),
    ],
)
def test_a_promise_for_a_day_is_kept_until_its_last_closing_time(day: str, end: str):
    calendar = hours(
        "mon-thu 9:00-12:00 13:00-16:00, fri 20:00-26:00, sat 12:00-24:00",
        country="DE",
        closed=(("2026-08-01", "2026-08-31"),),
    )
    assert business_time.end_of_day(calendar, date.fromisoformat(day)) == local(end)


@pytest.mark.parametrize(
    "calendar",
    [
        hours(""),
        hours(closed=(("2020-01-01", "9999-12-31"),)),
        hours("fri 9:00-17:00", closed=(("2026-01-01", "2046-12-31"),)),
    ],
    ids=["no periods", "closed for ever", "closed for twenty years"],
)
def test_hours_that_never_open_are_a_clear_error_soon(calendar: Hours):
    at, begun = local("2026-11-16 12:00"), time.thread_time()
    with pytest.raises(NeverOpen):
        business_time.opens_next(calendar, at)
    with pytest.raises(NeverOpen):
        business_time.closes_next(calendar, at)
    with pytest.raises(NeverOpen):
        business_time.after(calendar, at, 1)
    assert time.thread_time() - begun < 5  # of work, however busy the machine is
    assert not business_time.is_open(calendar, at)
    assert list(business_time.spans(calendar, at, at + timedelta(days=100))) == []
    assert business_time.minutes_between(calendar, at, at + timedelta(days=100)) == 0


def test_what_lies_beyond_all_years_is_never_open_either():
    with pytest.raises(NeverOpen):
        business_time.after(hours("mon 9:00-9:01"), datetime(9980, 1, 1, tzinfo=UTC), 2**31 - 1)


def test_no_minutes_after_a_moment_is_that_moment_open_or_not():
    sunday = local("2026-11-22 12:00")
    assert business_time.after(hours(), sunday, 0) == sunday
    assert business_time.after(hours(""), sunday, 0) == sunday


def test_seconds_are_kept():
    start = local("2026-11-16 16:59:30.250000")
    assert business_time.after(hours(), start, 1) == local("2026-11-17 09:00:30.250000")
    assert business_time.minutes_between(hours(), start, local("2026-11-17 09:01:00")) == 1


def test_a_week_of_holidays_is_named_in_the_countrys_language_or_in_another():
    calendar = hours(country="DE", region="BY")
    week = (date(2026, 12, 24), date(2027, 1, 6))
    own = business_time.holidays_between(calendar, *week)
    assert [day for day, _ in own] == [
        date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1), date(2027, 1, 6),
    ]  # fmt: skip
    assert own[0][1] == "Erster Weihnachtstag"
    english = business_time.holidays_between(calendar, *week, language="en")
    assert english[0][1] == "Christmas Day"


def test_a_hundred_thousand_hours_ahead_are_found_at_once():
    calendar, start = hours(country="DE", region="BY"), local("2026-11-16 09:00")
    far = business_time.after(calendar, start, 100_000 * HOUR)
    quickest = min(_took(calendar, start) for _ in range(20))
    day, opened = start.date(), 0
    while opened < 100_000 // 8:
        opened += day.weekday() < 5 and not business_time.is_closed_day(calendar, day)
        day += timedelta(days=1)
    assert far == datetime.combine(day - timedelta(days=1), datetime_time(17), calendar.zone)
    assert quickest < 0.005  # 0.1 ms on a quiet machine


def _took(calendar: Hours, start: datetime) -> float:
    begun = time.thread_time()
    business_time.after(calendar, start, 100_000 * HOUR)
    return time.thread_time() - begun
