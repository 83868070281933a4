from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class KindNamed:
    """A kind of people was made or has another name."""

    KIND: ClassVar[str] = "people.kind_named"


@dataclass(frozen=True, slots=True)
class KindForgotten:
    KIND: ClassVar[str] = "people.kind_forgotten"


@dataclass(frozen=True, slots=True)
class KindChosen:
    """A person is of a kind from now on; `kind_id` None: of none."""

    KIND: ClassVar[str] = "people.kind_chosen"
    kind_id: int | None


@dataclass(frozen=True, slots=True)
class LinksWithdrawn:
    """The links to a person's own page that were given before open nothing any more."""

    KIND: ClassVar[str] = "people.links_withdrawn"


@dataclass(frozen=True, slots=True)
class PersonDescribed:
    """We know better what they are called, and by which language and clock they live."""

    KIND: ClassVar[str] = "people.described"
