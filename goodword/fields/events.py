from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldDefined:
    """A field was made."""

    KIND: ClassVar[str] = "fields.defined"


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """It is called otherwise, stands elsewhere, or has other choices."""

    KIND: ClassVar[str] = "fields.changed"


@dataclass(frozen=True, slots=True)
class FieldForgotten:
    """It is gone, and what stood in it."""

    KIND: ClassVar[str] = "fields.forgotten"
    values: int
