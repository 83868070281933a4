"""What the palette can't know by the page it stands on: settings, people, conversations.

A few lines as JSON. Folders and what can be done with the open conversation it reads from the
page itself (palette.js); without script the search page does.
"""

from __future__ import annotations

import re
from typing import TypedDict

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations import readings
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.desk.persons import seeing
from goodword.desk.search import finding
from goodword.web.inbox import showing
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.settings.pages import sections_for

_MOST, _MOST_PEOPLE, _LOOKED_AT = 8, 4, 20
_SECONDS = 0.3
_REFERENCE = re.compile(r"[A-Za-z0-9-]{4,12}")


class Line(TypedDict):
    """One line of the palette. `more` stands beside the words, quieter."""

    kind: str  # page, person, conversation
    words: str
    more: str
    url: str


@inside
@require_GET
def found(request: HttpRequest) -> HttpResponse:
    """Without words: pages that no menu of every page leads to, and what was looked at last."""
    words, teammate = typed(request.GET, "q"), teammate_of(request)
    if not words:
        recent = readings.recently_viewed(teammate, most=_MOST)
        return JsonResponse({"found": [*map(_line, recent), *_pages(teammate)]})
    rows = _conversations(request, words)
    lines = [*_people(teammate, words), *map(_line, rows[:_MOST])]
    return JsonResponse({"found": lines})


def _pages(teammate: Teammate) -> list[Line]:
    here = [
        (_("Plan"), _("Hours"), "plan:hours"),
        (_("Plan"), _("Answer times"), "plan:answers"),
        (_("Plan"), _("Absences"), "plan:absences"),
        ("", _("Search"), "inbox:search"),
        ("", _("Notices"), "notices:listed"),
        (_("Promises"), _("Note a promise"), "promises:new"),
        (_("People"), _("Organisations"), "people:organisations"),
    ]
    lines = [
        Line(kind="page", words=words, more=more, url=reverse(url)) for more, words, url in here
    ]
    for section, links in sections_for(teammate):
        for link in links:
            url = reverse(f"settings:{link.name}")
            lines.append(Line(kind="page", words=str(link.words), more=str(section), url=url))
    return lines


def _conversations(request: HttpRequest, words: str) -> list[Conversation]:
    """By their reference first, then as the search finds them."""
    teammate = teammate_of(request)
    asked = finding.read(words, at=moment_of(request))
    hits = finding.find(asked, by=teammate, most=_LOOKED_AT, seconds=_SECONDS).hits
    keys = [hit.conversation for hit in hits]
    rows = {row.pk: row for row in _by_key(teammate, keys)}
    called = _by_reference(teammate, words) if _REFERENCE.fullmatch(words) else []
    return list({row.pk: row for row in [*called, *(rows[k] for k in keys if k in rows)]}.values())


def _by_key(teammate: Teammate, keys: list[int]) -> list[Conversation]:
    if not keys:
        return []
    filled = [*keys, *keys[-1:] * (_LOOKED_AT - len(keys))]  # one query for any number of them

    def build(key: int, *keys: int) -> QuerySet[Conversation]:
        return _seen(accounts.like(teammate, key)).filter(pk__in=keys)

    shape = ("palette", teammate.role, teammate.is_active)
    return prepared.objects(shape, build, teammate.pk, *filled)


def _by_reference(teammate: Teammate, words: str) -> list[Conversation]:
    def build(key: int, reference: str) -> QuerySet[Conversation]:
        return _seen(accounts.like(teammate, key)).filter(reference=reference)

    shape = ("palette reference", teammate.role, teammate.is_active)
    return prepared.objects(shape, build, teammate.pk, words.upper())


def _seen(teammate: Teammate) -> QuerySet[Conversation]:
    return conversations.visible_to(teammate).select_related("person")


def _people(teammate: Teammate, words: str) -> list[Line]:
    found = seeing.directory(teammate, words=words, most=_MOST_PEOPLE).entries
    return [
        Line(
            kind="person",
            words=each.person.name or each.address or showing.nameless(),
            more=each.address if each.person.name else "",
            url=reverse("people:person", args=[each.person.public_id]),
        )
        for each in found
    ]


def _line(row: Conversation) -> Line:
    return Line(
        kind="conversation",
        words=row.subject or row.reference,
        more=row.person.name or showing.nameless(),
        url=reverse("inbox:conversation", args=[row.public_id]),
    )
