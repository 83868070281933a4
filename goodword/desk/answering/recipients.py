"""Whom an answer goes to: as typed, and as the conversation says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk.answering import leaving_from
from goodword.desk.together import sides
from goodword.inboxes import queries as inboxes
from goodword.people import queries as people
from goodword.people.models import Address

_PIECE = re.compile(r'(?:"[^"\n]*"|[^,;\n"])+')  # between commas, but not inside quotes


class NobodyToReach(Exception):
    """A reply needs at least one recipient."""


class NotAnAddress(Exception):
    """What was typed as a recipient is no address; `str()` is what was typed."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a reply goes to, as "Name <address>" or an address."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    wrote: bool = False  # `to` is who wrote last, or where they want the answer
    doubtful: bool = False  # who wrote last may be somebody else in their name
    sender: str = ""  # which of our addresses it leaves from; empty: the usual one

    @property
    def count(self) -> int:
        return len(self.to) + len(self.cc) + len(self.bcc)


def read_addresses(text: str) -> tuple[str, ...]:
    """What a person typed, split at commas, semicolons and lines. Raises NotAnAddress."""
    found = []
    for piece in _PIECE.findall(text):
        if not piece.strip():
            continue
        name, address = parseaddr(piece.strip())
        try:
            validate_email(address)
        except ValidationError as error:
            raise NotAnAddress(piece.strip()) from error
        found.append(written(name, address))
    return tuple(found)


class Usual(NamedTuple):
    """`only`: whom a reply goes to; `everyone`: whom a reply to all. `senders`: what it may leave
    from.
    """

    only: Recipients
    everyone: Recipients
    senders: leaving_from.Senders


def reply_to_all(conversation: Conversation) -> tuple[Recipients, Recipients]:
    """Whom a reply goes to, and whom a reply to all."""
    found = usual(conversation)
    return found.only, found.everyone


def usual(conversation: Conversation) -> Usual:
    """All from the newest message from outside; whom it goes to, unless somebody chose another
    person for what came until then.

    Reply-To wins over From; our own addresses are never among them.
    """
    asked = leaving_from.newest_from_outside(conversation)
    told = conversations.told([asked])[asked.pk] if asked else []
    named = [*(row.address for row in told), asked.address if asked else None]
    values = (address.value for address in named if address)
    own, ours = inboxes.own_and_ours(conversation.inbox_id, values)
    senders = leaving_from.among(conversation.inbox, own, told)
    return Usual(*_to_whom(conversation, asked, told, ours), senders)


def _to_whom(
    conversation: Conversation, asked: Message | None, told: Sequence[Recipient], ours: set[str]
) -> tuple[Recipients, Recipients]:
    if asked is None and conversation.side_of_id is not None and conversation.latest_key:
        again = _asked_before(conversation)
        return again, again
    chosen_after = conversation.person_chosen_after or 0
    if asked is None and conversation.latest_key > chosen_after:  # of ours, split off
        again = replace(_asked_before(conversation), bcc=())
        if again.to:
            return replace(again, cc=()), again
    if asked is None or asked.pk <= chosen_after:
        mail = people.addresses_of(conversation.person).filter(kind=Address.Kind.EMAIL)
        alone = Recipients(to=tuple(each.written for each in mail[:1] if each.value))
        return alone, alone
    named = [(row.role, row.name, row.address) for row in told]
    if conversation.side_of_id is not None:  # whom they copied in may be whom it is kept from
        ours |= set(sides.kept_from(conversation.side_of_id).values_list("value", flat=True))
    doubtful = asked.authenticity == Message.Authenticity.FAIL  # may lead the answer astray
    to = [(name, a) for role, name, a in named if role == Recipient.Role.REPLY_TO and not doubtful]
    if not to and asked.address and asked.address.value:
        to = [(asked.author_name, asked.address)]
    sender = tuple(written(name, a.written) for name, a in to if a.value not in ours)
    taken = {a.value for _, a in to} | ours
    others = []
    for role, name, address in named:
        if role in {Recipient.Role.TO, Recipient.Role.CC} and address.value not in taken:
            taken.add(address.value)
            others.append(written(name, address.written))
    only = Recipients(to=sender, wrote=True, doubtful=doubtful)
    return only, replace(only, cc=tuple(others))


def _asked_before(conversation: Conversation) -> Recipients:
    """Whom we asked already, where nobody has answered."""
    ours = conversation.messages.filter(direction=Message.Direction.OUT, automatic=False)
    said = ours.order_by("-id").first()
    names: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    for row in said.recipients.select_related("address").order_by("pk") if said else ():
        names[row.role].append(written(row.name, row.address.written))
    return Recipients(tuple(names["to"]), tuple(names["cc"]), tuple(names["bcc"]))


def written(name: str, address: str) -> str:
    """A name and an address as one field of a mail holds them."""
    plain = name.replace('"', "").replace("\\", "")
    return f'"{plain}" <{address}>' if plain else address
