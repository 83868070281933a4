"""What comes back: bounces, notices of delay, complaints. They become work, never silence."""

from __future__ import annotations

from datetime import datetime, timedelta

from goodword.conversations import locking, queries
from goodword.conversations.models import Message, Recipient
from goodword.core import ids
from goodword.desk import events as facts
from goodword.desk.keeping import owing
from goodword.desk.roads import Inbound
from goodword.events import actions as events
from goodword.inboxes import queries as inboxes
from goodword.people import actions as people
from goodword.people.models import Address

# A bounce may be quicker than we write down "accepted", and it settles what was unknown.
_LEFT = [
    Recipient.State.SENDING,
    Recipient.State.ACCEPTED,
    Recipient.State.UNKNOWN,
    Recipient.State.DELAYED,
]
# How long a mail server keeps trying (RFC 5321, 4.5.4.1: four to five days), and a little more.
_TRIED_FOR = timedelta(days=7)


def about(inbound: Inbound) -> Message | None:
    """Our message that came back: by the ids in the bounce, else the last one to that address.

    Without an id only one counts that left from where the bounce came back to.
    """
    for message in queries.by_external(inbound.road, inbound.refers_to):
        if message.direction == Message.Direction.OUT:
            return message
    if not inbound.bounced_recipient:
        return None
    came_to = inboxes.at_addresses([*(each.address for each in inbound.to), *inbound.delivered_to])
    return (
        Message.objects.filter(
            conversation__inbox__in=came_to,
            recipients__address__value=people.normalised(inbound.bounced_recipient),
            recipients__state__in=[*_LEFT, Recipient.State.BOUNCED],
            direction=Message.Direction.OUT,
            pk__gte=ids.key_at(inbound.said_at - _TRIED_FOR),
        )
        .select_related("conversation")
        .order_by("-id")
        .first()
    )


def note(inbound: Inbound, *, at: datetime) -> None:
    """Write down what a bounce says: on the recipient, on the address, and in what is owed."""
    message = about(inbound)
    recipients = list(_told_of(inbound, message)) if message else []
    addresses = [each.address for each in recipients] or _addresses_written_to(inbound)
    for address in addresses:
        if inbound.bounce_kind == "complaint":
            people.note_complaint(address, at=at)
        elif inbound.bounce_kind == "failed" and message is not None:
            people.note_bounce(
                address, hard=inbound.bounce_hard is not False, words=inbound.bounce_words, at=at
            )
    if message is None or not recipients:
        return
    if inbound.bounce_kind == "complaint":
        _announce(facts.ComplaintReceived, message, at=at)
    else:
        _mark(message, recipients, inbound, at=at)


def _told_of(inbound: Inbound, message: Message) -> list[Recipient]:
    """The recipients it speaks of. One who forwards their mail bounces under another address."""
    sent_to = message.recipients.exclude(state=Recipient.State.NAMED).select_related("address")
    value = people.normalised(inbound.bounced_recipient)
    named = [each for each in sent_to if each.address.value == value]
    return named or (list(sent_to) if len(sent_to) == 1 else [])


def _addresses_written_to(inbound: Inbound) -> list[Address]:
    """The address named, if any mail of ours left for it: else there is nothing to complain of."""
    value = people.normalised(inbound.bounced_recipient)
    named = Address.objects.filter(kind="email", value=value) if value else Address.objects.none()
    return list(named.filter(recipients__state__in=[*_LEFT, Recipient.State.BOUNCED]).distinct())


def _mark(message: Message, recipients: list[Recipient], inbound: Inbound, *, at: datetime) -> None:
    delayed = inbound.bounce_kind == "delayed"
    locking.lock_around(message)
    from_states = [state for state in _LEFT if state != Recipient.State.DELAYED or not delayed]
    changed = Recipient.objects.filter(
        pk__in=[each.pk for each in recipients], state__in=from_states
    ).update(
        state=Recipient.State.DELAYED if delayed else Recipient.State.BOUNCED,
        words=inbound.bounce_words[:2000],
        changed_at=at,
        dealt_with_at=None,
    )
    if not changed:
        return
    owing.returned(message, at=at)
    if delayed:
        _announce(facts.MessageDelayed, message, at=at)
    else:
        hard = inbound.bounce_hard is not False
        _announce(facts.MessageBounced, message, at=at, hard=hard)


def _announce(kind: type, message: Message, *, at: datetime, **more: bool) -> None:
    fact = kind(
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        message_id=message.pk,
        **more,
    )
    events.announce(fact, by=None, about=message.conversation, at=at)
