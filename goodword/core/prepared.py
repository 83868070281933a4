"""Queries whose SQL is made once. For those asked with every page: the ORM takes longer to write
such a query than the database to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_STAND_IN = 2**62  # what follows it stands for a key that is given with each asking
_made: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}
_MOST = 500


def rows(
    shape: Hashable, build: Callable[..., QuerySet[Any, Any]], *keys: int
) -> list[tuple[Any, ...]]:
    """The rows of the query that `build` makes of `keys`, as the database gives them.

    `shape` names the query: it holds all on which its SQL depends but the keys themselves, which
    `build` must hand on as they are. Fit for columns of numbers and text.
    """
    shape = (connection.vendor, shape)
    found = _made.get(shape)
    if found is None:
        if len(_made) >= _MOST:
            _made.clear()
        stand_ins = [_STAND_IN + number for number in range(len(keys))]
        found = _made[shape] = build(*stand_ins).query.sql_with_params()
    sql, params = found
    bound = [
        keys[each - _STAND_IN] if isinstance(each, int) and each >= _STAND_IN else each
        for each in params
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return list(cursor.fetchall())
