"""What a macro does besides saying something: a short list of steps, each a verb of the desk.

Written as "tag:refund" or "close:" where a page sends it, and as a list of pairs where it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from goodword.core import ids
from goodword.core.text import clean, clean_line

MOST = 20
MOST_DAYS = 365
MOST_NOTE = 5_000


class Malformed(Exception):
    """This is no list of steps; `str()` is what stands there."""


class Do(TextChoices):
    """In the order in which they are done: what puts the conversation aside comes last."""

    NOTE = "note", _("Write a note")
    TAG = "tag", _("Tag")
    UNTAG = "untag", _("Take a tag off")
    URGENT = "urgent", _("Mark as urgent")
    NOT_URGENT = "not_urgent", _("Mark as not urgent")
    ASSIGN = "assign", _("Give it to")
    CHECK = "check", _("Add a step to the checklist")
    NO_ANSWER = "no_answer", _("No answer needed")
    CLOSE = "close", _("Close")
    SNOOZE = "snooze", _("Snooze")


@dataclass(frozen=True, slots=True)
class Step:
    """`value`: a tag's name, the note, the days of a snooze, or whom it is given to: "me",
    "nobody", "teammate:7hq2…", "team:4mkd…".
    """

    do: Do
    value: str = ""

    @property
    def written(self) -> str:
        return f"{self.do}:{self.value}"


_ORDER = list(Do)
_SEVERAL = {Do.TAG, Do.UNTAG, Do.CHECK}
_EITHER = [{Do.URGENT, Do.NOT_URGENT}, {Do.CLOSE, Do.SNOOZE}]


def read(kept: Any) -> list[Step]:
    """The steps of a stored list, in the order in which they are done. Raises Malformed."""
    if not isinstance(kept, list):
        raise Malformed(repr(kept)[:80])
    pairs = [pair for pair in kept if isinstance(pair, list) and len(pair) == 2]
    if len(pairs) != len(kept):
        raise Malformed(repr(kept)[:80])
    return in_order(_step(*pair) for pair in pairs)


def parse(written: Iterable[str]) -> list[Step]:
    """The steps that a page names. Raises Malformed."""
    return in_order(_step(*each.partition(":")[::2]) for each in written)


def kept(steps: Iterable[Step]) -> list[list[str]]:
    """As they are stored."""
    return [[str(each.do), each.value] for each in steps]


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Each once, in the order in which they are done. Raises Malformed when two contradict."""
    once = list(dict.fromkeys(steps))
    if len(once) > MOST:
        raise Malformed(f"{len(once)} steps")
    asked = [each.do for each in once]
    if any(asked.count(do) > 1 for do in set(asked) - _SEVERAL):
        raise Malformed("twice")
    if any(len(either & set(asked)) > 1 for either in _EITHER):
        raise Malformed("either")
    return sorted(once, key=lambda step: _ORDER.index(step.do))


def together(earlier: Iterable[Step], newer: Iterable[Step]) -> list[Step]:
    """Both; where they contradict, the newer. Raises Malformed when they are too many."""
    return in_order(_beside(earlier, newer))


def as_many_as_fit(earlier: Iterable[Step], newer: Iterable[Step]) -> list[Step]:
    """As `together`, but never too many: of the earlier the first are left out."""
    return in_order(list(dict.fromkeys(_beside(earlier, newer)))[-MOST:])


def _beside(earlier: Iterable[Step], newer: Iterable[Step]) -> list[Step]:
    newer = list(newer)
    asked = {each.do for each in newer}
    alone = [{do} for do in Do if do not in _SEVERAL]
    clashing = set().union(*(group for group in (*alone, *_EITHER) if group & asked))
    return [*(each for each in earlier if each.do not in clashing), *newer]


def _step(do: object, value: object) -> Step:
    if do not in Do.values or not isinstance(value, str):
        raise Malformed(str(do)[:80])
    step = Do(str(do))
    most = 200 if step is Do.CHECK else 80
    value = clean(value).strip() if step is Do.NOTE else clean_line(value, most=most)
    if not _fits(step, value):
        raise Malformed(f"{do}:{value}"[:80])
    return Step(step, value)


def _fits(do: Do, value: str) -> bool:
    match do:
        case Do.NOTE:
            return 0 < len(value) <= MOST_NOTE
        case Do.TAG | Do.UNTAG:
            return 0 < len(value) <= 60
        case Do.CHECK:
            return value != ""
        case Do.SNOOZE:
            return value.isascii() and value.isdecimal() and 0 < int(value[:4]) <= MOST_DAYS
        case Do.ASSIGN:
            kind, colon, public_id = value.partition(":")
            if not colon:
                return kind in {"me", "nobody"}
            return kind in {"teammate", "team"} and ids.is_public_id(public_id)
        case _:
            return not value
