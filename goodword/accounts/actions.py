"""Who belongs to the house: the first owner, invitations, teams, roles, leaving."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from goodword.accounts import events as facts
from goodword.accounts.models import (
    Business,
    FirstOwnerLink,
    Invitation,
    Membership,
    Role,
    Team,
    Teammate,
)
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.files.models import File

OWNER_LINK_LASTS = timedelta(hours=24)
INVITATION_LASTS = timedelta(days=7)


class AlreadyOwned(Exception):
    """There is an owner; the first-owner link no longer opens anything."""


class LinkExpired(Exception):
    """The link was used, is too old, or was never ours."""


class AddressTaken(Exception):
    """A teammate with this address exists."""


class LastOwner(Exception):
    """At least one active owner always remains."""


class TeamWouldBeEmpty(Exception):
    """A team always keeps an active member who may answer: its word must be somebody's."""

    def __init__(self, team: Team) -> None:
        super().__init__(team.name)
        self.team = team


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# The first evening


@transaction.atomic
def make_first_owner_link(*, at: datetime) -> str:
    """A fresh token; every earlier one stops working. Raises AlreadyOwned."""
    if Teammate.objects.filter(role=Role.OWNER).exists():
        raise AlreadyOwned
    FirstOwnerLink.objects.filter(used_at__isnull=True).delete()
    token = secrets.token_urlsafe(24)
    FirstOwnerLink.objects.create(token_hash=_hash(token), expires_at=at + OWNER_LINK_LASTS)
    return token


def first_owner_link_opens(token: str, *, at: datetime) -> bool:
    return (
        FirstOwnerLink.objects.filter(
            token_hash=_hash(token), used_at__isnull=True, expires_at__gt=at
        ).exists()
        and not Teammate.objects.filter(role=Role.OWNER).exists()
    )


@transaction.atomic
def become_first_owner(
    token: str, *, name: str, email: str, password: str, at: datetime
) -> Teammate:
    """Use the link. Raises LinkExpired."""
    won = FirstOwnerLink.objects.filter(
        token_hash=_hash(token), used_at__isnull=True, expires_at__gt=at
    ).update(used_at=at)
    if not won:
        raise LinkExpired
    try:
        return found(name=name, email=email, password=password, at=at)
    except AlreadyOwned as error:
        raise LinkExpired from error


@transaction.atomic
def found(*, name: str, email: str, password: str, at: datetime) -> Teammate:
    """Make the first owner. Raises AlreadyOwned."""
    if Teammate.objects.filter(role=Role.OWNER).exists():
        raise AlreadyOwned
    return join(name=name, email=email, password=password, role=Role.OWNER, by=None, at=at)


@transaction.atomic
def name_business(
    *,
    name: str,
    zone: str,
    country: str,
    language: str,
    undo_send_seconds: int = 10,
    by: Teammate | None,
    at: datetime,
) -> Business:
    """Say who we are, or say it anew. `zone` is an IANA name, `country` an ISO 3166-1 code."""
    values = {
        "name": clean_line(name, most=120),
        "zone": zone,
        "country": country,
        "language": language,
        "undo_send_seconds": undo_send_seconds,
    }
    business, _ = Business.objects.update_or_create(
        pk=1, defaults=values, create_defaults=values | {"made_at": at}
    )
    events.announce(facts.BusinessChanged(), by=by, about=business, at=at)
    return business


@transaction.atomic
def dress(
    business: Business, *, accent: str, logo: File | None, by: Teammate, at: datetime
) -> None:
    """How the pages for customers look. `accent` is a hex colour that can be read, or empty."""
    business.accent, business.logo = accent, logo
    business.save(update_fields=["accent", "logo"])
    events.announce(facts.BusinessChanged(), by=by, about=business, at=at)


# People


@transaction.atomic
def join(
    *, name: str, email: str, password: str, role: str, by: Teammate | None, at: datetime
) -> Teammate:
    """A new teammate. Raises AddressTaken."""
    email = email.strip().lower()
    if Teammate.objects.filter(email__iexact=email).exists():
        raise AddressTaken(email)
    teammate = Teammate(name=clean_line(name, most=120), email=email, role=role, joined_at=at)
    teammate.set_password(password)
    teammate.save(force_insert=True)
    events.announce(facts.TeammateJoined(role=role), by=by or teammate, about=teammate, at=at)
    return teammate


