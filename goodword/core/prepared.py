"""Queries and inserts whose SQL is made once. For those asked with every page and every mail: the
ORM takes longer to write such a query than the database to answer it. PostgreSQL plans it once as
well (core.planned).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from goodword.core import along, direct, planned

M = TypeVar("M", bound=Model)
Key = int | str | datetime
Rows = list[Sequence[Any]]
Convert = Callable[[Any, Any, Any], Any]
_STAND_IN = 2**62  # what follows it stands for a key that is given with each asking
_STAND_IN_DAY = datetime(9000, 1, 1, tzinfo=UTC)
_made: dict[Hashable, _Query] = {}
_MOST = 500
_MOST_KEYS = 64  # in one question; a power of two
_PLACE = re.compile("(?<!%)%s")
_AS_IT_STANDS: dict[tuple[type[Field[Any, Any]], ...], type] = {
    (CharField, TextField): str,
    (IntegerField, ForeignKey): int,
    (BooleanField,): bool,
}


class _Query(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    places: list[tuple[int, int]]  # which of the parameters is which key
    read: Callable[[Rows], list[Any]]  # what Python knows of what the database gave
    locks: bool = False


def rows(shape: Hashable, build: Callable[..., QuerySet[Any, Any]], *keys: Key) -> Rows:
    """The rows of the query that `build` makes of `keys`.

    `shape` names the query: it holds all on which its SQL depends but the keys themselves, which
    `build` must hand on as they are.
    """
    query = _query(("rows", shape), build, keys)
    return query.read(_rows(query, keys))


def objects(shape: Hashable, build: Callable[..., QuerySet[M]], *keys: Key) -> list[M]:
    """As `rows`, but what `build`'s query gives by itself: objects, with those selected beside
    them and what is annotated. Nothing is prefetched.
    """
    query = _query(("objects", shape), build, keys)
    return query.read(_rows(query, keys))


def rows_of(shape: Hashable, build: Callable[..., QuerySet[Any, Any]], keys: Iterable[Key]) -> Rows:
    """`rows` of a query about some keys, however many (`id IN (...)`). In no order."""
    return [row for some in _helpings(keys) for row in rows((shape, len(some)), build, *some)]


def objects_of(shape: Hashable, build: Callable[..., QuerySet[M]], keys: Iterable[Key]) -> list[M]:
    """As `rows_of`, but objects."""
    return [each for some in _helpings(keys) for each in objects((shape, len(some)), build, *some)]


def _helpings(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Each key once, in helpings of few sizes, for each of which a query is made: the last key of
    one stands there as often as fills it up.
    """
    left = list(dict.fromkeys(keys))
    while left:
        some, left = left[:_MOST_KEYS], left[_MOST_KEYS:]
        size = 1 << (len(some) - 1).bit_length()
        yield some + some[-1:] * (size - len(some))


def _rows(query: _Query, keys: Sequence[Key]) -> Rows:
    if not query.sql:
        return []
    if query.locks and not connection.in_atomic_block:  # Django looks only when it makes the SQL
        raise TransactionManagementError("what is locked outside of a transaction isn't held")
    bound = list(query.params)
    for place, number in query.places:
        bound[place] = _bound(keys[number])
    return _ask(query.sql, bound)


def _ask(sql: str, values: Sequence[Any]) -> Rows:
    return list((planned if _is_postgres() else direct).ask(sql, values))


def _query(
    shape: Hashable, build: Callable[..., QuerySet[Any, Any]], keys: Sequence[Key]
) -> _Query:
    shape = (shape, *map(type, keys))
    found = _made.get(shape)
    if found is None:
        if len(_made) >= _MOST:
            _made.clear()
        found = _made[shape] = _make(build, keys)
    return found


def _make(build: Callable[..., QuerySet[Any, Any]], keys: Sequence[Key]) -> _Query:
    given = [_stand_in(key, number) for number, key in enumerate(keys)]
    stand_ins = [_bound(each) for each in given]
    queryset = build(*given)
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:  # nothing can be in it, whatever the database holds
        return _Query("", (), [], list)
    places = [(place, stand_ins.index(p)) for place, p in enumerate(params) if p in stand_ins]
    others = [p for p in params if p not in stand_ins]
    strange = [p for p in others if any(str(each) in str(p) for each in stand_ins)]
    assert not strange, f"a key was changed on its way into the query: {strange}"
    made = _maker(compiler) if queryset._iterable_class is ModelIterable else None
    if _is_postgres():
        sql, asked = planned.numbered(sql, params, places)
        params, places = (None,) * len(asked), list(enumerate(asked))
    else:
        sql, params, places = _written(sql, params, places)
    locks = queryset.query.select_for_update
    return _Query(sql, params, places, _reader(compiler, made), locks)


