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
