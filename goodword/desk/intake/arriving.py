"""The way of a message in: taken in as raw bytes, parsed, received.

What arrives together shares its durable commits: one to claim it and one to receive it. Each has a
savepoint of its own; whatever has failed or killed a worker before is claimed and received alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext_noop as _

from goodword.core import along, due, prepared
from goodword.desk import events as facts
from goodword.desk import roads
from goodword.desk.intake import receiving
from goodword.desk.intake.known import Known
from goodword.desk.models import Arrival
from goodword.desk.roads import CannotParse, Inbound
from goodword.events import actions as events
from goodword.events import waking
from goodword.files import actions as files
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import queries as plan

logger = logging.getLogger(__name__)

MOST_TRIES = 8
LEASE = timedelta(seconds=30)  # receiving is idempotent: a second worker too soon does no harm
MOST_TOGETHER, _MOST_BYTES_TOGETHER = 50, 8 * 1024 * 1024


class NoInbox(Exception):
    """None of the addresses a message was sent to is ours."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Raw bytes as a road has them. `said_at`: aware, when they reached the mailbox."""

    raw: bytes
    envelope_to: Sequence[str] = ()
    said_at: datetime | None = None


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
    """Store raw bytes durably. Only after this returned may the other side hear "accepted"."""
    taken = Taken(raw, envelope_to, said_at)
    with transaction.atomic():
        [columns] = _columns_of([taken], road=road, source=source, inbox=inbox, at=at)
        arrival = Arrival(**columns)
        prepared.insert(arrival)
        transaction.on_commit(waking.wake)
    return arrival


def take_in_together(
    taken: Sequence[Taken], *, road: str, source: str, inbox: Inbox | None = None, at: datetime
) -> None:
    """`take_in` for many, which share the waits for the disk; all are stored or none."""
    with transaction.atomic():
        columns = _columns_of(taken, road=road, source=source, inbox=inbox, at=at)
        prepared.insert_given(Arrival, columns)
        transaction.on_commit(waking.wake)


def _columns_of(
    taken: Sequence[Taken], *, road: str, source: str, inbox: Inbox | None, at: datetime
) -> list[dict[str, Any]]:
    """What makes them arrivals, their bytes kept."""
    kept = files.keep_all([each.raw for each in taken], at=at)
    return [
        {
            "road": road,
            "inbox_id": inbox.pk if inbox else None,
            "raw_id": file.pk,
            "envelope_to": list(each.envelope_to),
            "source": source,
            "arrived_at": at,
            "said_at": min(each.said_at or at, at),
            "due_at": at,
        }
        for each, file in zip(taken, kept, strict=True)
    ]


# From arrival to message


def receive_due(*, at: datetime, most: int = MOST_TOGETHER) -> int:
    """Receive what has arrived; one bad message stops no other. Returns how many were tried."""
    fresh = due.claim_together(_waiting, at=at, most=most, lease=LEASE)
    prefetch_related_objects(fresh, "inbox__addresses")  # one for all that came by it
    for helping in _helpings(fresh):
        _receive_together(helping, at=at)
    tried = 0
    # What was tried before, or comes of a clock that was ahead.
    other = _waiting().exclude(tries=0, due_at__lte=at)
    for arrival in due.claim(other, at=at, most=most, lease=LEASE, furthest=due.LONGEST_WAIT):
        tried += 1
        _receive_alone(arrival, at=at)
    return len(fresh) + tried


def _waiting() -> QuerySet[Arrival]:
    return Arrival.objects.filter(state=Arrival.State.PENDING).select_related("raw", "inbox__team")


