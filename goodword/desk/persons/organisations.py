"""What changes for everybody who belongs to an organisation, and can't be had back, is decided by
who sees them all: else one inbox's people would decide for those of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.desk.persons import seeing
from goodword.people import belonging
from goodword.people.models import Organisation, Person


class SeenInPart(Exception):
    """Somebody belongs to it whom this teammate may not see: an owner decides."""


def sees_whole(organisation: Organisation, teammate: Teammate) -> bool:
    """Whether nobody belongs to it whom this teammate may not see."""
    if not teammate.is_active or teammate.is_owner:
        return teammate.is_active
    standing = Person.objects.filter(organisation=organisation, redirect_to__isnull=True)
    seen = seeing.visible_to(teammate).filter(organisation=organisation)
    return not standing.exclude(pk__in=seen.values("pk")).exists()


@transaction.atomic
def rename(organisation: Organisation, name: str, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot, SeenInPart, NoName, NameTaken."""
    rights.require_answer(by)
    if not sees_whole(organisation, by):
        raise SeenInPart
    belonging.name_organisation(name, organisation=organisation, by=by, at=at)


@transaction.atomic
def have_domains(
    organisation: Organisation, domains: Iterable[str], *, by: Teammate, at: datetime
) -> None:
    """Raises MayNot, SeenInPart, NotADomain, PublicProvider, DomainTaken."""
    rights.require_answer(by)
    if not sees_whole(organisation, by):
        raise SeenInPart
    belonging.have_domains(organisation, domains, by=by, at=at)


def may_forget(organisation: Organisation, teammate: Teammate) -> bool:
    return belonging.may_forget(teammate) and sees_whole(organisation, teammate)


@transaction.atomic
def forget(organisation: Organisation, *, by: Teammate, at: datetime) -> None:
    """Who belonged to it belongs to none now. For owners and leads. Raises MayNot, SeenInPart."""
    if belonging.may_forget(by) and not sees_whole(organisation, by):
        raise SeenInPart
    belonging.forget_organisation(organisation, by=by, at=at)
