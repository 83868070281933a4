"""What a search found in a conversation: the words around what was looked for, each marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.conversations.models import Message
from goodword.core import ids, prepared
from goodword.core.text import fold, one_line
from goodword.desk import lists
from goodword.desk.search.asking import Asked
from goodword.desk.search.finding import Found
from goodword.ui import marks
from goodword.web.inbox.showing import Excerpt

LOOKED_THROUGH = 6_000  # characters of a message that are searched for the words to show
_AROUND = 70  # characters shown on either side of the first word found
_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")


def of(found: Found, asked: Asked) -> dict[int, Excerpt]:
    """What was found in each conversation, where words were looked for."""
    messages = {hit.message: hit.conversation for hit in found.hits if hit.message}
    if not messages or not (asked.words or asked.phrases):
        return {}
    keys = list(messages)
    filled = [*keys, *keys[-1:] * (lists.PAGE - len(keys))]  # one query does for any number
    signs = {
        "in": marks.used("mail"),
        "out": marks.used("reply", 16, _("we wrote")),
        "internal": marks.used("sticky-note", 16, _("note")),
    }
    return {
        messages[key]: Excerpt(in_context(text, asked), ids.moment_of(key), signs[direction])
        for key, direction, text in prepared.rows("texts found", _texts, *filled)
    }


def _texts(*keys: int) -> QuerySet[Message, tuple[int, str, str]]:
    return Message.objects.filter(pk__in=keys).values_list("pk", "direction", "text")


def in_context(text: str, asked: Asked) -> SafeString:
    """The words around the first that matches, each that matches marked; else the beginning."""
    text = _SPACE.sub(" ", text[:LOOKED_THROUGH])
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
    words = _words(asked)
    if not words:
        return []
    if text.isascii():  # by far the most: no word of it needs to be folded
        return [match.span() for match in _pattern(*words, _is_whole(asked))(text)]
    is_whole = _is_whole(asked)
    found = _WORD.finditer(text)
    return [match.span() for match in found if _matches(match.group(), words, is_whole)]


def _words(asked: Asked) -> list[str]:
    """Those to mark; the last may be a beginning."""
    return [word for phrase in asked.phrases for word in phrase.split()] + asked.words


def _is_whole(asked: Asked) -> bool:
    return asked.last_is_whole or not asked.words


@lru_cache
def _pattern(*words_and_whole: str | bool) -> Callable[[str], Iterator[re.Match[str]]]:
    """Finds the words in plain text; the last as a beginning unless it is whole."""
    *words, is_whole = words_and_whole
    choices = [re.escape(str(word)) for word in words]
    if not is_whole:
        choices[-1] += r"[^\W_]*"
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(choices)})(?![^\W_])", re.IGNORECASE).finditer


def _matches(word: str, words: list[str], is_whole: bool) -> bool:
    *whole, last = words
    for piece in fold(word).split():
        if piece in whole or piece == last:
            return True
        if not is_whole and piece.startswith(last):
            return True
    return False
