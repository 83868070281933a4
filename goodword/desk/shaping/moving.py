"""Move a conversation to another inbox. The word given stands: due times do not change.

People of the inbox it leaves lose sight of it, unless something in it came to an inbox of theirs
as well. What is queued leaves from where the conversation stands: answers to it come in there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking, queries
from goodword.conversations.models import Conversation
from goodword.desk import events as facts
from goodword.desk.answering import sharing
from goodword.desk.keeping import owing
from goodword.events import actions as events
from goodword.events import queries as told
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.notices import actions as notices
from goodword.notices.models import Notice
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

UNDO_WITHIN = timedelta(hours=1)


class CannotMove(Exception):
    """It stands there already, or is said aside of another."""


class CannotMoveBack(Exception):
    """It was moved on since, or too long ago."""


@transaction.atomic
def move(conversation: Conversation, to: Inbox, *, by: Teammate, at: datetime) -> None:
    """It belongs to the inbox `to`; whoever can't answer there no longer has it.

    Raises MayNot, CannotMove.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    if conversation.side_of_id or conversation.inbox_id == to.pk:
        raise CannotMove
    _stand_in(conversation, to, why="moved", by=by, at=at)


def would_lose_sight(conversation: Conversation, to: Inbox, *, by: Teammate) -> bool:
    """Whether `by` could not see it any more."""
    if by.is_owner:
        return False
    mine = inboxes.open_to(by).filter(Q(pk=to.pk) | Q(also_seen__conversation=conversation))
    return not mine.exclude(pk=conversation.inbox_id).exists()


@transaction.atomic
def move_back(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Undo, by whoever moved it, also where they see it no more. Raises MayNot, CannotMoveBack."""
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    moved = last_move(conversation, by=by, at=at)
    if moved is None:
        raise CannotMoveBack
    left = conversation.inbox
    back = Inbox.objects.select_related("team").get(pk=moved["from_inbox_id"])
    _stand_in(conversation, back, why="moved_back", by=by, at=at)
    if moved["was_also"]:
        conversations.show_in(conversation, [left])
    had = _named(moved["had"])
    if had is not None and owing.can_keep(had, back):
        conversation.assignee = had if isinstance(had, Teammate) else None
        conversation.team = had if isinstance(had, Team) else None
        conversation.save(update_fields=["assignee", "team"])
        owing.settle(conversation, by=by, at=at, why="moved_back")
    for key, name in moved["handed"]:
        owner = _named(name)
        for promise in owed.open_in(conversation).filter(pk=key):
            if owner is not None and owing.can_keep(owner, back):
                promises.hand_over(promise, to=owner, by=by, at=at, why="moved_back")


def last_move(conversation: Conversation, *, by: Teammate, at: datetime) -> dict[str, Any] | None:
    """What was noted of the move that `by` may still take back."""
    rows = told.trail().filter(
        subject=events.name_of(conversation), kind=facts.ConversationMoved.KIND
    )
    newest = rows.first()
    if newest is None or newest.actor != events.name_of(by) or newest.at < at - UNDO_WITHIN:
        return None
    data: dict[str, Any] = newest.data
    stands = data["inbox_id"] == conversation.inbox_id and data["why"] == "moved"
    sees = queries.visible_to(by).filter(pk=conversation.pk).exists()
    saw = inboxes.open_to(by).filter(pk=data["from_inbox_id"]).exists()
    return data if stands and (sees or saw) else None


def _stand_in(
    conversation: Conversation, to: Inbox, *, why: str, by: Teammate, at: datetime
) -> None:
    """The caller holds the lock."""
    left, had = conversation.inbox, conversation.assignee or conversation.team
    was_also = bool(conversation.also_in.filter(inbox=to).delete()[0])
    conversation.inbox = to
    conversation.save(update_fields=["inbox"])
    conversation.sides.filter(inbox=left).update(inbox=to)
    for each in (conversation, *conversation.sides.filter(inbox=to)):
        promises.carry_over(owed.of_conversation(each), each)
        holder = each.assignee or each.team
        if holder is not None and not owing.can_keep(holder, to):
            each.assignee = each.team = None
            each.save(update_fields=["assignee", "team"])
    handed = _hand_over(conversation, why=why, by=by, at=at)
    owing.settle(conversation, by=by, at=at, why=why)
    for draft in sharing.asked_in_vain():
        if draft.conversation_id == conversation.pk:
            sharing.ask_nobody(draft, by=by, at=at)
    _withdraw_notices(conversation, at=at)
    fact = facts.ConversationMoved(
        conversation_id=conversation.pk,
        inbox_id=to.pk,
        from_inbox_id=left.pk,
        why=why,
        had=events.name_of(had) if had else "",
        was_also=was_also,
        handed=handed,
    )
    events.announce(fact, by=by, about=conversation, at=at)


def _hand_over(
    conversation: Conversation, *, why: str, by: Teammate, at: datetime
) -> list[tuple[int, str]]:
    """What its owner can't keep there is owed by the inbox's team. Gives who owed it before."""
    handed = []
    here = Q(conversation=conversation) | Q(conversation__side_of=conversation)
    still_open = owed.open_promises().filter(here).select_related("owner", "team", "conversation")
    for promise in still_open.exclude(kind=REPLY, conversation=conversation):
        owner = promise.owner or promise.team
        if owner is not None and not owing.can_keep(owner, promise.inbox):
            promises.hand_over(promise, to=conversation.inbox.team, by=by, at=at, why=why)
            handed.append((promise.pk, events.name_of(owner)))
    return handed


def _withdraw_notices(conversation: Conversation, *, at: datetime) -> None:
    """Nobody keeps notices of what they see no more, nor of what was joined into it."""
    joined = Conversation.objects.filter(redirect_to=conversation)
    about = notices_of([conversation, *conversation.sides.all(), *joined])
    for teammate in Teammate.objects.filter(pk__in=about.values("teammate")):
        if not queries.visible_to(teammate).filter(pk=conversation.pk).exists():
            notices.withdraw(about.filter(teammate=teammate), at=at)


def notices_of(conversations: Sequence[Conversation]) -> QuerySet[Notice]:
    """What teammates were told of these: by its address, or of what is promised there."""
    promised = Promise.objects.filter(conversation__in=conversations).values_list("pk", flat=True)
    about = Q(matter__in=[f"promise:{key}" for key in promised])
    for each in conversations:
        about |= Q(url__contains=f"/{each.public_id}/")
    return Notice.objects.filter(about)


def _named(name: str) -> Teammate | Team | None:
    kind, _colon, key = name.partition(":")
    if kind == "team":
        return Team.objects.filter(pk=key).first()
    return Teammate.objects.filter(pk=key).first() if kind == "teammate" else None
