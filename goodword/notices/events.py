from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class NoticesChanged:
    """Something was told to a teammate, or is no longer news to them."""

    KIND: ClassVar[str] = "notices.changed"
    teammate_id: int
