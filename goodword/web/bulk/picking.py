"""Which conversations are meant: the boxes that are ticked, or all that the list holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from goodword.accounts.models import Role, Team, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation
from goodword.core import ids
from goodword.desk import queries as desk
from goodword.desk import whom
from goodword.desk.search import finding
from goodword.desk.shaping import bulk
from goodword.web.inbox.places import NoSuchPlace, Place, place
from goodword.web.inside import moment_of, teammate_of, typed

_MOST_TICKED = 500


@dataclass(frozen=True, slots=True)
class Picked:
    """`ids`: what was ticked, public; empty where all in `place` are meant."""

    place: Place
    ids: tuple[str, ...]
    is_all: bool

    @property
    def query(self) -> str:
        return self.place.query


def picked(request: HttpRequest) -> Picked:
    """What a form of the list names. Raises Http404 for a list that isn't there."""
    named = dict.fromkeys(filter(ids.is_public_id, request.POST.getlist("pick")))
    picks = tuple(named)[:_MOST_TICKED]
    return Picked(place_of(request), picks, request.POST.get("all") == "yes")


def place_of(request: HttpRequest) -> Place:
    """The list that was open, as its address says. Raises Http404."""
    key, order = typed(request.GET, "folder") or "mine", typed(request.GET, "order")
    try:
        return place(teammate_of(request), key, order=order, text=request.GET.get("q", ""))
    except NoSuchPlace as error:
        raise Http404 from error


def keys(request: HttpRequest, chosen: Picked) -> list[int]:
    """The keys of what is meant, as far as they may see it; at most `bulk.MOST`."""
    if chosen.is_all:
        return list(islice(_all_in(request, chosen.place), bulk.MOST))
    seen = conversations.visible_to(teammate_of(request))
    return list(seen.filter(public_id__in=chosen.ids).values_list("pk", flat=True))


def count_all(request: HttpRequest, here: Place) -> int:
    """How many stand in a list; at most one more than can be taken at once."""
    if here.asks:
        asked = finding.read(here.text, at=moment_of(request))
        return finding.count(asked, by=teammate_of(request), most=bulk.MOST + 1)
    return _in_folder(teammate_of(request), here)[: bulk.MOST + 1].count()


def _all_in(request: HttpRequest, here: Place) -> Iterable[int]:
    if here.asks:
        asked = finding.read(here.text, at=moment_of(request))
        return finding.conversations(asked, by=teammate_of(request))
    rows = _in_folder(teammate_of(request), here)
    return rows.order_by("-latest_key").values_list("pk", flat=True)[: bulk.MOST]


def _in_folder(teammate: Teammate, here: Place) -> QuerySet[Conversation]:
    return desk.in_folder(teammate, here.folder, team=here.team)


def oldest(found: Iterable[int]) -> Conversation | None:
    """Into which the others are joined: where it was said first."""
    return Conversation.objects.filter(pk__in=list(found)).order_by("made_at", "pk").first()


# To whom a selection can be given


def answerers(by: Teammate) -> QuerySet[Teammate]:
    """Who answers in any of the inboxes open to `by`; each conversation is asked once more."""
    return whom.colleagues_of(by).exclude(role=Role.LIGHT)


def teams(by: Teammate) -> QuerySet[Team]:
    return whom.teams_beside(by)
