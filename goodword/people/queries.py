from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from goodword.people.models import Address, Holding, Kind, Person


def addresses_of(person: Person) -> QuerySet[Address]:
    """The addresses a person holds now, the preferred first."""
    return Address.objects.filter(holdings__person=person, holdings__until__isnull=True).order_by(
        "-holdings__preferred", "holdings__id"
    )


def primary_holders(addresses: Iterable[Address]) -> dict[int, Person]:
    """Who mail from these addresses is from, by the address's key."""
    keys = [address.pk for address in addresses]
    held = Holding.objects.filter(address__in=keys, primary=True).select_related("person")
    return {holding.address_id: holding.person for holding in held}


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
    """Who holds the address now, when it is one person: what is sent there nobody else reads."""
    held = Holding.objects.filter(address=address, until__isnull=True)
    holders = {standing(each.person).pk: each.person for each in held.select_related("person")[:5]}
    return standing(next(iter(holders.values()))) if len(holders) == 1 else None
