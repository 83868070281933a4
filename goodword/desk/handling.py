"""What teammates do with a conversation: assign, close, reopen, snooze, spam, trash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message
from goodword.desk import events as desk_facts
from goodword.desk.keeping import owing
from goodword.desk.models import NoAnswerNeeded
from goodword.desk.together import sides
from goodword.events import actions as events
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

State = Conversation.State


class AnswerOwed(Exception):
    """An answer is owed, so the conversation can't be closed: answer it, or say it needs none."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(promise.public_id)
        self.promise = promise


class PromisesOpen(Exception):
    """Something is still promised here, and nobody said what becomes of it."""

    def __init__(self, promises: list[Promise]) -> None:
        super().__init__(", ".join(each.public_id for each in promises))
        self.promises = promises


class Fate(TextChoices):
    """What becomes of an open promise when its conversation is put aside."""

    STAYS = "stays", _("It is still owed, and comes up on its day")
    KEPT = "kept", _("It has been kept")
    RELEASED = "released", _("It is no longer needed")


class CannotSee(Exception):
    """Whom it was to be given to can't see this inbox, or can't answer there."""


class InThePast(Exception):
    """Snoozed until a moment that has passed."""


class NothingOwed(Exception):
    """No message here awaits an answer."""


@transaction.atomic
def assign(
    conversation: Conversation,
    *,
    to: Teammate | Team | None,
    by: Teammate,
    at: datetime,
    note: Message | None = None,
) -> None:
    """Give a conversation, and the answer owed in it, to a teammate, a team or back to the inbox.

    `note`: the word that goes with it, see `giving.hand_over`. Raises MayNot, CannotSee.
    """
    conversation = locking.lock(conversation)
    if not rights.may_reassign(by, now_with=conversation.assignee):
        raise rights.MayNot
    if isinstance(to, Teammate) and not owing.can_answer(to, conversation.inbox):
        raise CannotSee(to.name)
    if isinstance(to, Team) and not conversation.inbox.teams.filter(pk=to.pk).exists():
        raise CannotSee(to.name)
    give(conversation, to, note=note, by=by, at=at)


def give(
    conversation: Conversation,
    to: Teammate | Team | None,
    *,
    by: Teammate | None,
    at: datetime,
    note: Message | None = None,
    why: str = "",
) -> None:
    """`assign` without asking who may; the caller holds the lock. `note`: the word with it; `why`
    says how it was decided where nobody did.
    """
    conversation.assignee = to if isinstance(to, Teammate) else None
    conversation.team = to if isinstance(to, Team) else None
    conversation.save(update_fields=["assignee", "team"])
    owing.settle(conversation, by=by, at=at, why="")
    announce_given(conversation, to, by=by, at=at, note=note, why=why)


