"""What mail says beyond its text, in words: who vouches for the sender, how it was wrapped, and
what is known of an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from goodword.conversations.models import Message
from goodword.core import prepared
from goodword.people import actions as people
from goodword.people.models import Address
from goodword.ui import times


@dataclass(frozen=True, slots=True)
class Mark:
    """A line at a message. `loud`: whoever reads should know it before they act."""

    icon: str
    words: str
    advice: str = ""
    said: str = ""  # a server's own words
    loud: bool = False
    offers_original: bool = False


_AGAINST = {
    "dmarc": re.compile(r"\bdmarc=fail\b", re.IGNORECASE),
    "dkim": re.compile(r"\bdkim=(?:fail|hardfail|softfail)\b", re.IGNORECASE),
    "spf": re.compile(r"\bspf=(?:fail|hardfail|softfail)\b", re.IGNORECASE),
}


def of(message: Message) -> list[Mark]:
    """What to know of a message from outside before one acts on it."""
    found = []
    if message.authenticity == Message.Authenticity.FAIL:
        found.append(_doubt(message))
    if wrapped := _wrapped(message):
        found.append(wrapped)
    return found


def _doubt(message: Message) -> Mark:
    address = message.address.written if message.address else message.author_name
    return Mark(
        "shield-alert",
        _("Sender not confirmed"),
        _(
            "%(why)s Somebody else may have written this in the name of %(address)s. Trust no "
            "link and no bank details in it, and ask them another way before you act on it."
        )
        % {"why": _why(message.authenticity_why), "address": address},
        said=message.authenticity_why,
        loud=True,
    )


def _why(said: str) -> str:
    """What the mail server found, as a sentence."""
    against = {name for name, pattern in _AGAINST.items() if pattern.search(said)}
    if "dmarc" in against:
        return _("By the rules of the sender's own domain (DMARC) it does not come from there.")
    if against == {"spf", "dkim"}:
        return _(
            "It came from a server that the sender's domain does not send from (SPF), and its "
            "signature does not hold (DKIM)."
        )
    return _("The mail server that took it in could not confirm who sent it.")


def confirmed(message: Message) -> str:
    """Who vouches for the sender; empty when nobody does.

    Of what a teammate forwarded the teammate was confirmed, not who wrote it.
    """
    forwarded = message.forwarded_by_id is not None
    if forwarded or message.authenticity != Message.Authenticity.PASS:
        return ""
    return message.authenticity_why or _("by the mail server")


def _wrapped(message: Message) -> Mark | None:
    system, _underscore, how = message.protection.partition("_")
    named = {"system": {"pgp": "PGP", "smime": "S/MIME"}.get(system, system)}
    if how == "signed":
        return Mark("pencil-line", _("Signed with %(system)s, not verified here") % named)
    if how == "encrypted":
        words = _("Encrypted with %(system)s: it can't be read here") % named
        return Mark("lock", words, offers_original=message.raw_id is not None)
    return None


# Addresses


@dataclass(frozen=True, slots=True)
class AddressMark:
    """What is wrong with sending to an address. `works_again`: a person may know better."""

    address: str
    value: str
    words: str
    icon: str
    said: str = ""
    works_again: bool = False


def of_address(address: Address, *, now: datetime) -> list[AddressMark]:
    found = []
    if address.bouncing_since is not None:
        since = {"since": times.date(address.bouncing_since, now)}
        words = (
            _("Mail to it comes back for good, since %(since)s.")
            if address.bounces_hard
            else _("Mail to it comes back for now, since %(since)s.")
        )
        found.append(
            AddressMark(
                address.written,
                address.value,
                words % since,
                "mail-x",
                said=address.bounce_words,
                works_again=True,
            )
        )
    if address.complained_at is not None:
        words = _(
            "They reported our mail as abuse on %(when)s: nothing automatic is sent there any more."
        )
        when = {"when": times.date(address.complained_at, now)}
        found.append(AddressMark(address.written, address.value, words % when, "thumbs-down"))
    return found


def of_addresses(addresses: Iterable[Address], *, now: datetime) -> list[AddressMark]:
    """The marks of all of them, each address once."""
    once = {each.pk: each for each in addresses}
    return [mark for each in once.values() for mark in of_address(each, now=now)]


def of_written(written: Iterable[str], *, now: datetime) -> list[AddressMark]:
    """The marks of those of the addresses `written` that have some; in one query."""
    values = {people.normalised(each) for each in written if each}
    return of_addresses(
        prepared.objects(("marked", len(values)), _marked, *values) if values else [], now=now
    )


def _marked(*values: str) -> QuerySet[Address]:
    marked = Q(bouncing_since__isnull=False) | Q(complained_at__isnull=False)
    rows = Address.objects.filter(marked, kind=Address.Kind.EMAIL, value__in=values)
    return rows.order_by("value")
