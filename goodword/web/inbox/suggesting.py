"""What may come next in a search, while it is typed: operators, then their values; in an empty
field what one looked at last. A list of options for the combobox of search.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations import readings
from goodword.core.text import clean, fold
from goodword.desk import lists, whom
from goodword.desk.search import finding, operators
from goodword.fields import queries as fields
from goodword.fields.models import Field
from goodword.inboxes import queries as inboxes
from goodword.web.inbox import filters, showing
from goodword.web.inbox.places import MOST_ASKED, place_of
from goodword.web.inside import inside, moment_of, teammate_of

_MOST = 8
_RECENT = 6
_LOOKED_AT = 20  # conversations whose people are offered
_SECONDS = 0.3
_LAST = re.compile(r'(?:^|(?<=\s))(-?)([^\s:"]*)(?::("?)([^"]*))?$')


class Option(NamedTuple):
    """`text`: the whole field once it is taken; or `url`, where it leads at once."""

    shown: str
    words: str | LazyText = ""
    text: str = ""
    url: str = ""


@inside
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    text = clean(request.GET.get("q", ""))[:MOST_ASKED]
    if text.strip():
        options = list(islice(_options(request, text), _MOST))
    else:
        options = recent(teammate_of(request))
    context = {"options": options, "is_recent": not text.strip()}
    return render(request, "web/inbox/_suggestions.html", context)


def recent(teammate: Teammate) -> list[Option]:
    """What they looked at last."""
    seen = readings.recently_viewed(teammate, most=_RECENT)
    return [
        Option(
            each.person.name or showing.nameless(),
            each.subject,
            url=showing.url_of(each, place_of(each, teammate)),
        )
        for each in seen
    ]


def _options(request: HttpRequest, text: str) -> Iterator[Option]:
    match = _LAST.search(text)
    if match is None:
        return
    minus, name, quote, value = match.groups()
    before = f"{text[: match.start()]}{minus}"
    if value is None:
        for code, words in _operators(name):
            yield Option(code, words, f"{before}{code}")
        return
    known = operators.NAMES.get(fold(name))
    # A value with a blank that isn't quoted has ended at it.
    if not fold(name) or (" " in value and not quote):
        return
    if known is None:  # the name of a field of the house's own, if anything
        known, name, value = "field", "field", f"{name}={value}"
    for shown, words in _values(known, value, request):
        yield Option(shown, words, f"{before}{name}:{filters.quoted(known, shown)} ")


def _operators(begun: str) -> Iterator[tuple[str, str | LazyText]]:
    language, folded = get_language() or "en", fold(begun)
    if not folded:
        return
    for name, words in filters.MEANINGS.items():
        shown = operators.word(name, language)
        if any(fold(each).startswith(folded) for each in (shown, name)):
            yield f"{shown}:", words
    for (name, value), words in filters.CHOICES.items():
        if fold(operators.choice(name, value, language)).startswith(folded):
            yield f"{filters.written(name, value)} ", words
    for each in of_fields(begun):
        yield f"{filters.written('field', each)} ", filters.MEANINGS["field"]


def _values(name: str, begun: str, request: HttpRequest) -> Iterable[tuple[str, str | LazyText]]:
    """What may stand after the operator, with words about it."""
    teammate, language = teammate_of(request), get_language() or "en"
    if name in operators.CHOICES:
        shown = ((operators.choice(name, each, language), each) for each in operators.CHOICES[name])
        return [(word, filters.CHOICES[name, each]) for word, each in shown if _begins(word, begun)]
    if name in operators.DATED:
        days = [operators.day(each, language) for each in operators.DAYS]
        return [(each, "") for each in days if _begins(each, begun)]
    if name == "field":
        return [(each, "") for each in of_fields(begun)]
    if name == "tag":
        tags = conversations.tags_seen_by(teammate)
        return [(tag.name, "") for tag in tags if _begins(tag.name, begun)]
    if name == "inbox":
        seen = inboxes.open_to(teammate)
        return [(each.name, "") for each in seen if _begins(each.name, begun)]
    if name == "team":
        return [
            (each.name, "") for each in whom.teams_beside(teammate) if _begins(each.name, begun)
        ]
    if name == "assigned":
        ours = [(str(filters.OURS["me"]), teammate.name), (str(filters.OURS["nobody"]), "")]
        named = [(each.name, "") for each in whom.colleagues_of(teammate)]
        return [each for each in ours + named if _begins(each[0], begun)]
    return _people(name, begun, request) if begun.strip() else []


def of_fields(begun: str) -> Iterator[str]:
    """The house's own fields, and of those that know their values these, as they are asked for."""
    for field in fields.every():
        choices = field.choices
        if field.kind == Field.Kind.YES_NO:
            choices = ["yes", "no"]
        for each in (field.name, *(f"{field.name}={choice}" for choice in choices)):
            if _begins(each, begun):
                yield each


def _begins(word: str, begun: str) -> bool:
    folded = fold(begun)
    return fold(word).startswith(folded) or any(p.startswith(folded) for p in fold(word).split())


def _people(name: str, begun: str, request: HttpRequest) -> list[tuple[str, str]]:
    """Those one wrote with last, of all whose conversations one may see."""
    teammate, found = teammate_of(request), dict[str, str]()
    if name == "from":
        found = {
            each.name: _("teammate")
            for each in whom.colleagues_of(teammate)
            if _begins(each.name, begun)
        }
    if name in {"from", "with", "to"}:
        quoted = begun.replace('"', " ")
        asked = finding.read(f'with:"{quoted}"', at=moment_of(request))
        hits = finding.find(asked, by=teammate, most=_LOOKED_AT, seconds=_SECONDS).hits
        for row in lists.listed([hit.conversation for hit in hits]):
            if row.who and _begins(row.who, begun):
                found.setdefault(row.who, "")
    return list(found.items())