def _written(
    sql: str, params: Sequence[Any], places: Sequence[tuple[int, int]]
) -> tuple[str, tuple[Any, ...], list[tuple[int, int]]]:
    """With what is always the same written into it, as `planned.numbered` does for PostgreSQL: of
    what comes later SQLite doesn't know whether it is "open", and takes no index of the open ones.
    """
    keys = dict(places)
    first, *rest = _PLACE.split(sql)
    pieces, left, asked = [first], list[Any](), list[tuple[int, int]]()
    for place, (param, piece) in enumerate(zip(params, rest, strict=True)):
        if place not in keys and isinstance(param, str | int):
            pieces += [_literal(param), piece]
            continue
        if place in keys:
            asked.append((len(left), keys[place]))
        left.append(param)
        pieces += ["%s", piece]
    return "".join(pieces), tuple(left), asked


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(int(value))  # True is 1
    return "'{}'".format(value.replace("'", "''").replace("%", "%%"))


def _stand_in(key: Key, number: int) -> Key:
    if isinstance(key, datetime):
        return _STAND_IN_DAY + timedelta(days=number)
    return str(_STAND_IN + number) if isinstance(key, str) else _STAND_IN + number


def _bound(key: Key) -> Any:
    """As the database takes it: of our fields, only moments are turned into something else."""
    return connection.ops.adapt_datetimefield_value(key) if isinstance(key, datetime) else key


def _reader(
    compiler: SQLCompiler, make: Callable[[Sequence[Any]], Model] | None
) -> Callable[[Rows], list[Any]]:
    asked_of = compiler.get_converters([each[0] for each in compiler.select])
    converters = [
        (place, _quicker(convert, expression), expression)
        for place, (converts, expression) in asked_of.items()
        for convert in converts
    ]

    def read(rows: Rows) -> list[Any]:
        found: list[Any] = rows
        if converters:
            asked, found = connections[DEFAULT_DB_ALIAS], list(map(list, rows))
            for place, convert, expression in converters:
                for values in found:
                    values[place] = convert(values[place], expression, asked)
        return list(map(make, found)) if make else found

    return read


def _quicker(convert: Convert, expression: Any) -> Convert:
    """Django's own of SQLite's moments asks the settings about each, and a page has hundreds."""
    if _is_postgres() or not isinstance(expression.output_field, DateTimeField):
        return convert

    def in_utc(value: Any, expression: Any, asked: Any) -> Any:
        if type(value) is datetime and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return convert(value, expression, asked)

    return in_utc


def _maker(compiler: SQLCompiler) -> Callable[[Sequence[Any]], Model]:
    """What makes an object of a row, as ModelIterable in django.db.models.query does."""
    select, info, database = compiler.select, compiler.klass_info, DEFAULT_DB_ALIAS
    model, columns = info["model"], info["select_fields"]
    own = slice(columns[0], columns[-1] + 1)
    names = [each[0].target.attname for each in select[own]]
    beside = get_related_populators(info, select, database)  # type: ignore[call-arg]  # 5.2 has three
    annotated = list((compiler.annotation_col_map or {}).items())

    def make(values: Sequence[Any]) -> Model:
        found: Model = model.from_db(database, names, values[own])
        for each in beside:
            each.populate(values, found)
        for name, place in annotated:
            setattr(found, name, values[place])
        return found

    return make


def insert(row: Model) -> None:
    """Store a new row as `save` does, and give it its key. Sends no signals."""
    if row.pk is None and (acts := along.waiting()) is not None:
        row.pk = acts.key(row._meta.db_table)
    keyed = row.pk is not None
    sql, columns = _insert(type(row), keyed)
    if keyed:
        _send(sql, [_values(row, columns)])
    else:
        row.pk = _ask(f"{sql} RETURNING id", _values(row, columns))[0][0]
    _is_stored(row)


def insert_where_free(row: Model) -> bool:
    """`insert` of a row that has its key; False when another has that key already."""
    sql, columns = _insert(type(row), True)
    if made := _ask(f"{sql} ON CONFLICT (id) DO NOTHING RETURNING id", _values(row, columns)):
        _is_stored(row)
    return bool(made)


def insert_or_renew(row: Model, *, unique: str, renewed: str) -> None:
    """`insert`, or where another has its value in the column `unique`, give that one the value of
    the column `renewed`; waits for who is just removing it. The row learns the key.
    """
    sql, columns = _insert(type(row), False)
    sql = f"{sql} ON CONFLICT ({unique}) DO UPDATE SET {renewed} = excluded.{renewed} RETURNING id"
    row.pk = _ask(sql, _values(row, columns))[0][0]
    _is_stored(row)


