"""The acknowledgement: we have it, and by when we answer. Never to robots, never in a loop.

Header rules come first (the road says what is human); behind them stand hard limits: one for a
conversation and day, a few for an address, some hundred for the house and hour. Where one of the
last two bites it is said in the conversation. It never keeps the promise.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from goodword.conversations import locking
from goodword.conversations.models import Message
from goodword.core import ids, prepared
from goodword.desk import events as facts
from goodword.desk import wording
from goodword.desk.answering.queueing import queue
from goodword.desk.answering.recipients import Recipients
from goodword.events import actions as events
from goodword.events.models import Event
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Wording
from goodword.people.models import Address
from goodword.promises import queries as owed

ONE_FOR = timedelta(days=1)
MOST_AN_HOUR, MOST_A_DAY = 3, 8  # to one address
MOST_OF_THE_HOUSE_AN_HOUR = 300
TOO_LATE_AFTER = timedelta(hours=1)  # "we have it" is no news by then, and may have been said
_ROBOTS = ("noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster")


def on_received(event: Event) -> None:
    """Listener of `conversations.message_received`: acknowledge, when the inbox wants it."""
    if prepared.rows("acknowledged", _asks_for_one, event.data["message_id"]):
        acknowledge(Message.objects.get(pk=event.data["message_id"]), at=timezone.now())


def _asks_for_one(message: int) -> QuerySet[Message, tuple[int]]:
    """The first look, at every message there is: most inboxes acknowledge nothing."""
    asked = Message.objects.filter(pk=message, inbound_kind="human")
    return asked.filter(conversation__inbox__acknowledges=True).values_list("pk")


@transaction.atomic
def acknowledge(message: Message, *, at: datetime) -> Message | None:
    """Queue an acknowledgement of `message`, or None where none is due."""
    conversation = locking.lock_around(message)
    promise = owed.owed_reply(conversation)
    if (
        not conversation.inbox.acknowledges
        or promise is None
        or promise.due_at <= at
        or message.said_at < at - TOO_LATE_AFTER
        or _had_one_today(message, at=at)
    ):
        return None
    words = wording.words_of(
        conversation,
        Wording.Purpose.ACKNOWLEDGEMENT,
        name=message.author_name,
        due=promise.due_at,
    )
    return write_by_itself(message, words, good_until=promise.due_at, at=at)


def write_by_itself(
    message: Message,
    words: str,
    *,
    good_until: datetime | None = None,
    holds: bool = False,
    at: datetime,
) -> Message | None:
    """Queue an automatic answer to `message`; None where it would reach a robot, somebody else or
    who wants none, or where a hard limit says no, which is said in the conversation.

    `good_until`: the time that it names, if any.
    """
    conversation = message.conversation
    if message.address is None or not _may_be_answered(message, message.address):
        return None
    if limit := _limit_reached(message.address, at=at):
        fact = facts.AutomaticMailHeld(
            conversation_id=conversation.pk,
            inbox_id=conversation.inbox_id,
            message_id=message.pk,
            limit=limit,
        )
        events.announce(fact, by=None, about=conversation, at=at)
        return None
    return queue(
        conversation,
        text=words,
        recipients=Recipients(to=(message.address.written,)),
        due_at=at,
        good_until=good_until,
        holds=holds,
        by=None,
        at=at,
    )


def _may_be_answered(message: Message, address: Address) -> bool:
    return (
        message.inbound_kind == "human"
        and message.forwarded_by_id is None  # else they wrote to a teammate, not to us
        and message.authenticity != Message.Authenticity.FAIL  # it would go to somebody else
        and not address.wants_nothing_automatic
        and not _is_robot(address)
    )


def _is_robot(address: Address) -> bool:
    local = address.value.partition("@")[0].replace("_", "-")
    return not address.value or local in _ROBOTS or bool(inboxes.ours_of([address.value]))


def _automatic_since(moment: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        automatic=True, direction=Message.Direction.OUT, pk__gt=ids.key_at(moment)
    )


def _had_one_today(message: Message, *, at: datetime) -> bool:
    return _automatic_since(at - ONE_FOR).filter(conversation=message.conversation).exists()


def _limit_reached(address: Address, *, at: datetime) -> str:
    """Which hard limit stands behind the header rules: "address", "house", or none."""
    for window, most in ((timedelta(hours=1), MOST_AN_HOUR), (timedelta(days=1), MOST_A_DAY)):
        to_them = _automatic_since(at - window).filter(recipients__address=address)
        if to_them[:most].count() == most:
            return "address"
    most = MOST_OF_THE_HOUSE_AN_HOUR
    sent = _automatic_since(at - timedelta(hours=1))
    return "house" if sent[:most].count() == most else ""
