"""Business time of any calendar, against a reference that looks at every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from goodword.plan import hours as business_time
from goodword.plan.clocks import wall
from goodword.plan.hours import Closed, Hours, Period
from goodword.plan.tests.calendars import MINUTE, open_minutes

EXAMPLES = 15
WINDOW = timedelta(days=3)

# Days about which a zone's clock changes, or the date does something.
TURNS = [
    ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Havana", "2026-03-08"), ("America/Havana", "2026-11-01"),
    ("Pacific/Apia", "2011-12-30"), ("Africa/Casablanca", "2026-02-15"),
    ("Asia/Kathmandu", "2028-02-29"), ("Pacific/Kiritimati", "2026-12-31"),
    ("Asia/Gaza", "2040-10-20"), ("America/St_Johns", "2006-10-29"),
    ("Asia/Pyongyang", "2018-05-05"), ("Antarctica/Troll", "2026-03-29"),
    ("America/Caracas", "2007-12-09"), ("Europe/Volgograd", "2018-10-28"),
    ("UTC", "2027-01-01"), ("Asia/Tehran", "2022-03-22"),
    ("America/Sao_Paulo", "2018-02-18"), ("Asia/Dhaka", "2010-01-01"),
]  # fmt: skip


@st.composite
def periods(draw: st.DrawFn) -> Period:
    step = draw(st.sampled_from([1, 15, 60]))
    begin = draw(st.integers(0, 1439 // step)) * step
    length = draw(st.integers(1, draw(st.sampled_from([4, 12, 48])) * 60 // step)) * step
    return Period(begin, min(begin + length, 2880))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """A calendar, and a moment about the turn of its clock."""
    zone, day = draw(st.sampled_from(TURNS))
    turn = date.fromisoformat(day)
    week = draw(st.lists(st.lists(periods(), max_size=3).map(tuple), min_size=7, max_size=7))
    closures = [
        Closed(turn + timedelta(days=first), turn + timedelta(days=first + length))
        for first, length in draw(
            st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 3)), max_size=2)
        )
    ]
    country = draw(st.sampled_from(["", "DE", "US", "NO"]))
    start = datetime(turn.year, turn.month, turn.day, tzinfo=UTC) - timedelta(days=1)
    start += MINUTE * draw(st.integers(-1000, 1000))
    return Hours(ZoneInfo(zone), tuple(week), country, "", tuple(closures)), start


@settings(max_examples=EXAMPLES)
@given(calendars(), st.randoms(use_true_random=False))
def test_every_answer_is_the_one_that_counting_minutes_gives(drawn, random):
    calendar, start = drawn
    minutes = list(open_minutes(calendar, start, start + WINDOW))
    found = list(business_time.spans(calendar, start, start + WINDOW))
    counted = sum(is_open for _, is_open in minutes)
    opens = [at for at, is_open in minutes if is_open]

    assert _spans_of(minutes) == found
    assert business_time.minutes_between(calendar, start, start + WINDOW) == counted
    for place in random.sample(range(len(minutes)), 20):
        at, is_open = minutes[place]
        assert business_time.is_open(calendar, at) is is_open
        later = [each for each in opens if each >= at]
        if later:
            assert business_time.opens_next(calendar, at) == later[0]
            wanted = random.randint(1, len(later))
            assert business_time.after(calendar, at, wanted) == later[wanted - 1] + MINUTE


def _spans_of(minutes: list[tuple[datetime, bool]]) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    for at, is_open in minutes:
        if is_open and spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + MINUTE)
        elif is_open:
            spans.append((at, at + MINUTE))
    return spans


@settings(max_examples=EXAMPLES)
@given(calendars(), st.integers(1, 60 * 24 * 400), st.integers(1, 60 * 24 * 400))
def test_parts_of_a_wait_add_up_and_later_is_never_sooner(drawn, first, second):
    calendar, start = drawn
    if not any(calendar.week):
        return
    halfway = business_time.after(calendar, start, first)
    end = business_time.after(calendar, start, first + second)
    assert start < halfway < end
    assert business_time.after(calendar, halfway, second) == end
    assert business_time.minutes_between(calendar, start, end) == first + second
    assert business_time.after(calendar, start + MINUTE, first) >= halfway


@settings(max_examples=EXAMPLES)
@given(calendars(), st.integers(-10, 10))
def test_the_days_make_up_the_whole_and_a_day_ends_within_itself(drawn, ahead):
    calendar, start = drawn
    day = start.date() + timedelta(days=ahead)
    spans = business_time.spans_of_day(calendar, day)
    for opens, closes in spans:
        assert opens < closes
        assert business_time.is_open(calendar, opens)
        assert business_time.is_open(calendar, closes - MINUTE)
    end = business_time.end_of_day(calendar, day)
    midnight = wall(calendar.zone, day, 0)
    assert midnight <= end <= wall(calendar.zone, day, 24 * 60)
    if spans:
        assert end <= max(closes for _, closes in spans)
