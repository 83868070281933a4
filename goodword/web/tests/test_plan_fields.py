"""Hours and spans as people write them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from goodword.web.plan.fields import (
    DAY,
    PeriodsField,
    TimeField,
    clock,
    minutes_of,
    periods_as_text,
    span_from,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", []),
        ("9-17", [(540, 1020)]),
        ("9:00–12:30, 13:30–17:00", [(540, 750), (810, 1020)]),
        ("13.30 - 17.00; 9.00 - 12.30", [(540, 750), (810, 1020)]),
        ("9am-5pm", [(540, 1020)]),
        ("12am-12pm", [(0, 720)]),
        ("9h30 bis 17", [(570, 1020)]),
        ("0-24", [(0, 1440)]),
        ("22:00-2:00", [(1320, 1560)]),
        ("22-24", [(1320, 1440)]),
        ("9-12,12-17", [(540, 720), (720, 1020)]),
    ],
)
def test_periods_are_read_as_people_write_them(written: str, read: list[tuple[int, int]]):
    assert PeriodsField().clean(written) == read


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("9-12, 11-17", "overlap at 11:00"),
        ("22-2, 23-24", "overlap at 23:00"),
        ("9-9", "ends at 09:00, just when it begins"),
        ("24-24", "just when it begins"),
        ("24:00-2:00", "belongs to the next day"),
        ("9-25", "not a time of day"),
        ("9-24:30", "not a time of day"),
        ("9:75-10", "not a time of day"),
        ("13pm-14pm", "not a time of day"),
        ("closed", "not a period"),
        ("9", "not a period"),
        ("9-17-20", "not a period"),
        ("9" * 200 + "-17", "at most 200"),
        ("9-17\x00", "Null characters"),
    ],
)
def test_what_is_wrong_with_a_period_is_said(written: str, words: str):
    with pytest.raises(ValidationError) as error:
        PeriodsField().clean(written)
    assert words in " ".join(error.value.messages)


@given(
    st.lists(st.integers(0, DAY - 1), min_size=2, max_size=8, unique=True).map(sorted),
    st.integers(1, DAY - 1),
)
def test_what_is_written_is_read_again(edges: list[int], last: int):
    pairs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    assert PeriodsField().clean(periods_as_text(pairs)) == pairs
    night = (edges[-1], edges[-1] + last)
    assert PeriodsField().clean(periods_as_text([night])) == [night]


def test_a_time_of_day_may_be_left_out():
    assert TimeField(required=False).clean("") is None
    assert TimeField().clean("5 pm") == 17 * 60
    with pytest.raises(ValidationError):
        TimeField().clean("soon")


@given(st.integers(0, 2 * DAY))
def test_a_minute_is_shown_as_a_clock_shows_it(minute: int):
    hours, minutes = clock(minute).split(":")
    assert (int(hours) * 60 + int(minutes)) % DAY == minute % DAY


@given(st.integers(0, 100_000), st.sampled_from([DAY, 480, 450, 1]))
def test_a_span_stays_as_long_in_its_largest_unit(minutes: int, day: int):
    assert minutes_of(span_from(minutes, day_minutes=day), day_minutes=day) == minutes
