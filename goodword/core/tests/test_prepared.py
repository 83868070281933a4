"""A query written once answers each asking with its own keys."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from goodword.core import prepared
from goodword.people.models import Person
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db


def test_each_asking_has_its_own_keys_and_the_query_is_written_once() -> None:
    people = [Person.objects.create(name=name, made_at=MONDAY_NOON) for name in "abc"]
    written = []

    def build(*keys: int) -> QuerySet[Person, tuple[str]]:
        written.append(keys)
        rows = Person.objects.filter(pk__in=keys).exclude(name="b")
        return rows.order_by("name").values_list("name")

    def ask(*keys: int) -> list[str]:
        return [name for (name,) in prepared.rows(("test", len(keys)), build, *keys)]

    one, two, three = (person.pk for person in people)
    assert ask(one, two) == ["a"]
    assert ask(two, three) == ["c"]
    assert ask(three, one) == ["a", "c"]
    assert ask(one, two, three) == ["a", "c"]
    assert len(written) == 2
