"""The holding reply: any response is better than none, when the answer can't come in time.

It names a new time, so the promise is moved, or promised anew when it is late already; it never
keeps it. It is drafted for whoever owes the answer; where the plan says so for the inbox, it is
sent by itself, once for a message.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk import handling, wording
from goodword.desk.answering import delivering, queueing, replying
from goodword.desk.answering.recipients import NobodyToReach, Recipients
from goodword.desk.intake import acknowledging
from goodword.desk.keeping import owing
from goodword.inboxes.models import Wording
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import Promise, Step

BEFORE = timedelta(minutes=10)  # the answer is due, when it goes out by itself
HELD = "held"  # the Step that says that a holding reply went out


def new_due(conversation: Conversation, message: Message, *, at: datetime) -> Due:
    """The time that a holding reply names: what the plan promises for a next answer from now."""
    return plan.current().answer_due(
        conversation.inbox_id,
        first=False,
        kind_id=message.person.kind_id if message.person else None,
        urgent=conversation.urgent,
        since=at,
    )


def words_of(conversation: Conversation, message: Message, *, due: Due) -> str:
    """The draft, in the customer's language, with the new time in their zone."""
    return wording.words_of(
        conversation, Wording.Purpose.HOLDING, name=message.author_name, due=due.at
    )


@transaction.atomic
def hold(
    conversation: Conversation,
    *,
    text: str,
    recipients: Recipients,
    due: Due,
    by: Teammate,
    at: datetime,
) -> Message:
    """Send a holding reply that a person has read; what is owed is due at `due` from now on.

    It leaves at once. Raises MayNot, NothingOwed, InThePast, NothingSaid, NobodyToReach.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    promise = owed.owed_reply(conversation)
    if promise is None:
        raise handling.NothingOwed
    if due.at <= at:
        raise handling.InThePast
    if not text.strip():
        raise replying.NothingSaid
    if not recipients.count:
        raise NobodyToReach
    message = queueing.queue(
        conversation,
        text=text.strip(),
        recipients=recipients,
        due_at=at,
        good_until=due.at,
        holds=True,
        by=by,
        at=at,
    )
    _put_off(promise, due=due, by=by, at=at)
    return message


@transaction.atomic
def hold_by_itself(promise: Promise, *, at: datetime) -> Message | None:
    """Send it where the plan says so for the inbox, once; None where nothing was sent."""
    conversation = promise.conversation
    if conversation is None or plan.current().holding_of(conversation.inbox_id) != "send":
        return None
    conversation = locking.lock(conversation)
    promise.refresh_from_db()
    message = owing.owed_message(conversation)
    if (
        not promise.is_open
        or message is None
        or (was_held(message) and not _has_lapsed(conversation))
        or _is_answered(conversation, promise)
    ):
        return None
    due = new_due(conversation, message, at=at)
    if due.at <= promise.due_at:
        return None  # the plan has no later time to name
    words = words_of(conversation, message, due=due)
    sent = acknowledging.write_by_itself(message, words, good_until=due.at, holds=True, at=at)
    if sent is not None:
        _put_off(promise, due=due, by=None, at=at)
    return sent


def _is_answered(conversation: Conversation, promise: Promise) -> bool:
    """Whether an answer is on its way: "we need longer" would be in the same post.

    Not one that somebody chose to let leave when it is late.
    """
    ours = conversation.messages.filter(automatic=False, dispatch__due_at__isnull=False)
    return ours.exclude(dispatch__later=True, dispatch__due_at__gt=promise.due_at).exists()


def _has_lapsed(conversation: Conversation) -> bool:
    """Whether the last one never left, as the time that it names had passed by then: nobody of
    whom it was for has it, nor may have it.
    """
    ours = conversation.messages.filter(kind_why=queueing.HOLDS).select_related("dispatch")
    last = ours.order_by("-pk").first()
    if last is None or last.dispatch.why != delivering.LAPSED:
        return False
    missed = [Recipient.State.REFUSED, Recipient.State.BOUNCED]
    return not last.recipients.exclude(state__in=missed).exists()


def was_held(message: Message) -> bool:
    """Whether a holding reply has gone out for this message."""
    return Step.objects.filter(promise__message=message, kind=HELD).exists()


def _put_off(promise: Promise, *, due: Due, by: Teammate | None, at: datetime) -> None:
    if at > promise.due_at:
        promise = promises.promise_anew(promise, due=due, by=by, at=at, why=HELD)
    elif due.at != promise.due_at:
        promise = promises.move(promise, due=due, by=by, at=at, why=HELD)
    promises.note_step(promise, HELD, by=by, at=at)
