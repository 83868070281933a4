"""Do what a macro does, with the desk's own verbs: all of it or nothing, and undone as one.

Along with an answer, closing and snoozing wait until the other side has taken it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.canned import actions
from goodword.canned import events as facts
from goodword.canned import steps as doing
from goodword.canned.models import AfterSending, Applied, CannedReply
from goodword.canned.steps import Do, Step
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Draft, Message
from goodword.desk import handling, wording
from goodword.desk.answering import replying
from goodword.desk.models import Dispatch
from goodword.desk.shaping import undoing
from goodword.desk.together import mentioning
from goodword.events import actions as events
from goodword.tasks import actions as tasking
from goodword.tasks import queries as tasks
from goodword.tasks.models import ChecklistItem

_MORNING = time(9, 0)


class NobodySuch(Exception):
    """Whom a macro gives to isn't here any more."""


class AlreadyUndone(Exception):
    """It was undone before."""


@transaction.atomic
def apply(reply: CannedReply, conversation: Conversation, *, by: Teammate, at: datetime) -> Applied:
    """Do at once what `reply` does. What it says isn't sent.

    Raises what the verbs raise, NobodySuch and steps.Malformed; then nothing was done.
    """
    rights.require_answer(by)
    applied = Applied(by=by, at=at, used=[reply.public_id])
    _do_all(applied, conversation, doing.read(reply.steps), by=by, at=at)
    actions.count_use(applied.used, by=by, at=at)
    return applied


@transaction.atomic
def after_answer(
    message: Message, steps: Sequence[Step], *, used: Iterable[str], by: Teammate, at: datetime
) -> None:
    """Do what belongs to an answer that was queued by now; once, however often it is said.

    `used`: public ids of the canned replies in it. Raises as `apply`.
    """
    used = list(used)
    if not used and not steps:
        return
    conversation = locking.lock_around(message)
    if Applied.objects.filter(message_key=message.pk).exists():
        return
    applied = Applied(by=by, at=at, message_key=message.pk, used=used)
    _do_all(applied, conversation, steps, by=by, at=at, answer=message)
    actions.count_use(used, by=by, at=at)


@transaction.atomic
def undo(applied: Applied, *, by: Teammate, at: datetime) -> None:
    """All of it, or nothing where somebody has changed since what it changed.

    Raises MayNot, AlreadyUndone, undoing.ChangedSince.
    """
    rights.require_answer(by)
    conversation = locking.lock(applied.conversation)
    if not Applied.objects.filter(pk=applied.pk, undone_at__isnull=True).update(undone_at=at):
        raise AlreadyUndone
    changed = dict(applied.changed)
    note, urgent = changed.pop("note", None), changed.pop("urgent", None)
    items = ChecklistItem.objects.filter(pk__in=changed.pop("items", []))
    if urgent is not None and conversation.urgent != urgent:
        raise undoing.ChangedSince
    undoing.undo(applied.conversation, changed, by=by, at=at)
    if urgent is not None:
        handling.mark_urgent(conversation, urgent=not urgent, by=by, at=at)
    for item in items:
        tasking.remove(item, by=by, at=at)
    for each in conversation.messages.filter(pk=note):
        mentioning.unsay_note(each, at=at)
    fact = facts.StepsUndone(conversation_id=conversation.pk, inbox_id=conversation.inbox_id)
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def take_back(message: Message, *, by: Teammate, at: datetime) -> Draft:
    """`replying.take_back`, and what was done along with the answer: that waits again with the
    draft. What somebody has changed since stays as they left it. Raises MayNot, TooLate.
    """
    key = message.pk
    draft = replying.take_back(message, by=by, at=at)
    applied = Applied.objects.filter(message_key=key, undone_at__isnull=True).first()
    if applied is not None:
        with suppress(undoing.ChangedSince):
            undo(applied, by=by, at=at)
        _keep_as_well(draft, doing.read(applied.steps), used=applied.used)
    return draft


def keep_for(draft: Draft, steps: Sequence[Step], *, used: Iterable[str]) -> None:
    """Remember what is to be done once `draft` is sent."""
    kept = {"steps": doing.kept(steps), "used": list(dict.fromkeys(used))}
    if any(kept.values()):
        AfterSending.objects.update_or_create(draft=draft, defaults=kept)
    else:
        AfterSending.objects.filter(draft=draft).delete()


def on_drafts_merged(goes: Draft, stays: Draft) -> None:
    """What waits with either draft waits with the one that stays."""
    waits = AfterSending.objects.filter(draft=goes).first()
    if waits is not None:
        _keep_as_well(stays, doing.read(waits.steps), used=waits.used)


def _keep_as_well(draft: Draft, steps: Sequence[Step], *, used: Iterable[str]) -> None:
    """Beside what waits with `draft` already, which wins where the two contradict."""
    waits = AfterSending.objects.filter(draft=draft).first()
    known = doing.read(waits.steps) if waits else []
    keep_for(
        draft,
        doing.as_many_as_fit(steps, known),
        used=[*used, *(waits.used if waits else [])],
    )


