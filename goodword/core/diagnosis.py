"""What a look at this installation found: one sentence, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

State = Literal["ok", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`wrong`: mend it. `look`: works, but somebody should know. `rule` names it for programs.

    `about`: what was looked at, as a heading; `words`: how it fares, and what that means; `do`:
    what to do, empty when nothing is.
    """

    state: State
    rule: str
    about: str
    words: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.about}: {self.words} {self.do}".rstrip()


def worst(found: Iterable[Diagnosis]) -> State:
    states = {each.state for each in found}
    return "wrong" if "wrong" in states else "look" if "look" in states else "ok"


def span(time: timedelta) -> str:
    """A stretch of time in one number, such as "3 hours"."""
    seconds = int(abs(time).total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def megabytes(count: int) -> str:
    """A number of bytes as people say it."""
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"
