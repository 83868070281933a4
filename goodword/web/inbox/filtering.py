"""The filters that a search can have: what many look for, and those whose values are the house's
own: its tags, colleagues, teams, inboxes, and days.

They are fetched when somebody opens the menu; without script they are a page. People outside are
too many to list: there one writes the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.desk import whom
from goodword.desk.search import operators
from goodword.inboxes import queries as inboxes
from goodword.web.inbox import filters, suggesting
from goodword.web.inbox.places import Place, place
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece

MOST = 30  # of one kind; the others are found by typing
_SINCE = ("today", "yesterday", "this week", "last week", "this month", "last month", "this year")
_DUE = ("today", "tomorrow", "this week", "next week")
WRITTEN: dict[str, LazyText] = {
    "with": _("With a person"),
    "from": _("Said by"),
    "to": _("Written to"),
    "subject": _("In the subject"),
}


class Filter(NamedTuple):
    word: str
    url: str


class Kind(NamedTuple):
    heading: LazyText
    filters: list[Filter]


@inside
@require_GET
def more(request: HttpRequest) -> HttpResponse:
    """What can be added to the search `q`; with `value`, the search with that added."""
    values, by = request.GET, teammate_of(request)
    here = place(by, "search", order=values.get("order", ""), text=values.get("q", ""))
    name, value = values.get("name", ""), values.get("value", "").strip()
    if name in WRITTEN and value:
        return redirect(_with(here, name, value))
    context = {
        "place": here,
        "addable": filters.addable(here, timezone.localtime(moment_of(request))),
        "kinds": list(_kinds(here, by)),
        "written": WRITTEN.items(),
    }
    body = "web/inbox/_filters.html" if wants_piece(request) else "web/inbox/filters.html"
    return render(request, body, context)


def _kinds(here: Place, by: Teammate) -> Iterator[Kind]:
    """Only those of which there is something to choose."""
    named: Iterable[tuple[LazyText, str, Iterable[str]]] = (
        (_("Tags"), "tag", (each.name for each in conversations.tags_seen_by(by)[:MOST])),
        (_("Teammates"), "assigned", (each.name for each in whom.colleagues_of(by))),
        (_("Teams"), "team", (each.name for each in whom.teams_beside(by))),
        (_("Inboxes"), "inbox", (each.name for each in inboxes.open_to(by))),
        (_("Said since"), "since", _days(_SINCE)),
        (_("Due"), "due", _days(_DUE)),
        (_("Fields of your own"), "field", suggesting.of_fields("")),
    )
    for heading, name, values in named:
        # Names stay as they are written; a day is a word of ours, and begins its label.
        word = capfirst if name in operators.DATED else str
        if offered := [Filter(word(each), _with(here, name, each)) for each in values]:
            yield Kind(heading, offered[:MOST])


def _days(names: Iterable[str]) -> Iterator[str]:
    language = get_language() or "en"
    return (operators.day(each, language) for each in names)


def _with(here: Place, name: str, value: str) -> str:
    return here.asking(f"{here.text.strip()} {filters.written(name, value)}".strip()).url
