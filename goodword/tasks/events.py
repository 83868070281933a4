from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ChecklistChanged:
    """A line of the checklist; `how`: added, done, open, removed, back."""

    KIND: ClassVar[str] = "tasks.checklist_changed"
    conversation_id: int
    inbox_id: int
    item_id: int
    how: str


@dataclass(frozen=True, slots=True)
class TimeNoted:
    KIND: ClassVar[str] = "tasks.time_noted"
    conversation_id: int
    inbox_id: int
    time_id: int
    counts: bool  # not when it was taken back
