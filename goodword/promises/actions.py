"""Give a word, keep it, move it, hand it over, let it go, break it; each with its Step.

`by` is None when the house acts by itself. Who may do it is decided above (`desk.promising`).
Callers: `from goodword.promises import actions as promises`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation, Message
from goodword.core import prepared
from goodword.core.text import clean, clean_line
from goodword.events import actions as events
from goodword.inboxes.models import Inbox
from goodword.people.models import Person
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.promises import events as facts
from goodword.promises import ladder
from goodword.promises.models import Promise, Step

State = Promise.State
Owner = Teammate | Team


class AlreadyEnded(Exception):
    """The promise has ended before."""


class AlreadyDue(Exception):
    """Its time has passed, so it can't be moved: break it and promise anew."""


class NotDueYet(Exception):
    """Its time has not come: it can still be moved."""


@transaction.atomic(savepoint=False)
def make(
    *,
    kind: str,
    owner: Owner | None,
    due: Due,
    person: Person | None,
    direction: str = Promise.Direction.OURS,
    what: str = "",
    said: str = "",
    conversation: Conversation | None = None,
    inbox: Inbox | None = None,
    message: Message | None = None,
    due_by_default: bool = False,
    is_shown: bool = True,
    successor_of: Promise | None = None,
    by: Teammate | None,
    at: datetime,
) -> Promise:
    """Give a word. `owner`: a teammate or a team; None for what the other side owes (theirs).

    `inbox` says who may see it where there is no conversation.
    """
    promise = Promise(
        kind=kind,
        direction=direction,
        what=clean_line(what, most=300),
        said=clean(said),
        person=person,
        conversation=conversation,
        inbox=conversation.inbox if conversation else inbox,
        message=message,
        due_by_default=due_by_default,
        is_shown=is_shown,
        told_due_at=due.at,
        made_at=at,
        made_by=by,
        successor_of=successor_of,
        **_owner_columns(owner),
        **_due_columns(due),
    )
    _look_from_the_start(promise, since=at)
    prepared.insert(promise)
    _step(promise, "made", by=by, at=at, due_at=due.at.isoformat())
    events.announce(
        facts.PromiseMade(**_about(promise), due_at=due.at), by=by, about=promise, at=at
    )
    return promise


@transaction.atomic(savepoint=False)
def ask_again(promise: Promise, *, at: datetime) -> None:
    """The same matter came up again before we acted: the due time stays, the urgency rises."""
    promise.urgency += 1
    prepared.update_all([promise], "urgency")
    _step(promise, "asked_again", by=None, at=at)


@transaction.atomic
def move(
    promise: Promise, *, due: Due, by: Teammate | None, at: datetime, why: str = ""
) -> Promise:
    """Say another time before it is due, and tell the person. Raises AlreadyEnded, AlreadyDue."""
    if at > promise.due_at:
        raise AlreadyDue(promise.pk)
    before = promise.due_at
    columns = _due_columns(due)
    _change(promise, at=at, told_due_at=due.at, times_moved=promise.times_moved + 1, **columns)
    _step(promise, "moved", by=by, at=at, why=why, before=before, due_at=due.at)
    _announce_moved(promise, before, by=by, at=at)
    return promise


@transaction.atomic
def hasten(promise: Promise, *, due: Due, by: Teammate | None, at: datetime) -> bool:
    """It is urgent now: due sooner than it was. Whether that changed anything."""
    if due.at >= promise.due_at:
        return False
    before = promise.due_at
    columns = _due_columns(due)
    _change(promise, at=at, told_due_at=due.at, **columns)
    _step(promise, "hastened", by=by, at=at, before=before, due_at=due.at)
    _announce_moved(promise, before, by=by, at=at)
    return True


@transaction.atomic
def promise_anew(
    promise: Promise, *, due: Due, by: Teammate | None, at: datetime, why: str = ""
) -> Promise:
    """Its time has passed: it ends as broken, and its successor says the new time.

    Raises AlreadyEnded, NotDueYet.
    """
    if at <= promise.due_at:
        raise NotDueYet(promise.pk)
    break_(promise, by=by, at=at, why=why)
    return make(
        kind=promise.kind,
        owner=promise.owner or promise.team,
        due=due,
        person=promise.person,
        direction=promise.direction,
        what=promise.what,
        said=promise.said,
        conversation=promise.conversation,
        inbox=promise.inbox,
        message=promise.message,
        is_shown=promise.is_shown,
        successor_of=promise,
        by=by,
        at=at,
    )


