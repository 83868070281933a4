"""Undo of a join: two conversations again, each with what is its own.

What came along goes back, as far as it is still there; what was said since stays where it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import carrying, locking
from goodword.conversations.models import Conversation, Message
from goodword.desk import events as facts
from goodword.desk import handling
from goodword.desk.keeping import owing
from goodword.desk.models import Joined, NoAnswerNeeded
from goodword.desk.together import leading_on
from goodword.events import actions as events
from goodword.promises import actions as promises
from goodword.promises.models import REPLY, Promise

State = Conversation.State


class CannotUndo(Exception):
    """The join can't be taken back any more: it was, or they were joined elsewhere since."""


def last_into(into: Conversation) -> Joined | None:
    """The newest join that can still be taken back out of `into`."""
    rows = Joined.objects.filter(into=into, undone_at__isnull=True, conversation__redirect_to=into)
    return rows.select_related("conversation").order_by("-at", "-pk").first()


@transaction.atomic
def undo(joined: Joined, *, by: Teammate, at: datetime) -> Conversation:
    """The conversation that stands by itself again. Raises MayNot, CannotUndo."""
    rights.require_answer(by)
    locked = locking.lock_all([joined.conversation_id, joined.into_id])
    if len(locked) < 2:
        raise CannotUndo
    conversation, into = locked[joined.conversation_id], locked[joined.into_id]
    won = Joined.objects.filter(pk=joined.pk, undone_at__isnull=True).update(undone_at=at)
    if not won or conversation.redirect_to_id != into.pk or into.redirect_to_id:
        raise CannotUndo
    moved = joined.moved
    back = carrying.give_back(conversation, into, moved)
    told = moved.get("told", [])  # a join of an earlier release wrote nothing of it
    leading_on.give_back(
        conversation, into, drafts=moved["drafts"], told=told, since=joined.at, at=at
    )
    NoAnswerNeeded.objects.filter(message__in=back).update(conversation=conversation)
    _decide_again(moved["waived"], at=at)
    _give_promises_back(conversation, into, moved, back, by=by, at=at)
    _be_as_it_was(conversation, into, joined, by=by, at=at)
    released = moved["released"]
    if not isinstance(released, list):  # a join of an earlier release wrote down one, or none
        released = [released or 0]
    for each in (conversation, into):
        _owe_as_before(each, released, by=by, at=at)
    for one, other in ((into, conversation), (conversation, into)):
        fact = facts.JoinUndone(
            conversation_id=one.pk,
            inbox_id=one.inbox_id,
            joined_id=other.pk,
            came_back=one is conversation,
        )
        events.announce(fact, by=by, about=one, at=at)
    return conversation


def _decide_again(waived: list[Any], *, at: datetime) -> None:
    """What a person decided of a message that the join made owed again holds once more."""
    if waived:
        message = Message.objects.filter(pk=waived[0]).first()
        if message is not None:
            NoAnswerNeeded.objects.get_or_create(
                message=message,
                defaults={
                    "conversation_id": message.conversation_id,
                    "by_id": waived[1],
                    "at": datetime.fromisoformat(waived[2]),
                },
            )


def _give_promises_back(
    conversation: Conversation,
    into: Conversation,
    moved: dict[str, Any],
    back: list[int],
    *,
    by: Teammate,
    at: datetime,
) -> None:
    """What was promised there, what is owed for its messages, and what was promised anew for it."""
    theirs = Q(pk__in=moved["promises"]) | Q(message__in=back)
    keys = set(Promise.objects.filter(theirs, conversation=into).values_list("pk", flat=True))
    newer = keys
    while newer:
        after = Promise.objects.filter(successor_of__in=newer, conversation=into)
        newer = set(after.values_list("pk", flat=True)) - keys
        keys |= newer
    # One of them may be owed for a message of what stays: after a split, say.
    stays = Q(kind=REPLY, message__conversation=into)
    going = Promise.objects.filter(Q(pk__in=keys) & ~stays)
    promises.carry_over(going, conversation)
    for each in Promise.objects.filter(conversation=conversation, state="open"):
        if each.kind == REPLY or each.direction == Promise.Direction.THEIRS:
            continue
        before = _named(moved["owners"].get(str(each.pk), ""))
        now = each.owner or each.team
        if before is not None and now == into.inbox.team:
            now = before
        if now is None or not owing.can_keep(now, conversation.inbox):
            now = conversation.inbox.team
        promises.hand_over(each, to=now, by=by, at=at, why="join_undone")


def _named(name: str) -> Teammate | Team | None:
    kind, _colon, key = name.partition(":")
    if kind == "team":
        return Team.objects.filter(pk=key).first()
    return Teammate.objects.filter(pk=key).first() if kind == "teammate" else None


def _be_as_it_was(
    conversation: Conversation, into: Conversation, joined: Joined, *, by: Teammate, at: datetime
) -> None:
    """Snoozed, with whom, and what the join woke: as before, unless something was done since."""
    moved = joined.moved
    if conversation.assignee and not owing.can_answer(conversation.assignee, conversation.inbox):
        conversation.assignee = None
    if conversation.team and not owing.can_keep(conversation.team, conversation.inbox):
        conversation.team = None
    slept = moved["snoozed_until"]
    if slept:  # also when it is to come back by now: the next sweep wakes it, and says so
        conversation.state = State.SNOOZED
        conversation.snoozed_until = datetime.fromisoformat(slept)
    conversation.save(update_fields=["state", "snoozed_until", "assignee", "team"])
    with_whom = (conversation.assignee_id, conversation.team_id)
    if moved["had_nobody"] and with_whom == (into.assignee_id, into.team_id) != (None, None):
        handling.give(into, None, by=by, at=at)
    said_since = into.messages.filter(stored_at__gt=joined.at).exists()
    sleeps = into.snoozed_until.isoformat() if into.snoozed_until else None
    # A join of an earlier release wrote nothing of until when it slept then.
    untouched = moved.get("sleeps_until", sleeps) == sleeps
    if into.state == moved["state_after"] and untouched and not said_since:
        _sleep_again(into, moved)


def _sleep_again(into: Conversation, moved: dict[str, Any]) -> None:
    slept = moved["into_snoozed_until"]
    if moved["state_before"] == State.CLOSED and moved["closed"]:
        closed_at, into.closed_by_id, into.closed_why = moved["closed"]
        into.closed_at = datetime.fromisoformat(closed_at)
        into.state, into.snoozed_until = State.CLOSED, None
    elif slept:
        into.state, into.snoozed_until = State.SNOOZED, datetime.fromisoformat(slept)
    columns = ["state", "snoozed_until", "closed_at", "closed_by", "closed_why"]
    into.save(update_fields=columns)


def _owe_as_before(
    conversation: Conversation, released: list[int], *, by: Teammate, at: datetime
) -> None:
    """What the join had let go is owed again, where it still awaits us; then all is settled."""
    message = owing.owed_message(conversation)
    here = Promise.objects.filter(conversation=conversation, kind=REPLY)
    if message is not None and not here.filter(state=Promise.State.OPEN).exists():
        for promise in here.filter(
            pk__in=released,
            state=Promise.State.RELEASED,
            ended_why="joined",
            message__lte=message.pk,
        ):
            promises.reopen(promise, by=by, at=at, why="join_undone")
    owing.settle(conversation, by=by, at=at, why="join_undone")
    owes = here.filter(state=Promise.State.OPEN).exists()
    if owes and conversation.state == State.CLOSED:
        conversations.set_state(conversation, State.OPEN, by=by, at=at, why="owed_again")
