"""Announce facts in the transaction that makes them true; hand them on afterwards."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from goodword.core import due, prepared
from goodword.events import waking
from goodword.events.models import Delivery, Event, Pulse

logger = logging.getLogger(__name__)

Listener = Callable[[Event], None]
LEASE = timedelta(seconds=30)  # a listener waits for nobody, and may be called twice
_listeners: dict[str, list[Listener]] = {}
SYSTEM = "system:0"


class Fact(Protocol):
    """A past-tense frozen dataclass: KIND is stored, so it is never renamed."""

    KIND: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


def listen(listeners: dict[str, list[Listener]]) -> None:
    """Register who listens to what; called once, by `wiring.py`."""
    _listeners.clear()
    _listeners.update(listeners)


def name_of(row: Model | None) -> str:
    """`kind:id` of a row, `system:0` for nobody."""
    if row is None:
        return SYSTEM
    return f"{row._meta.model_name}:{row.pk}"


def announce(fact: Fact, *, by: Model | None, about: Model, at: datetime) -> Event:
    """Store `fact` in the caller's transaction, for every listener and for the audit trail."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{fact.KIND} announced outside a transaction")
    event = Event(
        at=at,
        kind=fact.KIND,
        actor=name_of(by),
        subject=name_of(about),
        data={each.name: _plain(getattr(fact, each.name)) for each in dataclasses.fields(fact)},
    )
    prepared.insert(event)
    listeners = _listeners.get(fact.KIND, [])
    prepared.insert_given(
        Delivery,
        [{"event_id": event.pk, "listener": _label(each), "due_at": at} for each in listeners],
    )
    transaction.on_commit(waking.wake)
    return event


def hand_on(*, at: datetime, most: int = 100) -> int:
    """Call the listeners of what is due; a failing one is put off and blocks no other.

    What is new is claimed and finished by one commit each; what has failed or stopped a worker
    before, row by row. Returns how many deliveries were tried.
    """
    fresh = due.claim_together(_waiting, at=at, most=most, lease=LEASE)
    listeners = _labelled()
    due.finish_together([each for each in fresh if _hand_on(each, listeners, at=at)])
    tried = len(fresh)
    before = _waiting().filter(Q(tries__gt=0) | Q(due_at__gt=at))
    for delivery in due.claim(before, at=at, most=most, lease=LEASE, furthest=due.LONGEST_WAIT):
        tried += 1
        if _hand_on(delivery, listeners, at=at):
            due.finish(delivery)
    return tried


def _waiting() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("event")


def _hand_on(delivery: Delivery, listeners: dict[str, Listener], *, at: datetime) -> bool:
    """Call the listener; False when it failed, and the delivery is put off."""
    listener = listeners.get(delivery.listener)
    if listener is None:  # it was taken out of wiring.py since
        return True
    try:
        listener(delivery.event)
    except Exception as error:
        logger.exception("listener failed", extra={"delivery": delivery.pk})
        until = due.next_try(delivery, at=at)
        due.put_off(delivery, until=until, why=f"{type(error).__name__}: {error}")
        return False
    return True


def _labelled() -> dict[str, Listener]:
    return {_label(each): each for group in _listeners.values() for each in group}


def forget_undelivered() -> None:
    """After a restore: what was to be handed on then may have been, so it is not handed on."""
    Delivery.objects.filter(due_at__isnull=False).update(
        due_at=None, leased_until=None, lease="", why="restored"
    )


def _label(listener: Listener) -> str:
    return f"{listener.__module__}.{listener.__qualname__}".removeprefix("goodword.")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def beat(lane: str, *, at: datetime) -> None:
    """Note that a lane of this worker is alive."""
    Pulse.objects.update_or_create(lane=lane, defaults={"at": at})
