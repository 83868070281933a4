"""The full text of messages: which of them hold the words, newest or oldest first.

The folded column `Message.search_text` is indexed by each database's own full text; what is special
to one of them stands here and in migrations 0002, 0005 and 0006. Who may see what, and all that is
asked besides words, is the caller's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import OperationalError, connection, transaction


class Word(NamedTuple):
    """A folded word; one that isn't whole may be the beginning of another."""

    letters: str
    is_whole: bool = True


def keys_with(
    words: Sequence[Word], *, beyond: int | None, oldest_first: bool = False, most: int
) -> list[int]:
    """The next keys of messages with all words, from `beyond` on.

    The index gives them in the order of time, and only these are looked at: a common word in a
    large desk costs no more than a rare one.
    """
    sql, params = _with(words)
    key = _key()
    bound: list[str | int] = list(params)
    if beyond is not None:
        sql += f" AND {key} {'>' if oldest_first else '<'} %s"
        bound.append(beyond)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} ORDER BY {key} {'ASC' if oldest_first else 'DESC'} LIMIT {most}", bound
        )
        return [row[0] for row in cursor.fetchall()]


def those_with(words: Sequence[Word], keys: Sequence[int]) -> list[int]:
    """Those of `keys` that are of messages with all words."""
    if not keys:
        return []
    sql, params = _with(words)
    places = ",".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} AND {_key()} IN ({places})", [*params, *keys])
        return [row[0] for row in cursor.fetchall()]


def _key() -> str:
    return "rowid" if connection.vendor == "sqlite" else "id"


def _with(words: Sequence[Word]) -> tuple[str, list[str]]:
    """The keys of all messages with the words; a further condition may follow."""
    if connection.vendor == "sqlite":
        terms = [f'"{w.letters}"' if w.is_whole else _beginning(w.letters) for w in words]
        sql = "SELECT rowid AS id FROM message_words WHERE message_words MATCH %s"
        return sql, [" AND ".join(terms)]
    terms = [f"'{w.letters}'{'' if w.is_whole else ':*'}" for w in words]
    sql = "SELECT id FROM conversations_message WHERE search_vector @@ to_tsquery('simple', %s)"
    return sql, [" & ".join(terms)]


def _beginning(letters: str) -> str:
    """What FTS5 is asked for all terms that begin so: each by name while they are few."""
    end = f"{letters}\U0010ffff"
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [letters, end, end, _MOST_TERMS + 1])
        terms = [row[0] for row in cursor.fetchall()]
    if not terms or len(terms) > _MOST_TERMS:
        return f'"{letters}"*'
    quoted = [f'"{term}"' for term in terms]
    return f"({' OR '.join(quoted)})"


_MOST_TERMS = 40  # looking one up takes 60 µs
# Each from the one before: between a term and the next stands nothing but that term and a \1.
_TERMS = """
    WITH RECURSIVE found(term) AS (
        SELECT (SELECT term FROM message_terms WHERE term >= %s LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM message_terms WHERE term >= found.term || char(1) LIMIT 1)
        FROM found WHERE found.term < %s
    )
    SELECT term FROM found WHERE term < %s LIMIT %s
"""


class Stopped(Exception):
    """The database was told to stop."""


@contextmanager
def limited_to(seconds: float) -> Iterator[None]:
    """Let the queries inside run for `seconds` at most. Raises Stopped."""
    if seconds <= 0:
        raise Stopped
    connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        deadline = time.monotonic() + seconds
        raw.set_progress_handler(lambda: int(time.monotonic() > deadline), 10_000)
    try:
        with _statement_timeout(seconds):
            yield
    except OperationalError as error:
        if "interrupt" in str(error) or "statement timeout" in str(error):
            raise Stopped from error
        raise
    finally:
        if connection.vendor == "sqlite":
            raw.set_progress_handler(None, 0)


@contextmanager
def _statement_timeout(seconds: float) -> Iterator[None]:
    if connection.vendor == "sqlite":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
        yield
