"""SQLite asked directly: what Django's cursor guards is guarded here as well."""

from __future__ import annotations

import asyncio

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from goodword.core import direct

if connection.vendor == "sqlite":
    pytestmark = pytest.mark.django_db(transaction=True)
    NAMED = "SELECT %s || '%%s 100%%'"

    def test_watched_or_not_the_answer_is_the_same() -> None:
        with CaptureQueriesContext(connection) as captured:
            watched = direct.ask(NAMED, ["a"])
        assert direct.ask(NAMED, ["a"]) == watched == [("a%s 100%",)]
        assert len(captured) == 1

    def test_a_watcher_who_forbids_queries_is_heard() -> None:
        def forbid(*_: object) -> None:
            raise ZeroDivisionError

        with connection.execute_wrapper(forbid), pytest.raises(ZeroDivisionError):
            direct.ask(NAMED, ["a"])
        with connection.execute_wrapper(forbid), pytest.raises(ZeroDivisionError):
            direct.ask_all("DELETE FROM people_word WHERE id = %s", [[1], [2]])

    def test_it_fails_as_django_does() -> None:
        with pytest.raises(OperationalError, match="no such table"):
            direct.ask("SELECT %s FROM nowhere", ["a"])
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE once (name text UNIQUE)")
        add = "INSERT INTO once (name) VALUES (%s)"
        direct.ask(add, ["a"])
        with pytest.raises(IntegrityError):
            direct.ask_all(add, [["b"], ["a"]])
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE once")

    def test_a_broken_transaction_takes_nothing_more() -> None:
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic(savepoint=False):
                raise ZeroDivisionError
            with pytest.raises(TransactionManagementError):
                direct.ask(NAMED, ["a"])
            transaction.set_rollback(False)

    def test_a_closed_line_is_opened_and_a_coroutine_is_told() -> None:
        connection.close()
        assert direct.ask(NAMED, ["b"]) == [("b%s 100%",)]

        async def ask() -> None:
            direct.ask(NAMED, ["a"])

        with pytest.raises(SynchronousOnlyOperation):
            asyncio.run(ask())
