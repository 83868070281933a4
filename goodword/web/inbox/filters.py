"""The operators of a search on screen: what each means in words, those asked for as chips that can
be taken off, and those that can be added.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from goodword.desk.search import asking, operators
from goodword.desk.search.asking import Asked, Term
from goodword.web.inbox.places import Place

MEANINGS: dict[str, LazyText] = {
    "from": _("said by somebody of this name or address, or by a teammate"),
    "to": _("written to somebody of this name or address"),
    "with": _("with this person, whoever wrote"),
    "subject": _("with these words in the subject"),
    "tag": _("with this tag"),
    "is": _("in this state"),
    "in": _("in this folder"),
    "has": _("with this in it"),
    "inbox": _("in this inbox"),
    "assigned": _("with this teammate; me and nobody are known too"),
    "team": _("given to this team, or in an inbox that it answers"),
    "before": _("said before this day"),
    "after": _("said after this day"),
    "since": _("said on this day or later"),
    "on": _("said on this day, or in this week, month or year"),
    "due": _("with something of ours due then: today, tomorrow, late, this week, a day"),
    "number": _("the conversation with this number"),
    "field": _("with this in a field of your own: a name, name=value, name=beginning*, name>5"),
}
CHOICES: dict[tuple[str, str], LazyText] = {
    ("is", "open"): pgettext_lazy("a conversation", "open"),
    ("is", "closed"): _("closed"),
    ("is", "snoozed"): _("snoozed"),
    ("is", "spam"): _("spam"),
    ("is", "trash"): _("in the trash"),
    ("is", "unassigned"): _("with nobody yet"),
    ("is", "mine"): _("with me"),
    ("is", "owed"): _("waiting for our answer"),
    ("is", "late"): _("something of ours is late"),
    ("is", "unread"): _("not read by me"),
    ("is", "following"): _("followed by me"),
    ("is", "aside"): _("a side conversation"),
    ("is", "urgent"): _("marked as urgent"),
    ("is", "scheduled"): _("an answer waits to leave later"),
    ("in", "mine"): _("the folder Mine"),
    ("in", "unassigned"): _("the folder Unassigned"),
    ("in", "waiting"): _("the folder Waiting on them"),
    ("in", "snoozed"): _("the folder Snoozed"),
    ("in", "all"): _("everything but spam and trash"),
    ("in", "open"): _("all that is open"),
    ("in", "closed"): _("the folder Closed"),
    ("in", "unsent"): _("the folder Not sent"),
    ("in", "spam"): _("the folder Spam"),
    ("in", "trash"): _("the folder Trash"),
    ("in", "anywhere"): _("spam and trash as well"),
    ("has", "attachment"): _("a message with a file"),
    ("has", "note"): _("a note of ours"),
    ("has", "draft"): _("a draft of mine, or one shared with me"),
    ("has", "promise"): _("an open promise besides the answer"),
}
OURS: dict[str, LazyText] = {"me": _("me"), "nobody": _("nobody")}
_OFFERED = (
    ("is", "open"), ("is", "unassigned"), ("is", "mine"), ("is", "owed"), ("is", "late"),
    ("is", "unread"), ("is", "following"), ("has", "attachment"), ("has", "note"),
    ("has", "promise"),
)  # fmt: skip


class Explained(NamedTuple):
    code: str
    words: LazyText


class Chip(NamedTuple):
    name: str
    value: str
    is_negated: bool
    without_url: str


class Addable(NamedTuple):
    code: str
    words: LazyText
    url: str


def explained() -> Iterator[Explained]:
    """Every operator with its meaning, and every value that one of them knows."""
    language = get_language() or "en"
    for name, words in MEANINGS.items():
        code = f"{operators.word(name, language)}:"
        if name not in operators.CHOICES:
            yield Explained(code, words)
        for value in operators.CHOICES.get(name, ()):
            yield Explained(written(name, value), CHOICES[name, value])


def written(name: str, value: str) -> str:
    """As one types it, in one's language."""
    language = get_language() or "en"
    shown = operators.choice(name, value, language)
    return f"{operators.word(name, language)}:{quoted(name, shown)}"


def quoted(name: str, value: str) -> str:
    """As one value: in quotation marks where it has blanks. Its own count in fields alone, and
    are doubled there.
    """
    mark = '"'
    value = " ".join(value.replace(mark, mark * 2 if name == "field" else " ").split())
    return f"{mark}{value}{mark}" if " " in value or mark in value else value


def chips(asked: Asked, place: Place) -> list[Chip]:
    language = get_language() or "en"
    return [
        Chip(
            operators.word(term.name, language),
            _said(term, language),
            term.is_negated,
            place.asking(asked.left_without(term)).url,
        )
        for term in asked.terms
    ]


def _said(term: Term, language: str) -> str:
    """Its value in the reader's language, whoever typed it: a view is read by many."""
    if term.name == "assigned" and term.value in OURS:
        return str(OURS[term.value])
    return operators.said(term.name, term.value, language)


def addable(place: Place, at: datetime) -> list[Addable]:
    asked = asking.read(place.text, at=at)
    there = {(term.name, term.value) for term in asked.terms}
    return [
        Addable(
            written(name, value),
            CHOICES[name, value],
            place.asking(f"{asked.text.strip()} {written(name, value)}".strip()).url,
        )
        for name, value in _OFFERED
        if (name, value) not in there
    ]


def in_words(term: Term) -> str:
    """As in “tag: vip”."""
    language = get_language() or "en"
    return f"{operators.word(term.name, language)}: {_said(term, language)}"