def _helpings(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    """What may be received together: not too much at once in memory."""
    helping: list[Arrival] = []
    size_bytes = 0
    for arrival in arrivals:
        size_bytes += arrival.raw.size_bytes
        if helping and size_bytes > _MOST_BYTES_TOGETHER:
            yield helping
            helping, size_bytes = [], arrival.raw.size_bytes
        helping.append(arrival)
    if helping:
        yield helping


def _receive_together(arrivals: Sequence[Arrival], *, at: datetime) -> None:
    """Receive many in one transaction; what can't be is received alone, where its fault shows."""
    read: list[tuple[Arrival, Inbound]] = []
    alone: list[Arrival] = []
    for arrival in arrivals:
        try:
            read.append((arrival, _parse(arrival)))
        except Exception:  # noqa: BLE001  # alone it fails again, and is put off with its reason
            alone.append(arrival)
    contents = [file.data for _, inbound in read for file in inbound.files]
    kept = dict(zip(contents, files.keep_all(contents, at=at), strict=True))
    try:
        with transaction.atomic(), plan.asked_once(), along.sent(together=len(read)):
            received = _receive_all(read, alone, kept, at=at)
            prepared.update_all(received, "state", "message", "inbox")
            due.finish_together(received)
    except OperationalError:
        # Two workers met in each other's way, or the database went: each by itself.
        alone = list(arrivals)
    for arrival in alone:
        _receive_alone(arrival, at=at)


def _receive_all(
    read: Sequence[tuple[Arrival, Inbound]],
    alone: list[Arrival],
    kept: Mapping[bytes, File],
    *,
    at: datetime,
) -> list[Arrival]:
    """Those that could be received, each within a savepoint; the others are put to `alone`."""
    received = []
    inbounds = [inbound for _, inbound in read]
    known = Known(inbounds, kept)
    for number, (arrival, inbound) in enumerate(read, start=1):
        try:
            with transaction.atomic():
                _receive(arrival, inbound, known, at=at)
            received.append(arrival)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001  # as above
            alone.append(arrival)
        if arrival not in received[-1:] or inbound.kind == "bounce":
            # Rolled back, or changed elsewhere too: what is known is asked anew.
            known = Known(inbounds[number:], kept)
    return received


def _receive_alone(arrival: Arrival, *, at: datetime) -> None:
    # A message that kills its worker is put aside before it can do so for ever.
    if arrival.tries > MOST_TRIES:
        _give_up(arrival, at=at, why=arrival.why or _("stopped its worker again and again"))
        return
    try:
        inbound = _parse(arrival)
        with transaction.atomic():
            _receive(arrival, inbound, Known([inbound]), at=at)
            arrival.save(update_fields=["state", "message", "inbox"])
            due.finish(arrival)
    except (CannotParse, NoInbox) as error:
        _give_up(arrival, at=at, why=str(error) or type(error).__name__)
    except Exception as error:
        logger.exception("arrival failed", extra={"arrival": arrival.pk})
        why = f"{type(error).__name__}: {error}"
        if arrival.tries >= MOST_TRIES:
            _give_up(arrival, at=at, why=why)
        else:
            due.put_off(arrival, until=due.next_try(arrival, at=at), why=why)


def _parse(arrival: Arrival) -> Inbound:
    """Raises CannotParse."""
    return roads.road(arrival.road).parse(
        files.read(arrival.raw),
        received_at=arrival.said_at,
        envelope_to=arrival.envelope_to or _addresses_of(arrival.inbox),
    )


def _addresses_of(inbox: Inbox | None) -> list[str]:
    """What a mailbox's mail was delivered to, where the envelope is not known any more."""
    return [each.value for each in inbox.addresses.all()] if inbox else []


def _receive(arrival: Arrival, inbound: Inbound, known: Known, *, at: datetime) -> None:
    """Receive `arrival` and note on it, unsaved, what became of it. Raises NoInbox."""
    if receiving.was_thrown_away(inbound, known):
        arrival.state, arrival.message = Arrival.State.GONE, None  # of a try that was taken back
        return
    inbox, *also = inboxes_of(inbound, arrival.inbox, among=known.inboxes)
    message = receiving.receive(
        inbound, inbox=inbox, also=also, raw=arrival.raw, known=known, at=at
    )
    arrival.state, arrival.message = Arrival.State.RECEIVED, message
    arrival.inbox = arrival.inbox or inbox


def inboxes_of(
    inbound: Inbound, mailbox: Inbox | None = None, *, among: Mapping[str, Inbox] | None = None
) -> list[Inbox]:
    """The inbox a message belongs to, then those that see it too. Raises NoInbox.

    It belongs to the first of ours it names, in To before Cc; else to the `mailbox` it was found
    in, or to where it was delivered.
    """
    named = [*(each.address for each in inbound.to), *(each.address for each in inbound.cc)]
    found = inboxes.at_addresses([*named, *inbound.delivered_to], among=among)
    if mailbox is not None and mailbox not in found:
        # Found there without being named: before what only the envelope says, after what is named.
        found.insert(len(inboxes.at_addresses(named, among=among)), mailbox)
    if not found:
        raise NoInbox(_("none of the addresses it was sent to belongs to an inbox"))
    return found


def _give_up(arrival: Arrival, *, at: datetime, why: str) -> None:
    """Put an arrival where a person sees it; its bytes stay."""
    with transaction.atomic():
        due.put_off(arrival, until=None, why=why)
        Arrival.objects.filter(pk=arrival.pk).update(state=Arrival.State.FAILED)
        fact = facts.ArrivalFailed(tries=arrival.tries)
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
