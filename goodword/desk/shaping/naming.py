"""What a conversation is about, with whom it is, and which others have to do with it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Link, Message
from goodword.core.text import clean_line, fold
from goodword.desk import events as facts
from goodword.events import actions as events
from goodword.people import queries as people
from goodword.people.models import Person
from goodword.promises import actions as promises
from goodword.promises.models import Promise


class CannotRelate(Exception):
    """A conversation and itself, or one that is gone."""


@transaction.atomic
def change_subject(conversation: Conversation, subject: str, *, by: Teammate, at: datetime) -> str:
    """Call it something else; what was sent keeps its subject. Gives the one before.

    Raises MayNot.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    before, after = conversation.subject, clean_line(subject, most=500)
    if before == after:
        return before
    conversation.subject = after
    conversation.save(update_fields=["subject"])
    _let_be_found(conversation)
    fact = facts.SubjectChanged(conversation_id=conversation.pk, inbox_id=conversation.inbox_id)
    events.announce(fact, by=by, about=conversation, at=at)
    return before


def _let_be_found(conversation: Conversation) -> None:
    """A search finds it by its new name too: the index knows messages alone."""
    newest = conversation.messages.order_by("-pk").first()
    words = fold(conversation.subject)
    if newest is not None and words not in newest.search_text:
        newest.search_text = f"{newest.search_text} {words}"
        newest.save(update_fields=["search_text"])


@transaction.atomic
def change_person(
    conversation: Conversation, person: Person, *, by: Teammate, at: datetime
) -> Person:
    """It is with somebody else: what came is answered to them, and what is open is owed to them.

    What was said keeps its authors, and who writes next is answered as ever. Gives who it was
    with before. Raises MayNot.
    """
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    person, before = people.standing(person), conversation.person
    newest = conversation.messages.order_by("-pk").values_list("pk", flat=True).first()
    wrote = conversation.messages.filter(direction=Message.Direction.IN, counted=True)
    last = wrote.order_by("-pk").values_list("person", flat=True).first()
    conversation.person = person
    # Back with who wrote last: nothing is special any more.
    theirs = people.keys_of(person)
    conversation.person_chosen_after = None if last in theirs else newest
    conversation.save(update_fields=["person", "person_chosen_after"])
    for promise in Promise.objects.filter(
        ~Q(direction=Promise.Direction.TO_OURSELVES),
        conversation=conversation,
        state=Promise.State.OPEN,
    ).exclude(person__in=theirs):
        promises.owe_to(promise, person, by=by, at=at)
    if before.pk not in theirs:
        fact = facts.PersonChanged(
            conversation_id=conversation.pk,
            inbox_id=conversation.inbox_id,
            before_id=before.pk,
            person_id=person.pk,
        )
        events.announce(fact, by=by, about=conversation, at=at)
    return before


@transaction.atomic
def relate(conversation: Conversation, other: Conversation, *, by: Teammate, at: datetime) -> None:
    """A person says that they have to do with each other. Raises MayNot, CannotRelate."""
    rights.require_answer(by)
    locked = locking.lock_all([conversation.pk, other.pk])
    if len(locked) < 2 or any(each.redirect_to_id for each in locked.values()):
        raise CannotRelate
    between = _between(conversation, other)
    if between.filter(why__in=[Link.Why.RELATED, Link.Why.SPLIT]).exists():
        return
    if not between.update(why=Link.Why.RELATED):
        conversations.link(conversation, other, why=Link.Why.RELATED, at=at)
    _say_of_both(conversation, other, on=True, by=by, at=at)


@transaction.atomic
def part(conversation: Conversation, other: Conversation, *, by: Teammate, at: datetime) -> None:
    """They have nothing to do with each other after all. Raises MayNot."""
    rights.require_answer(by)
    locking.lock_all([conversation.pk, other.pk])
    by_hand = [Link.Why.RELATED, Link.Why.SPLIT]
    if _between(conversation, other).filter(why__in=by_hand).delete()[0]:
        _say_of_both(conversation, other, on=False, by=by, at=at)


def _between(one: Conversation, other: Conversation) -> QuerySet[Link]:
    there = Q(conversation=one, other=other)
    return Link.objects.filter(there | Q(conversation=other, other=one))


def _say_of_both(
    conversation: Conversation, other: Conversation, *, on: bool, by: Teammate, at: datetime
) -> None:
    for one, two in ((conversation, other), (other, conversation)):
        fact = facts.ConversationsRelated(
            conversation_id=one.pk, inbox_id=one.inbox_id, other_id=two.pk, on=on
        )
        events.announce(fact, by=by, about=one, at=at)
