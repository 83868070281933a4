"""Taking back how a promise ended: somebody pressed the wrong button, here or on their own page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation
from goodword.desk import events as facts
from goodword.desk import handling
from goodword.desk.keeping import owing
from goodword.desk.models import NoAnswerNeeded
from goodword.events import actions as events
from goodword.promises import actions as promises
from goodword.promises import kinds
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

_KEPT = {Promise.State.KEPT, Promise.State.KEPT_LATE}
WHY = "taken_back"
NEEDED = "they_need_it"
A_MISTAKE = timedelta(hours=1)  # is noticed by then, also about what was late already


class NothingToTakeBack(Exception):
    """It isn't kept by a teammate's word: it is owed still, or it ended otherwise."""


def may_take_back(promise: Promise, by: Teammate) -> bool:
    """Whether it was kept by a word; an answer that arrived is taken back by nobody."""
    return (
        rights.may_answer(by)
        and promise.state in _KEPT
        and promise.ended_by_id is not None
        and (promise.kind != REPLY or _waived(promise))
    )


@transaction.atomic
def not_kept(promise: Promise, *, by: Teammate, at: datetime) -> Promise:
    """It is owed again, at its old time. Raises MayNot, NothingToTakeBack."""
    rights.require_answer(by)
    conversation = owing.lock(promise)
    if not may_take_back(promise, by):
        raise NothingToTakeBack
    if promise.kind == REPLY and conversation is not None:
        handling.take_back_no_answer(conversation, by=by, at=at)
        promise.refresh_from_db()
        if not promise.is_open:
            raise NothingToTakeBack  # an answer has arrived since
        return promise
    return promises.reopen(promise, by=by, at=at, why=WHY)


def _waived(promise: Promise) -> bool:
    """Whether the message that the answer was owed to is the one said to need none in writing."""
    message = promise.message
    return message is not None and hasattr(message, "no_answer_needed")


def may_need_again(promise: Promise, *, at: datetime) -> bool:
    """Whether they let go of it themselves, and its time has not passed since."""
    if promise.state != Promise.State.RELEASED or promise.ended_why != "they_let_go":
        return False
    if kinds.get(promise.kind).appointed or promise.ended_at is None:
        return at <= promise.due_at
    return at <= max(promise.due_at, promise.ended_at + A_MISTAKE)


@transaction.atomic
def still_needed(promise: Promise, *, at: datetime) -> Promise:
    """Whom it was made to let go of it on their page by mistake: it is owed again, at its old time.

    Raises NothingToTakeBack when that can't be any more: its time has passed, or an answer came.
    """
    conversation = owing.lock(promise)
    if not may_need_again(promise, at=at) or (conversation and not conversation.is_live):
        raise NothingToTakeBack
    if promise.kind != REPLY or conversation is None:
        promise = promises.reopen(promise, by=None, at=at, why=NEEDED)
        if promise.direction == Promise.Direction.THEIRS:  # none of us owes it
            return promise
        return promises.hand_over(promise, to=_who_can(promise), by=None, at=at)
    _needs_an_answer(conversation, at=at)
    promise = promises.reopen(promise, by=None, at=at, why=NEEDED)
    if conversation.state == Conversation.State.CLOSED:
        conversations.set_state(
            conversation, Conversation.State.OPEN, by=None, at=at, why="owed_again"
        )
    owing.settle(conversation, by=None, at=at, why="")
    promise.refresh_from_db()
    return promise


def _needs_an_answer(conversation: Conversation, *, at: datetime) -> None:
    """Their word that the newest message needs none is gone. Raises NothingToTakeBack."""
    decided = NoAnswerNeeded.objects.filter(conversation=conversation, by__isnull=True)
    newest = decided.order_by("-message").first()
    if newest is None:
        raise NothingToTakeBack
    message_id = newest.message_id
    newest.delete()
    if owing.owed_message(conversation) is None or owed.owed_reply(conversation) is not None:
        raise NothingToTakeBack
    fact = facts.NoAnswerTakenBack(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message_id
    )
    events.announce(fact, by=None, about=conversation, at=at)


def _who_can(promise: Promise) -> Teammate | Team:
    """Whoever owed it, if they are still there to keep it; else the inbox's team, or an owner."""
    owner, inbox = promise.owner or promise.team, promise.inbox
    if owner is not None and owing.can_keep(owner, inbox):
        return owner
    return inbox.team if inbox else accounts.owners()[0]
