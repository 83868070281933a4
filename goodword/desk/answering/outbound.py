"""A stored message as what a road hands over: names, signature, history, ids."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from goodword.accounts import queries as accounts
from goodword.conversations import formatting
from goodword.conversations import queries as conversations
from goodword.conversations.models import Message, Recipient
from goodword.desk import wording
from goodword.desk.intake import reply_addresses
from goodword.desk.keeping import public_links
from goodword.desk.roads import History, Outbound, OutboundFile, Party
from goodword.files import actions as files
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Wording


def outbound_of(message: Message, *, envelope: Sequence[str]) -> Outbound:
    """`message` for the addresses of `envelope`; ids and References name the whole conversation."""
    conversation = message.conversation
    inbox = conversation.inbox
    ours = conversations.external_ids_of_message(message, scope=message.road)
    asked = _answered_message(message)
    asked_ids = conversations.external_ids_of_message(asked, scope=message.road) if asked else []
    named = list(message.recipients.select_related("address").order_by("pk"))
    language = conversation.person.language or inbox.language
    address = message.dispatch.sender
    come_back = reply_addresses.reply_address(conversation, inbox, sender=address)
    sent_at = message.dispatch.queued_at  # what leaves later is dated by its leaving
    return Outbound(
        external_id=ours[0],
        inbox_id=inbox.pk,
        sender=Party(address, _sender_name(message)),
        # Some providers write another From on what they relay; answers must find us all the same.
        reply_to=Party(come_back, inbox.name),
        subject=message.subject,
        text=public_links.addressed(
            formatting.plain(message.text), named, conversation, at=sent_at
        ),
        html=public_links.addressed(message.html, named, conversation, at=sent_at),
        said_at=sent_at,
        envelope=envelope,
        signature="" if message.automatic else _signature(message, language),
        history=None if message.automatic else _history(asked),
        to=_parties(named, Recipient.Role.TO),
        cc=_parties(named, Recipient.Role.CC),
        in_reply_to=asked_ids[0] if asked_ids else "",
        references=conversations.external_ids_of(conversation, scope=message.road, before=message),
        files=[
            OutboundFile(
                each.name,
                each.content_type,
                str(files.path_of(each.file)),
                each.content_id if f"cid:{each.content_id}" in message.html else "",
            )
            for each in message.attachments.select_related("file")
        ],
        automatic=message.automatic,
        language=language,
    )


def _answered_message(message: Message) -> Message | None:
    """The newest message from outside before ours."""
    return (
        message.conversation.messages.filter(direction=Message.Direction.IN, pk__lt=message.pk)
        .exclude(inbound_kind="bounce")
        .select_related("person", "address")
        .order_by("-id")
        .first()
    )


def _parties(rows: Sequence[Recipient], role: str) -> list[Party]:
    return [Party(row.address.written, row.name) for row in rows if row.role == role]


def _sender_name(message: Message) -> str:
    business = accounts.business()
    house = business.name if business else message.conversation.inbox.name
    return f"{message.teammate.name} ({house})" if message.teammate else house


def _signature(message: Message, language: str) -> str:
    inbox = message.conversation.inbox
    own = message.teammate.signature if message.teammate else ""
    house = inboxes.words(inbox, Wording.Purpose.SIGNATURE, language=language)
    whole = "\n\n".join(part.strip() for part in (own, house) if part.strip())
    at, by = message.said_at, message.teammate
    return wording.filled(whole, message.conversation, by=by, at=at, keeps=False)


def _history(asked: Message | None) -> History | None:
    if asked is None:
        return None
    business = accounts.business()
    zone = ZoneInfo(business.zone if business else "UTC")
    author = asked.author_name or str(asked.address or "")
    moment = asked.said_at.astimezone(zone)
    if asked.forwarded_by_id is not None:  # what a teammate wrote above it is not for them
        own = public_links.without_keys(asked.reply_text)
        return History(author, moment, own) if own else None
    text, html = map(public_links.without_keys, (asked.text, asked.html))
    return History(author, moment, text, html)
