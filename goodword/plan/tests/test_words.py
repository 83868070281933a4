"""What customers read."""

from __future__ import annotations

import pytest
from django.utils import translation

from goodword.plan import words
from goodword.plan.hours import Closed, Hours
from goodword.plan.tests.calendars import BERLIN, OFFICE, hours, local


def opening(calendar: Hours | None, at: str, zone: str = BERLIN) -> str:
    return words.opening(calendar, local(at), zone=zone, language="en")


@pytest.mark.parametrize(
    ("zone", "language", "said"),
    [
        (BERLIN, "en", "by Tuesday 24 November, 10:00"),
        ("America/New_York", "en", "by Tuesday 24 November, 04:00"),
        ("Pacific/Auckland", "en-GB", "by Tuesday 24 November, 22:00"),
        (BERLIN, "tlh", "by Tuesday 24 November, 10:00"),
        (BERLIN, "", "by Tuesday 24 November, 10:00"),
    ],
)
def test_a_promised_time_is_said_in_the_readers_zone(zone: str, language: str, said: str):
    with translation.override("de"):
        assert words.promised(local("2026-11-24 10:00"), zone=zone, language=language) == said
        assert translation.get_language() == "de"


def test_a_promised_time_is_said_in_the_readers_language():
    said = words.promised(local("2026-11-24 10:00"), zone=BERLIN, language="de")
    assert "Dienstag" in said
    assert "10:00" in said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-16 10:00", "Open now until 17:00."),
        ("2026-11-16 08:00", "Opens today at 09:00."),
        ("2026-11-16 17:00", "Opens tomorrow at 09:00."),
        ("2026-11-20 17:00", "Opens on Monday at 09:00."),
        ("2026-12-23 17:00", "We are on a sledge! We are back on Monday 11 January, 09:00."),
        ("2026-12-29 10:00", "We are on a sledge! We are back on Monday 11 January, 09:00."),
        ("2026-05-14 10:00", "Closed today: Ascension Day. Opens tomorrow at 09:00."),
    ],
)
def test_customers_read_whether_we_are_there_and_when_again(at: str, said: str):
    sledge = Closed(local("2026-12-24 00:00").date(), local("2027-01-10 00:00").date(),
                    "We are on a sledge!")  # fmt: skip
    calendar = Hours(hours().zone, hours(OFFICE).week, "DE", "", (sledge,))
    assert opening(calendar, at) == said


def test_a_closure_without_a_text_only_says_when_we_open():
    calendar = hours(closed=(("2026-12-24", "2027-01-10"),))
    assert opening(calendar, "2026-12-24 10:00") == "Opens on Monday 11 January, 09:00."


def test_a_text_without_a_full_stop_gets_one():
    closed = Closed(local("2026-12-24 00:00").date(), local("2026-12-24 00:00").date(), "Moving")
    calendar = Hours(hours().zone, hours().week, closures=(closed,))
    assert opening(calendar, "2026-12-24 10:00") == (
        "Moving. We are back on Friday 25 December, 09:00."
    )


def test_the_hours_are_said_in_the_readers_zone():
    assert opening(hours(), "2026-11-16 10:00", "Asia/Tokyo") == "Open now until 01:00."
    assert opening(hours(), "2026-11-16 08:00", "America/Los_Angeles") == "Opens tomorrow at 00:00."


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (None, ""),
        (hours(""), ""),
        (hours("mon-sun 0:00-24:00"), "Always open."),
        (hours("mon-fri 0:00-24:00"), "Open now until Saturday 21 November, 00:00."),
        (hours("mon 9:00-26:00"), "Open now until 02:00."),
    ],
)
def test_hours_without_end_or_beginning(calendar: Hours | None, said: str):
    assert opening(calendar, "2026-11-16 10:00") == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-20 10:00", "by Tuesday 24 November, 10:00"),
        ("2025-11-20 10:00", "by Tuesday 24 November 2026, 10:00"),
    ],
)
def test_another_year_is_named(now: str, said: str):
    at = local("2026-11-24 10:00")
    assert words.promised(at, zone=BERLIN, language="en", now=local(now)) == said


def test_another_year_is_named_in_german_too():
    said = words.promised(
        local("2027-02-01 10:00"), zone=BERLIN, language="de", now=local("2026-11-24 10:00")
    )
    assert "1. Februar 2027" in said
