from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from goodword.core import prepared
from goodword.people.models import (
    Address,
    Holding,
    Kind,
    Merged,
    Organisation,
    Person,
    PersonNote,
)


def addresses_of(person: Person) -> QuerySet[Address]:
    """The addresses a person holds now, the preferred first; who stands before who is merged."""
    held = _held(person.standing_id)
    return Address.objects.filter(holdings__in=held.values("pk")).order_by(
        "-holdings__preferred",
        F("holdings__person__redirect_to").asc(nulls_first=True),
        "holdings__id",
    )


def holdings_of(person: Person) -> QuerySet[Holding]:
    """What they hold now with its address, in the order of `addresses_of`."""
    held = _held(person.standing_id).select_related("address", "person")
    return held.order_by("-preferred", F("person__redirect_to").asc(nulls_first=True), "id")


def _held(key: int) -> QuerySet[Holding]:
    now = Holding.objects.filter(until__isnull=True)
    both = now.filter(person=key, address=OuterRef("address"))
    merged = Person.objects.filter(redirect_to=key, redirect_to__isnull=False).values("pk")
    return now.filter(Q(person=key) | Q(Q(person__in=merged), ~Exists(both)))


def primary_holders(addresses: Iterable[Address]) -> dict[int, Person]:
    """Who mail from these addresses is from, by the address's key."""
    keys = (address.pk for address in addresses)
    held = prepared.objects_of("primary holders", _primary, keys)
    return {holding.address_id: holding.person for holding in held}


def _primary(*keys: int) -> QuerySet[Holding]:
    return Holding.objects.filter(address__in=keys, primary=True).select_related("person")


def addresses(values: Iterable[str], *, kind: str) -> list[Address]:
    """Those of these normalised addresses that we know."""

    def known(*values: str) -> QuerySet[Address]:
        return Address.objects.filter(kind=kind, value__in=values)

    return prepared.objects_of(("addresses", kind), known, values)


def kinds() -> QuerySet[Kind]:
    """The kinds of people that the business tells apart, by name."""
    return Kind.objects.order_by("name")


def known_as(public_id: str) -> Person | None:
    """The row of this name, which may lead on to another: `standing`."""
    return Person.objects.filter(public_id=public_id).select_related("redirect_to").first()


def standing(person: Person) -> Person:
    """The person themselves, or whom they were merged into."""
    passed = {person.pk}
    while person.redirect_to is not None and person.redirect_to.pk not in passed:
        person = person.redirect_to
        passed.add(person.pk)
    return person


def only_holder(address: Address) -> Person | None:
    """Who holds the address now, when it is one person: what is sent there nobody else reads.

    Their own row, also where they were merged into another: what is given to that address leads
    to them alone should the two be taken apart again.
    """
    held = Holding.objects.filter(address=address, until__isnull=True).order_by("id")
    rows = [each.person for each in held.select_related("person")[:5]]
    alone = len({person.standing_id for person in rows}) == 1
    return min(rows, key=lambda person: person.redirect_to_id is not None) if alone else None


def keys_of(person: Person) -> list[int]:
    """The key of who stands, then those of all who were merged into them."""
    key = person.standing_id
    return [key, *(each for (each,) in prepared.rows("redirected", _redirected, key))]


def _redirected(key: int) -> QuerySet[Person, tuple[int]]:
    return Person.objects.filter(redirect_to=key, redirect_to__isnull=False).values_list("pk")


def merged_with(key: int | OuterRef) -> QuerySet[Person]:
    """Who leads on to the person of this key; also they themselves, where they lead on."""
    to_them = Q(redirect_to=key, redirect_to__isnull=False)
    return Person.objects.filter(to_them | Q(pk=key, redirect_to__isnull=False))


def all_of(key: int) -> QuerySet[Person]:
    """Who stands, by their key, and all who were merged into them."""
    return Person.objects.filter(Q(pk=key) | Q(redirect_to=key, redirect_to__isnull=False))


def held_beside(address: int) -> QuerySet[Holding, Any]:
    """The keys of what whoever new mail from `address` is of holds now beside it."""
    primary = Holding.objects.filter(address=address, primary=True)
    held = Holding.objects.filter(person__in=same_as(primary), until__isnull=True)
    return held.exclude(address=address).values("address")


def same_as(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """All keys of the persons whom `rows` name in their column `person`, as one list: an index
    leads to each of the two halves, and to no "or".
    """
    standing = rows.order_by().values(who=Coalesce("person__redirect_to", "person"))
    merged = Person.objects.filter(redirect_to__in=standing, redirect_to__isnull=False)
    return standing.union(merged.values(who=F("pk")))


def other_holders(address: Address, person: Person) -> QuerySet[Holding]:
    """Who else holds an address now, with the person; the primary first."""
    held = Holding.objects.filter(address=address, until__isnull=True)
    others = held.exclude(person__in=keys_of(person)).select_related("person__redirect_to")
    return others.order_by("-primary", "id")


def notes_on(person: Person) -> QuerySet[PersonNote]:
    """What teammates wrote about them, newest first."""
    rows = PersonNote.objects.filter(person__in=keys_of(person)).select_related("by")
    return rows.order_by("-at", "-id")


def merges_of(person: Person) -> QuerySet[Merged]:
    """Which others they were found to be, the last first; not what was taken apart again."""
    stand = Merged.objects.filter(person__in=keys_of(person), undone_at__isnull=True)
    return stand.select_related("person", "by").order_by("-at", "-id")


def organisations() -> QuerySet[Organisation]:
    return Organisation.objects.order_by(Lower("name"), "pk")


def organisation_at(domain: str) -> Organisation | None:
    """Whose own mail domain it is."""
    if not domain:
        return None
    found = prepared.objects("organisation at", _organisation_at, domain)
    return found[0] if found else None


def _organisation_at(domain: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(domains__domain=domain)


def people_of(organisation: Organisation) -> QuerySet[Person]:
    """Who belongs to it, by name; those merged into others left out."""
    here = Person.objects.filter(organisation=organisation, redirect_to__isnull=True)
    return here.order_by("sorts_as", "pk")
