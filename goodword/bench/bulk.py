"""Rows by the million into either database: no ORM, no triggers, indexes made once at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

Row = tuple[Any, ...]


class Table:
    """Rows of one model, kept until `write`; only `columns` vary, the others have their default.

    Moments are given as text, `2026-11-22 09:30:00.123`, in UTC: both databases read that.
    """

    def __init__(self, model: type[Model], *columns: str) -> None:
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.column in columns or not field.primary_key
        ]
        unknown = set(columns) - {field.column for field in fields}
        assert not unknown, f"{model.__name__} has no {unknown}"
        others = [field for field in fields if field.column not in columns]
        self._name = model._meta.db_table
        self._columns = [*columns, *(field.column for field in others)]
        self._defaults = tuple(
            field.get_db_prep_save(field.get_default(), connection) for field in others
        )
        self._rows: list[Row] = []

    def add(self, *values: Any) -> None:
        self._rows.append(values + self._defaults)

    def write(self) -> None:
        """Into the database, and forget them."""
        rows, self._rows = self._rows, []
        names = ", ".join(f'"{column}"' for column in self._columns)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                marks = ", ".join(["?"] * len(self._columns))
                # Past Django's cursor, which rewrites each row's marks.
                cursor.connection.executemany(
                    f'INSERT INTO "{self._name}" ({names}) VALUES ({marks})', rows
                )
                return
            with cursor.copy(f'COPY "{self._name}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)


@contextmanager
def loading(tables: Sequence[type[Model]]) -> Iterator[None]:
    """While it lasts there are no indexes, triggers or checks of keys on `tables`.

    All are made again after it, and the sequences and statistics brought up to date. Within a
    transaction (a test's) the checks of keys stay.
    """
    names = [model._meta.db_table for model in tables]
    outside = not connection.in_atomic_block
    with connection.cursor() as cursor:
        made = _indexes(cursor, names)
        for name, _sql in made:
            cursor.execute(f'DROP INDEX "{name}"')
        if connection.vendor == "sqlite":
            triggers = _triggers(cursor, names)
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            made += [*triggers, ("", "INSERT INTO message_words(message_words) VALUES ('rebuild')")]
        if outside:
            _hurry(cursor)
    yield
    if not outside:
        connection.check_constraints()  # PostgreSQL makes no index while a check is pending
    with connection.cursor() as cursor:
        for _name, sql in made:
            cursor.execute(sql)
        for sql in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(sql)
        if outside:
            cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    if outside:
        connection.close()  # with all that was set for it


def _hurry(cursor: Any) -> None:
    """A machine that stops now leaves nothing of worth behind."""
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA journal_mode = OFF")
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA secure_delete = OFF")
        cursor.execute("PRAGMA cache_size = -1000000")
    else:  # needs a superuser, as the one of a throw-away cluster is
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")


def _indexes(cursor: Any, tables: list[str]) -> list[tuple[str, str]]:
    """Name and SQL of all that are no constraint."""
    marks = ", ".join(["%s"] * len(tables))
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name IN ({marks}) ORDER BY name",
            tables,
        )
    else:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
            f" AND tablename IN ({marks})"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname",
            tables,
        )
    return list(cursor.fetchall())


def _triggers(cursor: Any, tables: list[str]) -> list[tuple[str, str]]:
    marks = ", ".join(["%s"] * len(tables))
    cursor.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})",
        tables,
    )
    return list(cursor.fetchall())
