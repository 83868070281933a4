"""What teammates do with the words they give: the verbs of `promises`, with who may, in place.

Everything promised in a conversation is decided while that conversation is locked, so that an
answer, a bounce and a person's word never cross.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message
from goodword.desk import events as facts
from goodword.desk import handling, telling, whom
from goodword.desk.keeping import owing
from goodword.desk.models import Keeping, NoAnswerNeeded
from goodword.events import actions as events
from goodword.inboxes.models import Inbox
from goodword.people.models import Person
from goodword.plan.service_plan import Due
from goodword.promises import actions as promises
from goodword.promises import kinds
from goodword.promises.models import REPLY, Promise

Direction = Promise.Direction


class NothingPromised(Exception):
    """A promise needs words: what is it?"""


class NoChoice(Exception):
    """An answer is always on their page, and what we promised ourselves never is."""


class NotOurs(Exception):
    """What they promised us is theirs to keep: none of us can be given it."""


class OnlyAnew(Exception):
    """Somebody waits for this answer: it can be promised anew, not just broken."""


@dataclass(frozen=True, slots=True)
class Said:
    """A promise found in, or added to, what is being written. `words`: the sentence."""

    what: str
    due: Due
    kind: str = kinds.DO
    words: str = ""
    due_by_default: bool = False


@transaction.atomic
def track(
    conversation: Conversation,
    *,
    what: str,
    due: Due,
    kind: str = kinds.DO,
    direction: str = Direction.OURS,
    owner: Teammate | Team | None = None,
    said: str = "",
    message: Message | None = None,
    due_by_default: bool = False,
    is_shown: bool = True,
    by: Teammate,
    at: datetime,
) -> Promise:
    """Follow a promise made in a conversation. `owner` None: `by`; theirs is owed by the person.
    `is_shown`: they see it on their page.

    Raises MayNot, NothingPromised, handling.CannotSee, handling.InThePast.
    """
    conversation = locking.lock(conversation)
    _check(what, due, owner, conversation.inbox, by=by, at=at)
    theirs = direction == Direction.THEIRS
    if owner is None:  # whoever sees it from another inbox promises for the team that has it
        owner = by if owing.can_answer(by, conversation.inbox) else conversation.inbox.team
    made = promises.make(
        kind=kind,
        owner=None if theirs else owner,
        person=conversation.person,
        direction=direction,
        what=what,
        said=said,
        conversation=conversation,
        message=message,
        due=due,
        due_by_default=due_by_default,
        is_shown=is_shown,
        by=by,
        at=at,
    )
    _tell_whose(made, by=by, at=at)
    return made


def _tell_whose(made: Promise, *, by: Teammate, at: datetime) -> None:
    """What is promised for a colleague they hear of at once."""
    if (made.owner_id or made.team_id) and made.owner_id != by.pk:
        telling.tell_owners(made, kind="handed_over", by=by.pk, here=whom.house(at=at))


def track_all(
    conversation: Conversation,
    said: Iterable[Said],
    *,
    message: Message,
    by: Teammate,
    at: datetime,
) -> list[Promise]:
    """Follow what `message` promises, in the transaction that stores it."""
    return [
        track(
            conversation,
            what=each.what,
            due=each.due,
            kind=each.kind,
            said=each.words,
            message=message,
            due_by_default=each.due_by_default,
            by=by,
            at=at,
        )
        for each in said
    ]


@transaction.atomic
def give(
    *,
    what: str,
    due: Due,
    inbox: Inbox | None,
    person: Person | None,
    kind: str = kinds.DO,
    direction: str = Direction.OURS,
    owner: Teammate | Team | None = None,
    is_shown: bool = True,
    by: Teammate,
    at: datetime,
) -> Promise:
    """A promise made elsewhere: on the phone, at the counter. Ours and theirs name a person.

    Raises what `track` raises.
    """
    theirs = direction == Direction.THEIRS
    owner = None if theirs else owner or by
    _check(what, due, owner, inbox, by=by, at=at)
    if direction != Direction.TO_OURSELVES and person is None:
        raise NothingPromised
    made = promises.make(
        kind=kind,
        owner=owner,
        person=person,
        direction=direction,
        what=what,
        inbox=inbox,
        due=due,
        is_shown=is_shown,
        by=by,
        at=at,
    )
    _tell_whose(made, by=by, at=at)
    return made


@transaction.atomic
def come_back(
    conversation: Conversation, *, due: Due, why: str, by: Teammate, at: datetime
) -> Promise:
    """A promise to ourselves, kept through every "ok, thanks". Until then it is out of the way,
    unless an answer is owed. Raises what `track` raises.
    """
    promise = track(
        conversation,
        kind=kinds.COME_BACK,
        direction=Direction.TO_OURSELVES,
        what=why or conversation.subject or conversation.reference,
        due=due,
        by=by,
        at=at,
    )
    conversation = locking.lock(conversation)
    if conversation.state == Conversation.State.OPEN and owing.owed_message(conversation) is None:
        handling.snooze(conversation, until=due.at, by=by, at=at)
    return promise


@transaction.atomic
def keep(promise: Promise, *, by: Teammate, at: datetime) -> Promise:
    """They have it. An answer kept by hand was given some other way: a call, at the counter.

    Raises MayNot, AlreadyEnded.
    """
    rights.require_answer(by)
    conversation = owing.lock(promise)
    promise = promises.keep(promise, by=by, at=at)
    if conversation is not None and promise.kind == REPLY:
        _waive(conversation, by=by, at=at)
    return promise


@transaction.atomic
def move(promise: Promise, *, due: Due, why: str = "", by: Teammate, at: datetime) -> Promise:
    """Raises MayNot, handling.InThePast, AlreadyEnded, AlreadyDue."""
    rights.require_answer(by)
    _ahead(due, at=at)
    owing.lock(promise)
    return promises.move(promise, due=due, by=by, at=at, why=why)


@transaction.atomic
def promise_anew(
    promise: Promise, *, due: Due, why: str = "", by: Teammate, at: datetime
) -> Promise:
    """The successor. Raises MayNot, handling.InThePast, AlreadyEnded, NotDueYet."""
    rights.require_answer(by)
    _ahead(due, at=at)
    owing.lock(promise)
    again = promises.promise_anew(promise, due=due, by=by, at=at, why=why)
    Keeping.objects.filter(promise=promise).update(promise=again)  # by what is still on its way
    return again


@transaction.atomic
def hand_over(
    promise: Promise, *, to: Teammate | Team, why: str = "", by: Teammate, at: datetime
) -> Promise:
    """Someone else owes it. An answer goes with its conversation.

    Raises MayNot, handling.CannotSee, AlreadyEnded, NotOurs.
    """
    conversation = owing.lock(promise)
    if not promise.is_open:
        raise promises.AlreadyEnded(promise.pk)
    if promise.direction == Direction.THEIRS:
        raise NotOurs
    if not rights.may_reassign(by, now_with=promise.owner):
        raise rights.MayNot
    if conversation is not None and promise.kind == REPLY:
        handling.assign(conversation, to=to, by=by, at=at)
        promise.refresh_from_db()
        return promise
    _may_own(to, promise.inbox)
    return promises.hand_over(promise, to=to, by=by, at=at, why=why)


@transaction.atomic
def release(
    promise: Promise, *, by: Teammate, at: datetime, why: str = "no_longer_needed"
) -> Promise:
    """It is no longer needed. An answer let go of is one that isn't needed.

    Raises MayNot, AlreadyEnded.
    """
    rights.require_answer(by)
    return _let_go(promise, by=by, at=at, why=why)


@transaction.atomic
def no_longer_needed(promise: Promise, *, at: datetime) -> Promise:
    """Whom it was made to lets go of it, on their page. Raises AlreadyEnded."""
    return _let_go(promise, by=None, at=at, why="they_let_go")


@transaction.atomic
def break_(promise: Promise, *, by: Teammate, at: datetime, why: str = "") -> Promise:
    """It won't be kept. Raises MayNot, AlreadyEnded, OnlyAnew."""
    rights.require_answer(by)
    if promise.kind == REPLY:
        raise OnlyAnew
    owing.lock(promise)
    return promises.break_(promise, by=by, at=at, why=why)


