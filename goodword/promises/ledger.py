"""The ledger: promises narrowed, paged, counted, and laid out by the day they are due.

Every read takes a bounded number of rows from an index, so that it costs the same in a large house.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Team, Teammate
from goodword.core import prepared
from goodword.core.counting import CappedCount
from goodword.promises import queries
from goodword.promises.models import Promise

State = Promise.State
# Each promise is in exactly one: what is open is late, moved, or simply due.
STATES = ("due", "late", "kept", "kept_late", "moved", "broken", "released")
COUNT_TO = 999
PAGE = 50
_CHUNK = 500
_FEW = 2_000
_DUE = ("due_at", "state", "times_moved")
_BESIDE = ("person", "owner", "team", "conversation", "message")
_HEAVY = ("text", "reply_text", "html", "search_text", "oddities", "invitation")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the ledger is wanted; `state` is one of STATES. Empty and None: whatever it is.
    `persons`: all the keys of one (`people.queries.keys_of`).
    """

    state: str = ""
    owner: Teammate | None = None
    team: Team | None = None
    persons: Sequence[int] = ()
    kind: str = ""
    direction: str = ""
    start: datetime | None = None  # due in [start, end)
    end: datetime | None = None

    @property
    def on_an_index(self) -> bool:
        """Whether one index alone has all of it in its order."""
        return bool(self.owner or self.persons)

    @property
    def keys(self) -> dict[str, prepared.Key]:
        """What is asked for by a key or a moment."""
        rows = {"owner": self.owner, "team": self.team}
        moments = {"start": self.start, "end": self.end}
        keys: dict[str, prepared.Key] = {name: row.pk for name, row in rows.items() if row}
        keys |= {f"person {n}": key for n, key in enumerate(self.persons)}
        return keys | {name: each for name, each in moments.items() if each}


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the cursor of the next page."""

    rows: list[Promise]
    after: str = ""


class Ledger:
    """What `teammate` may see of what is `asked`, as of `now`: the newest due time first."""

    def __init__(self, teammate: Teammate, asked: Asked, *, now: datetime) -> None:
        self.teammate, self.asked, self.now = teammate, asked, now

    @cached_property
    def _inboxes(self) -> list[int]:
        return queries.open_inboxes(self.teammate)

    def page(self, *, after: str = "", most: int = PAGE) -> Page:
        """Keyset; an unreadable cursor begins at the top."""
        cursor = _read_cursor(after)

        def build(here: _Here) -> QuerySet[Promise]:
            chosen = in_state(self.asked.state, now=here.given["now"])
            if cursor:
                due_at, last = here.given["due_at"], here.given["last"]
                chosen &= Q(due_at__lte=due_at) & (Q(due_at__lt=due_at) | Q(pk__lt=last))
            runs = [run.filter(chosen).order_by("-due_at", "-id") for run in here.runs]
            whole = together([run[: most + 1] for run in runs])
            return with_all_shown(whole).order_by("-due_at", "-id")[: most + 1]

        more: dict[str, prepared.Key] = {"due_at": cursor[0], "last": cursor[1]} if cursor else {}
        rows = prepared.objects(*self._query(("page", self.asked.state, most), build, more))
        if len(rows) <= most:
            return Page(rows)
        end = rows[most - 1]
        return Page(rows[:most], f"{end.due_at.isoformat()}_{end.pk}")

    def all(self) -> Iterator[list[Promise]]:
        """Everything, a page at a time."""
        after = ""
        while True:
            page = self.page(after=after, most=_CHUNK)
            yield page.rows
            if not (after := page.after):
                return

    def counts(self) -> dict[str, int]:
        """How many are in each state, each at most COUNT_TO + 1. One query."""

        def build(here: _Here) -> QuerySet[Teammate, Any]:
            columns = [
                CappedCount(lot.filter(in_state(state, now=here.given["now"])), most=COUNT_TO)
                for state in STATES
                for lot in here.lots
            ]
            return Teammate.objects.filter(pk=here.teammate.pk).values_list(*columns)

        found = prepared.rows(*self._query(("counts",), build))[0]
        lots = len(found) // len(STATES)
        sums = (sum(found[n : n + lots]) for n in range(0, len(found), lots))
        return {state: min(n, COUNT_TO + 1) for state, n in zip(STATES, sums, strict=True)}

    def by_day(self, days: Sequence[tuple[datetime, datetime]], *, most: int) -> list[Counter[str]]:
        """How many promises of each state are due on each of `days`, which follow one another; of
        `most` a day at least.

        More than `most`: there are so many that nobody counts them one by one.
        """
        found: list[Counter[str]] = [Counter() for _ in days]
        lots = 1 if self.asked.on_an_index else 2
        # Each day says when by itself: of two beginnings SQLite goes by one alone, and from that
        # of the whole it would walk to the day.
        asked = replace(self.asked, start=None, end=None)
        whole, borders = Ledger(self.teammate, asked, now=self.now), self._borders(days)
        starts = [start.astimezone(UTC) for start, _end in days]  # the zone of what is found
        for lot in range(lots):
            for due_at, state, moved in whole._due_on(lot, borders, most):
                day = found[bisect(starts, due_at) - 1]
                day[_shown(state, due_at, moved, now=self.now)] += 1
        return found

    def _borders(self, days: Sequence[tuple[datetime, datetime]]) -> dict[str, datetime]:
        """Where each day begins and the last one ends, within what is asked for."""
        start, end = self.asked.start, self.asked.end
        found = [*(each[0] for each in days), days[-1][1]]
        found = [max(each, start) for each in found] if start else found
        found = [min(each, end) for each in found] if end else found
        return {f"day {number}": each for number, each in enumerate(found)}

    def _due_on(self, lot: int, borders: Mapping[str, datetime], most: int) -> prepared.Rows:
        names, days = list(borders), len(borders) - 1

        def build(here: _Here, first: str, last: str) -> QuerySet[Promise]:
            return queries.due_within(
                here.lots[lot], here.given[first], here.given[last]
            ).order_by()

        def whole(here: _Here) -> QuerySet[Promise]:
            return build(here, names[0], names[-1])

        def many(here: _Here) -> QuerySet[Promise, Any]:
            return whole(here).values_list("pk")[_FEW : _FEW + 1]

        def few(here: _Here) -> QuerySet[Promise, Any]:
            return whole(here).values_list(*_DUE)

        def shares(here: _Here) -> QuerySet[Promise, Any]:
            parts = [build(here, *each)[: most + 1] for each in pairwise(names)]
            return together(parts).values_list(*_DUE)

        if not prepared.rows(*self._query(("many", lot, days), many, borders)):
            return prepared.rows(*self._query(("few", lot, days), few, borders))
        # A large house: so that no day hides the others, of each its share.
        return prepared.rows(*self._query(("shares", lot, days, most), shares, borders))

    def _query(
        self,
        name: tuple[Hashable, ...],
        build: Callable[[_Here], QuerySet[Any, Any]],
        more: Mapping[str, prepared.Key] | None = None,
    ) -> tuple[Any, ...]:
        """What `prepared` takes for a query of what is asked; its keys have names, as in `more`."""
        by, asked = self.teammate, self.asked
        given = {"by": by.pk, "now": self.now} | asked.keys | dict(more or {})
        names, inboxes = tuple(given), self._inboxes

        def built(*keys: Any) -> QuerySet[Any, Any]:
            end = len(names)
            like = accounts.like(by, keys[0])
            return build(_Here(like, asked, dict(zip(names, keys, strict=False)), keys[end:]))

        here = (by.role, by.is_active, asked.kind, asked.direction, len(inboxes))
        return ("ledger", *name, names, *here), built, *given.values(), *inboxes


@dataclass(frozen=True, slots=True)
class _Here:
    """What is asked of the ledger, for a query that is made once: `given` are its keys."""

    teammate: Teammate
    asked: Asked
    given: dict[str, Any]
    inboxes: Sequence[int]

    @property
    def rows(self) -> QuerySet[Promise]:
        """Of any state."""
        given, rows = self.given, queries.seen_from(self.inboxes, self.teammate)
        columns = {
            "owner": given.get("owner"),
            "team": given.get("team"),
            "kind": self.asked.kind,
            "direction": self.asked.direction,
        }
        rows = rows.filter(**{name: value for name, value in columns.items() if value})
        rows = rows.filter(due_at__gte=given["start"]) if "start" in given else rows
        return rows.filter(due_at__lt=given["end"]) if "end" in given else rows

    @property
    def runs(self) -> list[QuerySet[Promise]]:
        """Parts of `rows`, each of which lies in its order in an index."""
        if self.asked.persons:
            return [self.rows.filter(person=key) for key in self._persons]
        if self.asked.on_an_index:
            return [self.rows]
        each = [self.rows.filter(inbox=key) for key in self.inboxes]
        return [self.rows.filter(inbox__isnull=True), *each]

    @property
    def lots(self) -> list[QuerySet[Promise]]:
        """The same in fewer parts, where no order is needed."""
        if self.asked.persons:
            return [self.rows.filter(person__in=self._persons)]
        if self.asked.on_an_index:
            return [self.rows]
        return [self.rows.filter(inbox__isnull=True), self.rows.filter(inbox__in=self.inboxes)]

    @property
    def _persons(self) -> list[Any]:
        return [self.given[f"person {n}"] for n in range(len(self.asked.persons))]


def together(parts: Sequence[QuerySet[Promise]]) -> QuerySet[Promise]:
    """The rows of all `parts`, which are sliced: each finds its few by an index of its own.

    Neither database does that by itself for "this or that".
    """
    keys = [part.values("pk") for part in parts]
    if not connection.features.supports_slicing_ordering_in_compound:
        # SQLite takes no limit within a union, unless it stands in a query within it. PostgreSQL
        # may take one for a question to be asked of each row anew.
        keys = [Promise.objects.filter(pk__in=each).values("pk") for each in keys]
    return Promise.objects.filter(pk__in=keys[0].union(*keys[1:], all=True))


def with_all_shown(rows: QuerySet[Promise]) -> QuerySet[Promise]:
    """With what a list shows of each, in the same query; never the whole text of a message."""
    heavy = [f"message__{name}" for name in _HEAVY]
    return rows.select_related(*_BESIDE).defer(*heavy)


def in_state(state: str, *, now: datetime) -> Q:
    """Those of one of STATES; all for an empty one."""
    match state:
        case "":
            return Q()
        case "due":
            return Q(state=State.OPEN, due_at__gte=now, times_moved=0)
        case "moved":
            return Q(state=State.OPEN, due_at__gte=now, times_moved__gt=0)
        case "late":
            return Q(state=State.OPEN, due_at__lt=now)
    return Q(state=state)


def _shown(state: str, due_at: datetime, times_moved: int, *, now: datetime) -> str:
    if state != State.OPEN:
        return state
    if due_at < now:
        return "late"
    return "moved" if times_moved else "due"


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    """Due time and key of the last row shown; None for what somebody typed."""
    moment, _, key = text.partition("_")
    try:
        due_at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (due_at, int(key)) if key.isdecimal() and len(key) <= 18 else None
