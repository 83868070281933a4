"""Acts that need no answer wait, and go to PostgreSQL together: a way to the other process and back
takes ten times as long as the act.

They are there before whatever else is asked, and before their savepoint is let go: what fails,
fails within its own savepoint. SQLite is asked where it stands and needs none of this.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

from goodword.core import direct

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

_mine = threading.local()  # a connection is a thread's own
_Act = tuple[str, Sequence[Any]]


@contextmanager
def sent(*, together: int) -> Iterator[None]:
    """Inside a transaction. `together`: how many things alike are stored, so many keys are drawn
    at once for each table.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        raise TransactionManagementError("what waits would be lost, or half done")
    # Whoever watches the queries sees each by itself.
    if database.vendor != "postgresql" or direct.is_watched(database) or waiting():
        yield
        return
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")  # psycopg begins the transaction with the first of its own
    _mine.waiting = acts = Waiting(database, together)
    try:
        with database.execute_wrapper(acts):
            yield
            acts.send()
    finally:
        _mine.waiting = None


def waiting() -> Waiting | None:
    """Where acts wait now, in this thread."""
    found: Waiting | None = getattr(_mine, "waiting", None)
    return found


class Waiting:
    def __init__(self, database: BaseDatabaseWrapper, together: int) -> None:
        from psycopg.adapt import Transformer

        self._database, self._together = database, together
        self._turned = Transformer(database.connection)
        self._acts: list[_Act] = []
        self._keys: dict[str, list[int]] = {}

    def add(self, text: str, values: Sequence[Any] = ()) -> None:
        """Raises at once what is wrong with the values."""
        from psycopg.adapt import PyFormat

        self._database.validate_no_broken_transaction()
        with self._database.wrap_database_errors:
            bound = self._turned.dump_sequence(values, [PyFormat.TEXT] * len(values))
        self._acts.append((text, bound))

    def key(self, table: str) -> int:
        """Of a new row, so that nobody has to wait for it."""
        keys = self._keys.setdefault(table, [])
        if not keys:
            with self._database.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [self._database.ops.quote_name(table), self._together],
                )
                keys += [key for (key,) in cursor.fetchall()][::-1]
        return keys.pop()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Around each statement of Django's own (`execute_wrapper`)."""
        if sql.startswith("SAVEPOINT "):
            self.send()  # what fails of it fails outside of this savepoint
            return self.add(sql)
        if sql.startswith("RELEASE SAVEPOINT "):
            self.add(sql)
            return self.send()
        if sql.startswith("ROLLBACK TO "):
            self._forget_since(sql.removeprefix("ROLLBACK TO "))
        self.send()
        return execute(sql, params, many, context)

    def _forget_since(self, savepoint: str) -> None:
        """What came after it is taken back before it went."""
        texts = [text for text, _ in self._acts]
        del self._acts[texts.index(savepoint) + 1 if savepoint in texts else 0 :]

    def send(self) -> None:
        """Raises what went wrong with the first of them; those after it have not been done."""
        acts, self._acts = self._acts, []
        if acts:
            with self._database.wrap_database_errors:
                self._send(acts)

    def _send(self, acts: Sequence[_Act]) -> None:
        from psycopg import pq

        line = self._database.connection
        server = line.pgconn
        assert server.transaction_status != pq.TransactionStatus.IDLE, "no transaction has begun"
        server.enter_pipeline_mode()
        try:
            for text, values in acts:  # nothing is planned to stay: behind a pooler nothing could
                server.send_query_params(text.encode(), values)
            server.pipeline_sync()
            results = line.wait(_answers(server, len(acts) + 1))
        finally:
            if server.status == pq.ConnStatus.OK:
                server.exit_pipeline_mode()
        _raise_first(results, line.info.encoding)


def _answers(server: PGconn, number: int) -> Generator[Any, Any, list[PGresult]]:
    from psycopg.generators import fetch_many, send

    yield from send(server)
    found: list[PGresult] = []
    for _ in range(number):
        found += yield from fetch_many(server)
    return found


def _raise_first(results: Sequence[PGresult], encoding: str) -> None:
    from psycopg import pq
    from psycopg.errors import error_from_result

    for result in results:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise error_from_result(result, encoding)
