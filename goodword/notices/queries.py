from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from goodword.accounts.models import Teammate
from goodword.core import prepared
from goodword.notices.models import Notice, Preference

PAGE = 50
COUNT_TO = 99  # as in the lists: a count costs the same whatever has piled up


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Notice]
    after: str = ""  # the cursor of the next page


def of(teammate: Teammate) -> QuerySet[Notice]:
    """The one door to notices: a teammate's own, newest first."""
    return Notice.objects.filter(teammate=teammate).order_by("-told_at", "-id")


def unseen(teammate: Teammate) -> QuerySet[Notice]:
    """What is news to them and not settled yet, newest first."""
    return of(teammate).filter(seen_at__isnull=True, ended_at__isnull=True)


def count_unseen(teammate: Teammate) -> int:
    """At most COUNT_TO + 1. Asked with every page."""

    def build(key: int) -> QuerySet[Notice, tuple[int]]:
        asked = unseen(Teammate(pk=key)).order_by()
        return asked.values_list("pk")[: COUNT_TO + 1]

    return len(prepared.rows("unseen notices", build, teammate.pk))


def page_of(teammate: Teammate, *, after: str = "", most: int = PAGE) -> Page:
    """Newest first, keyset; an unreadable `after` begins at the top."""
    rows = of(teammate)
    cursor = _read(after)
    if cursor is not None:
        told_at, key = cursor
        rows = rows.filter(Q(told_at__lt=told_at) | Q(told_at=told_at, pk__lt=key))
    found = list(rows[: most + 1])
    shown = found[:most]
    more = len(found) > most
    return Page(shown, f"{shown[-1].told_at.isoformat()}_{shown[-1].pk}" if more else "")


def who_hears_of_new() -> list[int]:
    """Keys of teammates who want to be told of what comes in. Asked of every new conversation."""
    return [key for (key,) in prepared.rows("hear of new", _hearing_of_new)]


def _hearing_of_new() -> QuerySet[Preference, tuple[int]]:
    return Preference.objects.filter(hears_of_new=True).values_list("teammate")


def preference_of(teammate: Teammate) -> Preference:
    """How they want to be told; what holds for whoever has said nothing is not stored."""
    return preferences_of([teammate.pk])[teammate.pk]


def preferences_of(teammates: Sequence[int]) -> dict[int, Preference]:
    stored = {row.teammate_id: row for row in Preference.objects.filter(teammate__in=teammates)}
    return {key: stored.get(key) or Preference(teammate_id=key) for key in teammates}


def _read(after: str) -> tuple[datetime, int] | None:
    told_at, _sep, key = after.rpartition("_")
    try:
        moment = datetime.fromisoformat(told_at).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    known = key.isascii() and key.isdecimal() and len(key) < 19
    return (moment, int(key)) if known else None
