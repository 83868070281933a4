"""What stands in a business's own fields for people and organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.events import actions as events
from goodword.fields import queries as fields
from goodword.fields import values
from goodword.fields.models import Field
from goodword.fields.sorting import sorts_as
from goodword.people import events as facts
from goodword.people import queries
from goodword.people.models import Organisation, OrganisationValue, Person, PersonValue


class NotOfThese(Exception):
    """The field is of something else."""


@transaction.atomic
def set_value(
    subject: Person | Organisation, field: Field, text: str, *, by: Teammate, at: datetime
) -> str:
    """Gives what is stored; nothing typed empties the field. Raises MayNot, NotAValue, NotOfThese.

    Of a person: also what stood there for somebody who was merged into them is written over.
    """
    rights.require_answer(by)
    stored = values.parse(field, text)
    is_person = isinstance(subject, Person)
    if field.about != (Field.About.PERSON if is_person else Field.About.ORGANISATION):
        raise NotOfThese
    if isinstance(subject, Person):
        subject = queries.standing(subject)
        if not stored:
            PersonValue.objects.filter(person__in=queries.keys_of(subject), field=field).delete()
        else:
            PersonValue.objects.update_or_create(
                person=subject, field=field, defaults=_written(field, stored)
            )
    elif stored:
        OrganisationValue.objects.update_or_create(
            organisation=subject, field=field, defaults=_written(field, stored)
        )
    else:
        OrganisationValue.objects.filter(organisation=subject, field=field).delete()
    fact = facts.FieldFilled(field_id=field.pk, on=bool(stored))
    events.announce(fact, by=by, about=subject, at=at)
    return stored


def _written(field: Field, stored: str) -> dict[str, Any]:
    return {"text": stored, "sorts_as": sorts_as(field, stored)}


def values_of_person(person: Person) -> list[tuple[Field, str]]:
    """Every field of persons with what stands in it, as stored; empty for nothing.

    Of two who were merged, what stands for who stands.
    """
    keys = queries.keys_of(person)
    rows = PersonValue.objects.filter(person__in=keys).values_list("person", "field", "text")
    # Who stands comes last, and so wins.
    by_age = sorted(rows, key=lambda row: -keys.index(row[0]))
    found = {field: text for _person, field, text in by_age}
    return [(each, found.get(each.pk, "")) for each in fields.of(Field.About.PERSON)]


def values_of_persons(keys: Sequence[int]) -> dict[int, dict[int, str]]:
    """What stands in the fields of these who stand, as stored, by person and by field."""
    merged = Person.objects.filter(redirect_to__in=keys, redirect_to__isnull=False)
    stands = {key: to for key, to in merged.values_list("pk", "redirect_to") if to}
    rows = PersonValue.objects.filter(person__in=[*keys, *stands])
    found: dict[int, dict[int, str]] = {}
    for key, field, text in rows.values_list("person", "field", "text"):
        known = found.setdefault(stands.get(key, key), {})
        if key not in stands or field not in known:  # who stands goes before who was merged
            known[field] = text
    return found


def values_of_organisation(organisation: Organisation) -> list[tuple[Field, str]]:
    """Every field of organisations with what stands in it, as stored; empty for nothing."""
    found = dict(organisation.values.values_list("field", "text"))
    return [(each, found.get(each.pk, "")) for each in fields.of(Field.About.ORGANISATION)]