@transaction.atomic
def invite(
    *, email: str, role: str, teams: Iterable[Team], by: Teammate, at: datetime
) -> tuple[Invitation, str]:
    """An invitation and its token; an earlier one for the address ends. Raises AddressTaken."""
    email = email.strip().lower()
    if Teammate.objects.filter(email__iexact=email).exists():
        raise AddressTaken(email)
    Invitation.objects.filter(email__iexact=email, used_at__isnull=True).delete()
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        token_hash=_hash(token),
        made_at=at,
        made_by=by,
        expires_at=at + INVITATION_LASTS,
    )
    invitation.teams.set(teams)
    events.announce(facts.TeammateInvited(role=role), by=by, about=invitation, at=at)
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation) -> None:
    """The link stops working; a used invitation stays as it was."""
    Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).delete()


def open_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation behind a token, when it still opens."""
    return Invitation.objects.filter(
        token_hash=_hash(token), used_at__isnull=True, expires_at__gt=at
    ).first()


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str, at: datetime) -> Teammate:
    """Raises LinkExpired, AddressTaken."""
    invitation = open_invitation(token, at=at)
    won = invitation and Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(
        used_at=at
    )
    if invitation is None or not won:
        raise LinkExpired
    teammate = join(
        name=name,
        email=invitation.email,
        password=password,
        role=invitation.role,
        by=None,
        at=at,
    )
    for team in invitation.teams.all():
        Membership.objects.create(team=team, teammate=teammate)
    return teammate


@transaction.atomic
def change_role(teammate: Teammate, role: str, *, by: Teammate, at: datetime) -> None:
    """Raises LastOwner, TeamWouldBeEmpty."""
    if role == teammate.role:
        return
    _one_at_a_time()
    before = teammate.role
    teammate.role = role
    teammate.save(update_fields=["role"])
    _an_owner_remains()
    if role == Role.LIGHT:
        _teams_stay_answered(teammate)
    events.announce(facts.RoleChanged(before=before, after=role), by=by, about=teammate, at=at)


@transaction.atomic
def deactivate(teammate: Teammate, *, by: Teammate, at: datetime) -> None:
    """They sign in no more. Call `desk.staffing.take_leave`, which also hands over what they owe.

    Raises LastOwner, TeamWouldBeEmpty.
    """
    _one_at_a_time()
    won = Teammate.objects.filter(pk=teammate.pk, is_active=True).update(
        is_active=False, left_at=at
    )
    teammate.refresh_from_db()
    if not won:
        return
    _an_owner_remains()
    _teams_stay_answered(teammate)
    events.announce(facts.TeammateLeft(), by=by, about=teammate, at=at)


@transaction.atomic
def reactivate(teammate: Teammate, *, by: Teammate, at: datetime) -> None:
    won = Teammate.objects.filter(pk=teammate.pk, is_active=False).update(
        is_active=True, left_at=None
    )
    teammate.refresh_from_db()
    if won:
        events.announce(facts.TeammateReturned(), by=by, about=teammate, at=at)


@transaction.atomic
def describe(
    teammate: Teammate, *, name: str, signature: str, theme: str, is_advised: bool = True
) -> None:
    """What a teammate says of themselves."""
    teammate.name, teammate.signature = clean_line(name, most=120), signature.strip()
    teammate.theme, teammate.is_advised = theme, is_advised
    teammate.save(update_fields=["name", "signature", "theme", "is_advised"])


# Teams


@transaction.atomic
def make_team(*, name: str, members: Iterable[Teammate], by: Teammate | None, at: datetime) -> Team:
    """Raises TeamWouldBeEmpty when no member may answer."""
    team = Team.objects.create(name=clean_line(name, most=80), made_at=at)
    Membership.objects.bulk_create(Membership(team=team, teammate=each) for each in members)
    _stays_answered(team)
    events.announce(facts.TeamMade(), by=by, about=team, at=at)
    return team


@transaction.atomic
def change_team(
    team: Team, *, name: str, members: Iterable[Teammate], by: Teammate, at: datetime
) -> None:
    """Raises TeamWouldBeEmpty. `desk.staffing.change_team` also hands over what leavers owe."""
    _one_at_a_time()
    team.name = clean_line(name, most=80)
    team.save(update_fields=["name"])
    team.members.set(members)
    _stays_answered(team)
    events.announce(facts.TeamChanged(), by=by, about=team, at=at)


def _one_at_a_time() -> None:
    """Let nobody else change who is in the house until the transaction ends.

    Two who leave at once would each count on the other. SQLite's write lock does the same.
    """
    owners = Teammate.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")
    list(owners.select_for_update(no_key=True))  # what names one of them may be stored


def _an_owner_remains() -> None:
    if not Teammate.objects.filter(role=Role.OWNER, is_active=True).exists():
        raise LastOwner


def _teams_stay_answered(teammate: Teammate) -> None:
    for team in teammate.teams.all():
        _stays_answered(team)


def _stays_answered(team: Team) -> None:
    if not team.members.filter(is_active=True).exclude(role=Role.LIGHT).exists():
        raise TeamWouldBeEmpty(team)
