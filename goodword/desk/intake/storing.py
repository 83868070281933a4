"""An inbound as rows: the message, whom it names, its files, the ids that lead to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.actions import Named
from goodword.conversations.models import Attachment, Conversation, Message, Recipient
from goodword.core import prepared
from goodword.core.text import clean_line
from goodword.desk.intake.known import Known
from goodword.desk.roads import Inbound
from goodword.files import actions as files
from goodword.files.models import File
from goodword.people.models import Address, Person


def columns_of_theirs(inbound: Inbound, person: Person, address: Address) -> dict[str, Any]:
    """What makes it a message by someone outside."""
    return {
        "direction": Message.Direction.IN,
        "person": person,
        "address": address,
        "author_name": clean_line(inbound.sender.name, most=200),
        "inbound_kind": inbound.kind,
        "kind_why": inbound.kind_why[:200],
        "automatic": inbound.kind != "human",
    }


def columns_of_note(teammate: Teammate) -> dict[str, Any]:
    """What makes it an internal note by a teammate."""
    return {
        "kind": Message.Kind.NOTE,
        "direction": Message.Direction.INTERNAL,
        "teammate": teammate,
        "author_name": teammate.name,
    }


def store(
    inbound: Inbound,
    conversation: Conversation,
    columns: dict[str, Any],
    *,
    known: Known,
    raw: File | None,
    at: datetime,
    after: int = 0,
) -> Message:
    """Store an inbound as one message with its names, files and new ids."""
    taken = known.taken(inbound)
    text, shown = inbound.text, inbound.reply_text
    if columns.get("forwarded_by") and inbound.forwarded:
        shown = inbound.forwarded.text or shown
    message = conversations.say(
        conversation,
        road=inbound.road,
        said_at=inbound.said_at,
        stored_at=at,
        text=text,
        names=_names(inbound),
        addresses=known.addresses,
        file_names=[each.name for each in inbound.files],
        after=after,
        claimed_at=inbound.claimed_at,
        subject=clean_line(inbound.subject),
        reply_text=shown if shown != text else "",
        html=inbound.html,
        raw=raw,
        oddities=_oddities(inbound, taken),
        protection=inbound.protection,
        invitation=asdict(inbound.invitation) if inbound.invitation else None,
        **columns,
    )
    _attach(message, inbound, known, at=at)
    new = [each for each in inbound.external_ids if each[:300] not in taken]
    conversations.know_identity(message, scope=inbound.road, value=inbound.identity, ids=new)
    if inbound.kind == "human":
        conversations.await_ids(message, scope=inbound.road, values=known.missing(inbound))
    return message


def _names(inbound: Inbound) -> list[Named]:
    roles = [
        (Recipient.Role.TO, inbound.to),
        (Recipient.Role.CC, inbound.cc),
        (Recipient.Role.REPLY_TO, inbound.reply_to),
    ]
    return [Named(each.address, each.name, role) for role, parties in roles for each in parties]


def _oddities(inbound: Inbound, taken: Collection[str]) -> list[str]:
    found = list(inbound.oddities)
    if taken:
        found.append(_("Another message came under the same Message-ID; both are kept."))
    return found


def _attach(message: Message, inbound: Inbound, known: Known, *, at: datetime) -> None:
    prepared.insert_all(
        [
            Attachment(
                message=message,
                file=known.files.get(each.data) or files.keep(each.data, at=at),
                name=clean_line(each.name, most=250) or "file",
                content_type=clean_line(each.content_type, most=120),
                content_id=each.content_id[:250],
            )
            for each in inbound.files
        ]
    )
