"""Views: searches that somebody keeps as a folder of their own, of a team's, or of everybody's.

What a view shows is asked anew by whoever looks: nobody sees more by it than by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.accounts.rights import MayNot
from goodword.core import prepared
from goodword.core.text import clean, clean_line
from goodword.desk import events as facts
from goodword.desk import queries
from goodword.desk.models import SavedView
from goodword.desk.search.finding import ORDERS, Order
from goodword.events import actions as events

COLUMNS = ("owner", "subject", "inbox", "words", "due", "waiting", "tags")
USUAL_COLUMNS = ("owner", "subject", "words", "due", "tags")
MOST_NAME, MOST_ASKED = 60, 500
MOST_SHOWN = 40  # views in somebody's navigation
_KEPT = timedelta(days=30)  # what was removed can be brought back so long
For = SavedView.For


class NothingAsked(Exception):
    """A view without a name or a search."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a view is to be. `team` where it is for one."""

    name: str
    asked: str
    shown_to: str = For.ME
    team: Team | None = None
    order: Order = "newest"
    columns: Sequence[str] = USUAL_COLUMNS


def visible_to(teammate: Teammate) -> QuerySet[SavedView]:
    """Their own, everybody's, and those of the teams whose folders they see; by name."""
    teams = queries.teams_of(teammate).order_by().values("pk")
    mine = Q(owner=teammate) | Q(shown_to=For.ALL) | Q(shown_to=For.TEAM, team__in=teams)
    return SavedView.objects.filter(mine, removed_at__isnull=True).order_by("name", "pk")


def names(teammate: Teammate) -> list[tuple[str, str]]:
    """Public ids and names of the views in somebody's navigation. One query that is made once."""

    def build(key: int) -> QuerySet[SavedView, Any]:
        return visible_to(accounts.like(teammate, key)).values_list("public_id", "name")[
            :MOST_SHOWN
        ]

    found = prepared.rows(("views", teammate.role, teammate.is_active), build, teammate.pk)
    return [(row[0], row[1]) for row in found]


def may_show_to(by: Teammate, shown_to: str, team: Team | None) -> bool:
    """Anybody keeps views for themselves; a lead for their teams and for all, an owner for any."""
    if shown_to == For.ME:
        return by.is_active
    if by.role not in {Role.OWNER, Role.LEAD} or not by.is_active:
        return False
    return team is None or queries.teams_of(by).filter(pk=team.pk).exists()


def may_change(view: SavedView, by: Teammate) -> bool:
    """Whoever keeps it, and for others' views those who may show them."""
    if view.shown_to == For.ME:
        return view.owner_id == by.pk and by.is_active
    return may_show_to(by, view.shown_to, view.team)


@transaction.atomic
def keep(wanted: Wanted, *, by: Teammate, at: datetime) -> SavedView:
    """Raises MayNot, NothingAsked."""
    view = SavedView(owner=by, made_at=at)
    _put(view, wanted, by=by)
    view.save()
    # What was thrown away long ago can't be brought back any more.
    SavedView.objects.filter(removed_at__lt=at - _KEPT).delete()
    events.announce(facts.ViewKept(), by=by, about=view, at=at)
    return view


@transaction.atomic
def change(view: SavedView, wanted: Wanted, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot, NothingAsked."""
    _require(view, by)
    _put(view, wanted, by=by)
    view.save()
    events.announce(facts.ViewChanged(), by=by, about=view, at=at)


@transaction.atomic
def remove(view: SavedView, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot."""
    _require(view, by)
    if SavedView.objects.filter(pk=view.pk, removed_at__isnull=True).update(removed_at=at):
        events.announce(facts.ViewRemoved(), by=by, about=view, at=at)


@transaction.atomic
def bring_back(view: SavedView, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot."""
    _require(view, by)
    if SavedView.objects.filter(pk=view.pk, removed_at__isnull=False).update(removed_at=None):
        events.announce(facts.ViewBroughtBack(), by=by, about=view, at=at)


def removed(public_id: str, *, by: Teammate) -> SavedView | None:
    """A view that was removed and that `by` may bring back."""
    view = SavedView.objects.filter(public_id=public_id, removed_at__isnull=False).first()
    return view if view is not None and may_change(view, by) else None


def _require(view: SavedView, by: Teammate) -> None:
    if not may_change(view, by):
        raise MayNot


def _put(view: SavedView, wanted: Wanted, *, by: Teammate) -> None:
    team = wanted.team if wanted.shown_to == For.TEAM else None
    if not may_show_to(by, wanted.shown_to, team) or (wanted.shown_to == For.TEAM and not team):
        raise MayNot
    view.name = clean_line(wanted.name, most=MOST_NAME)
    view.asked = clean(wanted.asked).strip()[:MOST_ASKED]
    if not view.name or not view.asked:
        raise NothingAsked
    view.shown_to, view.team = wanted.shown_to, team
    view.order = wanted.order if wanted.order in ORDERS else "newest"
    view.columns = [each for each in COLUMNS if each in wanted.columns]