def announce_given(
    conversation: Conversation,
    to: Teammate | Team | None,
    *,
    by: Teammate | None,
    at: datetime,
    note: Message | None = None,
    why: str = "",
) -> None:
    fact = facts.Assigned(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        to=events.name_of(to) if to else "",
        note_id=note.pk if note else None,
        why=why,
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def no_answer_needed(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """A person decides that the newest message needs no answer; it holds until the next inbound.

    Raises MayNot, NothingOwed.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    message = owing.owed_message(conversation)
    if message is None:
        raise NothingOwed
    NoAnswerNeeded.objects.create(message=message, conversation=conversation, by=by, at=at)
    owing.settle(conversation, by=by, at=at, why="no_answer_needed")
    fact = desk_facts.NoAnswerDecided(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def take_back_no_answer(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """It needs an answer after all: the promise is owed again at its old time."""
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    decided = NoAnswerNeeded.objects.filter(conversation=conversation).order_by("-message")
    newest = decided.values_list("message_id", flat=True).first()
    if newest is None:
        return
    decided.delete()
    owing.settle(conversation, by=by, at=at, why="")
    fact = desk_facts.NoAnswerTakenBack(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=newest
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def mark_urgent(conversation: Conversation, *, urgent: bool, by: Teammate, at: datetime) -> None:
    """Say that it can't wait, or can after all. What is owed may be due sooner by that, not later.

    Raises MayNot.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    if conversation.urgent == urgent:
        return
    conversation.urgent = urgent
    conversation.save(update_fields=["urgent"])
    fact = desk_facts.UrgencyChanged(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, urgent=urgent
    )
    events.announce(fact, by=by, about=conversation, at=at)
    promise = owed.owed_reply(conversation)
    message = owing.owed_message(conversation)
    if urgent and promise is not None and message is not None:
        first = not owing.has_been_answered(conversation)
        due = owing.answer_due(conversation, message, first=first)
        if due.at <= at:  # nothing is late just because somebody says that it can't wait
            due = owing.answer_due(conversation, message, first=first, since=at)
        promises.hasten(promise, due=due, by=by, at=at)


@transaction.atomic
def close(
    conversation: Conversation,
    *,
    fates: Mapping[str, str] | None = None,
    by: Teammate,
    at: datetime,
) -> None:
    """Put it aside. `fates`: what becomes of each open promise (public id: a Fate).

    Raises MayNot; AnswerOwed while an answer is owed: answer, or `no_answer_needed`; PromisesOpen
    while something else is. Spam and trash are put aside already and stay where they are.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    promise = owed.owed_reply(conversation)
    if promise is not None:
        raise AnswerOwed(promise)
    _meet_fates(conversation, fates or {}, by=by, at=at)
    if conversation.is_live and conversation.state != State.CLOSED:
        before = conversation.state
        conversations.set_state(conversation, State.CLOSED, by=by, at=at)
        sides.follow(conversation, before=before, by=by, at=at)


@transaction.atomic
def snooze(conversation: Conversation, *, until: datetime, by: Teammate, at: datetime) -> None:
    """Hide it until then, or until they write. What is owed stays owed, at its time.

    Raises MayNot, InThePast.
    """
    rights.require_answer(by)
    if until <= at:
        raise InThePast
    _change(conversation, State.SNOOZED, by=by, at=at, until=until)


@transaction.atomic
def reopen(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Back among the open ones, from wherever it was: closed, snoozed, spam or trash."""
    rights.require_answer(by)
    _change(conversation, State.OPEN, by=by, at=at)


@transaction.atomic
def mark_spam(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Nobody wrote this to be answered: whatever is open in it is let go."""
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    for promise in owed.open_in(conversation).exclude(kind=REPLY):
        promises.release(promise, by=by, at=at, why="spam")
    _change(conversation, State.SPAM, by=by, at=at)


@transaction.atomic
def trash(
    conversation: Conversation,
    *,
    fates: Mapping[str, str] | None = None,
    by: Teammate,
    at: datetime,
) -> None:
    """Throw it away; nobody answers it any more. `fates` as with `close`. Raises PromisesOpen."""
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    _meet_fates(conversation, fates or {}, by=by, at=at)
    _change(conversation, State.TRASH, by=by, at=at)


def _meet_fates(
    conversation: Conversation, fates: Mapping[str, str], *, by: Teammate, at: datetime
) -> None:
    still_open = list(owed.open_in(conversation).exclude(kind=REPLY))
    if unsaid := [each for each in still_open if fates.get(each.public_id) not in Fate.values]:
        raise PromisesOpen(unsaid)
    for promise in still_open:
        if fates[promise.public_id] == Fate.KEPT:
            promises.keep(promise, by=by, at=at)
        elif fates[promise.public_id] == Fate.RELEASED:
            promises.release(promise, by=by, at=at, why="no_longer_needed")


def _change(
    conversation: Conversation,
    state: str,
    *,
    by: Teammate | None,
    at: datetime,
    until: datetime | None = None,
    why: str = "",
) -> None:
    conversation = locking.lock(conversation)
    before = conversation.state
    if before != state or until != conversation.snoozed_until:
        conversations.set_state(conversation, state, by=by, at=at, until=until, why=why)
        sides.follow(conversation, before=before, by=by, at=at)
    owing.settle(conversation, by=by, at=at, why=state)


@transaction.atomic
def trash_old_spam(conversation: Conversation, *, before: datetime, at: datetime) -> bool:
    """Into the trash, unless somebody said meanwhile that it is no spam."""
    conversation = locking.lock(conversation)
    if conversation.state != State.SPAM or (conversation.spam_since or at) > before:
        return False
    _change(conversation, State.TRASH, by=None, at=at, why="old_spam")
    return True


def wake_due(*, at: datetime, most: int = 50) -> int:
    """Bring back what was snoozed until now; one short transaction each."""
    due = Conversation.objects.filter(snoozed_until__lte=at).order_by("snoozed_until")
    woken = 0
    for conversation in due[:most]:
        with transaction.atomic():
            again = locking.lock(conversation)
            if again.snoozed_until and again.snoozed_until <= at:
                _change(again, State.OPEN, by=None, at=at, why="time_came")
                woken += 1
    return woken


@transaction.atomic
def bring_back(
    conversation: Conversation, *, why: str, at: datetime, also_thrown_away: bool = False
) -> None:
    """What somebody waits for or wanted to come back to is due: it lies among the open ones."""
    conversation = locking.lock(conversation)
    thrown_away = also_thrown_away and conversation.state == State.TRASH
    if thrown_away or conversation.state in {State.CLOSED, State.SNOOZED}:
        _change(conversation, State.OPEN, by=None, at=at, why=why)
