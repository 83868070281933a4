from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CannedReplyMade:
    KIND: ClassVar[str] = "canned.made"


@dataclass(frozen=True, slots=True)
class CannedReplyChanged:
    KIND: ClassVar[str] = "canned.changed"


@dataclass(frozen=True, slots=True)
class CannedReplyArchived:
    KIND: ClassVar[str] = "canned.archived"


@dataclass(frozen=True, slots=True)
class CannedReplyRestored:
    KIND: ClassVar[str] = "canned.restored"


@dataclass(frozen=True, slots=True)
class StepsUndone:
    """What was done as one in a conversation was undone; each verb announces its own besides."""

    KIND: ClassVar[str] = "canned.undone"
    conversation_id: int
    inbox_id: int