def may_choose_shown(promise: Promise) -> bool:
    """Whether it may stand on their page or be kept off it."""
    return promise.kind != REPLY and promise.direction != Direction.TO_OURSELVES


@transaction.atomic
def show(promise: Promise, shown: bool, *, by: Teammate, at: datetime) -> None:
    """Whether they see it on their page, also once it has ended. Raises MayNot, NoChoice."""
    rights.require_answer(by)
    if not may_choose_shown(promise):
        raise NoChoice
    owing.lock(promise)
    promises.show(promise, shown=shown, by=by, at=at)


def _let_go(promise: Promise, *, by: Teammate | None, at: datetime, why: str) -> Promise:
    conversation = owing.lock(promise)
    promise = promises.release(promise, by=by, at=at, why=why)
    if conversation is not None and promise.kind == REPLY:
        _waive(conversation, by=by, at=at)
    return promise


def _waive(conversation: Conversation, *, by: Teammate | None, at: datetime) -> None:
    """The newest message needs no answer in writing, so that none is owed."""
    message = owing.owed_message(conversation)
    if message is None:
        return
    NoAnswerNeeded.objects.create(message=message, conversation=conversation, by=by, at=at)
    fact = facts.NoAnswerDecided(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    events.announce(fact, by=by, about=conversation, at=at)


def _check(
    what: str,
    due: Due,
    owner: Teammate | Team | None,
    inbox: Inbox | None,
    *,
    by: Teammate,
    at: datetime,
) -> None:
    rights.require_answer(by)
    if not what.strip():
        raise NothingPromised
    _ahead(due, at=at)
    if owner is not None:
        _may_own(owner, inbox)


def _ahead(due: Due, *, at: datetime) -> None:
    if due.at <= at:
        raise handling.InThePast


def _may_own(to: Teammate | Team, inbox: Inbox | None) -> None:
    """Raises CannotSee when what is promised in `inbox` can't be kept by `to`."""
    if not owing.can_keep(to, inbox):
        raise handling.CannotSee(to.name)
