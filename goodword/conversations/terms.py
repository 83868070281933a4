"""Which terms of SQLite's full text begin so, looked up in its own pages.

FTS5 names the terms from one on as well (fts5vocab), but for each it reads on through all pages of
the term before: 9 ms for three common words of three million messages, and this takes 1. How the
pages are written stands in SQLite's ext/fts5/fts5_index.c; every later SQLite must read them, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from django.db import connection

_MAIN = b"0"  # what terms begin with, but for those of prefix indexes, of which we have none
# Of each segment the page where the beginning would stand and those that begin with a term of it.
# A page whose terms were moved to another segment is gone, and the first one left stands for it.
_PAGES = """
    WITH RECURSIVE segment(id) AS (
        SELECT min(segid) FROM message_words_idx
        UNION ALL
        SELECT (SELECT min(segid) FROM message_words_idx WHERE segid > segment.id)
        FROM segment WHERE segment.id IS NOT NULL
    ), page(segment, number) AS (
        SELECT id, (
            SELECT pgno FROM message_words_idx WHERE segid = id AND term <= %s
            ORDER BY term DESC LIMIT 1
        ) FROM segment
        UNION ALL
        SELECT id, pgno FROM segment CROSS JOIN message_words_idx
        WHERE segid = id AND term > %s AND term < %s
    )
    SELECT (
        SELECT block FROM message_words_data
        WHERE id >= (segment << 37) + (number >> 1) AND id < (segment << 37) + (1 << 36)
        ORDER BY id LIMIT 1
    ) FROM page WHERE number IS NOT NULL
"""
# What this transaction has written does not stand in the pages yet. Each from the one before:
# between a term and the next stands nothing but that term and a \1.
_NAMED = """
    WITH RECURSIVE found(term) AS (
        SELECT (SELECT term FROM message_terms WHERE term >= %s LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM message_terms WHERE term >= found.term || char(1) LIMIT 1)
        FROM found WHERE found.term < %s
    )
    SELECT term FROM found WHERE term < %s LIMIT %s
"""


def beginning_with(letters: str, *, most: int) -> list[str]:
    """The terms that begin so, in order; if they are more than `most`, no more than that tells."""
    if connection.in_atomic_block:
        end = f"{letters}\U0010ffff"
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, [letters, end, end, most + 1])
            return [row[0] for row in cursor.fetchall()]
    begin, found = _MAIN + letters.encode(), set[bytes]()
    with connection.cursor() as cursor:
        cursor.execute(_PAGES, [begin, begin, begin + b"\xff"])
        for (page,) in cursor:
            found.update(_on_page(page or b"", begin))
            if len(found) > most:
                break
    return sorted(each[len(_MAIN) :].decode() for each in found)


def _on_page(page: bytes, begin: bytes) -> Iterator[bytes]:
    """Those that begin so and stand on this page of a segment.

    They stand in order, and of each but the first only what differs from the one before: how much
    it shares with that tells of most that they come before what is looked for.
    """
    term, shared = b"", 0  # the last one looked at, and what it has of `begin`
    for place in _places(page):
        if shared < page[place] < 0x80 and term and shared < len(begin):
            continue  # as below, and most are so
        kept, at = _number(page, place) if term else (0, place)
        if kept < shared:
            return
        if kept > shared < len(begin):
            continue
        size, at = _number(page, at)
        term = term[:kept] + page[at : at + size]
        if term.startswith(begin):
            shared = len(begin)
            yield term
        elif term > begin:
            return
        else:
            while term[: shared + 1] == begin[: shared + 1]:
                shared += 1


def _places(page: bytes) -> Iterator[int]:
    """Where terms stand on it: written behind all else, each as so far from the one before."""
    written = page[int.from_bytes(page[2:4], "big") :]
    return accumulate(written if written.isascii() else _numbers(written))


def _numbers(written: bytes) -> Iterator[int]:
    """Seven bits to a byte; the last byte of each number is a low one."""
    value = 0
    for byte in written:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            yield value
            value = 0


def _number(page: bytes, at: int) -> tuple[int, int]:
    """What stands at this place, and where the next begins."""
    value = page[at]
    if value < 0x80:
        return value, at + 1
    end = at + next(n for n in range(1, 9) if page[at + n] < 0x80)
    return next(_numbers(page[at : end + 1])), end + 1
