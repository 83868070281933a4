from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _AboutPromise:
    kind: str
    conversation_id: int | None
    inbox_id: int | None


@dataclass(frozen=True, slots=True)
class PromiseMade(_AboutPromise):
    KIND: ClassVar[str] = "promises.made"
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PromiseKept(_AboutPromise):
    KIND: ClassVar[str] = "promises.kept"
    kept_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class PromiseReleased(_AboutPromise):
    KIND: ClassVar[str] = "promises.released"
    why: str


@dataclass(frozen=True, slots=True)
class PromiseReopened(_AboutPromise):
    KIND: ClassVar[str] = "promises.reopened"


@dataclass(frozen=True, slots=True)
class PromiseHandedOver(_AboutPromise):
    KIND: ClassVar[str] = "promises.handed_over"
    owner: str


@dataclass(frozen=True, slots=True)
class PromiseMoved(_AboutPromise):
    KIND: ClassVar[str] = "promises.moved"
    before: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PromiseBroken(_AboutPromise):
    KIND: ClassVar[str] = "promises.broken"


@dataclass(frozen=True, slots=True)
class PromiseShown(_AboutPromise):
    KIND: ClassVar[str] = "promises.shown"


@dataclass(frozen=True, slots=True)
class PromiseHidden(_AboutPromise):
    KIND: ClassVar[str] = "promises.hidden"


@dataclass(frozen=True, slots=True)
class PromiseTakenBack(_AboutPromise):
    KIND: ClassVar[str] = "promises.taken_back"


@dataclass(frozen=True, slots=True)
class PromiseReminded(_AboutPromise):
    """`step`: reminded, backup_told or lead_told."""

    KIND: ClassVar[str] = "promises.reminded"
    step: str
