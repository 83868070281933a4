"""Due rows: work that is a row with a moment, claimed with a lease. There is no job queue.

A model that holds due work inherits `DueRow`. Claiming is one conditional update of a row, or one
short transaction for many, which passes over what others have in hand: it works alike on both
databases, needs no lock over the network, and a worker that dies loses its lease after `LEASE` so
that another takes the row up.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from django.db import Error as DatabaseError
from django.db import connection, models, transaction
from django.db.models import Q

from goodword.core import prepared

LEASE = timedelta(minutes=5)
CLOCKS_DIFFER = timedelta(minutes=10)  # the clocks of two machines, at most
_FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


class DueRow(models.Model):
    """`due_at` null: nothing is left to do. `lease` names a worker's claim until `leased_until`."""

    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=16, blank=True, default="")
    tries = models.PositiveIntegerField(default=0)
    why = models.TextField(blank=True, default="")  # of the last failure, in words

    class Meta:
        abstract = True


logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=DueRow)


def due_index(name: str) -> models.Index:
    """The partial index that keeps a poll quick whatever has been finished before."""
    return models.Index(fields=["due_at"], name=name, condition=Q(due_at__isnull=False))


def claim(
    rows: models.QuerySet[Row],
    *,
    at: datetime,
    most: int = 20,
    lease: timedelta = LEASE,
    furthest: timedelta | None = None,
    chosen: Q | None = None,
) -> Iterator[Row]:
    """Claim what is due in `rows`, soonest first, and yield each row as it is claimed.

    A row claimed by another worker in the meantime is passed over. Each claim counts as a try, so
    a row that kills its worker is seen to have been tried. `furthest`: no row of this kind is
    ever due later than that from now; one that is had its moment from a clock that was wrong and
    has been put right since, and is due at once. `chosen`: but of these a person chose the moment.
    """
    free = unclaimed(at, lease)
    waiting = [rows.filter(free, due_at__lte=at)] if _is_any(rows.model, "lte", at) else []
    if furthest is not None and _is_any(rows.model, "gt", at + furthest + CLOCKS_DIFFER):
        timed = rows if chosen is None else rows.exclude(chosen)
        waiting.append(timed.filter(free, due_at__gt=at + furthest + CLOCKS_DIFFER))
    begun = time.monotonic()
    for some in waiting:
        for pk in list(some.order_by("due_at").values_list("pk", flat=True)[:most]):
            # The rows before this one took their time; a lease begins when it is given.
            now = at + timedelta(seconds=time.monotonic() - begun)
            if _won(some.filter(pk=pk), until=now + lease):
                yield rows.get(pk=pk)


def _is_any(model: type[Row], compared: Literal["lte", "gt"], moment: datetime) -> bool:
    """The first look, by each lane several times a second: mostly nothing of its kind is due."""

    def due(moment: datetime) -> models.QuerySet[Row, tuple[int]]:
        rows = model._base_manager.filter(**{f"due_at__{compared}": moment})
        return rows.values_list("pk")[:1]

    return bool(prepared.rows(("due", model, compared), due, moment))


def claim_together(
    build: Callable[[], models.QuerySet[Row]], *, at: datetime, most: int, lease: timedelta = LEASE
) -> list[Row]:
    """Claim up to `most` of what is due and was never tried, by one commit, soonest first.

    What was tried before may have killed its worker: `claim` takes it, row by row. `build` makes
    the query of all such rows, with what is selected beside them; it is asked once.
    """

    def due(moment: datetime) -> models.QuerySet[Row]:
        return build().filter(due_at__lte=moment, tries=0)

    def first(moment: datetime) -> models.QuerySet[Row, tuple[int]]:
        return due(moment).values_list("pk")[:1]

    def free(moment: datetime, over: datetime) -> models.QuerySet[Row]:
        # Who claims beside us passes over what we have in hand.
        rows = due(moment).select_for_update(of=("self",), skip_locked=True, no_key=True)
        return rows.filter(_free(moment, over)).order_by("due_at", "pk")[:most]

    if not prepared.rows(("first due", build), first, at):  # no lock where nothing is to be done
        return []
    with transaction.atomic():
        over = at + lease + CLOCKS_DIFFER
        claimed = prepared.objects(("free", build, most), free, at, over)
        token, until = secrets.token_hex(8), at + lease
        prepared.update_alike(claimed, {"lease": token, "leased_until": until, "tries": 1})
    for row in claimed:
        row.lease, row.leased_until, row.tries = token, until, 1
    return claimed


def unclaimed(at: datetime, lease: timedelta) -> Q:
    """Not claimed; or the claim has ended, or is longer than one can be: of a clock set right."""
    return _free(at, at + lease + CLOCKS_DIFFER)


def _free(at: datetime, over: datetime) -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lte=at) | Q(leased_until__gt=over)


def _won(row: models.QuerySet[Row], *, until: datetime) -> bool:
    token = secrets.token_hex(8)
    return bool(row.update(lease=token, leased_until=until, tries=models.F("tries") + 1))


def renew(row: DueRow, *, until: datetime) -> bool:
    """Hold `row` longer; False when another worker has claimed it meanwhile."""
    held = type(row)._base_manager.filter(pk=row.pk, lease=row.lease)
    return bool(held.update(leased_until=until))


@contextmanager
def held(row: DueRow, *, clock: Callable[[], datetime], lease: timedelta) -> Iterator[None]:
    """Renew the claim on `row` while the work inside goes on, however long it takes.

    So a lease can be short, and what a dead worker had in hand is soon taken up by another.
    """
    done = threading.Event()

    def keep() -> None:
        while not done.wait(lease.total_seconds() / 3):
            try:
                renew(row, until=clock() + lease)
            except DatabaseError:
                logger.warning("a claim could not be renewed", extra={"row": row.pk})
            connection.close()

    keeper = threading.Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def finish(row: DueRow) -> None:
    """The work is done: the row is due no more."""
    _release(row, due_at=None, why="")


def finish_together(rows: Sequence[Row]) -> None:
    """`finish` for rows that were claimed together, by one commit."""
    if rows:
        done = {"due_at": None, "why": "", "leased_until": None, "lease": ""}
        with transaction.atomic(savepoint=False):
            prepared.update_alike(rows, done, still={"lease": rows[0].lease})


def put_off(row: DueRow, *, until: datetime | None, why: str) -> None:
    """Try again at `until` (None: never again by itself), with the reason noted."""
    _release(row, due_at=until, why=why[:2000])


def next_try(row: DueRow, *, at: datetime) -> datetime:
    """When a failed row is due again: 15 s after the first try, doubling up to an hour."""
    wait: timedelta = _FIRST_WAIT * 2 ** min(max(row.tries - 1, 0), 16)
    return at + min(wait, LONGEST_WAIT)


def _release(row: DueRow, *, due_at: datetime | None, why: str) -> None:
    # Only who holds the lease may release it: a worker that was too slow changes nothing.
    held = type(row)._base_manager.filter(pk=row.pk, lease=row.lease)
    held.update(due_at=due_at, why=why, leased_until=None, lease="")
    row.due_at, row.why, row.leased_until, row.lease = due_at, why, None, ""
