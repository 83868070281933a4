from __future__ import annotations

from django.db.models import QuerySet

from goodword.fields.models import Field, Value


def of(about: str) -> QuerySet[Field]:
    """The fields of persons, organisations or conversations, in their order."""
    return Field.objects.filter(about=about).order_by("position", "pk")


def every() -> QuerySet[Field]:
    """The fields of whatever, in the order of `of`."""
    return Field.objects.order_by("position", "pk")


def count_values(field: Field) -> int:
    """How many subjects have something in it: what would go with it."""
    rooms = [each for each in Value.__subclasses__() if not each._meta.abstract]
    return sum(each._default_manager.filter(field=field).count() for each in rooms)
