"""Do what a macro does, with the desk's own verbs: all of it or nothing, and undone as one.

Along with an answer, closing and snoozing wait until the other side has taken it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.canned import actions, undoing
from goodword.canned import steps as doing
from goodword.canned.models import AfterSending, Applied, CannedReply
from goodword.canned.steps import Do, Step
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Message
from goodword.desk import handling, replying, wording
from goodword.desk.models import Dispatch

_MORNING = time(9, 0)


class NobodySuch(Exception):
    """Whom a macro gives to isn't here any more."""


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
    conversation = conversations.lock(message.conversation)
    if Applied.objects.filter(message_key=message.pk).exists():
        return
    applied = Applied(by=by, at=at, message_key=message.pk, used=used)
    _do_all(applied, conversation, steps, by=by, at=at, answer=message)
    actions.count_use(used, by=by, at=at)


@transaction.atomic
def take_back(message: Message, *, by: Teammate, at: datetime) -> Draft:
    """`replying.take_back`, and what was done along with the answer: that waits again with the
    draft. Raises MayNot, TooLate.
    """
    key = message.pk
    draft = replying.take_back(message, by=by, at=at)
    applied = Applied.objects.filter(message_key=key, undone_at__isnull=True).first()
    if applied is not None:
        undoing.undo(applied, by=by, at=at)
        keep_for(draft, doing.read(applied.steps), used=applied.used)
    return draft


def keep_for(draft: Draft, steps: Sequence[Step], *, used: Iterable[str]) -> None:
    """Remember what is to be done once `draft` is sent."""
    kept = {"steps": doing.kept(steps), "used": list(dict.fromkeys(used))}
    if any(kept.values()):
        AfterSending.objects.update_or_create(draft=draft, defaults=kept)
    else:
        AfterSending.objects.filter(draft=draft).delete()


def _do_all(
    applied: Applied,
    conversation: Conversation,
    steps: Sequence[Step],
    *,
    by: Teammate,
    at: datetime,
    answer: Message | None = None,
) -> None:
    applied.before = {}
    for step in steps:
        conversation = conversations.lock(conversation)
        if answer is not None and step.do in {Do.CLOSE, Do.SNOOZE}:
            _when_taken(answer, step, at=at)
        else:
            _VERBS[step.do](conversation, step.value, applied.before, by, at)
    applied.conversation = conversations.lock(conversation)
    applied.steps = doing.kept(steps)
    applied.save()


def _when_taken(answer: Message, step: Step, *, at: datetime) -> None:
    """What whoever sends chose themselves goes before what the macro says."""
    until = _morning_in(step.value, at=at) if step.do is Do.SNOOZE else None
    waiting = Dispatch.objects.filter(message=answer, then="")
    waiting.update(then=str(step.do), then_until=until)  # as a Then is named


# One for each step. `before` takes what undoing needs to know.
_Verb = Callable[[Conversation, str, dict[str, Any], Teammate, datetime], None]


def _tag(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    if not conversation.tags.filter(name__iexact=value).exists():
        put = conversations.tag(conversation, value, by=by, at=at)
        before.setdefault("put_on", []).append(put.pk)


def _untag(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    for each in conversation.tags.filter(name__iexact=value):
        conversations.untag(conversation, each, by=by, at=at)
        before.setdefault("taken_off", []).append(each.pk)


def _urgent(
    conversation: Conversation, urgent: bool, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    if conversation.urgent != urgent:
        before["urgent"] = conversation.urgent
        handling.mark_urgent(conversation, urgent=urgent, by=by, at=at)


def _assign(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    to = _whom(value, by)
    had = conversation.assignee or conversation.team
    if to != had:
        before["had_by"] = undoing.named(had)
        before["given_to"] = undoing.named(to)
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


def _no_answer(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    try:
        handling.no_answer_needed(conversation, by=by, at=at)
    except handling.NothingOwed:
        return  # what is wanted is so already
    before["waived"] = conversation.no_answers_needed.order_by("-message").values_list(
        "message_id", flat=True
    )[0]


def _note(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    words = wording.filled(value, conversation, by=by, at=at)
    before["note"] = replying.write_note(conversation, by=by, text=words, at=at).pk


def _close(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    undoing.remember_state(conversation, before)
    handling.close(conversation, by=by, at=at)


def _snooze(
    conversation: Conversation, value: str, before: dict[str, Any], by: Teammate, at: datetime
) -> None:
    undoing.remember_state(conversation, before)
    until = _morning_in(value, at=at).astimezone(UTC)
    handling.snooze(conversation, until=until, by=by, at=at)
    before["until"] = until.isoformat()


def _morning_in(days: str, *, at: datetime) -> datetime:
    """At nine in that many days, where the business is."""
    business = accounts.business()
    zone = ZoneInfo(business.zone if business else "UTC")
    return datetime.combine(at.astimezone(zone).date() + timedelta(int(days)), _MORNING, zone)


_VERBS: dict[Do, _Verb] = {
    Do.NOTE: _note,
    Do.TAG: _tag,
    Do.UNTAG: _untag,
    Do.URGENT: lambda conversation, _value, *more: _urgent(conversation, True, *more),
    Do.NOT_URGENT: lambda conversation, _value, *more: _urgent(conversation, False, *more),
    Do.ASSIGN: _assign,
    Do.NO_ANSWER: _no_answer,
    Do.CLOSE: _close,
    Do.SNOOZE: _snooze,
}
