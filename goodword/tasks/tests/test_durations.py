from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.tasks.durations import MOST, NoTime, parse


@pytest.mark.parametrize(
    ("written", "minutes", "words"),
    [
        ("25", 25, ""),
        (" 25 min ", 25, ""),
        ("25 rang the printer", 25, "rang the printer"),
        ("5m: proof", 5, "proof"),
        ("1:15", 75, ""),
        ("1:05 h archive", 65, "archive"),
        ("1 h", 60, ""),
        ("1h15", 75, ""),
        ("1 h 15 min, archive", 75, "archive"),
        ("1,5 h", 90, ""),
        ("0.25h", 15, ""),
        ("2 Std. Archiv", 120, "Archiv"),
        ("2 Stunden 5 Minuten", 125, ""),
        ("1 h 2 boxes", 62, "boxes"),
        ("30 minutes of waiting", 30, "of waiting"),
        ("45 hammers", 45, "hammers"),
        ("6000", MOST, ""),
    ],
)
def test_how_people_write_it(written, minutes, words):
    assert parse(written) == (minutes, words)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "archive",
        "0",
        "0:00",
        "6001",
        "101 h",
        "99999",
        "1:75",
        "25x",
        "1.5",
        "-5",
        "1:15:00",
    ],
)
def test_what_is_no_time(written):
    with pytest.raises(NoTime):
        parse(written)


@given(st.text(alphabet="0123456789:.,hm in-x", max_size=12) | st.text(max_size=60))
def test_it_gives_minutes_or_says_that_it_cannot(written):
    try:
        minutes, _words = parse(written)
    except NoTime:
        return
    assert 0 < minutes <= MOST
