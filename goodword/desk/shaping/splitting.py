"""Split a message off, or it and all after it, into a conversation of its own.

The rows move: attachments, raw mail, recipients and ids travel with them, so that what answers
one of them finds it where it stands. What is owed is settled in both. Undo is to join them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import carrying, locking
from goodword.conversations.models import Conversation, Link, Message, Recipient
from goodword.core.text import clean_line
from goodword.desk import events as facts
from goodword.desk.intake import joining
from goodword.desk.keeping import owing
from goodword.desk.models import NoAnswerNeeded
from goodword.desk.shaping import unjoining
from goodword.events import actions as events
from goodword.inboxes import queries as inboxes
from goodword.people import queries as people
from goodword.people.models import Person
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

State = Conversation.State


class CannotSplit(Exception):
    """It can't be split off; `str()` says why: note, whole, aside, gone."""


@transaction.atomic
def split(message: Message, *, and_after: bool, by: Teammate, at: datetime) -> Conversation:
    """The new conversation: `message` and, with `and_after`, all that was said after it.

    Whoever has the conversation has both. Raises MayNot, CannotSplit.
    """
    rights.require_answer(by)
    conversation = locking.lock_around(message)
    going = _going(conversation, message, and_after=and_after)
    new = _open(conversation, going[0], at=at)
    keys = [each.pk for each in going]
    carrying.move_messages(keys, new)
    NoAnswerNeeded.objects.filter(message__in=keys).update(conversation=new)
    promises.carry_over(_promised_by(conversation, keys), new)
    conversations.link(new, conversation, why=Link.Why.SPLIT, at=at)
    for each in (new, conversation):
        each.refresh_from_db()
        _owe_again(each, by=by, at=at)
        owing.settle(each, by=by, at=at, why="split_off")
        fact = facts.MessagesSplitOff(
            conversation_id=each.pk,
            inbox_id=each.inbox_id,
            other_id=conversation.pk if each is new else new.pk,
            messages=len(keys),
            opened=each is new,
        )
        events.announce(fact, by=by, about=each, at=at)
    return new


def _going(conversation: Conversation, message: Message, *, and_after: bool) -> list[Message]:
    """Raises CannotSplit."""
    here = conversation.messages.order_by("pk")
    going = list(here.filter(pk__gte=message.pk) if and_after else here.filter(pk=message.pk))
    if conversation.side_of_id:
        raise CannotSplit("aside")
    if not going or not conversation.is_live:
        raise CannotSplit("gone")
    if message.is_note:
        raise CannotSplit("note")
    keys = [each.pk for each in going]
    if not here.exclude(pk__in=keys).exclude(kind=Message.Kind.NOTE).exists():
        raise CannotSplit("whole")
    return going


def _open(conversation: Conversation, first: Message, *, at: datetime) -> Conversation:
    new = conversations.open_conversation(
        inbox=conversation.inbox,
        person=_person_of(conversation, first),
        subject=clean_line(first.subject) or conversation.subject,
        at=at,
    )
    new.assignee, new.team, new.urgent = (
        conversation.assignee, conversation.team, conversation.urgent,
    )  # fmt: skip
    new.save(update_fields=["assignee", "team", "urgent"])
    conversations.show_in(new, [row.inbox for row in conversation.also_in.all()])
    new.tags.add(*conversation.tags.all())
    return new


def _person_of(conversation: Conversation, message: Message) -> Person:
    """Its author; of ours, whom it was written to."""
    if message.person is not None:
        return people.standing(message.person)
    told = message.recipients.filter(role=Recipient.Role.TO).select_related("address")
    addresses = [each.address for each in told.order_by("pk")]
    ours = inboxes.ours_of(each.value for each in addresses)
    holders = people.primary_holders(each for each in addresses if each.value not in ours)
    for address in addresses:
        if address.pk in holders:
            return people.standing(holders[address.pk])
    return conversation.person


def _promised_by(conversation: Conversation, keys: Sequence[int]) -> QuerySet[Promise]:
    """What those messages promise or are owed, and what was promised anew for it."""
    rows = Promise.objects.filter(conversation=conversation)
    found = set(rows.filter(message__in=keys).values_list("pk", flat=True))
    newer = found
    while newer:
        newer = set(rows.filter(successor_of__in=newer).values_list("pk", flat=True)) - found
        found |= newer
    return Promise.objects.filter(pk__in=found)


def _owe_again(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Where the answer has gone that had kept it, the old word holds, at its time."""
    message = owing.owed_message(conversation)
    if message is None or owed.owed_reply(conversation) is not None:
        return
    ours = conversation.messages.filter(counted=True, direction=Message.Direction.OUT)
    answered_to = ours.order_by("-pk").values_list("pk", flat=True).first() or 0
    kept = Promise.objects.filter(
        conversation=conversation,
        kind=REPLY,
        state__in=[Promise.State.KEPT, Promise.State.KEPT_LATE],
        message__gt=answered_to,
        message__lte=message.pk,
    )
    if (promise := kept.order_by("-ended_at").first()) is not None:
        promises.reopen(promise, by=by, at=at, why="split_off")


@transaction.atomic
def undo(new: Conversation, *, by: Teammate, at: datetime) -> Conversation:
    """Join what was split off with what it came from again, and give that back. Raises MayNot,
    CannotUndo, CannotJoin.
    """
    rights.require_answer(by)
    came_from = origin_of(new)
    if came_from is None:
        raise unjoining.CannotUndo
    locked = locking.lock_all([new.pk, came_from.pk])
    if len(locked) == 2:
        _keep_what_it_answers(locked[came_from.pk], locked[new.pk], at=at)
    joining.join(new, came_from, by=by, at=at)
    return came_from


def origin_of(new: Conversation) -> Conversation | None:
    """What a conversation was split off from, where that still stands."""
    links = Link.objects.filter(conversation=new, why=Link.Why.SPLIT, other__redirect_to=None)
    link = links.select_related("other").order_by("-made_at", "-pk").first()
    return link.other if link else None


def _keep_what_it_answers(old: Conversation, new: Conversation, *, at: datetime) -> None:
    """An answer of ours that comes back keeps what was owed again only because it had gone."""
    promise = owed.owed_reply(old)
    if promise is None or promise.message_id is None:
        return
    counted = Q(counted=True, direction=Message.Direction.OUT, pk__gt=promise.message_id)
    answer = new.messages.filter(counted).order_by("pk").first()
    since = old.messages.filter(counted=True, direction=Message.Direction.IN)
    if answer is not None and not since.filter(pk__gt=answer.pk).exists():
        promises.keep(promise, by=answer.teammate, at=answer.said_at)
