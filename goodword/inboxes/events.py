from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InboxMade:
    KIND: ClassVar[str] = "inboxes.made"


@dataclass(frozen=True, slots=True)
class InboxChanged:
    """`changed` names what is another since: fields of the inbox, "addresses", a wording."""

    KIND: ClassVar[str] = "inboxes.changed"
    changed: tuple[str, ...] = ()
