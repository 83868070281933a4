"""How rows, promises and people are shown: plain values for the templates, computed once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.urls import get_script_prefix, reverse
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.core import ids
from goodword.desk import lists
from goodword.desk.answering import later
from goodword.desk.lists import Listed, Owing
from goodword.people.models import Person
from goodword.promises.models import Promise
from goodword.web.inbox.places import Place

SOON = timedelta(hours=2)
_EMPTY_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_MAY_LINK = re.compile(r"[.:@]\S")
MOST_SHOWN = 30_000  # characters of one text with links; the rest stands plain below it


class Owed(NamedTuple):
    """What is owed, for chip and words. `state` is a key of goodword.ui.chips.FORMS."""

    state: str
    at: datetime
    is_open: bool
    is_mine: bool
    owner: str  # "Ben Okri", "Front"

    @property
    def by(self) -> str:
        return _("you") if self.is_mine else self.owner

    @property
    def words(self) -> str:
        """A sentence: “You owe an answer”."""
        if self.is_mine:
            return _("You owe an answer")
        return _("%(who)s owes an answer") % {"who": self.owner}


class Excerpt(NamedTuple):
    """The message that a search found, by the words around what was looked for."""

    words: SafeString
    said_at: datetime
    sign: str  # an icon


class Row(NamedTuple):
    """One conversation in a list."""

    conversation: Listed
    who: str
    owed: Owed | None
    verb: str
    said_at: datetime
    url: str
    tags: list[str]
    owner: str = ""
    excerpt: Excerpt | None = None  # what a search found in it
    inbox: str = ""
    waiting_since: datetime | None = None
    leaves_at: datetime | None = None  # what waits to leave later, where that is what is listed


def rows_of(
    shown: Iterable[Listed],
    *,
    place: Place,
    by: Teammate,
    now: datetime,
    excerpts: Mapping[int, Excerpt] | None = None,
) -> list[Row]:
    """`excerpts`: what was found in them, by conversation."""
    same = _Same(
        _address(place),
        "owner" in place.columns,
        nameless(),
        _("Snoozed"),
        _("Reply"),
        _("Closed"),
        _("Their turn"),
        _("Aside"),
    )
    listed, found = list(shown), excerpts or {}
    inboxes = lists.inbox_names(listed) if "inbox" in place.columns else {}
    leaving = later.leaves_at(each.pk for each in listed) if place.folder == "later" else {}
    return [
        _row_of(
            each,
            same,
            by=by,
            now=now,
            excerpt=found.get(each.pk),
            inbox=inboxes.get(each.pk, ""),
            leaves_at=leaving.get(each.pk),
        )
        for each in listed
    ]


class _Same(NamedTuple):
    """Asked once for all rows. `address` of a conversation called 0; what follows says what comes
    next in one.
    """

    address: str
    shows_owner: bool
    nameless: str
    snoozed: str
    reply: str
    closed: str
    wait: str
    aside: str


def _row_of(
    listed: Listed,
    same: _Same,
    *,
    by: Teammate,
    now: datetime,
    excerpt: Excerpt | None,
    inbox: str,
    leaves_at: datetime | None,
) -> Row:
    owed = owed_of(listed.owed, by=by, now=now) if listed.owed else None
    return Row(
        conversation=listed,
        who=listed.who or same.nameless,
        leaves_at=leaves_at,
        owed=owed,
        verb=_verb(listed, owed, same),
        said_at=excerpt.said_at if excerpt else ids.moment_of(listed.latest_key),
        url=same.address.replace("/0/", f"/{listed.public_id}/", 1),
        tags=listed.tags,
        owner=(listed.assignee or listed.team or "") if same.shows_owner else "",
        excerpt=excerpt,
        inbox=inbox,
        waiting_since=listed.owed.made_at if listed.owed and listed.owed.is_open else None,
    )


def _verb(conversation: Listed, owed: Owed | None, verbs: _Same) -> str:
    if conversation.side_of_id is not None:
        return verbs.aside
    if conversation.state == Conversation.State.SNOOZED:
        return verbs.snoozed
    if owed and owed.is_open:
        return verbs.reply
    if conversation.state == Conversation.State.CLOSED:
        return verbs.closed
    return verbs.wait if conversation.latest_is_ours else ""


def url_of(conversation: Conversation | Listed, place: Place) -> str:
    return _address(place).replace("/0/", f"/{conversation.public_id}/", 1)


def _address(place: Place) -> str:
    return f"{_path(get_script_prefix())}?{place.query}"


@lru_cache
def _path(prefix: str) -> str:
    """The address of a conversation called 0: reversing takes longer than all else of a row."""
    return reverse("inbox:conversation", args=["0"])


def owed_of(promise: Promise | Owing, *, by: Teammate, now: datetime) -> Owed:
    """`by`: who looks, called "you" when the word is theirs."""
    state, at = chip_of(promise, now=now)
    owner = promise.owner or promise.team
    return Owed(state, at, promise.is_open, promise.owner_id == by.pk, str(owner or ""))


def chip_of(promise: Promise | Owing, *, now: datetime) -> tuple[str, datetime]:
    """The state a chip shows, and its moment: when due while open, when it ended after."""
    if promise.is_open:
        left = promise.due_at - now
        if left < timedelta(0):
            return "late", promise.due_at
        if left <= SOON:
            return "soon", promise.due_at
        return ("moved" if promise.times_moved else "due"), promise.due_at
    if promise.state == Promise.State.BROKEN:
        return "broken", promise.due_at
    return promise.state, promise.ended_at or promise.due_at


def name_of(person: Person) -> str:
    """Their name, else an address they hold. Costs nothing where holdings are prefetched."""
    if person.name:
        return person.name
    for holding in person.holdings.all():
        if holding.address.written:
            return holding.address.written
    return nameless()


def nameless() -> str:
    return _("Somebody without a name")


def linked(text: str) -> SafeString:
    """Text from outside in paragraphs, escaped; links open elsewhere and tell nobody whence."""
    paragraphs = _EMPTY_LINES.split(text[:MOST_SHOWN])
    html = "".join(f"<p>{_linked(each)}</p>" for each in paragraphs)
    away = html.replace('rel="nofollow"', 'rel="noopener noreferrer nofollow" target="_blank"')
    return mark_safe(away if text else "")  # noqa: S308 -- urlize escaped it, quotes too


def _linked(paragraph: str) -> str:
    """Looking each word over takes longer than all else of a message, and few hold an address."""
    if _MAY_LINK.search(paragraph) is None:
        return str(escape(paragraph))
    return urlize(paragraph, nofollow=True, autoescape=True)
