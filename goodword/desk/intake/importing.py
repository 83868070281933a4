"""Years of old mail become history: taken in, owed nothing, waking nobody."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import OperationalError, transaction

from goodword.conversations.models import ExternalId, Message
from goodword.core import along
from goodword.desk import roads
from goodword.desk.intake import receiving
from goodword.desk.intake.known import Known
from goodword.desk.roads import CannotParse, Inbound
from goodword.files import actions as files
from goodword.files.models import File
from goodword.inboxes.models import Inbox

logger = logging.getLogger(__name__)

MOST_TOGETHER = 50  # share a transaction, with a savepoint each


@dataclass(frozen=True, slots=True)
class Old:
    """One message of the past. `said_at` is aware, and not later than now."""

    raw: bytes
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """`there`: it was before, or is there twice now. `failed`: it can't be read, and `why`."""

    state: Literal["taken", "there", "failed"]
    why: str = ""


_THERE = Outcome("there")


def take_in(olds: Sequence[Old], *, road: str, inbox: Inbox, at: datetime) -> list[Outcome]:
    """Make old messages part of `inbox`; one outcome each, in their order.

    All of them or, when the process dies, none; again is the same as once. Give them in the order
    of time, so that an answer finds what it answers. What can't be read stops no other. Raises
    OperationalError and OSError when the database or the disk is at its end.
    """
    digests = [hashlib.sha256(old.raw).hexdigest() for old in olds]
    here = Message.objects.filter(raw__sha256__in=digests, conversation__inbox=inbox)
    known = set(here.values_list("raw__sha256", flat=True))
    addresses = list(inbox.addresses.values_list("value", flat=True))
    outcomes: dict[int, Outcome] = {}
    fresh: dict[int, Inbound] = {}
    for number, (old, digest) in enumerate(zip(olds, digests, strict=True)):
        if digest in known:
            outcomes[number] = _THERE
            continue
        known.add(digest)
        read = _read(old, road=road, addresses=addresses)
        if isinstance(read, Inbound):
            fresh[number] = read
        else:
            outcomes[number] = read
    if fresh:
        outcomes |= _receive(olds, fresh, inbox=inbox, at=at)
    return [outcomes[number] for number in range(len(olds))]


def _read(old: Old, *, road: str, addresses: Sequence[str]) -> Inbound | Outcome:
    try:
        return roads.road(road).parse(old.raw, received_at=old.said_at, envelope_to=addresses)
    except CannotParse as error:
        return Outcome("failed", str(error))
    except Exception as error:
        logger.exception("an old message can't be read", extra={"bytes": len(old.raw)})
        return Outcome("failed", f"{type(error).__name__}: {error}")


def _receive(
    olds: Sequence[Old], fresh: dict[int, Inbound], *, inbox: Inbox, at: datetime
) -> dict[int, Outcome]:
    """Store what could be read. The bytes are on the disk before the transaction begins."""
    seen = _seen(fresh.values())
    new = [number for number, inbound in fresh.items() if inbound.identity not in seen]
    attached = [file.data for number in new for file in fresh[number].files]
    kept = files.keep_all([*(olds[number].raw for number in new), *attached], at=at)
    raws = dict(zip(new, kept, strict=False))
    by_content = dict(zip(attached, kept[len(new) :], strict=True))
    outcomes: dict[int, Outcome] = {}
    with transaction.atomic(), along.sent(together=len(fresh)):
        inbounds = list(fresh.values())
        known = Known(inbounds, by_content)
        for place, (number, inbound) in enumerate(fresh.items(), start=1):
            if receiving.was_thrown_away(inbound, known):
                outcomes[number] = _THERE  # it was here and is gone for good
                continue
            raw = raws.get(number)
            outcomes[number] = _receive_one(inbound, raw, inbox=inbox, known=known, at=at)
            if outcomes[number].state == "failed":
                known = Known(inbounds[place:], by_content)  # what was rolled back is not known
    return outcomes


def _seen(inbounds: Iterable[Inbound]) -> dict[str, int | None]:
    """The identities that are known, with their message; None where nothing but that is left."""
    same = [(f"{inbound.road}:same", inbound.identity) for inbound in inbounds]
    rows = ExternalId.objects.filter(
        scope__in={scope for scope, _ in same}, value__in=[identity for _, identity in same]
    )
    return dict(rows.values_list("value", "message"))


def _receive_one(
    inbound: Inbound, raw: File | None, *, inbox: Inbox, known: Known, at: datetime
) -> Outcome:
    try:
        with transaction.atomic():  # a savepoint: `receive` keeps none of its own
            message = receiving.receive(
                inbound, inbox=inbox, raw=raw, imported=True, known=known, at=at
            )
    except OperationalError:
        raise  # the database's trouble is not the message's
    except Exception as error:
        logger.exception("an old message can't be stored", extra={"road": inbound.road})
        return Outcome("failed", f"{type(error).__name__}: {error}")
    taken = raw is not None and message.raw_id == raw.pk
    return Outcome("taken") if taken else _THERE
