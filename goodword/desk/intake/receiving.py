"""A message from outside becomes part of the desk: person, conversation, message, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import queries
from goodword.conversations.models import Conversation, Link, Message
from goodword.core import prepared
from goodword.core.text import clean_line
from goodword.desk.answering import later
from goodword.desk.intake import joining, returning, storing
from goodword.desk.intake.joining import Place
from goodword.desk.intake.known import Known
from goodword.desk.keeping import owing
from goodword.desk.roads import Authentication, Inbound
from goodword.desk.together import assigning, sides
from goodword.events import actions as events
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import actions as people
from goodword.people.models import Person


class ThrownAway(Exception):
    """It was received before, and what it became was thrown away for good."""


@transaction.atomic(savepoint=False)
def receive(
    inbound: Inbound,
    *,
    inbox: Inbox,
    also: Sequence[Inbox] = (),
    raw: File | None = None,
    imported: bool = False,
    known: Known | None = None,
    at: datetime,
) -> Message:
    """Make a message from outside part of the desk; idempotent on `inbound.identity`.

    Person, conversation, message and the answer owed, in one transaction. It belongs to `inbox`;
    the people of `also` see it too. `imported`: it is history, also when we wrote it ourselves; a
    conversation it opens is closed, nothing is owed and nothing announced. `known`: of this one
    among others of the same transaction; it is told what became of this one.
    """
    known = known or Known([inbound])
    if was_thrown_away(inbound, known):
        raise ThrownAway
    message = _received_before(inbound, known)
    if message is not None:
        # The copy that another mailbox got: its people see it where it stands.
        conversations.show_in(
            queries.standing(message.conversation), _reached(message, [inbox, *also])
        )
        if not imported and _is_history(message):
            _make_it_count(message, known, at=at)
        return message
    if imported:
        message = _receive_imported(inbound, inbox=inbox, known=known, raw=raw, at=at)
    else:
        message = _receive(_arrived(inbound, inbox, also, raw, known), known, at=at)
    known.note(inbound, message)
    return message


def was_thrown_away(inbound: Inbound, known: Known) -> bool:
    """Whether only its identity is left: so no fetch brings back what was thrown away for good.

    Of our own that comes back, as a copy or a list's echo, its id is left.
    """
    same = known.same(inbound)
    if same is not None:
        return same.message_id is None
    if not known.is_ours(inbound.sender.address):
        return False
    return any(each.message_id is None for each in known.leads(inbound.road, inbound.external_ids))


def _received_before(inbound: Inbound, known: Known) -> Message | None:
    """The message it became then; also our own come back: a copy to an inbox, a list's echo."""
    same = known.same(inbound)
    if same is not None and same.message_id is not None:
        return Message.objects.select_related("conversation__redirect_to").get(pk=same.message_id)
    if known.taken(inbound) and known.is_ours(inbound.sender.address):
        for message in queries.by_external(inbound.road, inbound.external_ids):
            if message.direction == Message.Direction.OUT:
                return message
    return None


def _reached(message: Message, named: Sequence[Inbox]) -> Sequence[Inbox]:
    """Those of `named` that got it. What comes back as ours was sent only where we sent it."""
    if message.direction != Message.Direction.OUT:
        return named
    sent_to = message.recipients.values_list("address__value", flat=True)
    ours = set(inboxes.at_addresses(sent_to))
    return [inbox for inbox in named if inbox in ours]


def _is_history(message: Message) -> bool:
    """Whether `goodword import` was quicker than the mailbox: else what people write counts."""
    uncounted = message.is_inbound and message.inbound_kind == "human" and not message.counted
    return uncounted and message.conversation.side_of_id is None


def _make_it_count(message: Message, known: Known, *, at: datetime) -> None:
    """What had come as history is news: it is owed an answer like any other."""
    conversation = known.conversation(queries.standing(message.conversation).pk)
    if conversation is None:
        raise ThrownAway
    message.counted = True
    message.save(update_fields=["counted"])
    _announce(conversation, message, opened=False, at=at)
    _wake(conversation, at=at)
    owing.ask_again(conversation, at=at)
    later.they_wrote(conversation, at=at)


def _arrived(
    inbound: Inbound, inbox: Inbox, also: Sequence[Inbox], raw: File | None, known: Known
) -> _Arrived:
    teammate = known.teammate_at(inbound.sender.address)
    found = joining.authenticity_of(inbound, inbox)
    forwarded_by = None
    if teammate is not None and _passes_on(inbound, found, inbox):
        assert inbound.forwarded is not None
        forwarded_by, teammate = teammate, None
        inbound = replace(inbound, sender=inbound.forwarded.sender, reply_to=())
    return _Arrived(inbound, inbox, also, found, teammate, forwarded_by, raw)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """An inbound with what is known of it. `teammate`: who of ours claims to have written it."""

    inbound: Inbound
    inbox: Inbox
    also: Sequence[Inbox]
    found: Authentication | None
    teammate: Teammate | None
    forwarded_by: Teammate | None
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


