"""Counts that cost the same in a large desk: nothing is counted beyond what anyone reads."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery


class CappedCount(Subquery):
    """How many rows a query gives, at most `most` + 1, as one column of another query.

    So many counts cost one round trip.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any, Any], *, most: int) -> None:
        super().__init__(rows.order_by().values("pk")[: most + 1])


def capped(count: int, most: int) -> str:
    """ "99+" above `most`."""
    return str(count) if count <= most else f"{most}+"
