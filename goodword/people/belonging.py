"""Organisations: what they are called, which mail is theirs, who belongs to them.

Callers find the person or the organisation through what they may see (`desk.persons.seeing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Role, Teammate
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.people import actions as people
from goodword.people import events as facts
from goodword.people.models import Organisation, OrganisationDomain, Person
from goodword.people.organisations import public_providers


class NoName(Exception):
    """An organisation is told by its name; this one is empty."""


class NameTaken(Exception):
    """There is another organisation of this name."""


class NotADomain(Exception):
    """`str()` is what was typed."""


class PublicProvider(Exception):
    """Anybody gets an address there, so it tells of no organisation; `str()` is the domain."""


class DomainTaken(Exception):
    """Another organisation has it; `str()` is the domain."""


@transaction.atomic
def name_organisation(
    name: str, *, organisation: Organisation | None = None, by: Teammate, at: datetime
) -> Organisation:
    """Make one, or give `organisation` another name. Raises MayNot, NoName, NameTaken."""
    rights.require_answer(by)
    name = clean_line(name, most=200)
    if not name:
        raise NoName
    others = Organisation.objects.exclude(pk=organisation.pk if organisation else 0)
    if others.filter(name__iexact=name).exists():
        raise NameTaken(name)
    organisation = organisation or Organisation(made_at=at)
    organisation.name = name
    organisation.save()
    events.announce(facts.OrganisationNamed(), by=by, about=organisation, at=at)
    return organisation


@transaction.atomic
def have_domains(
    organisation: Organisation, domains: Iterable[str], *, by: Teammate, at: datetime
) -> None:
    """Whoever is new and writes from one of `domains` belongs to it; from no others any more.

    Who belongs to it already stays. Raises MayNot, NotADomain, PublicProvider, DomainTaken.
    """
    rights.require_answer(by)
    wanted = {domain: None for each in domains if (domain := _domain(each))}
    taken = OrganisationDomain.objects.filter(domain__in=wanted)
    for other in taken.exclude(organisation=organisation)[:1]:
        raise DomainTaken(other.domain)
    has = set(organisation.domains.values_list("domain", flat=True))
    if has == set(wanted):
        return
    organisation.domains.exclude(domain__in=wanted).delete()
    for domain in wanted:
        if domain not in has:
            organisation.domains.create(domain=domain)
    events.announce(facts.DomainsChosen(), by=by, about=organisation, at=at)


def _domain(text: str) -> str:
    """`@Shop.Example` or `ana@shop.example` as it is compared; empty for nothing."""
    domain = clean_line(text, most=320).lower().rpartition("@")[2].rstrip(".")
    if not domain:
        return ""
    try:
        validate_email(f"someone@{domain}")
    except ValidationError as error:
        raise NotADomain(text) from error
    if domain in public_providers():
        raise PublicProvider(domain)
    return domain


def may_forget(teammate: Teammate) -> bool:
    return teammate.is_active and teammate.role in {Role.OWNER, Role.LEAD}


@transaction.atomic
def forget_organisation(organisation: Organisation, *, by: Teammate, at: datetime) -> None:
    """Who belonged to it belongs to none now; what stood in its fields goes. For owners and leads.

    Raises MayNot.
    """
    if not may_forget(by):
        raise rights.MayNot
    events.announce(facts.OrganisationForgotten(), by=by, about=organisation, at=at)
    organisation.people.update(role="")
    organisation.delete()


@transaction.atomic
def belong_to(
    person: Person, organisation: Organisation, *, role: str = "", by: Teammate, at: datetime
) -> None:
    """They belong to it and to no other; `role`: what they do there. Raises MayNot."""
    _belong(person, organisation, clean_line(role, most=100), by=by, at=at)


@transaction.atomic
def leave(person: Person, *, by: Teammate, at: datetime) -> None:
    """They belong to no organisation. Raises MayNot."""
    _belong(person, None, "", by=by, at=at)


def _belong(
    person: Person, organisation: Organisation | None, role: str, *, by: Teammate, at: datetime
) -> None:
    rights.require_answer(by)
    key = organisation.pk if organisation else None
    if (person.organisation_id, person.role) == (key, role):
        return
    people.share(person, organisation=organisation, role=role)
    fact = facts.OrganisationChosen(organisation_id=key)
    events.announce(fact, by=by, about=person, at=at)
