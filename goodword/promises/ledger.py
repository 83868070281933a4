"""The ledger: promises narrowed, paged, counted, and laid out by the day they are due.

Every read takes a bounded number of rows from an index, so that it costs the same in a large house.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from django.db.models import Q, QuerySet

from goodword.accounts.models import Team, Teammate
from goodword.core.counting import CappedCount
from goodword.inboxes import queries as inboxes
from goodword.people.models import Person
from goodword.promises import queries
from goodword.promises.models import Promise

State = Promise.State
# Each promise is in exactly one: what is open is late, moved, or simply due.
STATES = ("due", "late", "kept", "kept_late", "moved", "broken", "released")
COUNT_TO = 999
PAGE = 50
_CHUNK = 500
_FEW = 2_000
_BESIDE = ("person", "owner", "team", "conversation", "message")
_HEAVY = ("text", "reply_text", "html", "search_text", "oddities", "invitation")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the ledger is wanted; `state` is one of STATES. Empty and None: whatever it is."""

    state: str = ""
    owner: Teammate | None = None
    team: Team | None = None
    person: Person | None = None
    kind: str = ""
    direction: str = ""
    start: datetime | None = None  # due in [start, end)
    end: datetime | None = None


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
    def rows(self) -> QuerySet[Promise]:
        """Of any state."""
        asked, rows = self.asked, queries.visible_to(self.teammate)
        columns = {
            "owner": asked.owner,
            "team": asked.team,
            "person": asked.person,
            "kind": asked.kind,
            "direction": asked.direction,
        }
        rows = rows.filter(**{name: value for name, value in columns.items() if value})
        rows = rows.filter(due_at__gte=asked.start) if asked.start else rows
        return rows.filter(due_at__lt=asked.end) if asked.end else rows

    @cached_property
    def _inboxes(self) -> list[int]:
        return list(inboxes.open_to(self.teammate).order_by().values_list("pk", flat=True))

    @property
    def _on_an_index(self) -> bool:
        """Whether one index alone has all of `rows` in their order."""
        return bool(self.asked.owner or self.asked.person)

    @property
    def _runs(self) -> list[QuerySet[Promise]]:
        """Parts of `rows`, each of which lies in its order in an index."""
        if self._on_an_index:
            return [self.rows]
        each = [self.rows.filter(inbox=key) for key in self._inboxes]
        return [self.rows.filter(inbox__isnull=True), *each]

    @property
    def _lots(self) -> list[QuerySet[Promise]]:
        """The same in fewer parts, where no order is needed."""
        if self._on_an_index:
            return [self.rows]
        return [self.rows.filter(inbox__isnull=True), self.rows.filter(inbox__in=self._inboxes)]

    def page(self, *, after: str = "", most: int = PAGE) -> Page:
        """Keyset; an unreadable cursor begins at the top."""
        chosen = in_state(self.asked.state, now=self.now) & _below(after)
        runs = [run.filter(chosen).order_by("-due_at", "-id")[: most + 1] for run in self._runs]
        rows = list(with_all_shown(together(runs)).order_by("-due_at", "-id")[: most + 1])
        if len(rows) <= most:
            return Page(rows)
        last = rows[most - 1]
        return Page(rows[:most], f"{last.due_at.isoformat()}_{last.pk}")

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
        lots = self._lots
        columns = [
            CappedCount(lot.filter(in_state(state, now=self.now)), most=COUNT_TO)
            for state in STATES
            for lot in lots
        ]
        found = Teammate.objects.filter(pk=self.teammate.pk).values_list(*columns)[0]
        sums = (sum(found[n : n + len(lots)]) for n in range(0, len(found), len(lots)))
        return {state: min(n, COUNT_TO + 1) for state, n in zip(STATES, sums, strict=True)}

    def by_day(self, days: Sequence[tuple[datetime, datetime]], *, most: int) -> list[Counter[str]]:
        """How many promises of each state are due on each of `days`; of `most` a day at least.

        More than `most`: there are so many that nobody counts them one by one.
        """
        rows = [row for lot in self._lots for row in self._due_on(days, lot, most)]
        found: list[Counter[str]] = [Counter() for _ in days]
        day = 0
        for due_at, state, moved in sorted(rows):
            while due_at >= days[day][1]:
                day += 1
            found[day][_shown(state, due_at, moved, now=self.now)] += 1
        return found

    def _due_on(
        self, days: Sequence[tuple[datetime, datetime]], lot: QuerySet[Promise], most: int
    ) -> list[tuple[datetime, str, int]]:
        columns = ("due_at", "state", "times_moved")
        whole = queries.due_within(lot, days[0][0], days[-1][1]).order_by()
        found = list(whole.values_list(*columns)[:_FEW])
        if len(found) < _FEW:
            return found
        # A large house: so that no day hides the others, of each its share.
        parts = [queries.due_within(lot, *day).order_by()[: most + 1] for day in days]
        return list(together(parts).values_list(*columns))


def together(parts: Sequence[QuerySet[Promise]]) -> QuerySet[Promise]:
    """The rows of all `parts`, which are sliced: each finds its few by an index of its own.

    Neither database does that by itself for "this or that".
    """
    # SQLite takes no limit within a union, unless it stands in a query within it.
    wrapped = [Promise.objects.filter(pk__in=part.values("pk")).values("pk") for part in parts]
    return Promise.objects.filter(pk__in=wrapped[0].union(*wrapped[1:], all=True))


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


def _below(cursor: str) -> Q:
    """What comes after the last row shown: its due time and key."""
    moment, _, key = cursor.partition("_")
    try:
        due_at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return Q()
    if not key.isdecimal() or len(key) > 18:
        return Q()
    return Q(due_at__lte=due_at) & (Q(due_at__lt=due_at) | Q(pk__lt=int(key)))
