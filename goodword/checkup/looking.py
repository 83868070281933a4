"""All that is looked at, in the order in which it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import dns.resolver
from django.db import DatabaseError

from goodword.channels.email import checkup as mailboxes
from goodword.channels.email import sending_domains
from goodword.checkup import addresses, database, machine, work
from goodword.core.diagnosis import Diagnosis


def look(
    *, at: datetime, live: bool = False, resolver: dns.resolver.Resolver | None = None
) -> Iterator[Diagnosis]:
    """What is found, as it is found. `live` also talks to mail servers and to our own address.

    Without `resolver` this machine's is asked. Nothing is changed.
    """
    yield from addresses.look()
    yield from machine.look()
    try:
        found = list(database.look())
        yield from found
        if any(each.rule in {"database", "migrations"} and each.state == "wrong" for each in found):
            return  # nothing below could be read
        yield from work.look(at=at)
        yield from mailboxes.look(at=at, live=live)
        yield from sending_domains.look(resolver)
    except DatabaseError as error:
        yield database.out_of_reach(error)
    if live:
        yield from addresses.call()
