"""Colours that a business chooses can be read, by day and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.ui import colours

TOKENS = (Path(__file__).parent.parent / "static/ui/css/tokens.css").read_text()


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_in_the_dark_every_colour_is_light_enough(colour: str) -> None:
    lighter = colours.in_the_dark(colour)
    assert colours.is_colour(lighter)
    for name in ("desk", "paper", "sheet"):
        ground = re.search(rf"--{name}: light-dark\(#\w+, (#\w+)\)", TOKENS)
        assert ground is not None
        assert colours.contrast(lighter, ground[1]) >= colours.READABLE


def test_the_paper_it_is_measured_on_is_ours() -> None:
    assert f"--paper: light-dark({colours.PAPER_LIGHT}," in TOKENS


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#0e563f", "#0e563f", 1)],
)
def test_contrast_is_what_wcag_says(one: str, other: str, found: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(found, abs=0.005)
    assert colours.contrast(one, other) == colours.contrast(other, one)
