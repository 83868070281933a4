"""How long something took, as people write it: "25", "1:15", "1 h 15 min", "1,5 h"."""

from __future__ import annotations

import re

MOST = 6000  # minutes: a hundred hours at once are a slip of the finger

_HOURS = r"(?:h|hrs?|hours?|std\.?|stunden?|heures?|ore|horas?|uur)(?![^\W\d_])"
_MINUTES = r"(?:m|mins?\.?|minutes?|minuten?|minuti|minutos?)(?![^\W\d_])"
_CLOCK = re.compile(rf"(\d{{1,2}}):([0-5]\d)(?![\d:])\s*(?:{_HOURS})?", re.IGNORECASE)
_HOURS_FIRST = re.compile(
    rf"(\d{{1,3}}(?:[.,]\d{{1,2}})?)\s*{_HOURS}\s*(?:([0-5]?\d)(?![\d.,:])\s*(?:{_MINUTES})?)?",
    re.IGNORECASE,
)
_MINUTES_ALONE = re.compile(rf"(\d{{1,4}})(?![\d.,:])\s*(?:{_MINUTES})?", re.IGNORECASE)


class NoTime(Exception):
    """It doesn't begin with how long it took, or that is nothing, or more than `MOST`."""


def parse(written: str) -> tuple[int, str]:
    """Minutes, and the words after them. A bare number is minutes. Raises NoTime."""
    written = written.strip()
    if clock := _CLOCK.match(written):
        minutes, end = int(clock[1]) * 60 + int(clock[2]), clock.end()
    elif said := _HOURS_FIRST.match(written):
        hours = float(said[1].replace(",", "."))
        minutes, end = round(hours * 60) + int(said[2] or 0), said.end()
    elif alone := _MINUTES_ALONE.match(written):
        minutes, end = int(alone[1]), alone.end()
    else:
        raise NoTime(written[:80])
    runs_on = written[end : end + 1].isalnum() and written[end - 1].isalnum()
    if runs_on or not 0 < minutes <= MOST:
        raise NoTime(written[:80])
    return minutes, written[end:].strip(" \t,;:–—-")
