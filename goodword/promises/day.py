"""What a day holds for a teammate. Every read is soonest first, and takes `most` rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from goodword.accounts.models import Team, Teammate
from goodword.core import prepared
from goodword.promises import queries
from goodword.promises.ledger import together, with_all_shown
from goodword.promises.models import Promise

COUNT_TO = 99
_KEPT = (Promise.State.KEPT, Promise.State.KEPT_LATE)
_EARLY = timedelta(days=30)  # what is kept today was due around today


def owed_by(teammate: Teammate, *, until: datetime, most: int) -> QuerySet[Promise]:
    """What they owe, and what a team of theirs owes that none of it has taken, due by `until`."""
    rows = queries.visible_to(teammate).filter(state=Promise.State.OPEN, due_at__lte=until)
    owing = [Q(owner=teammate), *(Q(team=team) for team in _teams_of(teammate))]
    parts = [rows.filter(each).order_by("due_at", "id")[:most] for each in owing]
    return _shown(together(parts))[:most]


def due_times_after(teammate: Teammate, moment: datetime) -> list[datetime]:
    """When what they owe falls due after `moment`; at most COUNT_TO + 1 times."""
    rows = queries.visible_to(teammate).filter(state=Promise.State.OPEN, due_at__gt=moment)
    rows = rows.filter(owner=teammate).order_by("due_at", "id")
    return list(rows.values_list("due_at", flat=True)[: COUNT_TO + 1])


def waited_for(teammate: Teammate, *, until: datetime, most: int) -> QuerySet[Promise]:
    """What others owe us by `until`, where it is `teammate` who waits for it."""
    waits = Q(made_by=teammate) | Q(conversation__assignee=teammate)
    rows = queries.visible_to(teammate).filter(
        waits, state=Promise.State.OPEN, direction=Promise.Direction.THEIRS, due_at__lte=until
    )
    return _shown(rows)[:most]


def at_risk(teammate: Teammate, *, until: datetime, most: int) -> QuerySet[Promise]:
    """What others owe in the inboxes that `teammate` sees, due by `until`: late or soon to be."""
    others = (Q(owner__isnull=False) & ~Q(owner=teammate)) | (
        Q(team__isnull=False) & ~Q(team__in=_teams_of(teammate))
    )
    rows = queries.visible_to(teammate).filter(
        others, state=Promise.State.OPEN, direction=Promise.Direction.OURS, due_at__lte=until
    )
    return _shown(rows)[:most]


def kept_by(
    teammate: Teammate, *, since: datetime, until: datetime, most: int
) -> QuerySet[Promise]:
    """What they owed and kept from `since` to `until`."""
    rows = queries.visible_to(teammate).filter(
        owner=teammate,
        state__in=_KEPT,
        ended_at__gte=since,
        ended_at__lt=until,
        due_at__gte=since - _EARLY,
        due_at__lt=until + _EARLY,
    )
    return rows.order_by("due_at", "id")[:most]


def count_owed_by(teammate: Teammate) -> int:
    """How many promises are theirs to keep, whenever they are due; at most COUNT_TO + 1."""

    def build(key: int) -> QuerySet[Promise, tuple[int]]:
        rows = Promise.objects.filter(owner=key, state=Promise.State.OPEN)
        return rows.values_list("pk")[: COUNT_TO + 1]

    return len(prepared.rows("promises owed by", build, teammate.pk))


def _teams_of(teammate: Teammate) -> list[Team]:
    return list(Team.objects.filter(members=teammate)) if teammate.may_answer else []


def _shown(rows: QuerySet[Promise]) -> QuerySet[Promise]:
    return with_all_shown(rows).order_by("due_at", "id")