def _is_stored(row: Model) -> None:
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_all(rows: Sequence[Model]) -> None:
    """Store new rows of one kind at once. They don't learn their keys."""
    if rows:
        sql, columns = _insert(type(rows[0]), False)
        _send(sql, [_values(row, columns) for row in rows])


def insert_given(model: type[Model], given: Sequence[Mapping[str, Any]]) -> None:
    """`insert_all` of what has no object, which takes longer to make than to store: by the names
    of the columns; what is not named is as it is by default.
    """
    if given:
        sql, columns = _insert(model, False)
        _send(sql, [_as_stored([(c, _given(each, c)) for c in columns]) for each in given])


def _given(row: Mapping[str, Any], column: _Column) -> Any:
    return row[column.name] if column.name in row else column.field.get_default()


def update_all(rows: Sequence[Model], *names: str) -> None:
    """Store these fields of rows of one kind at once."""
    if rows:
        sql, columns, _ = _update(type(rows[0]), names)
        _send(sql, [[*_values(row, columns), row.pk] for row in rows])


def update_alike(
    rows: Sequence[Model], values: Mapping[str, Any], *, still: Mapping[str, Any] | None = None
) -> None:
    """Store the same values, by the names of the columns, in rows of one kind; the objects stay as
    they are. `still`: in those rows only that still have these values.
    """
    still = still or {}
    for keys in _helpings(row.pk for row in rows):
        sql, columns, held = _update(type(rows[0]), tuple(values), tuple(still), len(keys))
        new = _as_stored([(column, values[column.name]) for column in columns])
        _send(sql, [[*new, *keys, *_as_stored([(column, still[column.name]) for column in held])]])


def _send(sql: str, given: Sequence[Sequence[Any]]) -> None:
    (planned if _is_postgres() else direct).ask_all(sql, given)


@cache
def _is_postgres() -> bool:
    """Asked once for all: a process has one database, and its stand-in costs a look each time."""
    return connection.vendor == "postgresql"


# The names below are those of our own models, and each has its key in the column `id`.


@cache
def _insert(model: type[Model], keyed: bool) -> tuple[str, list[_Column]]:
    quote = connection.ops.quote_name
    fields = [f for f in model._meta.local_concrete_fields if keyed or not f.primary_key]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(_place(number) for number in range(1, len(fields) + 1))
    table = quote(model._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
    return sql, list(map(_column, fields))


@cache
def _update(
    model: type[Model], names: Sequence[str], held: Sequence[str] = (), most: int = 1
) -> tuple[str, list[_Column], list[_Column]]:
    new, still = _fields(model, names), _fields(model, held)
    first = len(new) + 1
    keys = ", ".join(map(_place, range(first, first + most)))
    where = " AND ".join([f"id IN ({keys})", *_equal(still, first + most)])
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"UPDATE {table} SET {', '.join(_equal(new, 1))} WHERE {where}"  # noqa: S608
    return sql, list(map(_column, new)), list(map(_column, still))


def _fields(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if field.name in names]


def _equal(fields: Sequence[Field[Any, Any]], first: int) -> list[str]:
    quote = connection.ops.quote_name
    return [f"{quote(str(f.column))} = {_place(first + n)}" for n, f in enumerate(fields)]


def _place(number: int) -> str:
    return f"${number}" if _is_postgres() else "%s"


class _Column(NamedTuple):
    name: str
    field: Field[Any, Any]
    kind: type | None  # what of its values goes to the database as it stands
    is_moment: bool


def _column(field: Field[Any, Any]) -> _Column:
    kind = next((kind for fields, kind in _AS_IT_STANDS.items() if isinstance(field, fields)), None)
    return _Column(field.attname, field, kind, isinstance(field, DateTimeField))


def _values(row: Model, columns: Sequence[_Column]) -> list[Any]:
    return _as_stored([(column, getattr(row, column.name)) for column in columns])


def _as_stored(values: Sequence[tuple[_Column, Any]]) -> list[Any]:
    return [
        # Most of what a row holds is nothing, or text and numbers as they stand.
        value if value is None or type(value) is column.kind else _converted(value, column)
        for column, value in values
    ]


def _converted(value: Any, column: _Column) -> Any:
    if column.is_moment and type(value) is datetime and value.tzinfo is UTC:
        return _moment(value)
    if column.kind is str and isinstance(value, str):  # one of a closed set
        return str(value)
    return column.field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


@lru_cache(maxsize=100)
def _moment(value: datetime) -> Any:
    """As the database takes it. What is stored together was mostly done at one moment."""
    return connection.ops.adapt_datetimefield_value(value)
