"""The way of a message in: taken in as raw bytes, parsed, received in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import queries
from goodword.conversations.actions import Named
from goodword.conversations.models import (
    Attachment,
    Conversation,
    ExternalId,
    Link,
    Message,
    Recipient,
)
from goodword.core import due
from goodword.core.text import clean_line
from goodword.desk import events as desk_facts
from goodword.desk import owing, roads
from goodword.desk.models import Arrival
from goodword.desk.roads import CannotParse, Inbound
from goodword.events import actions as events
from goodword.events import waking
from goodword.files import actions as files
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import actions as people
from goodword.people.models import Address, Person
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
    inbox = arrival.inbox or inbox_of(inbound)
    with transaction.atomic():
        message = receive(inbound, inbox=inbox, raw=arrival.raw, at=at)
        Arrival.objects.filter(pk=arrival.pk).update(
            state=Arrival.State.RECEIVED, message=message, inbox=inbox
        )
        due.finish(arrival)
    return message


def _addresses_of(inbox: Inbox | None) -> list[str]:
    """What a mailbox's mail was delivered to, where the envelope is not known any more."""
    return list(inbox.addresses.values_list("value", flat=True)) if inbox else []


def inbox_of(inbound: Inbound) -> Inbox:
    """The inbox a message belongs to: the first of ours it reached, was sent to, or copied to."""
    named = [*(each.address for each in inbound.to), *(each.address for each in inbound.cc)]
    inbox = inboxes.at_address(named) or inboxes.at_address(inbound.delivered_to)
    if inbox is None:
        raise NoInbox(_("none of the addresses it was sent to belongs to an inbox"))
    return inbox


@transaction.atomic
def receive(inbound: Inbound, *, inbox: Inbox, raw: File | None = None, at: datetime) -> Message:
    """Make a message from outside part of the desk; idempotent on `inbound.identity`.

    Person, conversation, message and the answer owed, in one transaction.
    """
    known = _already_here(inbound)
    if known is not None:
        return known
    person, address = people.meet(
        inbound.sender.address, name=inbound.sender.name, kind=inbound.sender.kind, at=at
    )
    conversation, suspected = _conversation_of(inbound, address)
    opened = conversation is None
    if conversation is None:
        conversation = conversations.open_conversation(
            inbox=inbox, person=person, subject=inbound.subject, at=at
        )
        if suspected is not None:
            conversations.link(conversation, suspected, why=Link.Why.SUSPECTED, at=at)
    conversation = conversations.lock(conversation)
    message = _store(inbound, conversation, person, address, raw=raw, at=at)
    fact = facts.MessageReceived(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        inbound_kind=inbound.kind,
        opened=opened,
    )
    events.announce(fact, by=None, about=conversation, at=at)
    if inbound.kind == "human":
        _wake(conversation, at=at)
        promise = owed.owed_reply(conversation)
        if promise is not None:
            promises.ask_again(promise, at=at)
        owing.settle(conversation, by=None, at=at, why="")
    elif inbound.kind == "bounce":
        _note_bounce(inbound, at=at)
    return message


def _already_here(inbound: Inbound) -> Message | None:
    known = queries.by_external(f"{inbound.road}:same", [inbound.identity])
    if known:
        return known[0]
    # Our own message come back to us: a copy to an inbox of ours, or a list's echo.
    if inbound.sender.address.lower() in inboxes.our_addresses():
        for message in queries.by_external(inbound.road, inbound.external_ids):
            if message.direction == Message.Direction.OUT:
                return message
    return None


def _conversation_of(
    inbound: Inbound, address: Address
) -> tuple[Conversation | None, Conversation | None]:
    """The conversation it continues; else None and the one it seems to continue.

    An id proves nothing by itself: only an address that took part joins. Bounces come from the
    mail system, so for them the id of our own message is enough.
    """
    suspected = None
    for message in queries.by_external(inbound.road, inbound.refers_to):
        conversation = message.conversation.redirect_to or message.conversation
        theirs = queries.took_part(conversation, address)
        ours = message.direction == Message.Direction.OUT
        if theirs or (inbound.kind == "bounce" and ours):
            return conversation, None
        suspected = suspected or conversation
    return None, suspected


def _store(
    inbound: Inbound,
    conversation: Conversation,
    person: Person,
    address: Address,
    *,
    raw: File | None,
    at: datetime,
) -> Message:
    names = [
        *(Named(each.address, each.name, Recipient.Role.TO) for each in inbound.to),
        *(Named(each.address, each.name, Recipient.Role.CC) for each in inbound.cc),
        *(Named(each.address, each.name, Recipient.Role.REPLY_TO) for each in inbound.reply_to),
    ]
    message = conversations.say(
        conversation,
        direction=Message.Direction.IN,
        road=inbound.road,
        said_at=inbound.said_at,
        stored_at=at,
        text=inbound.text,
        names=names,
        file_names=[each.name for each in inbound.files],
        after=_last_of_ours(conversation) if inbound.kind == "human" else 0,
        person=person,
        address=address,
        author_name=clean_line(inbound.sender.name, most=200),
        claimed_at=inbound.claimed_at,
        subject=clean_line(inbound.subject),
        reply_text=inbound.reply_text if inbound.reply_text != inbound.text else "",
        html=inbound.html,
        raw=raw,
        inbound_kind=inbound.kind,
        kind_why=inbound.kind_why[:200],
        automatic=inbound.kind != "human",
        oddities=list(inbound.oddities),
        counted=inbound.kind == "human",
    )
    _attach(message, inbound, at=at)
    ExternalId.objects.create(
        scope=f"{inbound.road}:same", value=inbound.identity[:300], message=message
    )
    conversations.know_external(message, scope=inbound.road, values=inbound.external_ids)
    return message


def _attach(message: Message, inbound: Inbound, *, at: datetime) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            file=files.keep(each.data, at=at),
            name=clean_line(each.name, most=250) or "file",
            content_type=clean_line(each.content_type, most=120),
            content_id=each.content_id[:250],
        )
        for each in inbound.files
    )


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


# A bounce may be quicker than we write down "accepted", and it settles what was unknown.
_LEFT = [Recipient.State.SENDING, Recipient.State.ACCEPTED, Recipient.State.UNKNOWN]


def _note_bounce(inbound: Inbound, *, at: datetime) -> None:
    for message in queries.by_external(inbound.road, inbound.refers_to):
        if message.direction != Message.Direction.OUT or inbound.bounce_hard is False:
            continue
        recipients = message.recipients.filter(state__in=_LEFT)
        if inbound.bounced_recipient:
            value = people.normalised(inbound.bounced_recipient)
            recipients = recipients.filter(address__value=value)
        message.conversation = conversations.lock(message.conversation)
        changed = recipients.update(
            state=Recipient.State.BOUNCED, words=inbound.bounce_words[:2000], changed_at=at
        )
        if not changed:
            continue
        owing.returned(message, at=at)
        fact = desk_facts.MessageBounced(
            conversation_id=message.conversation_id,
            inbox_id=message.conversation.inbox_id,
            message_id=message.pk,
            hard=bool(inbound.bounce_hard),
        )
        events.announce(fact, by=None, about=message.conversation, at=at)


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
