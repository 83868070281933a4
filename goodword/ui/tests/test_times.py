"""Moments as people say them, in Berlin, on Thursday 14 May 2026 at 10:42."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from goodword.ui import times
from goodword.ui.templatetags import ui

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 5, 14, 10, 42, 30, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def in_berlin_and_english():
    with timezone.override(BERLIN), translation.override("en"):
        yield


def at(day, hour=12, minute=0, month=5, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at(14, 14), "14:00"),
        (at(14, 0), "00:00"),
        (at(15), "Fri 12:00"),
        (at(20, 9, 5), "Wed 09:05"),
        (at(21), "21 May"),
        (at(8), "Fri 12:00"),
        (at(7), "7 May"),
        (at(18, month=4), "18 Apr"),
        (at(18, month=4, year=2027), "18 Apr 2027"),
    ],
)
def test_a_short_time_names_only_what_is_needed_to_find_the_moment(when, said):
    assert ui.short_time(when, NOW) == said


@pytest.mark.parametrize(
    ("when", "said"), [(at(14, 10, 5), "10:05"), (at(13, 17), "Wed"), (at(4), "4 May")]
)
def test_a_row_shows_the_time_today_and_the_day_before(when, said):
    assert ui.row_time(when, NOW) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at(14, 23, 59), "Today"),
        (at(13), "Yesterday"),
        (at(15), "Tomorrow"),
        (at(12), "Tuesday, 12 May"),
        (at(12, year=2025), "Monday, 12 May 2025"),
    ],
)
def test_days_are_named_by_how_far_they_are(when, said):
    assert ui.day_name(when, NOW) == said


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (at(14, 10, 42), "now"),
        (at(14, 10, 43), "in 1 min"),
        (at(14, 11, 30), "in 48 min"),
        (at(14, 11, 42), "in 1 h"),
        (at(14, 12, 15), "in 1 h 33"),
        (at(14, 12, 47), "in 2 h 05"),
        (at(14, 14), "in 3 h"),
        (at(14, 16, 30), "in 6 h"),
        (at(15, 8), "tomorrow"),
        (at(15, 12), "tomorrow"),
        (at(16, 10), "in 2 days"),
        (at(28, 12), "in 2 weeks"),
        (at(20, month=8), "in 3 months"),
        (at(20, year=2028), "in 2 years"),
        (at(14, 10, 20), "22 min late"),
        (at(14, 9), "1 h 42 late"),
        (at(13, 11), "23 h late"),
        (at(13, 10), "1 day late"),
        (at(10, 10), "4 days late"),
    ],
)
def test_what_is_due_says_how_long_until_and_how_late(due, said):
    assert ui.relative(due, NOW) == said


def test_late_at_night_the_next_morning_is_told_in_hours():
    assert times.relative(at(15, 7), at(14, 23)) == "in 8 h"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at(14, 10, 42), "just now"),
        (at(14, 10, 45), "just now"),
        (at(14, 10, 39), "3 min ago"),
        (at(12, 10), "2 days ago"),
    ],
)
def test_what_happened_says_how_long_ago(when, said):
    assert ui.ago(when, NOW) == said


def test_the_full_time_names_day_year_and_zone():
    assert ui.full_time(at(14, 14)) == "Thursday, 14 May 2026, 14:00 CEST"


@pytest.mark.parametrize(
    ("language", "zone", "month", "called"),
    [
        ("en", "Europe/Berlin", 5, "CEST"),
        ("de", "Europe/Berlin", 5, "MESZ"),
        ("de", "Europe/Berlin", 12, "MEZ"),
        ("de-at", "Europe/Vienna", 12, "MEZ"),
        ("de", "America/New_York", 5, "EDT"),  # German has no name for it
        ("en", "America/Sao_Paulo", 5, "\N{MINUS SIGN}03"),  # nobody has one; nor is it a hyphen
        ("de", "UTC", 5, "UTC"),
        ("en", "Europe/Dublin", 7, "IST"),  # an hour before GMT, which Babel calls it
        ("en", "Europe/Dublin", 12, "GMT"),
        ("en", "Europe/London", 12, "GMT"),
        ("fr", "Europe/Lisbon", 12, "WET"),  # Babel: WEST, which others read as summer time
        ("fr", "Europe/Lisbon", 7, "WEST"),
        ("fr", "Europe/Athens", 12, "EET"),
        ("fr", "Europe/Athens", 7, "EEST"),
        ("fr", "Europe/Paris", 7, "CEST"),
    ],
)
def test_a_zone_is_called_as_people_call_it_in_the_language(language, zone, month, called):
    when = datetime(2026, month, 14, 12, tzinfo=ZoneInfo(zone))
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        assert times.zone_name(when) == called
        assert ui.full_time(when).endswith(called)


def test_zones_of_one_sign_and_two_names_are_not_taken_for_each_other():
    when = datetime(2026, 12, 14, 22, tzinfo=ZoneInfo("UTC"))
    said = []
    for zone in ("Pacific/Honolulu", "America/Adak"):
        with timezone.override(ZoneInfo(zone)):
            said.append(ui.full_time(when).rpartition(" ")[2])
    assert said == ["HST", "HAST"]


def test_the_day_is_that_of_the_reader_not_of_greenwich():
    late_in_berlin = at(14, 23, 30)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ui.short_time(late_in_berlin, at(14, 23)) == "06:30"
        assert ui.day_name(at(14, 10), at(14, 23)) == "Yesterday"


def test_hours_across_a_summer_time_night_are_counted_as_they_pass():
    before, after = at(29, 1, month=3), at(29, 4, month=3)
    utc = ZoneInfo("UTC")

    assert times.relative(after.astimezone(utc), before.astimezone(utc)) == "in 2 h"


def test_days_and_months_follow_the_language():
    with translation.override("de"):
        assert ui.short_time(at(15), NOW) == "Fr 12:00"
        assert ui.short_time(at(18, month=3), NOW) == "18. März"
        assert ui.day_name(at(12), NOW) == "Dienstag, 12. Mai"


def test_in_german_a_span_fits_before_and_after_the_moment():
    with translation.override("de"):
        assert times.relative(at(16), NOW) == "in 2 Tagen"
        assert times.relative(at(12), NOW) == "seit 1 Tag fällig"
        assert times.ago(at(11), NOW) == "vor 2 Tagen"


def test_without_a_moment_nothing_is_said():
    shown = [ui.short_time, ui.row_time, ui.clock_time, ui.day_name, ui.full_time, ui.relative]
    assert [show(None) for show in [*shown, ui.ago]] == [""] * 7
