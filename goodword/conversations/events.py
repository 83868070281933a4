from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _AboutConversation:
    conversation_id: int
    inbox_id: int


@dataclass(frozen=True, slots=True)
class MessageReceived(_AboutConversation):
    KIND: ClassVar[str] = "conversations.message_received"
    message_id: int
    inbound_kind: str
    opened: bool


@dataclass(frozen=True, slots=True)
class NoteWritten(_AboutConversation):
    KIND: ClassVar[str] = "conversations.note_written"
    message_id: int


@dataclass(frozen=True, slots=True)
class StateChanged(_AboutConversation):
    KIND: ClassVar[str] = "conversations.state_changed"
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Assigned(_AboutConversation):
    KIND: ClassVar[str] = "conversations.assigned"
    to: str
    note_id: int | None = None  # the word that went with it
    why: str = ""  # by_turn or by_load, where nobody decided it


@dataclass(frozen=True, slots=True)
class Tagged(_AboutConversation):
    KIND: ClassVar[str] = "conversations.tagged"
    tag_id: int
    on: bool


@dataclass(frozen=True, slots=True)
class FieldFilled(_AboutConversation):
    """Something else stands in a field of it, or nothing (`on` False)."""

    KIND: ClassVar[str] = "conversations.field_filled"
    field_id: int
    on: bool
