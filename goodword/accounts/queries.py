from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet

from goodword.accounts.models import Business, Invitation, Role, Team, Teammate
from goodword.core import prepared


def business() -> Business | None:
    """The business, None before the first evening."""
    found = prepared.objects("business", lambda: Business.objects.filter(pk=1))
    return found[0] if found else None


def language_of(teammate: Teammate, *, house: Business | None) -> str:
    """What to write to them in: as their pages are, else in the language of the house."""
    return teammate.language or (house.language if house else settings.LANGUAGE_CODE)


def teammates() -> QuerySet[Teammate]:
    """Everyone, active ones first, by name."""
    return Teammate.objects.order_by("-is_active", "name")


def active() -> QuerySet[Teammate]:
    return Teammate.objects.filter(is_active=True).order_by("name")


def owners() -> QuerySet[Teammate]:
    return active().filter(role=Role.OWNER)


def teammates_at(emails: Iterable[str]) -> dict[str, Teammate]:
    """The active teammates who sign in with these addresses, by address in lower case."""
    found = prepared.objects_of("teammates at", _active_at, (e.strip().lower() for e in emails))
    return {teammate.email: teammate for teammate in found}


def _active_at(*emails: str) -> QuerySet[Teammate]:
    return Teammate.objects.filter(is_active=True, email__in=emails)


def like(teammate: Teammate, key: int) -> Teammate:
    """Someone with the rights of `teammate`, for a query that is made once (core.prepared)."""
    return Teammate(pk=key, role=teammate.role, is_active=teammate.is_active)


def teams() -> QuerySet[Team]:
    return Team.objects.order_by("name")


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at__isnull=True).order_by("-made_at")