def _receive(arrived: _Arrived, known: Known, *, at: datetime) -> Message:
    inbound, blocked = arrived.inbound, _is_blocked(arrived, known)
    person, address = known.meet(inbound.sender, at=at)
    place = joining.place_of(
        inbound,
        address,
        authenticity=arrived.authenticity,
        teammate=arrived.teammate,
        known=known,
    )
    opened, human = place.conversation is None, inbound.kind == "human"
    conversation = place.conversation or _open(arrived, person, place, blocked=blocked, at=at)
    if place.beside and arrived.teammate is not None:
        return _note_by_mail(arrived, arrived.teammate, conversation, known, at=at)
    if opened or inbound.kind != "bounce":  # anybody can write one, and choose where it is read
        conversations.show_in(conversation, [arrived.inbox, *arrived.also])
    theirs = storing.columns_of_theirs(inbound, person, address)
    message = storing.store(
        inbound,
        conversation,
        {**arrived.marks, **theirs, "counted": human and conversation.side_of_id is None},
        after=_last_of_ours(conversation) if human and not opened else 0,
        known=known,
        raw=arrived.raw,
        at=at,
    )
    confirmed = arrived.authenticity == Message.Authenticity.PASS
    by = arrived.forwarded_by if confirmed else None
    _announce(conversation, message, opened=opened, by=by, at=at)
    if human and not (blocked and not conversation.is_live):
        _owe(conversation, message, opened=opened, at=at)
    elif inbound.kind == "bounce":
        returning.note(inbound, at=at)
    if human:
        people.works_again(address, by=None, at=at)
    return message


def _open(
    arrived: _Arrived, person: Person, place: Place, *, blocked: bool, at: datetime
) -> Conversation:
    """A conversation of its own, linked to the one it only seems to fit."""
    opened = conversations.open_conversation(
        inbox=arrived.inbox, person=person, subject=arrived.inbound.subject, at=at
    )
    if place.suspected is not None:
        conversations.link(opened, place.suspected, why=Link.Why.SUSPECTED, at=at)
    if blocked:
        spam = Conversation.State.SPAM
        conversations.set_state(opened, spam, by=None, at=at, why="blocked")
    return opened


def _announce(
    conversation: Conversation,
    message: Message,
    *,
    opened: bool,
    by: Teammate | None = None,
    at: datetime,
) -> None:
    fact = facts.MessageReceived(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        inbound_kind=message.inbound_kind,
        opened=opened,
    )
    events.announce(fact, by=by, about=conversation, at=at)


def _is_blocked(arrived: _Arrived, known: Known) -> bool:
    """Whether a rule sends it to spam; a teammate who passes it on wants it read."""
    if arrived.inbound.kind == "bounce" or arrived.teammate or arrived.forwarded_by:
        return False
    return known.is_blocked(arrived.inbound.sender.address)


def _owe(conversation: Conversation, message: Message, *, opened: bool, at: datetime) -> None:
    """A person wrote, so an answer is owed."""
    if opened:
        assigning.give_opened(conversation, road=message.road, at=at)
        owing.owe_first(conversation, message, at=at)
        return
    if conversation.side_of_id is not None:
        sides.note_answer(conversation, message, at=at)
    _wake(conversation, at=at)
    owing.ask_again(conversation, at=at)
    later.they_wrote(conversation, at=at)


def _note_by_mail(
    arrived: _Arrived, teammate: Teammate, conversation: Conversation, known: Known, *, at: datetime
) -> Message:
    """A teammate wrote from their own mail program: an internal note, since who got it from them
    can't be known here. What is owed stays owed until a person says otherwise.
    """
    conversations.show_in(conversation, [arrived.inbox, *arrived.also])
    columns = {**arrived.marks, **storing.columns_of_note(teammate)}
    message = storing.store(
        arrived.inbound, conversation, columns, known=known, raw=arrived.raw, at=at
    )
    fact = facts.NoteWritten(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    events.announce(fact, by=teammate, about=conversation, at=at)
    return message


def _receive_imported(
    inbound: Inbound, *, inbox: Inbox, known: Known, raw: File | None, at: datetime
) -> Message:
    """History: it owes nothing, wakes nobody, and changes nothing that stands open."""
    ours = known.is_ours(inbound.sender.address)
    outside = (each for each in (*inbound.to, *inbound.cc) if not known.is_ours(each.address))
    party = next(outside, inbound.sender) if ours else inbound.sender
    person, address = known.meet(party, at=at)
    # Who imports answers for it: there it is us who wrote from our own addresses.
    believed = Message.Authenticity.PASS if ours else ""
    place = joining.place_of(inbound, address, authenticity=believed, teammate=None, known=known)
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
    return storing.store(inbound, conversation, columns, known=known, raw=raw, at=at)


def _last_of_ours(conversation: Conversation) -> int:
    """The key of the last thing a teammate said here.

    A mail that waited in a mailbox that was down may be older than our answer; the answer was
    written without it, so it stands after the answer and is owed one of its own.
    """
    found = prepared.rows("last of ours", _said_by_us, conversation.pk)
    return int(found[0][0]) if found else 0


def _said_by_us(conversation: int) -> QuerySet[Message, tuple[int]]:
    ours = Message.objects.filter(
        conversation=conversation, direction=Message.Direction.OUT, automatic=False
    )
    return ours.order_by("-id").values_list("id")[:1]


def _wake(conversation: Conversation, *, at: datetime) -> None:
    """A person wrote: what was closed, snoozed or in the trash is open again. Spam stays spam."""
    if conversation.state not in {Conversation.State.OPEN, Conversation.State.SPAM}:
        conversations.set_state(
            conversation, Conversation.State.OPEN, by=None, at=at, why="they_wrote"
        )
