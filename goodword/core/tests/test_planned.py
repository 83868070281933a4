"""What is asked again is planned once by PostgreSQL, where nobody stands between."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from goodword.core import planned, prepared
from goodword.people.models import Person
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
STRANGE = "100 % $1 'sure' \\ %s"


def _named_above(key: int) -> QuerySet[Person, tuple[int]]:
    return Person.objects.filter(pk__gt=key, name=STRANGE).values_list("pk")


def _ask(*keys: int) -> list[int]:
    return [row[0] for key in keys for row in prepared.rows("strange", _named_above, key)]


def test_what_stands_in_a_query_for_good_is_taken_as_it_is() -> None:
    found = Person.objects.create(name=STRANGE, made_at=MONDAY_NOON)
    Person.objects.create(name="100 %", made_at=MONDAY_NOON)
    assert _ask(0) == [found.pk]
    assert _ask(found.pk) == []


def test_many_rows_are_stored_and_changed_as_one_is() -> None:
    people = [Person(name=f"{STRANGE} {n}", made_at=MONDAY_NOON) for n in range(6)]
    prepared.insert_all(people[:2])
    prepared.insert_all(people[2:] + [Person(name=STRANGE, made_at=MONDAY_NOON) for _ in "abcd"])
    assert Person.objects.count() == 10
    assert len(_ask(0)) == 4
    some = list(Person.objects.filter(name=STRANGE))
    for row in some:
        row.name = ""
    prepared.update_all(some, "name")
    assert _ask(0) == []
    assert Person.objects.filter(name="").count() == 4


if connection.vendor == "postgresql":

    def _kept() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            return [row[0] for row in cursor.fetchall()]

    def _ask_of(number: int) -> None:
        """A query of which there are as many as numbers of keys."""

        def build(*keys: int) -> QuerySet[Person, tuple[int]]:
            return Person.objects.filter(pk__in=keys, name=STRANGE).values_list("pk")

        prepared.rows(("strange among", number), build, *range(1, number + 1))

    def test_however_many_shapes_there_are_a_connection_keeps_a_bounded_number_of_plans() -> None:
        for number in range(1, 140):
            _ask_of(number)
            _ask_of(number)
        assert 50 < len(_kept()) < 120  # psycopg lets go of what was asked longest ago

    def test_what_a_savepoint_took_back_is_planned_again_and_answers() -> None:
        found = Person.objects.create(name=STRANGE, made_at=MONDAY_NOON)
        _ask(0, 0, 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _ask(0)
            raise ZeroDivisionError
        assert _ask(0, 0, 0) == [found.pk] * 3
        assert [each for each in _kept() if "people_person" in each]

    def test_a_query_is_planned_once_however_large_its_keys_are() -> None:
        _ask(0, 1, 70_000, 2**40, 2**61)
        [kept] = [each for each in _kept() if "people_person" in each]
        assert "$1" in kept and "$2" not in kept
        with CaptureQueriesContext(connection) as captured:
            _ask(5)
        assert captured[0]["sql"] == kept  # a log says what was asked, of this as well

    @pytest.mark.django_db(transaction=True)
    def test_behind_a_pooler_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
        connection.close()
        told = "psycopg.ConnectionInfo.backend_pid"  # a pooler's own number
        monkeypatch.setattr(told, property(lambda info: info.pgconn.backend_pid + 1))
        _ask(0, 1, 2)
        assert _kept() == []
        connection.close()

    @pytest.mark.django_db(transaction=True)
    def test_each_line_compiles_nothing() -> None:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)

    @pytest.mark.django_db(transaction=True)
    def test_a_column_that_is_changed_while_it_is_asked_for_is_planned_anew() -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("CREATE TABLE changing (name varchar(20))")
            try:
                for _ in range(3):
                    assert planned.ask("SELECT name FROM changing WHERE name > $1", ["a"]) == []
                cursor.execute("ALTER TABLE changing ALTER name TYPE varchar(40)")
                assert planned.ask("SELECT name FROM changing WHERE name > $1", ["a"]) == []
            finally:
                cursor.execute("DROP TABLE changing")
        other.close()

    def test_watched_or_not_the_answer_is_the_same_and_a_watcher_who_forbids_is_heard() -> None:
        with CaptureQueriesContext(connection) as captured:
            watched = planned.ask("SELECT $1 || '%s 100%%'", ["a"])
        assert planned.ask("SELECT $1 || '%s 100%%'", ["a"]) == watched == [("a%s 100%%",)]
        assert len(captured) == 1

        def forbid(*_: object) -> None:
            raise ZeroDivisionError

        with connection.execute_wrapper(forbid), pytest.raises(ZeroDivisionError):
            planned.ask("SELECT $1", ["a"])
        with connection.execute_wrapper(forbid), pytest.raises(ZeroDivisionError):
            planned.ask_all("DELETE FROM people_word WHERE id = $1", [[n] for n in range(9)])

    def test_it_fails_as_django_does_and_a_broken_transaction_takes_nothing_more() -> None:
        with pytest.raises(ProgrammingError, match="nowhere"), transaction.atomic():
            planned.ask("SELECT $1 FROM nowhere", ["a"])
        found = Person.objects.create(name=STRANGE, made_at=MONDAY_NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            planned.ask("INSERT INTO people_person SELECT * FROM people_person WHERE id = $1",
                        [found.pk])  # fmt: skip
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic(savepoint=False):
                raise ZeroDivisionError
            with pytest.raises(TransactionManagementError):
                _ask(0)
            transaction.set_rollback(False)
        assert _ask(0) == [found.pk]

    @pytest.mark.django_db(transaction=True)
    def test_a_line_that_was_closed_or_cut_between_two_requests_is_opened_anew() -> None:
        connection.close()
        assert planned.ask("SELECT $1::int", [1]) == [(1,)]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid]
            )
        other.close()
        connection.close_if_unusable_or_obsolete()  # as a request begins
        assert planned.ask("SELECT $1::int", [2]) == [(2,)]
