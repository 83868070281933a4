"""While a new version is put in place, a process of the old one writes rows as it knows them."""

from __future__ import annotations

import pytest
from django.db import connection, models

from goodword.accounts.models import Teammate
from goodword.notices.models import Notice
from tests.factories import MONDAY_NOON, make_house

pytestmark = pytest.mark.django_db


def write(row: models.Model, *, unknown: str) -> None:
    """As code would whose model has no field `unknown`."""
    fields = [field for field in row._meta.concrete_fields if field.name not in {"id", unknown}]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection=connection)
        for field in fields
    ]
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({places})", values)


def test_a_notice_told_by_code_that_knows_no_titles_reads_as_it_was_told():
    ben = make_house().ben
    matter = {"matter": "conversation:1", "kind": "late", "url": "/"}
    write(
        Notice(teammate=ben, title="An answer is late", told_at=MONDAY_NOON, **matter),
        unknown="titles",
    )
    told = Notice.objects.get(teammate=ben)
    assert (told.titles, told.words) == ({}, "An answer is late")


def test_a_teammate_added_by_code_that_knows_no_languages_has_none_yet():
    write(Teammate(name="Fay", email="fay@shop.example", joined_at=MONDAY_NOON), unknown="language")
    assert Teammate.objects.get(name="Fay").language == ""
