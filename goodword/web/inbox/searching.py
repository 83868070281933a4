"""Search: conversations by their newest matching message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from html import escape
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations import search as searching
from goodword.conversations.models import Message
from goodword.conversations.search import Asked
from goodword.core.text import fold, one_line
from goodword.desk import lists
from goodword.desk.lists import Owing
from goodword.web.inbox import drawing, showing
from goodword.web.inbox.drawing import Result
from goodword.web.inbox.places import place_of
from goodword.web.inside import inside, moment_of, teammate_of, typed

_MOST_ASKED = 500  # characters
_LOOKED_THROUGH = 6_000  # characters of a message that are searched for the words to show
_AROUND = 70  # characters shown on either side of the first word found
_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")


@inside
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    teammate = teammate_of(request)
    words = request.GET.get("q", "")[:_MOST_ASKED]
    asked = searching.read(words)
    found = searching.find(asked, by=teammate, before=_key(request, teammate))
    results = _results(request, teammate, asked, found.messages)
    older = ""
    if found.after is not None:
        values = {"q": words, "before": found.messages[-1].public_id}
        older = f"{reverse('inbox:search')}?{urlencode(values)}"
    context = {
        "typed": words,
        "asked": asked,
        "results": results,
        "drawn_results": drawing.results(results, now=moment_of(request)),
        "stopped": found.stopped,
        "older_url": older,
        "is_later_page": "before" in request.GET,
    }
    return render(request, "web/inbox/search.html", context)


def _key(request: HttpRequest, teammate: Teammate) -> int | None:
    """The key of the message a former page ended with; one that isn't there begins anew."""
    public_id = typed(request.GET, "before")
    if not public_id:
        return None
    rows = conversations.messages_visible_to(teammate).filter(public_id=public_id)
    return rows.values_list("pk", flat=True).first()


def _results(
    request: HttpRequest, teammate: Teammate, asked: Asked, rows: list[Message]
) -> list[Result]:
    owed, now = lists.owed_in([row.conversation_id for row in rows]), moment_of(request)
    return [_result(row, asked, owed.get(row.conversation_id), teammate, now) for row in rows]


def _result(
    message: Message, asked: Asked, promise: Owing | None, teammate: Teammate, now: datetime
) -> Result:
    conversation = message.conversation
    author = message.author_name or (message.address.written if message.address else "")
    return Result(
        message=message,
        who=conversation.person.name or author,
        url=showing.url_of(conversation, place_of(conversation, teammate)),
        words=in_context(message.text, asked),
        owed=showing.owed_of(promise, by=teammate, now=now) if promise else None,
    )


def in_context(text: str, asked: Asked) -> SafeString:
    """The words around the first that matches, each that matches marked; else the beginning."""
    text = _SPACE.sub(" ", text[:_LOOKED_THROUGH])
    hits = _hits(text, asked)
    if not hits:
        return mark_safe(escape(one_line(text)))  # noqa: S308
    start, end = max(0, hits[0][0] - _AROUND), hits[0][1] + 2 * _AROUND
    start = text.rfind(" ", 0, start) + 1 if start else 0
    marked = ["… " if start else ""]
    at = start
    for first, last in hits:
        if last > end:
            break
        marked.append(f"{escape(text[at:first])}<mark>{escape(text[first:last])}</mark>")
        at = last
    tail = text[at:end]
    if len(text) > end:
        tail = f"{tail.rpartition(' ')[0]} …"
    return mark_safe("".join([*marked, escape(tail)]))  # noqa: S308 -- each part is escaped


def _hits(text: str, asked: Asked) -> list[tuple[int, int]]:
    """Where the words stand that match."""
    if not asked.words:
        return []
    if text.isascii():  # by far the most: no word of it needs to be folded
        return [match.span() for match in _pattern(*asked.words, asked.last_is_whole)(text)]
    return [match.span() for match in _WORD.finditer(text) if _matches(match.group(), asked)]


@lru_cache
def _pattern(*words_and_whole: str | bool) -> Callable[[str], Iterator[re.Match[str]]]:
    """Finds the words in plain text; the last as a beginning unless it is whole."""
    *words, is_whole = words_and_whole
    choices = [re.escape(str(word)) for word in words]
    if not is_whole:
        choices[-1] += r"[^\W_]*"
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(choices)})(?![^\W_])", re.IGNORECASE).finditer


def _matches(word: str, asked: Asked) -> bool:
    *whole, last = asked.words
    for piece in fold(word).split():
        if piece in whole or piece == last:
            return True
        if not asked.last_is_whole and piece.startswith(last):
            return True
    return False
