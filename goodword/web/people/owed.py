"""What was promised between a person and us, as far as one teammate may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from goodword.accounts.models import Teammate
from goodword.desk.persons.page import About
from goodword.promises import queries as promises
from goodword.promises.models import Promise
from goodword.web.inbox.promised import Word, word_of
from goodword.web.inbox.showing import Owed, owed_of

_MOST_ENDED = 8
_MOST_LOOKED_AT = 500
_OURS, _THEIRS = Promise.Direction.OURS, Promise.Direction.THEIRS


@dataclass(frozen=True, slots=True)
class Given:
    """Open ones the soonest first, ended ones the latest first."""

    ours: list[Word]
    theirs: list[Word]
    ended: list[Word]


def given(known: About, *, by: Teammate, now: datetime) -> Given:
    def words(rows: Iterable[Promise]) -> list[Word]:
        return [word_of(each, by=by, now=now) for each in rows]

    return Given(
        ours=words(each for each in known.owed if each.direction != _THEIRS),
        theirs=words(each for each in known.owed if each.direction == _THEIRS),
        ended=words(known.ended[:_MOST_ENDED]),
    )


def soonest(keys: Sequence[int], *, by: Teammate, now: datetime) -> dict[int, Owed]:
    """Of each of these who stand: what is due to them first. One query."""
    theirs = Q(person__in=keys) | Q(person__redirect_to__in=keys)
    rows = promises.visible_to(by).filter(theirs, state=Promise.State.OPEN, direction=_OURS)
    rows = rows.select_related("person", "owner", "team").order_by("due_at", "id")
    found: dict[int, Owed] = {}
    for each in rows[:_MOST_LOOKED_AT]:
        assert each.person is not None  # asked for by it
        key = each.person.redirect_to_id or each.person.pk
        if key not in found:
            found[key] = owed_of(each, by=by, now=now)
    return found
