"""Whoever sees a conversation may work on its checklist, and says how long they worked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations.models import Conversation
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.tasks import durations, queries
from goodword.tasks import events as facts
from goodword.tasks.models import ChecklistItem, TimeSpent

MOST = 100  # lines in one checklist


class Empty(Exception):
    """There are no words in it."""


class TooMany(Exception):
    """The checklist is full."""


@transaction.atomic
def add(conversation: Conversation, words: str, *, by: Teammate, at: datetime) -> ChecklistItem:
    """A line at the end of the checklist. Raises Empty, TooMany."""
    words = clean_line(words, most=200)
    if not words:
        raise Empty
    conversation = locking.lock(conversation)
    if len(queries.checklist(conversation)) >= MOST:
        raise TooMany
    item = ChecklistItem.objects.create(
        conversation=conversation, words=words, made_by=by, made_at=at
    )
    _announce(conversation, item, "added", by=by, at=at)
    return item


@transaction.atomic
def tick(item: ChecklistItem, *, done: bool, by: Teammate, at: datetime) -> None:
    """Done, or to be done after all. Who ticked it first stays who did it."""
    conversation = locking.lock(item.conversation)
    rows = ChecklistItem.objects.filter(pk=item.pk, removed_at=None, done_at__isnull=done)
    if rows.update(done_at=at if done else None, done_by=by if done else None):
        _announce(conversation, item, "done" if done else "open", by=by, at=at)


@transaction.atomic
def remove(item: ChecklistItem, *, by: Teammate, at: datetime) -> None:
    conversation = locking.lock(item.conversation)
    if ChecklistItem.objects.filter(pk=item.pk, removed_at=None).update(removed_at=at):
        _announce(conversation, item, "removed", by=by, at=at)


@transaction.atomic
def bring_back(item: ChecklistItem, *, by: Teammate, at: datetime) -> None:
    """As it was before it was removed."""
    conversation = locking.lock(item.conversation)
    if ChecklistItem.objects.filter(pk=item.pk, removed_at__isnull=False).update(removed_at=None):
        _announce(conversation, item, "back", by=by, at=at)


@transaction.atomic
def note_time(conversation: Conversation, written: str, *, by: Teammate, at: datetime) -> TimeSpent:
    """`written`: how long, then for what, as in "1:15 searched the archive". Raises NoTime."""
    minutes, words = durations.parse(written)
    conversation = locking.lock(conversation)
    spent = TimeSpent.objects.create(
        conversation=conversation,
        teammate=by,
        minutes=minutes,
        words=clean_line(words, most=200),
        at=at,
    )
    _announce_time(conversation, spent, counts=True, by=by, at=at)
    return spent


@transaction.atomic
def count_time(spent: TimeSpent, *, counts: bool, by: Teammate, at: datetime) -> None:
    """Take it back, or count it again. One's own; who leads or owns also that of others.

    Raises MayNot.
    """
    if not may_change(spent, by):
        raise rights.MayNot
    conversation = locking.lock(spent.conversation)
    rows = TimeSpent.objects.filter(pk=spent.pk, removed_at__isnull=not counts)
    if rows.update(removed_at=None if counts else at):
        _announce_time(conversation, spent, counts=counts, by=by, at=at)


def may_change(spent: TimeSpent, by: Teammate) -> bool:
    return spent.teammate_id == by.pk or rights.may_reassign(by, now_with=spent.teammate)


def _announce(
    conversation: Conversation, item: ChecklistItem, how: str, *, by: Teammate, at: datetime
) -> None:
    fact = facts.ChecklistChanged(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        item_id=item.pk,
        how=how,
    )
    events.announce(fact, by=by, about=conversation, at=at)


def _announce_time(
    conversation: Conversation, spent: TimeSpent, *, counts: bool, by: Teammate, at: datetime
) -> None:
    fact = facts.TimeNoted(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        time_id=spent.pk,
        counts=counts,
    )
    events.announce(fact, by=by, about=conversation, at=at)
