"""Two transactions that have to do with one name come one after the other, before it has a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connection


def take(names: Iterable[str]) -> None:
    """Wait for whoever holds one of these, and hold them until the transaction ends.

    Taken before any row is locked. On SQLite whoever writes has the database alone.
    """
    if connection.vendor != "postgresql":
        return
    digests = (hashlib.sha256(name.encode("utf-8", "replace")).digest() for name in names)
    keys = sorted({int.from_bytes(digest[:8], signed=True) for digest in digests})
    if keys:
        with connection.cursor() as cursor:  # in one order for all, or two wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s) AS key", [keys])
