"""A message from outside becomes part of the desk: person, conversation, message, what is owed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import queries
from goodword.conversations.models import Conversation, Link, Message
from goodword.core.text import clean_line
from goodword.desk import joining, owing, returning, storing
from goodword.desk.roads import Authentication, Inbound
from goodword.events import actions as events
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import actions as people


@transaction.atomic(savepoint=False)
def receive(
    inbound: Inbound,
    *,
    inbox: Inbox,
    also: Sequence[Inbox] = (),
    raw: File | None = None,
    imported: bool = False,
    at: datetime,
) -> Message:
    """Make a message from outside part of the desk; idempotent on `inbound.identity`.

    Person, conversation, message and the answer owed, in one transaction. It belongs to `inbox`;
    the people of `also` see it too. `imported`: it is history, also when we wrote it ourselves; a
    conversation it opens is closed, nothing is owed and nothing announced.
    """
    message, known = queries.known_by(
        inbound.road, identity=inbound.identity, ids=inbound.external_ids
    )
    message = message or (_own_come_back(inbound) if known else None)
    if message is not None:
        # The copy that another mailbox got: its people see it where it stands.
        conversations.show_in(queries.standing(message.conversation), [inbox, *also])
        return message
    if imported:
        return _receive_imported(inbound, inbox=inbox, known=known, raw=raw, at=at)
    teammate = accounts.teammate_at(inbound.sender.address)
    found = joining.authenticity_of(inbound, inbox)
    forwarded_by = None
    if teammate is not None and _passes_on(inbound, found, inbox):
        assert inbound.forwarded is not None
        forwarded_by, teammate = teammate, None
        inbound = replace(inbound, sender=inbound.forwarded.sender)
    arrived = _Arrived(inbound, inbox, also, found, teammate, forwarded_by, known, raw)
    return _receive(arrived, at=at)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """An inbound with what is known of it. `teammate`: who of ours claims to have written it."""

    inbound: Inbound
    inbox: Inbox
    also: Sequence[Inbox]
    found: Authentication | None
    teammate: Teammate | None
    forwarded_by: Teammate | None
    known: Collection[str]
    raw: File | None

    @property
    def authenticity(self) -> str:
        return self.found.verdict if self.found else ""

    @property
    def marks(self) -> dict[str, Any]:
        return {
            "forwarded_by": self.forwarded_by,
            "authenticity": self.authenticity,
            "authenticity_why": self.found.why[:200] if self.found else "",
        }


def _passes_on(inbound: Inbound, found: Authentication | None, inbox: Inbox) -> bool:
    """Whether a mail from a teammate's address only brings us what someone wrote to them.

    Where the inbox names no server to trust nobody can confirm the teammate; what is passed on
    opens no rights, and it is shown who did it.
    """
    if inbound.kind != "human" or inbound.forwarded is None:
        return False
    return found.verdict == "pass" if found else not inbox.trusted_servers


def _receive(arrived: _Arrived, *, at: datetime) -> Message:
    inbound = arrived.inbound
    person, address = people.meet(
        inbound.sender.address, name=inbound.sender.name, kind=inbound.sender.kind, at=at
    )
    place = joining.place_of(
        inbound, address, authenticity=arrived.authenticity, teammate=arrived.teammate
    )
    if place.conversation is None:
        conversation = conversations.open_conversation(
            inbox=arrived.inbox, person=person, subject=inbound.subject, at=at
        )
        if place.suspected is not None:
            conversations.link(conversation, place.suspected, why=Link.Why.SUSPECTED, at=at)
    else:
        conversation = conversations.lock(place.conversation)
        # In a conversation of their own a teammate is somebody we answer; here they are not.
        if arrived.teammate is not None:
            return _note_by_mail(arrived, arrived.teammate, conversation, at=at)
    conversations.show_in(conversation, [arrived.inbox, *arrived.also])
    opened, human = place.conversation is None, inbound.kind == "human"
    theirs = storing.columns_of_theirs(inbound, person, address)
    message = storing.store(
        inbound,
        conversation,
        {**arrived.marks, **theirs, "counted": human},
        after=_last_of_ours(conversation) if human and not opened else 0,
        known=arrived.known,
        raw=arrived.raw,
        at=at,
    )
    fact = facts.MessageReceived(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        inbound_kind=inbound.kind,
        opened=opened,
    )
    events.announce(fact, by=arrived.forwarded_by, about=conversation, at=at)
    if human and opened:
        owing.owe_first(conversation, message, at=at)
    elif human:
        _wake(conversation, at=at)
        owing.ask_again(conversation, at=at)
    elif inbound.kind == "bounce":
        returning.note(inbound, at=at)
    if human:
        people.works_again(address)
    return message


def _note_by_mail(
    arrived: _Arrived, teammate: Teammate, conversation: Conversation, *, at: datetime
) -> Message:
    """A teammate wrote from their own mail program: an internal note, since who got it from them
    can't be known here. What is owed stays owed until a person says otherwise.
    """
    conversations.show_in(conversation, [arrived.inbox, *arrived.also])
    columns = {**arrived.marks, **storing.columns_of_note(teammate)}
    message = storing.store(
        arrived.inbound, conversation, columns, known=arrived.known, raw=arrived.raw, at=at
    )
    fact = facts.NoteWritten(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    events.announce(fact, by=teammate, about=conversation, at=at)
    return message


def _receive_imported(
    inbound: Inbound, *, inbox: Inbox, known: Collection[str], raw: File | None, at: datetime
) -> Message:
    """History: it owes nothing, wakes nobody, and changes nothing that stands open."""
    ours = bool(inboxes.ours_of([inbound.sender.address]))
    outside = [each for each in (*inbound.to, *inbound.cc) if not inboxes.ours_of([each.address])]
    party = next(iter(outside), inbound.sender) if ours else inbound.sender
    person, address = people.meet(party.address, name=party.name, kind=party.kind, at=at)
    place = joining.place_of(inbound, address, authenticity="", teammate=None)
    conversation = place.conversation or conversations.open_conversation(
        inbox=inbox, person=person, subject=inbound.subject, at=at, imported=True
    )
    if ours:
        columns: dict[str, Any] = {
            "direction": Message.Direction.OUT,
            "author_name": clean_line(inbound.sender.name, most=200),
        }
    else:
        columns = storing.columns_of_theirs(inbound, person, address)
    conversation = conversations.lock(conversation)
    return storing.store(inbound, conversation, columns, known=known, raw=raw, at=at)


def _own_come_back(inbound: Inbound) -> Message | None:
    """Our own message come back to us: a copy to an inbox of ours, or a list's echo."""
    if inboxes.ours_of([inbound.sender.address]):
        for message in queries.by_external(inbound.road, inbound.external_ids):
            if message.direction == Message.Direction.OUT:
                return message
    return None


def _last_of_ours(conversation: Conversation) -> int:
    """The key of the last thing a teammate said here.

    A mail that waited in a mailbox that was down may be older than our answer; the answer was
    written without it, so it stands after the answer and is owed one of its own.
    """
    ours = conversation.messages.filter(direction=Message.Direction.OUT, automatic=False)
    return ours.order_by("-id").values_list("id", flat=True).first() or 0


def _wake(conversation: Conversation, *, at: datetime) -> None:
    """A person wrote: what was closed, snoozed or in the trash is open again. Spam stays spam."""
    if conversation.state not in {Conversation.State.OPEN, Conversation.State.SPAM}:
        conversations.set_state(
            conversation, Conversation.State.OPEN, by=None, at=at, why="they_wrote"
        )
