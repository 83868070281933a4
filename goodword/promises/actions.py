"""Give a word, keep it, hand it over, let it go. Callers: `from goodword.promises import actions`.

Every verb writes a Step and announces. `by` is None when the house acts by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation, Message
from goodword.core import prepared
from goodword.events import actions as events
from goodword.people.models import Person
from goodword.promises import events as facts
from goodword.promises.models import Promise, Step


class AlreadyEnded(Exception):
    """The promise has ended before."""


Owner = Teammate | Team


@transaction.atomic(savepoint=False)
def make(
    *,
    kind: str,
    owner: Owner,
    due_at: datetime,
    person: Person | None,
    direction: str = Promise.Direction.OURS,
    what: str = "",
    conversation: Conversation | None = None,
    message: Message | None = None,
    by: Teammate | None,
    at: datetime,
) -> Promise:
    """Give a word, due at `due_at` (a moment, UTC). `owner` is a teammate or a team."""
    promise = Promise(
        kind=kind,
        direction=direction,
        what=what,
        person=person,
        conversation=conversation,
        message=message,
        due_at=due_at,
        made_at=at,
        made_by=by,
        **_owner_columns(owner),
    )
    prepared.insert(promise)
    _step(promise, "made", by=by, at=at, due_at=due_at.isoformat())
    events.announce(
        facts.PromiseMade(**_about(promise), due_at=due_at), by=by, about=promise, at=at
    )
    return promise


@transaction.atomic(savepoint=False)
def ask_again(promise: Promise, *, at: datetime) -> None:
    """The same matter came up again before we acted: the due time stays, the urgency rises."""
    promise.urgency += 1
    prepared.update_all([promise], "urgency")
    _step(promise, "asked_again", by=None, at=at)


@transaction.atomic
def keep(promise: Promise, *, by: Teammate | None, at: datetime) -> Promise:
    """Record that the person got what we promised; `at` is that moment (UTC).

    Raises AlreadyEnded.
    """
    late = at > promise.due_at
    state = Promise.State.KEPT_LATE if late else Promise.State.KEPT
    _end(promise, state=state, by=by, at=at, why="")
    events.announce(
        facts.PromiseKept(**_about(promise), kept_at=at, late=late), by=by, about=promise, at=at
    )
    return promise


@transaction.atomic
def release(promise: Promise, *, by: Teammate | None, at: datetime, why: str) -> Promise:
    """Let go of a promise; `why` is from a closed set. Raises AlreadyEnded."""
    _end(promise, state=Promise.State.RELEASED, by=by, at=at, why=why)
    events.announce(facts.PromiseReleased(**_about(promise), why=why), by=by, about=promise, at=at)
    return promise


@transaction.atomic
def reopen(promise: Promise, *, by: Teammate | None, at: datetime, why: str) -> Promise:
    """What had kept it turned out not to: it is owed again, at its old due time."""
    Promise.objects.filter(pk=promise.pk).update(
        state=Promise.State.OPEN, ended_at=None, ended_by=None, ended_why=""
    )
    promise.refresh_from_db()
    _step(promise, "reopened", by=by, at=at, why=why)
    events.announce(facts.PromiseReopened(**_about(promise)), by=by, about=promise, at=at)
    return promise


@transaction.atomic
def hand_over(promise: Promise, *, to: Owner, by: Teammate | None, at: datetime) -> Promise:
    """Someone else owes it from now on. Nothing happens when they do already."""
    columns = _owner_columns(to)
    if (promise.owner, promise.team) == (columns["owner"], columns["team"]):
        return promise
    promise.owner, promise.team = columns["owner"], columns["team"]
    promise.save(update_fields=["owner", "team"])
    _step(promise, "handed_over", by=by, at=at, to=events.name_of(to))
    events.announce(
        facts.PromiseHandedOver(**_about(promise), owner=events.name_of(to)),
        by=by,
        about=promise,
        at=at,
    )
    return promise


def _end(promise: Promise, *, state: str, by: Teammate | None, at: datetime, why: str) -> None:
    won = Promise.objects.filter(pk=promise.pk, state=Promise.State.OPEN).update(
        state=state, ended_at=at, ended_by=by, ended_why=why
    )
    if not won:
        raise AlreadyEnded(promise.pk)
    promise.refresh_from_db()
    _step(promise, state, by=by, at=at, why=why)


def _step(
    promise: Promise, kind: str, *, by: Teammate | None, at: datetime, why: str = "", **data: Any
) -> None:
    prepared.insert(Step(promise=promise, kind=kind, by=by, at=at, why=why, data=data))


def _owner_columns(owner: Owner) -> dict[str, Any]:
    is_team = isinstance(owner, Team)
    return {"owner": None if is_team else owner, "team": owner if is_team else None}


def _about(promise: Promise) -> dict[str, Any]:
    conversation = promise.conversation
    return {
        "kind": promise.kind,
        "conversation_id": promise.conversation_id,
        "inbox_id": conversation.inbox_id if conversation else None,
    }
