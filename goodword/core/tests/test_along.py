"""What waits goes in its order, fails in its own savepoint, and is never lost or done twice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from goodword.core import along, prepared
from goodword.people.models import Address, Person, Word
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db(transaction=True)


def _person(name: str = "Grace") -> Person:
    person = Person(name=name, made_at=MONDAY_NOON)
    prepared.insert(person)
    return person


def _words(person: Person, *words: str) -> None:
    prepared.insert_given(Word, [{"person_id": person.pk, "word": word} for word in words])


def _named(key: int) -> QuerySet[Person, tuple[str]]:
    return Person.objects.filter(pk=key).values_list("name")


def _kept() -> set[str]:
    return set(Person.objects.values_list("name", flat=True))


def test_what_waits_is_there_for_whatever_is_asked_next() -> None:
    with transaction.atomic(), along.sent(together=3):
        grace = _person()
        assert Person.objects.filter(pk=grace.pk).exists()
        _words(grace, "grace", "whitlow")
        named = prepared.rows("words of", lambda key: Word.objects.filter(person=key), grace.pk)
        assert len(named) == 2
        grace.name = "Grace Whitlow"
        prepared.update_all([grace], "name")
        grace.refresh_from_db()
        assert grace.name == "Grace Whitlow"
        _words(grace, "last")
    assert Word.objects.filter(person=grace).count() == 3


def test_each_row_has_a_key_of_its_own_and_so_has_whatever_comes_after() -> None:
    with transaction.atomic(), along.sent(together=2):
        people = [_person(f"{n}") for n in range(5)]
    people += [Person.objects.create(name=f"{n}", made_at=MONDAY_NOON) for n in range(5, 10)]
    assert len({each.pk for each in people}) == 10
    stored = Person.objects.in_bulk([each.pk for each in people])
    assert [stored[each.pk].name for each in people] == [f"{n}" for n in range(10)]


def _twice(person: Person) -> None:
    address = Address(kind="email", written="a@x.example", value="a@x.example")
    prepared.insert_all([address, address])


def _nul(person: Person) -> None:
    _words(person, "a\0b")


def _python(person: Person) -> None:
    raise ZeroDivisionError


def _twice_and_python(person: Person) -> None:
    _twice(person)
    raise ZeroDivisionError  # what waits would fail as well, and never goes


def _within_another(person: Person) -> None:
    with transaction.atomic():
        _words(person, "inner")
        with transaction.atomic():
            _words(person, "innermost")
            raise ZeroDivisionError


_WRONG = [_twice, _python, _twice_and_python, _within_another]
if connection.vendor == "postgresql":  # to SQLite it is a letter like any other
    _WRONG.append(_nul)


@pytest.mark.parametrize("goes_wrong", _WRONG)
@pytest.mark.parametrize("asks_before", [False, True])
def test_what_fails_fails_in_its_own_savepoint(
    goes_wrong: Callable[[Person], None], asks_before: bool
) -> None:
    failed = []
    with transaction.atomic(), along.sent(together=6):
        for number in range(6):
            try:
                with transaction.atomic():
                    person = _person(f"{number}")
                    _words(person, "one", "two")
                    if asks_before:  # by a query that is planned to stay, until one fails
                        assert prepared.rows("named by key", _named, person.pk)
                    if number in {1, 4}:
                        goes_wrong(person)
            except (Error, ValueError, ZeroDivisionError) as error:
                failed.append((number, type(error)))
    assert [number for number, _ in failed] == [1, 4]
    assert _kept() == {"0", "2", "3", "5"}
    assert Word.objects.count() == 8
    assert not Address.objects.exists()


def test_an_error_can_be_caught_around_an_inner_savepoint() -> None:
    with transaction.atomic(), along.sent(together=1):
        grace = _person()
        with pytest.raises(IntegrityError), transaction.atomic():
            _twice(grace)
        _words(grace, "after")
    assert Word.objects.get().word == "after"


def test_what_fails_before_an_inner_savepoint_is_not_caught_around_it() -> None:
    with transaction.atomic(), along.sent(together=1):
        with pytest.raises(IntegrityError), transaction.atomic():
            person = _person()
            _twice(person)
            with contextlib.suppress(ZeroDivisionError), transaction.atomic():
                _words(person, "inner")
                raise ZeroDivisionError
            pytest.fail("went on after what failed")
        _person("Hedy")
    assert _kept() == {"Hedy"}


def test_when_all_is_rolled_back_nothing_is_left_and_nothing_waits() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), along.sent(together=1):
        _person()
        raise ZeroDivisionError
    assert along.waiting() is None
    assert not Person.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic(), along.sent(together=1):
        _twice(_person())
    assert along.waiting() is None
    _person("Hedy")
    assert _kept() == {"Hedy"}


def test_outside_of_a_transaction_nothing_waits() -> None:
    with pytest.raises(TransactionManagementError), along.sent(together=1):
        _person()
    assert not Person.objects.exists()


if connection.vendor == "postgresql":

    def test_nothing_is_planned_to_stay_since_a_pooler_would_give_it_to_others() -> None:
        plans = "SELECT count(*) FROM pg_prepared_statements"
        with transaction.atomic(), along.sent(together=5), connection.cursor() as cursor:
            before = cursor.execute(plans).fetchone()
            for number in range(5):
                _words(_person(f"{number}"), "a", "b")
            assert cursor.execute(plans).fetchone() == before

    def test_a_mail_is_one_way_to_the_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
        with transaction.atomic(), along.sent(together=50):
            _person()  # its keys are drawn
            assert Person.objects.exists()  # and it has gone
            ways = []
            wait = type(connection.connection).wait
            monkeypatch.setattr(
                type(connection.connection),
                "wait",
                lambda line, *given, **more: ways.append(1) or wait(line, *given, **more),
            )
            for number in range(10):
                with transaction.atomic():
                    _words(_person(f"{number}"), "a", "b", "c")
            assert len(ways) == 10
        assert Word.objects.count() == 30

    def test_given_the_line_is_cut_nothing_is_stored_and_the_next_has_a_line() -> None:
        with pytest.raises(OperationalError), transaction.atomic(), along.sent(together=1):
            _person()
            other = connection.copy()
            with other.cursor() as cursor:
                server = connection.connection.info.backend_pid
                cursor.execute("SELECT pg_terminate_backend(%s)", [server])
            other.close()
            _words(_person(), "a")
        assert along.waiting() is None
        connection.close_if_unusable_or_obsolete()
        assert not Person.objects.exists()
