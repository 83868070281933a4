from __future__ import annotations

from django.db.models import QuerySet

from goodword.people.models import Address, Person


def addresses_of(person: Person) -> QuerySet[Address]:
    """The addresses a person holds now, the preferred first."""
    return Address.objects.filter(holdings__person=person, holdings__until__isnull=True).order_by(
        "-holdings__preferred", "holdings__id"
    )
