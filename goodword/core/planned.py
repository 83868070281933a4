"""PostgreSQL plans once what is asked again: for our larger queries its planner takes ten times as
long as the answer does.

psycopg is imported where it is needed: on SQLite it would only fill memory.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from goodword.core import along, direct

if TYPE_CHECKING:
    from psycopg import RawCursor

_FEW = 4
_MANY = 1_000
_ASKED_BEFORE = 1  # how often, by the same connection, until a query is planned to stay
_mine = threading.local()  # a connection is a thread's own


def on_connected(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Behind a pooler nothing is kept: there the next question may reach another server process.

    A pooler is known by the number of the process behind it, in whose place it tells its own.
    """
    if connection.vendor != "postgresql":
        return
    from psycopg.types.numeric import Int8Dumper

    with connection.cursor() as cursor:
        # When it guesses too high it compiles for a tenth of a second what takes milliseconds.
        cursor.execute("SELECT pg_backend_pid(), set_config('jit', 'off', false)")
        process = cursor.fetchone()[0]
    line = connection.connection
    # Numbers are of one kind, however large: a query is planned for kinds of values.
    line.adapters.register_dumper(int, Int8Dumper)
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


def ask(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query or an act gives, whose values stand in it as $1, $2."""
    if (acts := along.waiting()) is not None:
        acts.send()
    try:
        return _ask(text, values)
    except NotSupportedError:
        if connection.in_atomic_block:  # what is rolled back forgets all plans
            raise
        # A column was changed under a plan, which would fail for as long as the connection lives.
        connection.close()
        return _ask(text, values)


def _ask(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    database = connections[DEFAULT_DB_ALIAS]
    if direct.is_watched(database) and along.waiting() is None:
        return _ask_watched(database, text, values)
    direct.make_ready(database)
    with database.wrap_database_errors:
        cursor = _cursor_of(database.connection)
        cursor.execute(text, values)
        rows = cursor.fetchall() if cursor.description else []
    if len(rows) > _MANY:
        del _mine.cursor  # it holds its last answer until the next
    return rows


def _ask_watched(
    database: BaseDatabaseWrapper, text: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    with _as_django_has_it(database) as cursor:
        cursor.execute(text, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
    if database.queries_logged:  # psycopg forgets the words of what is planned already
        database.queries_log[-1]["sql"] = text
    return rows


def ask_all(text: str, given: Sequence[Sequence[Any]]) -> None:
    """The same act with each of these values; inside `along.sent` it waits."""
    if (acts := along.waiting()) is not None:
        for values in given:
            acts.add(text, values)
        return
    if len(given) <= _FEW:  # to hand them on together costs as much as two of them
        for values in given:
            ask(text, values)
        return
    with _as_django_has_it(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.executemany(text, given)


def _as_django_has_it(database: BaseDatabaseWrapper) -> CursorWrapper:
    from psycopg import RawCursor

    database.ensure_connection()
    raw = RawCursor(database.connection)
    make = database.make_debug_cursor if database.queries_logged else database.make_cursor
    return make(raw)  # type: ignore[arg-type]  # what they wrap is a driver's cursor


def _cursor_of(line: Any) -> RawCursor[tuple[Any, ...]]:
    """One for as long as the connection lives: to make it takes as long as to ask."""
    from psycopg import RawCursor

    cursor: RawCursor[tuple[Any, ...]] | None = getattr(_mine, "cursor", None)
    if cursor is None or cursor.connection is not line:
        cursor = _mine.cursor = RawCursor(line)
    return cursor