@transaction.atomic
def recompute(promise: Promise, *, due_at: datetime, at: datetime) -> bool:
    """The calendar changed: the same day or hours are another moment now.

    Never earlier than the person was told. Whether anything changed.
    """
    due_at = max(due_at, promise.told_due_at or promise.due_at)
    if due_at == promise.due_at or not promise.is_open:
        return False
    before = promise.due_at
    _change(promise, at=at, due_at=due_at)
    _step(promise, "recomputed", by=None, at=at, before=before, due_at=due_at)
    _announce_moved(promise, before, by=None, at=at)
    return True


@transaction.atomic
def keep(promise: Promise, *, by: Teammate | None, at: datetime) -> Promise:
    """Record that the person got what we promised; `at` is that moment (UTC).

    Raises AlreadyEnded.
    """
    late = at > promise.due_at
    _end(promise, state=State.KEPT_LATE if late else State.KEPT, by=by, at=at, why="")
    events.announce(
        facts.PromiseKept(**_about(promise), kept_at=at, late=late), by=by, about=promise, at=at
    )
    return promise


@transaction.atomic
def release(promise: Promise, *, by: Teammate | None, at: datetime, why: str) -> Promise:
    """Let go of a promise; `why` is from a closed set. Raises AlreadyEnded."""
    _end(promise, state=State.RELEASED, by=by, at=at, why=why)
    events.announce(facts.PromiseReleased(**_about(promise), why=why), by=by, about=promise, at=at)
    return promise


@transaction.atomic
def break_(promise: Promise, *, by: Teammate | None, at: datetime, why: str = "") -> Promise:
    """It was not kept, and will not be. Raises AlreadyEnded."""
    _end(promise, state=State.BROKEN, by=by, at=at, why=why)
    events.announce(facts.PromiseBroken(**_about(promise)), by=by, about=promise, at=at)
    return promise


@transaction.atomic
def reopen(promise: Promise, *, by: Teammate | None, at: datetime, why: str) -> Promise:
    """What had kept it turned out not to: it is owed again, at its old due time."""
    promise.refresh_from_db()
    promise.state, promise.ended_at = State.OPEN, None
    promise.ended_by, promise.ended_why = None, ""
    _look_from_the_start(promise, since=at)
    promise.save(update_fields=["state", "ended_at", "ended_by", "ended_why", "looked", "look_at"])
    _step(promise, "reopened", by=by, at=at, why=why)
    events.announce(facts.PromiseReopened(**_about(promise)), by=by, about=promise, at=at)
    return promise


@transaction.atomic
def hand_over(
    promise: Promise, *, to: Owner, by: Teammate | None, at: datetime, why: str = ""
) -> Promise:
    """Someone else owes it from now on; nothing happens when they do already.

    Raises AlreadyEnded.
    """
    columns = _owner_columns(to)
    if (promise.owner, promise.team) == (columns["owner"], columns["team"]):
        return promise
    promise.owner, promise.team = columns["owner"], columns["team"]
    if at < promise.due_at:  # what is late, the backup and the lead have heard of
        _look_from_the_start(promise, since=at)
    columns |= {"looked": promise.looked, "look_at": promise.look_at}
    if not Promise.objects.filter(pk=promise.pk, state=State.OPEN).update(**columns):
        raise AlreadyEnded(promise.pk)
    _step(promise, "handed_over", by=by, at=at, why=why, to=events.name_of(to))
    events.announce(
        facts.PromiseHandedOver(**_about(promise), owner=events.name_of(to)),
        by=by,
        about=promise,
        at=at,
    )
    return promise


@transaction.atomic
def show(promise: Promise, *, shown: bool, by: Teammate | None, at: datetime) -> None:
    """Whether it stands on the page of whom it concerns; nothing happens when it does already."""
    if not Promise.objects.filter(pk=promise.pk, is_shown=not shown).update(is_shown=shown):
        return
    promise.is_shown = shown
    _step(promise, "shown" if shown else "hidden", by=by, at=at)
    fact = facts.PromiseShown if shown else facts.PromiseHidden
    events.announce(fact(**_about(promise)), by=by, about=promise, at=at)


