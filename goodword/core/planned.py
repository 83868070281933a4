"""PostgreSQL plans once what is asked again: for our larger queries its planner takes ten times as
long as the answer does.

psycopg is imported where it is needed: on SQLite it would only fill memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_ASKED_BEFORE = 1  # how often, by the same connection, until a query is planned to stay


def on_connected(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Behind a pooler nothing is kept: there the next question may reach another server process.

    A pooler is known by the number of the process behind it, in whose place it tells its own.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        # When it guesses too high it compiles for a tenth of a second what takes milliseconds.
        cursor.execute("SELECT pg_backend_pid(), set_config('jit', 'off', false)")
        process = cursor.fetchone()[0]
    line = connection.connection
    line.prepare_threshold = _ASKED_BEFORE if line.info.backend_pid == process else None


def numbered(
    text: str, params: Sequence[Any], places: Sequence[tuple[int, int]]
) -> tuple[str, list[int]]:
    """The query as PostgreSQL itself writes it, and which keys it asks for, in order.

    What is always the same stands in it as it is: of what comes later the planner doesn't know
    whether it is "open", and takes no index of the open ones.
    """
    from psycopg import sql

    keys = sorted({key for _, key in places})
    named = {place: f"${keys.index(key) + 1}" for place, key in places}
    connection.ensure_connection()
    written = [
        named.get(place) or sql.quote(param, connection.connection)
        for place, param in enumerate(params)
    ]
    return text % tuple(written), keys


def ask(text: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a `numbered` query."""
    from psycopg import RawCursor
    from psycopg.types.numeric import Int8

    # Numbers of one kind, however large: a query is planned for kinds of keys.
    bound = [Int8(key) if type(key) is int else key for key in keys]
    connection.ensure_connection()
    raw = RawCursor(connection.connection)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(raw) as cursor:  # type: ignore[arg-type]  # what they wrap is a driver's cursor
        cursor.execute(text, bound)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if connection.queries_logged:  # psycopg forgets the words of what is planned already
        connection.queries_log[-1]["sql"] = text
    return rows