def _do_all(
    applied: Applied,
    conversation: Conversation,
    steps: Sequence[Step],
    *,
    by: Teammate,
    at: datetime,
    answer: Message | None = None,
) -> None:
    # Before it is looked at: what somebody does just now isn't taken for what the macro did.
    conversation = locking.lock(conversation)
    before = undoing.picture(conversation, by=by)
    changed: dict[str, Any] = {}
    for step in steps:
        conversation = locking.lock(conversation)
        if answer is not None and step.do in {Do.CLOSE, Do.SNOOZE}:
            _when_taken(answer, step, at=at)
        else:
            changed |= _VERBS[step.do](conversation, step.value, by, at) or {}
            if "item" in changed:
                changed.setdefault("items", []).append(changed.pop("item"))
    applied.conversation = locking.lock(conversation)
    changed |= undoing.trace(before, undoing.picture(applied.conversation, by=by))
    applied.steps, applied.changed = doing.kept(steps), changed
    applied.save()


def _when_taken(answer: Message, step: Step, *, at: datetime) -> None:
    """What whoever sends chose themselves goes before what the macro says."""
    until = _morning_in(step.value, at=at) if step.do is Do.SNOOZE else None
    waiting = Dispatch.objects.filter(message=answer, then="")
    waiting.update(then=str(step.do), then_until=until)  # as a Then is named


# One for each step; they give what undoing needs to know beyond a picture of the conversation.
_Verb = Callable[[Conversation, str, Teammate, datetime], dict[str, Any] | None]


def _tag(conversation: Conversation, value: str, by: Teammate, at: datetime) -> None:
    if not conversation.tags.filter(name__iexact=value).exists():
        conversations.tag(conversation, value, by=by, at=at)


def _untag(conversation: Conversation, value: str, by: Teammate, at: datetime) -> None:
    for each in conversation.tags.filter(name__iexact=value):
        conversations.untag(conversation, each, by=by, at=at)


def _urgent(
    conversation: Conversation, urgent: bool, by: Teammate, at: datetime
) -> dict[str, Any] | None:
    if conversation.urgent == urgent:
        return None
    handling.mark_urgent(conversation, urgent=urgent, by=by, at=at)
    return {"urgent": urgent}


def _assign(conversation: Conversation, value: str, by: Teammate, at: datetime) -> None:
    to = _whom(value, by)
    if to != (conversation.assignee or conversation.team):
        handling.assign(conversation, to=to, by=by, at=at)


def _whom(value: str, by: Teammate) -> Teammate | Team | None:
    kind, _colon, public_id = value.partition(":")
    if kind in {"me", "nobody"}:
        return by if kind == "me" else None
    if kind == "teammate":
        found: Teammate | Team | None = accounts.active().filter(public_id=public_id).first()
    else:
        found = accounts.teams().filter(public_id=public_id).first()
    if found is None:
        raise NobodySuch(value)
    return found


def _no_answer(conversation: Conversation, value: str, by: Teammate, at: datetime) -> None:
    with suppress(handling.NothingOwed):  # what is wanted is so already
        handling.no_answer_needed(conversation, by=by, at=at)


def _note(conversation: Conversation, value: str, by: Teammate, at: datetime) -> dict[str, Any]:
    words = wording.filled(value, conversation, by=by, at=at)
    return {"note": replying.write_note(conversation, by=by, text=words, at=at).pk}


def _check(
    conversation: Conversation, value: str, by: Teammate, at: datetime
) -> dict[str, Any] | None:
    """A step that is on the checklist already isn't added again."""
    if value in {each.words for each in tasks.checklist(conversation)}:
        return None
    return {"item": tasking.add(conversation, value, by=by, at=at).pk}


def _close(conversation: Conversation, value: str, by: Teammate, at: datetime) -> None:
    handling.close(conversation, by=by, at=at)


def _snooze(conversation: Conversation, value: str, by: Teammate, at: datetime) -> None:
    handling.snooze(conversation, until=_morning_in(value, at=at), by=by, at=at)


def _morning_in(days: str, *, at: datetime) -> datetime:
    """At nine in that many days, where the business is."""
    business = accounts.business()
    zone = ZoneInfo(business.zone if business else "UTC")
    day = at.astimezone(zone).date() + timedelta(int(days))
    return datetime.combine(day, _MORNING, zone).astimezone(UTC)


_VERBS: dict[Do, _Verb] = {
    Do.NOTE: _note,
    Do.TAG: _tag,
    Do.UNTAG: _untag,
    Do.URGENT: lambda conversation, _value, *more: _urgent(conversation, True, *more),
    Do.NOT_URGENT: lambda conversation, _value, *more: _urgent(conversation, False, *more),
    Do.ASSIGN: _assign,
    Do.CHECK: _check,
    Do.NO_ANSWER: _no_answer,
    Do.CLOSE: _close,
    Do.SNOOZE: _snooze,
}
