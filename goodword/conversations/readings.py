"""How far each teammate has read, and what they looked at last. It is nobody else's business: it
is announced to no one, and the trail doesn't hold it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import queries
from goodword.conversations.models import Conversation, Message, Reading
from goodword.core import ids, prepared

_PAGE = 50
_AWAITING = frozenset({Conversation.State.OPEN, Conversation.State.SNOOZED})


class Newest(Protocol):
    """What of a conversation decides whether it is unread: the row itself, or a line of a list."""

    pk: int
    state: str
    latest_key: int


@transaction.atomic
def read(conversation: Conversation, *, by: Teammate, to: int, at: datetime) -> bool:
    """`by` has seen everything up to the message of key `to`; whether that was news to us.

    Reading never goes back by itself: of two pages open at once the further one counts.
    """
    to = min(to, conversation.latest_key)  # what a page says it showed must have been said
    mine = _of(conversation, by)
    if mine.filter(read_to__lt=to).update(read_to=to, at=at):
        return True
    row = {"read_to": to, "at": at}
    made = Reading.objects.get_or_create(conversation=conversation, teammate=by, defaults=row)[1]
    if not made:
        mine.update(at=at)
    return made


@transaction.atomic
def mark_unread(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """As if `by` had not seen what others said last: they come back to it.

    It stands unread in the lists as long as it is open or snoozed.
    """
    newest = _of_others(conversation, by).order_by("-id").values_list("pk", flat=True).first()
    before = (newest or conversation.latest_key) - 1
    Reading.objects.update_or_create(
        conversation=conversation,
        teammate=by,
        defaults={"read_to": before},
        create_defaults={"read_to": before, "at": at},
    )


def is_read(conversation: Newest, *, by: Teammate) -> bool:
    return conversation.pk not in unread([conversation], by=by)


def unread(shown: Iterable[Newest], *, by: Teammate) -> set[int]:
    """The keys of those of `shown` in which something was said that `by` has not seen.

    What is closed rests, and what was said before they joined is history to them. One query.
    """
    joined = ids.first_key(by.joined_at)
    asked = {
        each.pk: each.latest_key
        for each in shown
        if each.state in _AWAITING and each.latest_key > joined
    }
    if not asked:
        return set()
    keys = list(asked)
    keys += keys[-1:] * (_PAGE - len(keys))  # one query does for any number of them
    rows = prepared.rows(("read to", len(keys)), _read_to, by.pk, *keys)
    read_to = {row[0]: row[1] for row in rows}
    return {key for key, latest in asked.items() if latest > read_to.get(key, 0)}


def recently_viewed(teammate: Teammate, *, most: int = 20) -> list[Conversation]:
    """What they looked at last, the newest first; only what they may still see. One query."""

    def build(key: int) -> QuerySet[Reading]:
        seen = queries.visible_to(accounts.like(teammate, key))
        rows = Reading.objects.filter(queries.holding(seen), teammate=key)
        return rows.select_related("conversation__person").order_by("-at")[:most]

    shape = ("recently viewed", most, teammate.role, teammate.is_active)
    return [row.conversation for row in prepared.objects(shape, build, teammate.pk)]


def _of(conversation: Conversation, by: Teammate) -> QuerySet[Reading]:
    return Reading.objects.filter(conversation=conversation, teammate=by)


def _of_others(conversation: Conversation, by: Teammate) -> QuerySet[Message]:
    said = conversation.messages.exclude(kind=Message.Kind.NOTE)
    return said.exclude(teammate=by)


def _read_to(teammate: int, *keys: int) -> QuerySet[Reading, tuple[int, int]]:
    rows = Reading.objects.filter(teammate=teammate, conversation__in=keys)
    return rows.values_list("conversation_id", "read_to")
