"""Conversations by what was asked (`asking.py`), only those that the asker may see.

Newest keys first, looked at in batches, and after a second it stops and says so: what a search
costs depends on what it finds and not on how large the desk is. Where an index of another table
holds few that can be meant, only these are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations.search import Stopped, limited_to
from goodword.core import ids
from goodword.core.text import fold
from goodword.desk import queries
from goodword.desk.search import asking, own
from goodword.desk.search.asking import Asked, Term
from goodword.desk.search.looking import PAGE, Hit, Look
from goodword.desk.search.narrowing import Narrowed, narrowed
from goodword.desk.search.operators import OURS
from goodword.promises.models import REPLY, Promise

Order = Literal["newest", "oldest", "due"]
ORDERS: tuple[Order, ...] = ("newest", "oldest", "due")
LIMIT_SECONDS = 1.0
_BULK_SECONDS = 60.0
_BULK_PAGE = 500
_ALIKE_FOR_ALL = frozenset(
    {"from", "to", "with", "subject", "tag", "inbox", "team", "before", "after", "since", "on"}
    | {"due", "number", "field"}
)
_ALIKE_VALUES = {
    "is": {"open", "closed", "snoozed", "spam", "trash", "unassigned", "owed", "late", "urgent"},
    "in": {"unassigned", "waiting", "snoozed", "all", "open", "closed", "spam", "trash"},
    "has": {"attachment", "note", "promise"},
}
_OWED = 200  # open promises looked at together


@dataclass(frozen=True, slots=True)
class Found:
    """One page, each conversation once. `after`: the cursor to go on from, empty at the end."""

    hits: list[Hit]
    after: str = ""
    stopped: bool = False  # the time limit ended it; what is here is what was found until then
    gone: Sequence[Term] = ()  # operators that name what isn't there (any more)


def read(text: str, *, at: datetime) -> Asked:
    """What was typed, with its days in the zone of the house, and the house's own fields."""
    business = accounts.business()
    at = at.astimezone(ZoneInfo(business.zone if business else "UTC"))
    return knowing_fields(asking.read(text, at=at))


def knowing_fields(asked: Asked) -> Asked:
    """With what was read as nothing, and is the name of a field. Else it asks no database."""
    if not (asked.strange or asked.unread):
        return asked
    named = own.names()
    return asking.read(asked.text, at=asked.at, own=named) if named else asked


def is_personal(asked: Asked) -> bool:
    """Whether two who see the same inboxes may find different conversations."""
    return not all(_is_alike(term) for term in asked.terms)


def _is_alike(term: Term) -> bool:
    if term.name == "from" and OURS.get(fold(term.value)) == "me":
        return False
    return term.name in _ALIKE_FOR_ALL or term.value in _ALIKE_VALUES.get(term.name, ())


def find(
    asked: Asked,
    *,
    by: Teammate,
    order: Order = "newest",
    after: str = "",
    most: int = PAGE,
    seconds: float | None = None,
) -> Found:
    """Conversations by their newest matching message, else by the last that was said in them.

    oldest: by their oldest matching message. due: what is owed in order of due time, then the
    rest, newest first. `after`: where a former page ended; an unreadable one begins at the top.
    """
    if asked.is_empty:
        return Found([])
    deadline = time.monotonic() + (LIMIT_SECONDS if seconds is None else seconds)
    found: list[Hit] = []
    gone: Sequence[Term] = ()
    try:
        with limited_to(deadline - time.monotonic()):
            search = narrowed(asked, by=by)
            gone = search.gone
            cursor = _Cursor.read(after)
            for hit in _in_order(search, order, cursor):
                found.append(hit)
                if len(found) == most:
                    top = cursor.top or max(ids.first_key(asked.at), *(each.at for each in found))
                    return Found(found, hit.cursor or f"new:{hit.at}:{top}", gone=gone)
    except Stopped:
        return Found(found, stopped=True, gone=gone)
    return Found(found, gone=gone)


def _in_order(search: Narrowed, order: Order, cursor: _Cursor) -> Iterator[Hit]:
    """All that is found from `cursor` on. What is owed says itself where a page ends with it."""
    look = Look(search, oldest_first=order == "oldest")
    if order == "due":
        if cursor.phase != "new":
            yield from _by_due(look, cursor)
            cursor = _Cursor("new")
        search.conversations = search.conversations.filter(~queries.awaits_us())
        search.is_words_alone = False
    yield from look.hits(beyond=cursor.beyond, top=cursor.top)


def conversations(asked: Asked, *, by: Teammate) -> Iterator[int]:
    """The keys of everything that matches, each once, newest first.

    For acts on many: it goes on for a minute in all, and what comes in meanwhile is not among them.
    """
    after, deadline = "", time.monotonic() + _BULK_SECONDS
    while True:
        left = deadline - time.monotonic()
        page = find(asked, by=by, after=after, most=_BULK_PAGE, seconds=left)
        yield from (hit.conversation for hit in page.hits)
        after = page.after
        if not after:
            return


def count(asked: Asked, *, by: Teammate, most: int) -> int:
    """How many match; `most` is where it stops counting."""
    return sum(1 for _key in islice(conversations(asked, by=by), most))


class _Cursor(NamedTuple):
    """Where a page ended. `top`: the newest key when the first page was made; what is said after
    it neither hides a conversation from the pages to come nor shows it twice.
    """

    phase: str = ""
    beyond: int | None = None
    top: int | None = None
    due_at: datetime | None = None

    @classmethod
    def read(cls, text: str) -> _Cursor:
        phase, _colon, rest = text.partition(":")
        try:
            if phase == "new":
                beyond, _colon, top = rest.partition(":")
                return cls(phase, _key(beyond), _key(top))
            if phase == "due":
                moment, _blank, key = rest.partition("_")
                due_at = datetime.fromisoformat(moment).astimezone(UTC)
                return cls(phase, _key(key), None, due_at)
        except (ValueError, OverflowError):
            pass
        return cls()


def _key(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18 + 1:
        raise ValueError(text)
    return min(int(text), 2**62)


def _by_due(look: Look, cursor: _Cursor) -> Iterator[Hit]:
    """What is owed of all that was asked, in order of due time."""
    due_at, last = cursor.due_at, cursor.beyond or 0
    few = look.few_by_words()
    while True:
        rows = Promise.objects.filter(kind=REPLY, state=Promise.State.OPEN)
        if few is not None:
            rows = rows.filter(conversation__in=few)
        if due_at is not None:
            rows = rows.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=last))
        listed = rows.order_by("due_at", "pk").values_list("due_at", "pk", "conversation")
        batch = list(listed[:_OWED])
        among = {hit.conversation: hit for hit in look.among([row[2] for row in batch])}
        for due_at, last, conversation in batch:
            if hit := among.get(conversation):
                yield hit._replace(cursor=f"due:{due_at.isoformat()}_{last}")
        if len(batch) < _OWED:
            return
