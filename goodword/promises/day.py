"""What a day holds for a teammate. Every read is soonest first, and takes `most` rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Team, Teammate
from goodword.core import prepared
from goodword.promises import queries
from goodword.promises.ledger import together, with_all_shown
from goodword.promises.models import Promise

COUNT_TO = 99
_KEPT = (Promise.State.KEPT, Promise.State.KEPT_LATE)
_EARLY = timedelta(days=30)  # what is kept today was due around today


def owed_by(teammate: Teammate, *, until: datetime, most: int) -> list[Promise]:
    """What they owe, and what a team of theirs owes that none of it has taken, due by `until`."""

    def build(here: _Here, until: datetime) -> QuerySet[Promise]:
        rows = here.open(due_at__lte=until)
        owing = [Q(owner=here.teammate), *(Q(team=key) for key in here.teams)]
        parts = [rows.filter(each).order_by("due_at", "id")[:most] for each in owing]
        return _shown(together(parts))[:most]

    return prepared.objects(*_query(teammate, ("owed by", most), build, until))


def due_times_after(teammate: Teammate, moment: datetime) -> list[datetime]:
    """When what they owe falls due after `moment`; at most COUNT_TO + 1 times."""

    def build(here: _Here, moment: datetime) -> QuerySet[Promise, Any]:
        rows = here.open(owner=here.teammate, due_at__gt=moment).order_by("due_at", "id")
        return rows.values_list("due_at")[: COUNT_TO + 1]

    return [due_at for (due_at,) in prepared.rows(*_query(teammate, ("due after",), build, moment))]


def waited_for(teammate: Teammate, *, until: datetime, most: int) -> list[Promise]:
    """What others owe us by `until`, where it is `teammate` who waits for it."""

    def build(here: _Here, until: datetime) -> QuerySet[Promise]:
        waits = Q(made_by=here.teammate) | Q(conversation__assignee=here.teammate)
        rows = here.open(due_at__lte=until, direction=Promise.Direction.THEIRS)
        return _shown(rows.filter(waits))[:most]

    return prepared.objects(*_query(teammate, ("waited for", most), build, until))


def at_risk(teammate: Teammate, *, until: datetime, most: int) -> list[Promise]:
    """What others owe in the inboxes that `teammate` sees, due by `until`: late or soon to be."""

    def build(here: _Here, until: datetime) -> QuerySet[Promise]:
        others = (Q(owner__isnull=False) & ~Q(owner=here.teammate)) | (
            Q(team__isnull=False) & ~Q(team__in=here.teams)
        )
        rows = here.open(due_at__lte=until, direction=Promise.Direction.OURS)
        return _shown(rows.filter(others))[:most]

    return prepared.objects(*_query(teammate, ("at risk", most), build, until))


def kept_by(teammate: Teammate, *, since: datetime, until: datetime, most: int) -> list[Promise]:
    """What they owed and kept from `since` to `until`."""

    def build(
        here: _Here, since: datetime, until: datetime, begin: datetime, end: datetime
    ) -> QuerySet[Promise]:
        rows = here.all().filter(owner=here.teammate, state__in=_KEPT)
        # By themselves: beside a time due SQLite would go by that, through all of two months.
        ended = rows.filter(ended_at__gte=since, ended_at__lt=until).values("pk")
        kept = Promise.objects.filter(pk__in=ended, due_at__gte=begin, due_at__lt=end)
        return kept.order_by("due_at", "id")[:most]

    moments = (since, until, since - _EARLY, until + _EARLY)
    return prepared.objects(*_query(teammate, ("kept by", most), build, *moments))


def count_owed_by(teammate: Teammate) -> int:
    """How many promises are theirs to keep, whenever they are due; at most COUNT_TO + 1."""

    def build(key: int) -> QuerySet[Promise, tuple[int]]:
        rows = Promise.objects.filter(owner=key, state=Promise.State.OPEN)
        # In an order that the index of the open ones has: SQLite would read all they ever owed.
        return rows.order_by("due_at").values_list("pk")[: COUNT_TO + 1]

    return len(prepared.rows("promises owed by", build, teammate.pk))


@dataclass(frozen=True, slots=True)
class _Here:
    """Whose day it is, for queries that are made once."""

    teammate: Teammate
    inboxes: Sequence[int]
    teams: Sequence[int]

    def all(self) -> QuerySet[Promise]:
        return queries.seen_from(self.inboxes, self.teammate)

    def open(self, **such: object) -> QuerySet[Promise]:
        return self.all().filter(state=Promise.State.OPEN, **such)


def _query(
    teammate: Teammate,
    name: tuple[Hashable, ...],
    build: Callable[..., QuerySet[Any, Any]],
    *moments: datetime,
) -> tuple[Any, ...]:
    """What `prepared` takes for a query of this teammate's."""
    inboxes, teams = queries.open_inboxes(teammate), _teams_of(teammate)
    first = len(moments) + 1  # of the inboxes among the keys

    def built(*keys: Any) -> QuerySet[Any, Any]:
        mine = keys[first : first + len(inboxes)]
        like = accounts.like(teammate, keys[len(moments)])
        return build(_Here(like, mine, keys[first + len(inboxes) :]), *keys[: len(moments)])

    shape = (*name, teammate.role, teammate.is_active, len(inboxes), len(teams))
    return shape, built, *moments, teammate.pk, *inboxes, *teams


def _teams_of(teammate: Teammate) -> list[int]:
    def build(key: int) -> QuerySet[Team, tuple[int]]:
        return Team.objects.filter(members=key).values_list("pk")

    if not teammate.may_answer:
        return []
    return [key for (key,) in prepared.rows("teams of", build, teammate.pk)]


def _shown(rows: QuerySet[Promise]) -> QuerySet[Promise]:
    return with_all_shown(rows).order_by("due_at", "id")