@transaction.atomic
def owe_to(promise: Promise, person: Person, *, by: Teammate | None, at: datetime) -> None:
    """It is owed to somebody else, or by them. Raises AlreadyEnded."""
    if not Promise.objects.filter(pk=promise.pk, state=State.OPEN).update(person=person):
        raise AlreadyEnded(promise.pk)
    promise.person = person
    _step(promise, "person_changed", by=by, at=at)


@transaction.atomic
def carry_over(promises: QuerySet[Promise], into: Conversation) -> None:
    """What was promised in one conversation is owed in another, into which it was joined."""
    promises.update(conversation=into, inbox=into.inbox_id)


@transaction.atomic
def unmake(promise: Promise, *, by: Teammate, at: datetime) -> None:
    """The message that said it was taken back before it left: it was never promised."""
    events.announce(facts.PromiseTakenBack(**_about(promise)), by=by, about=promise, at=at)
    promise.delete()


@transaction.atomic(savepoint=False)
def note_step(
    promise: Promise, kind: str, *, by: Teammate | None, at: datetime, why: str = "", **data: Any
) -> None:
    """Write into its history what changes nothing of it: reminded, backup told, …"""
    _step(promise, kind, by=by, at=at, why=why, **data)


def _change(promise: Promise, *, at: datetime, **columns: Any) -> None:
    """Change an open promise's time. Raises AlreadyEnded."""
    for name, value in columns.items():
        setattr(promise, name, value)
    _look_from_the_start(promise, since=at)
    won = Promise.objects.filter(pk=promise.pk, state=State.OPEN).update(
        **columns, looked=promise.looked, look_at=promise.look_at
    )
    if not won:
        raise AlreadyEnded(promise.pk)


def _announce_moved(
    promise: Promise, before: datetime, *, by: Teammate | None, at: datetime
) -> None:
    fact = facts.PromiseMoved(**_about(promise), before=before, due_at=promise.due_at)
    events.announce(fact, by=by, about=promise, at=at)


def _end(promise: Promise, *, state: str, by: Teammate | None, at: datetime, why: str) -> None:
    won = Promise.objects.filter(pk=promise.pk, state=State.OPEN).update(
        state=state, ended_at=at, ended_by=by, ended_why=why, look_at=None
    )
    if not won:
        raise AlreadyEnded(promise.pk)
    promise.refresh_from_db()
    _step(promise, state, by=by, at=at, why=why)


def _look_from_the_start(promise: Promise, *, since: datetime) -> None:
    """When the sweep looks at it first: before ours are due, when theirs are.

    `since`: from when whoever owes it has known.
    """
    conversation, person = promise.conversation, promise.person
    steps = plan.current().ladder_of(
        promise.inbox_id,
        kind_id=person.kind_id if person else None,
        urgent=bool(conversation and conversation.urgent),
    )
    promise.looked = ""
    promise.look_at = (
        ladder.first_look(promise.due_at, steps, since=since)
        if promise.direction == Promise.Direction.OURS
        else promise.due_at
    )


def _step(
    promise: Promise, kind: str, *, by: Teammate | None, at: datetime, why: str = "", **data: Any
) -> None:
    plain = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in data.items()}
    why = clean_line(why, most=300)
    step = {"kind": kind, "by_id": by.pk if by else None, "at": at, "why": why, "data": plain}
    prepared.insert_given(Step, [{"promise_id": promise.pk, **step}])


def _owner_columns(owner: Owner | None) -> dict[str, Any]:
    is_team = isinstance(owner, Team)
    return {"owner": None if is_team else owner, "team": owner if is_team else None}


def _due_columns(due: Due) -> dict[str, Any]:
    return {
        "due_at": due.at,
        "due_said": due.said,
        "due_local_date": due.local_date,
        "due_local_time": due.local_time,
        "due_zone": due.zone,
        "due_since": due.since,
        "due_minutes": due.minutes,
    }


def _about(promise: Promise) -> dict[str, Any]:
    return {
        "kind": promise.kind,
        "conversation_id": promise.conversation_id,
        "inbox_id": promise.inbox_id,
    }
