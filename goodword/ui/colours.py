"""Colours as hex text: how far two stand apart, and what becomes of one in the dark."""

from __future__ import annotations

import re

READABLE = 4.5  # WCAG 2.2, 1.4.3: contrast of text
PAPER_LIGHT = "#fcf9f5"  # `--paper` of tokens.css
_DARK_GROUNDS = ("#151310", "#1c1a16", "#24211d")  # desk, paper, sheet
_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 20


def is_colour(text: str) -> bool:
    """As in "#0e563f": nothing else gets into a stylesheet."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (alike) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def in_the_dark(colour: str) -> str:
    """The same colour, as much lighter as it takes to be read on dark grounds."""
    for step in range(_STEPS + 1):
        lighter = _mixed(colour, step / _STEPS)
        if all(contrast(lighter, ground) >= READABLE for ground in _DARK_GROUNDS):
            return lighter
    return "#ffffff"


def _mixed(colour: str, white: float) -> str:
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in _parts(colour))


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in _parts(colour))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
