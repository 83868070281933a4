"""Queries and inserts whose SQL is made once. For those asked with every page and every mail: the
ORM takes longer to write such a query than the database to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model, QuerySet

_STAND_IN = 2**62  # what follows it stands for a key that is given with each asking
_made: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}
_MOST = 500


def rows(
    shape: Hashable, build: Callable[..., QuerySet[Any, Any]], *keys: int
) -> list[tuple[Any, ...]]:
    """The rows of the query that `build` makes of `keys`, as the database gives them.

    `shape` names the query: it holds all on which its SQL depends but the keys themselves, which
    `build` must hand on as they are. Fit for columns of numbers and text.
    """
    shape = (connection.vendor, shape)
    found = _made.get(shape)
    if found is None:
        if len(_made) >= _MOST:
            _made.clear()
        stand_ins = [_STAND_IN + number for number in range(len(keys))]
        found = _made[shape] = build(*stand_ins).query.sql_with_params()
    sql, params = found
    bound = [
        keys[each - _STAND_IN] if isinstance(each, int) and each >= _STAND_IN else each
        for each in params
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return list(cursor.fetchall())


def insert(row: Model) -> None:
    """Store a new row as `save` does, and give it its key. Sends no signals."""
    keyed = row.pk is not None
    sql, fields = _insert(type(row), keyed, connection.vendor)
    with connection.cursor() as cursor:
        if keyed:
            cursor.execute(sql, _values(row, fields))
        else:
            cursor.execute(f"{sql} RETURNING id", _values(row, fields))
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


def insert_all(rows: Sequence[Model]) -> None:
    """Store new rows of one kind at once. They don't learn their keys."""
    if rows:
        sql, fields = _insert(type(rows[0]), False, connection.vendor)
        _send(sql, [_values(row, fields) for row in rows])


def update_all(rows: Sequence[Model], *names: str) -> None:
    """Store these fields of rows of one kind at once."""
    if rows:
        sql, fields = _update(type(rows[0]), names, connection.vendor)
        _send(sql, [[*_values(row, fields), row.pk] for row in rows])


def _send(sql: str, given: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        if len(given) == 1:  # psycopg makes a pipeline for many, which costs more than one row
            cursor.execute(sql, given[0])
        else:
            cursor.executemany(sql, given)


# The names below are those of our own models, and each has its key in the column `id`.


@cache
def _insert(model: type[Model], keyed: bool, vendor: str) -> tuple[str, list[Field[Any, Any]]]:
    quote = connection.ops.quote_name
    fields = [f for f in model._meta.local_concrete_fields if keyed or not f.primary_key]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places})", fields  # noqa: S608


@cache
def _update(
    model: type[Model], names: Sequence[str], vendor: str
) -> tuple[str, list[Field[Any, Any]]]:
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if field.name in names]
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    return f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE id = %s", fields  # noqa: S608


def _values(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]  # itself: its stand-in costs a look each time
    return [field.get_db_prep_save(getattr(row, field.attname), database) for field in fields]
