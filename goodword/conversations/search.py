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
    terms, key = _terms(words), _key()
    sql = _with_all()
    bound: list[str | int] = [_all(terms)]
    if beyond is not None:
        sql += f" AND {key} {'>' if oldest_first else '<'} %s"
        bound.append(beyond)
    if not oldest_first and _is_one_rare(terms, beyond, most):
        return _keys(f"{sql} ORDER BY {key}", bound)[::-1][:most]
    return _keys(f"{sql} ORDER BY {key} {'ASC' if oldest_first else 'DESC'} LIMIT {most}", bound)


def _is_one_rare(terms: Sequence[str], before: int | None, most: int) -> bool:
    """Whether to read all forwards: one of several terms stands in fewer than `most` messages.

    Backwards, from one row with all terms to the next, FTS5 steps through all that it passes in a
    segment of its index that holds nothing so old: a rare word beside a common one took 25 ms.
    Forwards it leaps, but would read common ones from the first message on. Many beginnings
    (`"a"*`) it merges anew for each query, so there one query has to do, and nothing is asked here.
    """
    if connection.vendor != "sqlite" or len(terms) == 1 or any(t.endswith("*") for t in terms):
        return False
    last = _LAST if before is None else before
    sql = f"{_with_all()} AND rowid < %s ORDER BY rowid DESC LIMIT 1 OFFSET {most - 1}"
    return any(not _keys(sql, [term, last]) for term in terms)


def those_with(words: Sequence[Word], keys: Sequence[int]) -> list[int]:
    """Those of `keys` that are of messages with all words."""
    if not keys:
        return []
    places = ",".join(["%s"] * len(keys))
    return _keys(f"{_with_all()} AND {_key()} IN ({places})", [_all(_terms(words)), *keys])


def _keys(sql: str, bound: Sequence[str | int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return [row[0] for row in cursor.fetchall()]


_LAST = 2**63 - 1  # no key is as high


def _key() -> str:
    return "rowid" if connection.vendor == "sqlite" else "id"


def _with_all() -> str:
    """The keys of all messages with what is asked; a further condition may follow."""
    if connection.vendor == "sqlite":
        return "SELECT rowid AS id FROM message_words WHERE message_words MATCH %s"
    return "SELECT id FROM conversations_message WHERE search_vector @@ to_tsquery('simple', %s)"


def _all(terms: Sequence[str]) -> str:
    return (" AND " if connection.vendor == "sqlite" else " & ").join(terms)


def _terms(words: Sequence[Word]) -> list[str]:
    """Each word as the database's full text is asked for it."""
    if connection.vendor == "sqlite":
        return [f'"{w.letters}"' if w.is_whole else _beginning(w.letters) for w in words]
    return [f"'{w.letters}'{'' if w.is_whole else ':*'}" for w in words]


def _beginning(letters: str) -> str:
    """What FTS5 is asked for all terms that begin so: each by name while they are few."""
    end = f"{letters}\U0010ffff"
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [letters, end, end, _MOST_TERMS + 1])
        terms = [row[0] for row in cursor.fetchall()]
    if not terms:
        return f'"{letters}"'  # no message has it, and FTS5 sees that sooner of a whole word
    if len(terms) > _MOST_TERMS:
        return f'"{letters}"*'
    quoted = [f'"{term}"' for term in terms]
    return f"({' OR '.join(quoted)})"


_MOST_TERMS = 40
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
