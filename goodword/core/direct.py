"""SQLite asked without Django's cursor, which takes twice as long as the answer itself.

Connections, transactions and errors are Django's as ever. Whoever watches the queries (a test, a
log) gets them by Django's cursor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_PLACE = re.compile("(?<!%)%s")


def ask(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query or an act gives, whose values stand in it as %s."""
    database = connections[DEFAULT_DB_ALIAS]
    if is_watched(database):
        with database.cursor() as cursor:
            cursor.execute(text, values)
            return list(cursor.fetchall())
    make_ready(database)
    with database.wrap_database_errors:
        return list(database.connection.execute(_as_sqlite_writes(text), values))


def ask_all(text: str, given: Sequence[Sequence[Any]]) -> None:
    """The same act with each of these values."""
    database = connections[DEFAULT_DB_ALIAS]
    if is_watched(database):
        with database.cursor() as cursor:
            cursor.executemany(text, given)
        return
    make_ready(database)
    with database.wrap_database_errors:
        database.connection.executemany(_as_sqlite_writes(text), given)


def is_watched(database: BaseDatabaseWrapper) -> bool:
    return database.queries_logged or bool(database.execute_wrappers)


def make_ready(database: BaseDatabaseWrapper) -> None:
    """As `cursor` and `execute` do. Raises what they raise, also within a coroutine."""
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()


@cache
def _as_sqlite_writes(text: str) -> str:
    return _PLACE.sub("?", text).replace("%%", "%")
