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


@dataclass(frozen=True, slots=True)
class OrganisationNamed:
    """An organisation was made or has another name."""

    KIND: ClassVar[str] = "people.organisation_named"


@dataclass(frozen=True, slots=True)
class OrganisationForgotten:
    KIND: ClassVar[str] = "people.organisation_forgotten"


@dataclass(frozen=True, slots=True)
class DomainsChosen:
    """Mail from other domains brings people to an organisation from now on."""

    KIND: ClassVar[str] = "people.domains_chosen"


@dataclass(frozen=True, slots=True)
class OrganisationChosen:
    """A person belongs to an organisation from now on; `organisation_id` None: to none."""

    KIND: ClassVar[str] = "people.organisation_chosen"
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class AddressHeld:
    """A person holds an address from now on, or no longer."""

    KIND: ClassVar[str] = "people.address_held"
    address_id: int
    on: bool


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """What an address is to a person: its label, whether it is preferred, whose new mail is."""

    KIND: ClassVar[str] = "people.address_changed"
    address_id: int


@dataclass(frozen=True, slots=True)
class NoteKept:
    """A note on a person was written, edited or deleted."""

    KIND: ClassVar[str] = "people.note_kept"
    note_id: int
    act: str  # written, edited, deleted


@dataclass(frozen=True, slots=True)
class FieldFilled:
    """Something else stands in a field of a person or an organisation, or nothing (`on` False)."""

    KIND: ClassVar[str] = "people.field_filled"
    field_id: int
    on: bool


@dataclass(frozen=True, slots=True)
class PersonsMerged:
    """Two were found to be one; `merged_id` leads on from now on."""

    KIND: ClassVar[str] = "people.merged"
    merged_id: int


@dataclass(frozen=True, slots=True)
class MergeUndone:
    """They are two after all; `merged_id` stands by itself again."""

    KIND: ClassVar[str] = "people.merge_undone"
    merged_id: int


@dataclass(frozen=True, slots=True)
class ComplaintTakenBack:
    """Who had called our mail abuse wants it after all."""

    KIND: ClassVar[str] = "people.complaint_taken_back"
    address_id: int


@dataclass(frozen=True, slots=True)
class AddressWorks:
    """A teammate found that mail to it doesn't come back any more."""

    KIND: ClassVar[str] = "people.address_works"
    address_id: int
