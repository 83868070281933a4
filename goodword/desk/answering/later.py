"""An answer that leaves at a moment somebody chose, and what becomes of the conversation after.

It stays a message that waits: what is owed stays owed until it was taken. It is written for what
was known then, so it leaves no more by itself once they have written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk import events as facts
from goodword.desk import handling
from goodword.desk.models import Dispatch
from goodword.events import actions as events
from goodword.events import waking
from goodword.promises import queries as owed

FURTHEST = timedelta(days=366)  # that a moment chosen for leaving or coming back may lie ahead
THEY_WROTE = "they_wrote"
PUT_ASIDE = "put_aside"  # the conversation is spam, or in the trash


class Then(models.TextChoices):
    """What becomes of the conversation when the other side has taken an answer."""

    CLOSE = "close"
    SNOOZE = "snooze"


class HasBegun(Exception):
    """It is leaving, or has left, so it can't have another time."""


def require_ahead(moment: datetime | None, *, at: datetime) -> None:
    """Raises handling.InThePast, also when it lies further ahead than anybody means."""
    if moment is None or not at < moment <= at + FURTHEST:
        raise handling.InThePast


def require_moments(
    leaves_at: datetime | None, then: str, until: datetime | None, *, at: datetime
) -> None:
    """Those that were chosen beside Send: when it leaves, and until when `then` snoozes. Raises
    handling.InThePast.
    """
    if leaves_at is not None:
        require_ahead(leaves_at, at=at)
    if then == Then.SNOOZE:
        require_ahead(until, at=at)


@transaction.atomic
def leave_at(message: Message, moment: datetime | None, *, by: Teammate, at: datetime) -> None:
    """Let an answer that waits leave at another moment, or now (None); also one that was held.

    Raises MayNot, handling.InThePast, HasBegun.
    """
    rights.require_answer(by)
    if moment is not None:
        require_ahead(moment, at=at)
    conversation = locking.lock_around(message)
    waiting = Dispatch.objects.filter(message=message).filter(_still_waits(at))
    left = message.recipients.exclude(state=Recipient.State.QUEUED)
    when = moment or at
    won = not left.exists() and waiting.update(
        due_at=when,
        queued_at=when,
        later=moment is not None,
        knows=conversation.latest_key,
        good_until=None,  # a person decides, whatever time it names
        held="",
        why="",
        tries=0,
        lease="",
        leased_until=None,
    )
    if not won:
        raise HasBegun
    fact = facts.LeavesAt(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        leaves_at=when.isoformat(),
    )
    events.announce(fact, by=by, about=conversation, at=at)
    transaction.on_commit(waking.wake)


def _still_waits(at: datetime) -> models.Q:
    """Due at a chosen moment or held, and in no worker's hand."""
    waits = models.Q(due_at__isnull=False, later=True) | ~models.Q(held="")
    return waits & (models.Q(leased_until__isnull=True) | models.Q(leased_until__lte=at))


# What will leave


def leaves_at(keys: Iterable[int]) -> dict[int, datetime]:
    """When something leaves next in each of these conversations. One query."""
    about = Coalesce("message__conversation__side_of", "message__conversation")
    waiting = Dispatch.objects.filter(later=True, due_at__isnull=False).annotate(stands=about)
    found = waiting.filter(stands__in=list(keys)).order_by("-due_at")
    return {row.stands: row.due_at for row in found if row.due_at}


# Held back


def they_wrote(conversation: Conversation, *, at: datetime) -> None:
    """A person wrote: what was to leave later waits for a look. The caller holds the lock."""
    for (pk,) in prepared.rows("to leave later", _to_leave_later, conversation.pk):
        free = models.Q(leased_until__isnull=True) | models.Q(leased_until__lte=at)
        rows = Dispatch.objects.filter(free, pk=pk, due_at__isnull=False)
        if rows.update(due_at=None, held=THEY_WROTE, lease="", leased_until=None):
            _announce_held(Dispatch.objects.select_related("message").get(pk=pk), at=at)


def _to_leave_later(conversation: int) -> QuerySet[Dispatch, tuple[int]]:
    """Of which nothing has left: who was refused for now has begun to get it."""
    begun = Recipient.objects.filter(message=OuterRef("message")).exclude(
        state=Recipient.State.QUEUED
    )
    rows = Dispatch.objects.filter(
        ~Exists(begun), later=True, due_at__isnull=False, message__conversation=conversation
    )
    return rows.values_list("pk")


@transaction.atomic
def hold_what_is_overtaken(dispatch: Dispatch, *, at: datetime) -> bool:
    """Hold what a worker has claimed when it was written before their last word, or for a
    conversation that was put aside since; True when it is held.

    A join brings their words along too, so the moment of leaving decides.
    """
    message = dispatch.message
    begun = message.recipients.exclude(state=Recipient.State.QUEUED)
    if not dispatch.later or begun.exists():
        return False
    conversation = locking.lock_around(message)
    if not conversation.is_live:
        why = PUT_ASIDE
    elif _asked_since(conversation, max(message.pk, dispatch.knows)):
        why = THEY_WROTE
    else:
        return False
    mine = Dispatch.objects.filter(pk=dispatch.pk, lease=dispatch.lease)
    if mine.update(due_at=None, held=why, lease="", leased_until=None):
        _announce_held(dispatch, at=at, why=why)
    return True


def _asked_since(conversation: Conversation, key: int) -> bool:
    """Whether a person wrote after the message with this key."""
    theirs = conversation.messages.filter(direction=Message.Direction.IN, pk__gt=key)
    is_aside = conversation.side_of_id is not None  # where nothing counts
    return theirs.filter(**({"inbound_kind": "human"} if is_aside else {"counted": True})).exists()


def _announce_held(dispatch: Dispatch, *, at: datetime, why: str = THEY_WROTE) -> None:
    message = dispatch.message
    fact = facts.AnswerHeld(
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        message_id=message.pk,
        why=why,
    )
    events.announce(fact, by=None, about=message.conversation, at=at)


# What comes after


def come_after(message: Message, *, at: datetime) -> None:
    """Close or snooze the conversation as its writer wished, now that everyone has `message`.

    In the transaction that counts it; the conversation is locked. Where they wrote meanwhile, or
    something else is owed or waits to leave, it stays open; what is promised stays owed.
    """
    wished = Dispatch.objects.filter(message=message).exclude(then="").first()
    if wished is None or message.recipients.exclude(state=Recipient.State.ACCEPTED).exists():
        return
    then, until = wished.then, wished.then_until
    Dispatch.objects.filter(pk=wished.pk).update(then="", then_until=None)
    conversation = message.conversation
    aside = {Conversation.State.OPEN, Conversation.State.SNOOZED}
    if conversation.state not in aside or _awaits_us_still(conversation, message):
        return
    if then == Then.CLOSE:
        conversations.set_state(
            conversation, Conversation.State.CLOSED, by=message.teammate, at=at, why="sent"
        )
    elif until is not None and until > at:
        conversations.set_state(
            conversation, Conversation.State.SNOOZED, by=message.teammate, at=at, until=until
        )


def _awaits_us_still(conversation: Conversation, message: Message) -> bool:
    waiting = Dispatch.objects.filter(message__conversation=conversation).exclude(message=message)
    return (
        owed.owed_reply(conversation) is not None
        or _asked_since(conversation, message.pk)
        or waiting.filter(~models.Q(held="") | models.Q(due_at__isnull=False)).exists()
    )
