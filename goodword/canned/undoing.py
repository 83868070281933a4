"""Undo as one what was done as one. What somebody has changed since stays as they left it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.canned import events as facts
from goodword.canned.models import Applied
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Tag
from goodword.desk import handling, owing
from goodword.events import actions as events

State = Conversation.State


class AlreadyUndone(Exception):
    """It was undone before."""


@transaction.atomic
def undo(applied: Applied, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot, AlreadyUndone."""
    rights.require_answer(by)
    conversation = conversations.lock(applied.conversation)
    if not Applied.objects.filter(pk=applied.pk, undone_at__isnull=True).update(undone_at=at):
        raise AlreadyUndone
    before = applied.before
    # The other way round: what puts it aside first.
    closed = "state" in before and conversation.closed_at == applied.at
    if closed or _snoozed_by(conversation, before):
        _put_back(conversation, before, by=by, at=at)
    if "waived" in before:
        _owe_again(conversation, before["waived"], by=by, at=at)
    conversation = conversations.lock(conversation)
    if "given_to" in before and named(_holder(conversation)) == before["given_to"]:
        handling.give(conversation, _may_have(before["had_by"], conversation), by=by, at=at)
    if "urgent" in before and conversation.urgent != before["urgent"]:
        handling.mark_urgent(conversation, urgent=before["urgent"], by=by, at=at)
    _tag_as_before(conversation, before, by=by, at=at)
    for note in conversation.messages.filter(pk=before.get("note")):
        conversations.unsay(note)
    fact = facts.StepsUndone(conversation_id=conversation.pk, inbox_id=conversation.inbox_id)
    events.announce(fact, by=by, about=conversation, at=at)


def remember_state(conversation: Conversation, before: dict[str, Any]) -> None:
    until = conversation.snoozed_until
    before["state"] = conversation.state
    before["snoozed_until"] = until.isoformat() if until else ""


def named(row: Model | None) -> str:
    """`kind:id`, empty for nobody."""
    return events.name_of(row) if row else ""


def _holder(conversation: Conversation) -> Teammate | Team | None:
    return conversation.assignee or conversation.team


def _snoozed_by(conversation: Conversation, before: dict[str, Any]) -> bool:
    until = conversation.snoozed_until
    return until is not None and until.isoformat() == before.get("until")


def _put_back(
    conversation: Conversation, before: dict[str, Any], *, by: Teammate, at: datetime
) -> None:
    until = before["snoozed_until"] and datetime.fromisoformat(before["snoozed_until"])
    if before["state"] == State.SNOOZED and until > at:
        handling.snooze(conversation, until=until, by=by, at=at)
    elif before["state"] != State.CLOSED:
        handling.reopen(conversation, by=by, at=at)
    elif conversation.state != State.CLOSED:  # it was snoozed out of the closed ones
        conversations.set_state(conversation, State.CLOSED, by=by, at=at)
        owing.settle(conversation, by=by, at=at, why=State.CLOSED)


def _owe_again(conversation: Conversation, message: int, *, by: Teammate, at: datetime) -> None:
    newest = conversation.no_answers_needed.order_by("-message").first()
    if newest is not None and newest.message_id == message:
        handling.take_back_no_answer(conversation, by=by, at=at)


def _may_have(had_by: str, conversation: Conversation) -> Teammate | Team | None:
    """Who had it before, if they may still."""
    kind, _colon, key = had_by.partition(":")
    if kind == "team":
        return conversation.inbox.teams.filter(pk=int(key)).first()
    teammate = accounts.active().filter(pk=int(key)).first() if kind == "teammate" else None
    able = teammate is not None and owing.can_answer(teammate, conversation.inbox)
    return teammate if able else None


def _tag_as_before(
    conversation: Conversation, before: dict[str, Any], *, by: Teammate, at: datetime
) -> None:
    for tag in conversation.tags.filter(pk__in=before.get("put_on", [])):
        conversations.untag(conversation, tag, by=by, at=at)
    for tag in Tag.objects.filter(pk__in=before.get("taken_off", [])):
        conversations.tag(conversation, tag.name, by=by, at=at)
