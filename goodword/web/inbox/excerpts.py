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
Finder = Callable[[str], list[tuple[int, int]]]


def of(found: Found, asked: Asked) -> dict[int, Excerpt]:
    """What was found in each conversation, where words were looked for."""
    messages = {hit.message: hit.conversation for hit in found.hits if hit.message}
    if not messages or not (asked.words or asked.phrases):
        return {}
    keys = list(messages)
    filled = [*keys, *keys[-1:] * (lists.PAGE - len(keys))]  # one query does for any number
    find = finder(asked)
    signs = {
        "in": marks.used("mail"),
        "out": marks.used("reply", 16, _("we wrote")),
        "internal": marks.used("sticky-note", 16, _("note")),
    }
    return {
        messages[key]: Excerpt(in_context(text, find), ids.moment_of(key), signs[direction])
        for key, direction, text in prepared.rows("texts found", _texts, *filled)
    }


def _texts(*keys: int) -> QuerySet[Message, tuple[int, str, str]]:
    return Message.objects.filter(pk__in=keys).values_list("pk", "direction", "text")


def in_context(text: str, find: Finder) -> SafeString:
    """The words around the first that matches, each that matches marked; else the beginning."""
    text = " ".join(text[:LOOKED_THROUGH].split())
    hits = find(text)
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


def finder(asked: Asked) -> Finder:
    """What says where the words stand that match."""
    words = [word for phrase in asked.phrases for word in phrase.split()] + asked.words
    is_whole = asked.last_is_whole or not asked.words  # the last may be a beginning
    if not words:
        return lambda text: []
    plain = _pattern(*words, is_whole)

    def find(text: str) -> list[tuple[int, int]]:
        if text.isascii():  # by far the most: no word of it needs to be folded
            return [match.span() for match in plain(text.lower())]
        found = _WORD.finditer(text)
        return [match.span() for match in found if _matches(match.group(), words, is_whole)]

    return find


@lru_cache
def _pattern(*words_and_whole: str | bool) -> Callable[[str], Iterator[re.Match[str]]]:
    """Finds the words in plain text in lower case; the last as a beginning unless it is whole.

    What stands before a word is looked at after it: so its letters lead there, eight times quicker.
    """
    *words, is_whole = words_and_whole
    choices = [rf"{each}(?<![^\W_]{each})" for each in (re.escape(str(word)) for word in words)]
    if not is_whole:
        choices[-1] += r"[^\W_]*"
    return re.compile(rf"(?:{'|'.join(choices)})(?![^\W_])").finditer


def _matches(word: str, words: list[str], is_whole: bool) -> bool:
    *whole, last = words
    for piece in fold(word).split():
        if piece in whole or piece == last:
            return True
        if not is_whole and piece.startswith(last):
            return True
    return False
