"""A message from outside becomes part of the desk: person, conversation, message, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from goodword.people.models import Address
from goodword.promises import actions as promises
from goodword.promises import queries as owed


@transaction.atomic
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
    known = _already_here(inbound)
    if known is not None:
        # The copy that another mailbox got: its people see it where it stands.
        conversations.show_in(queries.standing(known.conversation), [inbox, *also])
        return known
    if imported:
        return _receive_imported(inbound, inbox=inbox, raw=raw, at=at)
    teammate = accounts.teammate_at(inbound.sender.address)
    found = joining.authenticity_of(inbound, inbox)
    authenticity = found.verdict if found else ""
    if teammate is not None and _passes_on(inbound, authenticity, inbox):
        return _receive_from(
            replace(inbound, sender=inbound.forwarded.sender),  # type: ignore[union-attr]
            inbox=inbox, also=also, raw=raw, at=at, found=found, forwarded_by=teammate,
        )  # fmt: skip
    return _receive_from(
        inbound, inbox=inbox, also=also, raw=raw, at=at, found=found, teammate=teammate
    )


def _passes_on(inbound: Inbound, authenticity: str, inbox: Inbox) -> bool:
    """Whether a mail from a teammate's address only brings us what someone wrote to them.

    Where the inbox names no server to trust nobody can confirm the teammate; what is passed on
    opens no rights, and it is shown who did it.
    """
    if inbound.kind != "human" or inbound.forwarded is None:
        return False
    confirmed = authenticity == Message.Authenticity.PASS
    return confirmed or (not inbox.trusted_servers and authenticity != Message.Authenticity.FAIL)


def _receive_from(
    inbound: Inbound,
    *,
    inbox: Inbox,
    also: Sequence[Inbox],
    raw: File | None,
    at: datetime,
    found: Authentication | None,
    teammate: Teammate | None = None,
    forwarded_by: Teammate | None = None,
) -> Message:
    person, address = people.meet(
        inbound.sender.address, name=inbound.sender.name, kind=inbound.sender.kind, at=at
    )
    authenticity = found.verdict if found else ""
    place = joining.place_of(inbound, address, authenticity=authenticity, teammate=teammate)
    conversation, opened = place.conversation, place.conversation is None
    if conversation is None:
        conversation = conversations.open_conversation(
            inbox=inbox, person=person, subject=inbound.subject, at=at
        )
        if place.suspected is not None:
            conversations.link(conversation, place.suspected, why=Link.Why.SUSPECTED, at=at)
        if forwarded_by is None:
            teammate = None  # alone in a conversation of their own they are whom we answer
    conversation = conversations.lock(conversation)
    marks: dict[str, Any] = {
        "forwarded_by": forwarded_by,
        "authenticity": authenticity,
        "authenticity_why": found.why[:200] if found else "",
    }
    conversations.show_in(conversation, [inbox, *also])
    if teammate is not None:
        return _note_by_mail(inbound, conversation, teammate, marks, raw=raw, at=at)
    human = inbound.kind == "human"
    message = storing.store(
        inbound,
        conversation,
        {**marks, **storing.columns_of_theirs(inbound, person, address), "counted": human},
        after=_last_of_ours(conversation) if human else 0,
        raw=raw,
        at=at,
    )
    fact = facts.MessageReceived(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        inbound_kind=inbound.kind,
        opened=opened,
    )
    events.announce(fact, by=forwarded_by, about=conversation, at=at)
    _follow(inbound, conversation, address, at=at)
    return message


def _note_by_mail(
    inbound: Inbound,
    conversation: Conversation,
    teammate: Teammate,
    marks: dict[str, Any],
    *,
    raw: File | None,
    at: datetime,
) -> Message:
    """A teammate wrote from their own mail program: an internal note, since who got it from them
    can't be known here. What is owed stays owed until a person says otherwise.
    """
    columns = {**marks, **storing.columns_of_note(teammate)}
    message = storing.store(inbound, conversation, columns, raw=raw, at=at)
    fact = facts.NoteWritten(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    events.announce(fact, by=teammate, about=conversation, at=at)
    return message


def _receive_imported(inbound: Inbound, *, inbox: Inbox, raw: File | None, at: datetime) -> Message:
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
    return storing.store(inbound, conversations.lock(conversation), columns, raw=raw, at=at)


def _follow(
    inbound: Inbound, conversation: Conversation, address: Address, *, at: datetime
) -> None:
    """What a stored message brings about: it is owed an answer, or tells of what came back."""
    if inbound.kind == "human":
        _wake(conversation, at=at)
        people.works_again(address)
        promise = owed.owed_reply(conversation)
        if promise is not None:
            promises.ask_again(promise, at=at)
        owing.settle(conversation, by=None, at=at, why="")
    elif inbound.kind == "bounce":
        returning.note(inbound, at=at)


def _already_here(inbound: Inbound) -> Message | None:
    known = queries.by_external(f"{inbound.road}:same", [inbound.identity])
    if known:
        return known[0]
    # Our own message come back to us: a copy to an inbox of ours, or a list's echo.
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
