"""When somebody may be reached outside the app."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from goodword.notices.models import Preference
from goodword.notices.quiet import digests_around, is_quiet, may_reach

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Preference()  # 18:00 to 08:00, and weekends


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-11-23T07:59", True),  # a Monday
        ("2026-11-23T08:00", False),
        ("2026-11-23T17:59", False),
        ("2026-11-23T18:00", True),
        ("2026-11-24T00:00", True),
        ("2026-11-21T12:00", True),  # a Saturday
        ("2026-11-22T12:00", True),
        ("2026-03-30T08:30", False),  # the day after summer time begins: it is 06:30 UTC
        ("2026-10-26T08:30", False),  # and after it ends: 07:30 UTC
    ],
)
def test_the_night_and_the_weekend_are_quiet_as_the_clock_of_the_house_shows_them(moment, quiet):
    assert is_quiet(NIGHT, local(moment).astimezone(ZoneInfo("UTC")), zone=BERLIN) is quiet


def test_quiet_hours_may_lie_within_a_day():
    siesta = Preference(quiet_from=13 * 60, quiet_until=15 * 60)
    quiet = [is_quiet(siesta, local(f"2026-11-23T{h}:30"), zone=BERLIN) for h in (12, 13, 14, 15)]
    assert quiet == [False, True, True, False]


def test_from_and_until_alike_mean_never():
    never = Preference(quiet_from=0, quiet_until=0, quiet_weekends=False)
    assert not any(is_quiet(never, local(f"2026-11-22T{h:02}:00"), zone=BERLIN) for h in range(24))


@pytest.mark.parametrize(
    ("on_duty", "away", "reached"),
    [(False, False, False), (True, False, True), (True, True, False), (False, True, False)],
)
def test_at_night_who_is_on_duty_is_reached_unless_they_are_away(on_duty, away, reached):
    night = local("2026-11-24T03:00")
    assert may_reach(NIGHT, night, zone=BERLIN, on_duty=on_duty, away=away) is reached


def test_by_day_everybody_is_reached_but_who_is_away():
    noon = local("2026-11-24T12:00")
    assert may_reach(NIGHT, noon, zone=BERLIN, on_duty=False, away=False)
    assert not may_reach(NIGHT, noon, zone=BERLIN, on_duty=False, away=True)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-11-23T07:59", "2026-11-22T08:00", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-23T08:00", "2026-11-24T08:00"),
        ("2026-03-28T12:00", "2026-03-28T08:00", "2026-03-29T08:00"),  # the clocks go forward
        ("2026-10-25T12:00", "2026-10-25T08:00", "2026-10-26T08:00"),  # and back
    ],
)
def test_the_daily_mail_is_due_by_the_clock_on_the_wall(now, last, following):
    around = digests_around(8 * 60, local(now), zone=BERLIN)
    assert around == (local(last), local(following))


def test_an_hour_that_the_clocks_leave_out_is_due_right_after():
    around = digests_around(2 * 60 + 30, local("2026-03-29T01:00"), zone=BERLIN)
    assert around[1] == local("2026-03-29T03:00")
