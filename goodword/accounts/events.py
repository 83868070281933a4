from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BusinessChanged:
    KIND: ClassVar[str] = "accounts.business_changed"


@dataclass(frozen=True, slots=True)
class TeammateJoined:
    KIND: ClassVar[str] = "accounts.teammate_joined"
    role: str


@dataclass(frozen=True, slots=True)
class TeammateInvited:
    KIND: ClassVar[str] = "accounts.teammate_invited"
    role: str


@dataclass(frozen=True, slots=True)
class RoleChanged:
    KIND: ClassVar[str] = "accounts.role_changed"
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TeammateLeft:
    KIND: ClassVar[str] = "accounts.teammate_left"


@dataclass(frozen=True, slots=True)
class TeammateReturned:
    KIND: ClassVar[str] = "accounts.teammate_returned"


@dataclass(frozen=True, slots=True)
class TeamMade:
    KIND: ClassVar[str] = "accounts.team_made"


@dataclass(frozen=True, slots=True)
class TeamChanged:
    KIND: ClassVar[str] = "accounts.team_changed"


@dataclass(frozen=True, slots=True)
class SecondFactorRequired:
    """From now on everybody needs one, or nobody does any more."""

    KIND: ClassVar[str] = "accounts.second_factor_required"
    required: bool


@dataclass(frozen=True, slots=True)
class SecondFactorTaken:
    """What somebody had lost was taken away for them: app, passkeys and recovery codes."""

    KIND: ClassVar[str] = "accounts.second_factor_taken"


@dataclass(frozen=True, slots=True)
class PasswordLinkMade:
    """An owner, or whoever runs the machine, can hand over a link that sets a new password."""

    KIND: ClassVar[str] = "accounts.password_link_made"


@dataclass(frozen=True, slots=True)
class SignInWayChanged:
    """A server of OpenID Connect was added, changed or removed."""

    KIND: ClassVar[str] = "accounts.sign_in_way_changed"
    what: str  # added, changed, removed


@dataclass(frozen=True, slots=True)
class SignedOutElsewhere:
    """Sessions of the teammate were ended from another browser, or by an owner."""

    KIND: ClassVar[str] = "accounts.signed_out_elsewhere"
    sessions: int
