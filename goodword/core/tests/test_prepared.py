"""A query written once answers each asking with its own keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from goodword.core import prepared
from goodword.desk.models import Arrival
from goodword.events.models import Event
from goodword.files.models import File
from goodword.people.models import Address, Holding, Person
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db


def test_each_asking_has_its_own_keys_and_the_query_is_written_once() -> None:
    people = [Person.objects.create(name=name, made_at=MONDAY_NOON) for name in "abc"]
    written = []

    def build(*keys: int) -> QuerySet[Person, tuple[str]]:
        written.append(keys)
        rows = Person.objects.filter(pk__in=keys).exclude(name="b")
        return rows.order_by("name").values_list("name")

    def ask(*keys: int) -> list[str]:
        return [name for (name,) in prepared.rows(("test", len(keys)), build, *keys)]

    one, two, three = (person.pk for person in people)
    assert ask(one, two) == ["a"]
    assert ask(two, three) == ["c"]
    assert ask(three, one) == ["a", "c"]
    assert ask(one, two, three) == ["a", "c"]
    assert len(written) == 2


def test_objects_come_with_what_stands_beside_them_and_what_was_annotated() -> None:
    ana = Person.objects.create(name="Ana", made_at=MONDAY_NOON)
    address = Address.objects.create(
        kind="email", written="ana@mail.example", value="ana@mail.example"
    )
    Holding.objects.create(person=ana, address=address, since=MONDAY_NOON)

    def build(name: str) -> QuerySet[Holding]:
        rows = Holding.objects.filter(person__name=name).select_related("person", "address")
        return rows.only("since", "person__name", "address").annotate(
            letters=Length("person__name")
        )

    def ask(name: str) -> list[Holding]:
        return prepared.objects("holdings by name", build, name)

    assert ask("Ben") == []
    [held] = ask("Ana")
    with CaptureQueriesContext(connection) as captured:
        assert (held.person, held.person.name, held.address) == (ana, "Ana", address)
        assert held.since == MONDAY_NOON
        assert held.letters == 3  # type: ignore[attr-defined]  # annotated
    assert len(captured) == 0
    assert held.person.made_at == MONDAY_NOON  # what was left out is fetched when asked for


def test_what_can_hold_nothing_is_not_asked_for() -> None:
    assert prepared.rows("none", lambda: Person.objects.none().values_list("pk")) == []
    assert prepared.objects("none", lambda key: Person.objects.none(), 7) == []


@pytest.mark.parametrize("always", ["100% o'clock", "%s", "%%", "it''s", "$1", "\\"])
def test_what_is_always_the_same_is_found_as_it_is(always) -> None:
    for name in (always, "other"):
        Person.objects.create(name=name, made_at=MONDAY_NOON)

    def build(key: int) -> QuerySet[Person, tuple[str]]:
        return Person.objects.filter(name=always, pk__gt=key).values_list("name")

    assert prepared.rows(("always", always), build, 0) == [(always,)]
    assert prepared.rows(("always", always), build, 2**60) == []


BERLIN = ZoneInfo("Europe/Berlin")
TWICE = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)  # the hour that comes twice


@pytest.mark.parametrize(
    "at",
    [
        MONDAY_NOON,
        MONDAY_NOON.replace(microsecond=0),
        MONDAY_NOON.replace(microsecond=1),
        MONDAY_NOON.astimezone(BERLIN),
        MONDAY_NOON.astimezone(timezone(timedelta(hours=-7))),
        TWICE,
        TWICE.replace(fold=1),
        TWICE.astimezone(UTC),
        TWICE.replace(fold=1).astimezone(UTC),
    ],
)
def test_a_moment_is_stored_as_the_moment_it_is(at) -> None:
    person = Person(name="Ana", made_at=at)
    prepared.insert(person)
    saved = Person.objects.create(name="Ben", made_at=at)
    stored = [Person.objects.get(pk=each.pk).made_at for each in (person, saved)]
    assert stored == [at.astimezone(UTC)] * 2
    assert Person.objects.filter(made_at=at).count() == 2


@pytest.mark.parametrize("data", [{"a": None, "b": [1, True]}, {}, [], "text", 7, True])
def test_what_has_no_columns_of_its_own_is_stored_as_it_was(data) -> None:
    event = Event(at=MONDAY_NOON, kind="test", actor="a", subject="b", data=data)
    prepared.insert(event)
    event.refresh_from_db()
    assert event.data == data


def test_a_row_is_stored_as_save_stores_it() -> None:
    state = Arrival.State.FAILED
    raw = File.objects.create(sha256="0" * 64, size_bytes=7, stored_at=MONDAY_NOON)
    moments = {"arrived_at": MONDAY_NOON, "said_at": MONDAY_NOON}
    columns = {"raw": raw, "state": state, "envelope_to": ["a@shop.example"], "tries": 3}
    prepared.insert(Arrival(road="email", source="pipe", **columns, **moments))
    Arrival.objects.create(road="email", source="pipe", **columns, **moments)
    one, two = Arrival.objects.values().order_by("pk")
    assert one | {"id": 0} == two | {"id": 0}
    assert Arrival.objects.filter(state="failed", tries=3, leased_until=None).count() == 2


def test_what_has_no_object_is_stored_as_save_stores_it() -> None:
    raw = File.objects.create(sha256="0" * 64, size_bytes=7, stored_at=MONDAY_NOON)
    moments = {"arrived_at": MONDAY_NOON, "said_at": MONDAY_NOON}
    columns = {"road": "email", "source": "pipe", "state": Arrival.State.FAILED, **moments}
    prepared.insert_given(Arrival, [{**columns, "raw_id": raw.pk}] * 2)
    Arrival.objects.create(raw=raw, **columns)
    one, two, saved = (each | {"id": 0} for each in Arrival.objects.values())
    assert one == two == saved
    assert Arrival.objects.filter(state="failed", tries=0, envelope_to=[]).count() == 3
    prepared.insert_given(Arrival, [])
    assert Arrival.objects.count() == 3


def test_a_key_that_is_taken_is_left_to_who_has_it() -> None:
    at = {"at": MONDAY_NOON, "kind": "test", "subject": "b"}
    assert prepared.insert_where_free(Event(pk=7, actor="first", **at))
    second = Event(pk=7, actor="second", **at)
    assert not prepared.insert_where_free(second)
    assert second._state.adding
    second.pk = 8
    assert prepared.insert_where_free(second)
    assert not second._state.adding
    assert dict(Event.objects.values_list("pk", "actor")) == {7: "first", 8: "second"}


def test_only_the_key_may_be_taken() -> None:
    moment = {"size_bytes": 7, "stored_at": MONDAY_NOON}
    assert prepared.insert_where_free(File(pk=7, sha256="0" * 64, **moment))
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.insert_where_free(File(pk=8, sha256="0" * 64, **moment))


def test_however_many_are_asked_for_each_comes_once_and_few_queries_are_written() -> None:
    Address.objects.bulk_create(
        Address(kind="email", written=f"{n}@mail.example", value=f"{n}@mail.example")
        for n in range(150)
    )
    written = []

    def build(*values: str) -> QuerySet[Address]:
        written.append(len(values))
        return Address.objects.filter(value__in=values)

    def ask(count: int) -> list[str]:
        values = [f"{n}@mail.example" for n in range(count)]
        found = prepared.objects_of("addresses, for a test", build, [*values, *values[:1]])
        assert sorted(each.value for each in found) == sorted(values)
        rows = prepared.rows_of(
            "rows, for a test", lambda *some: build(*some).values_list(), values
        )
        assert len(rows) == count
        return values

    for count in (0, 1, 3, 5, 64, 65, 131, 150):
        ask(count)
    assert set(written) <= {1, 2, 4, 8, 32, 64}
    assert len(written) == 2 * len(set(written))


def test_alike_they_are_changed_where_they_still_are_as_one_thinks() -> None:
    some = [Person.objects.create(name=name, made_at=MONDAY_NOON) for name in "aab"]
    other = Person.objects.create(name="a", made_at=MONDAY_NOON)

    prepared.update_alike(some, {"name": "c", "role": "%s"}, still={"name": "a"})
    prepared.update_alike([], {"name": "d"})

    rows = Person.objects.order_by("pk").values_list("name", "role")
    assert list(rows) == [("c", "%s"), ("c", "%s"), ("b", ""), ("a", "")]
    assert [each.name for each in some] == ["a", "a", "b"]
    prepared.update_alike([other], {"name": "d", "made_at": MONDAY_NOON + timedelta(1)})
    other.refresh_from_db()
    assert (other.name, other.made_at) == ("d", MONDAY_NOON + timedelta(1))


def test_what_is_there_already_is_renewed_and_gives_its_key() -> None:
    def file(**more: object) -> File:
        return File(sha256="a" * 64, size_bytes=1, stored_at=MONDAY_NOON, **more)

    first, again = file(unreferenced_since=MONDAY_NOON), file()
    for each in (first, again):
        prepared.insert_or_renew(each, unique="sha256", renewed="unreferenced_since")

    assert again.pk == first.pk
    assert File.objects.get().unreferenced_since is None
