from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InboxMade:
    KIND: ClassVar[str] = "inboxes.made"


@dataclass(frozen=True, slots=True)
class InboxChanged:
    KIND: ClassVar[str] = "inboxes.changed"
