"""The way of a message in: taken in as raw bytes, parsed, received in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import queries
from goodword.conversations.models import Conversation, Link, Message
from goodword.core import due
from goodword.core.text import clean_line
from goodword.desk import events as desk_facts
from goodword.desk import joining, owing, returning, roads, storing
from goodword.desk.models import Arrival
from goodword.desk.roads import Authentication, CannotParse, Inbound
from goodword.events import actions as events
from goodword.events import waking
from goodword.files import actions as files
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import actions as people
from goodword.people.models import Address
from goodword.promises import actions as promises
from goodword.promises import queries as owed

logger = logging.getLogger(__name__)

MOST_TRIES = 8
LEASE = timedelta(seconds=30)  # receiving is idempotent: a second worker too soon does no harm


class NoInbox(Exception):
    """None of the addresses a message was sent to is ours."""


@transaction.atomic
def take_in(
    raw: bytes,
    *,
    road: str,
    source: str,
    inbox: Inbox | None = None,
    envelope_to: Sequence[str] = (),
    said_at: datetime | None = None,
    at: datetime,
) -> Arrival:
    """Store raw bytes durably. Only after this returned may the other side hear "accepted".

    The same bytes from the same source are the arrival that is there already.
    """
    file = files.keep(raw, at=at)
    known = Arrival.objects.filter(source=source, raw=file, inbox=inbox).first()
    if known is not None and source.startswith("imap"):
        return known
    arrival = Arrival.objects.create(
        road=road,
        inbox=inbox,
        raw=file,
        envelope_to=list(envelope_to),
        source=source,
        arrived_at=at,
        said_at=min(said_at or at, at),
        due_at=at,
    )
    transaction.on_commit(waking.wake)
    return arrival


def receive_due(*, at: datetime, most: int = 20) -> int:
    """Receive what has arrived; each by itself, so that one bad message stops no other."""
    done = 0
    waiting = Arrival.objects.filter(state=Arrival.State.PENDING)
    for arrival in due.claim(waiting, at=at, most=most, lease=LEASE):
        done += 1
        # A message that kills its worker is put aside before it can do so for ever.
        if arrival.tries > MOST_TRIES:
            _give_up(arrival, at=at, why=arrival.why or _("stopped its worker again and again"))
            continue
        try:
            receive_arrival(arrival, at=at)
        except (CannotParse, NoInbox) as error:
            _give_up(arrival, at=at, why=str(error) or type(error).__name__)
        except Exception as error:
            logger.exception("arrival failed", extra={"arrival": arrival.pk})
            why = f"{type(error).__name__}: {error}"
            if arrival.tries >= MOST_TRIES:
                _give_up(arrival, at=at, why=why)
            else:
                due.put_off(arrival, until=due.next_try(arrival, at=at), why=why)
    return done


def receive_arrival(arrival: Arrival, *, at: datetime) -> Message:
    """Parse one arrival and receive it. Raises CannotParse, NoInbox."""
    inbound = roads.road(arrival.road).parse(
        files.read(arrival.raw),
        received_at=arrival.said_at,
        envelope_to=arrival.envelope_to or _addresses_of(arrival.inbox),
    )
    inbox, *also = inboxes_of(inbound, arrival.inbox)
    with transaction.atomic():
        message = receive(inbound, inbox=inbox, also=also, raw=arrival.raw, at=at)
        Arrival.objects.filter(pk=arrival.pk).update(
            state=Arrival.State.RECEIVED, message=message, inbox=arrival.inbox or inbox
        )
        due.finish(arrival)
    return message


def _addresses_of(inbox: Inbox | None) -> list[str]:
    """What a mailbox's mail was delivered to, where the envelope is not known any more."""
    return list(inbox.addresses.values_list("value", flat=True)) if inbox else []


def inboxes_of(inbound: Inbound, mailbox: Inbox | None = None) -> list[Inbox]:
    """The inbox a message belongs to, then those that see it too. Raises NoInbox.

    It belongs to the first of ours it names, in To before Cc; else to the `mailbox` it was found
    in, or to where it was delivered.
    """
    named = [*(each.address for each in inbound.to), *(each.address for each in inbound.cc)]
    found = inboxes.at_addresses([*named, *inbound.delivered_to])
    if mailbox is not None and mailbox not in found:
        # Found there without being named: before what only the envelope says, after what is named.
        found.insert(len(inboxes.at_addresses(named)), mailbox)
    if not found:
        raise NoInbox(_("none of the addresses it was sent to belongs to an inbox"))
    return found


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


def _give_up(arrival: Arrival, *, at: datetime, why: str) -> None:
    """Put an arrival where a person sees it; its bytes stay."""
    with transaction.atomic():
        due.put_off(arrival, until=None, why=why)
        Arrival.objects.filter(pk=arrival.pk).update(state=Arrival.State.FAILED)
        fact = desk_facts.ArrivalFailed(tries=arrival.tries)
        events.announce(fact, by=None, about=arrival, at=at)


@transaction.atomic
def try_again(arrival: Arrival, *, inbox: Inbox | None, at: datetime) -> None:
    """A person asks for another try, into `inbox` when they name one."""
    Arrival.objects.filter(pk=arrival.pk, state=Arrival.State.FAILED).update(
        state=Arrival.State.PENDING,
        inbox=inbox or arrival.inbox,
        due_at=at,
        tries=0,
        leased_until=None,
        why="",
    )
    transaction.on_commit(waking.wake)
