"""The way of an answer out, first half: a message of ours, stored and queued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.actions import Named
from goodword.conversations.models import Attachment, Conversation, DraftFile, Message, Recipient
from goodword.core import ids
from goodword.desk import events as facts
from goodword.desk.answering import leaving_from
from goodword.desk.answering.recipients import Recipients
from goodword.desk.models import Dispatch
from goodword.desk.together import sides
from goodword.events import actions as events
from goodword.events import waking

ROAD = "email"
HOLDS = "holding"  # the `kind_why` of a message of ours that says when the answer will come


def queue(
    conversation: Conversation,
    *,
    text: str,
    html: str = "",
    recipients: Recipients,
    files: Sequence[DraftFile] = (),
    due_at: datetime,
    is_plain: bool = False,
    chosen: bool = False,
    then: str = "",
    then_until: datetime | None = None,
    good_until: datetime | None = None,
    once: str = "",
    holds: bool = False,
    by: Teammate | None,
    at: datetime,
) -> Message:
    """Store a message of ours and let it be due at `due_at`; `by` None: the house says it.

    `holds`: it says when the answer will come, so it is none. `chosen`: a person chose `due_at`.
    `then`: what becomes of the conversation once it was taken, a later.Then.
    `good_until`: the time that it names, after which it leaves no more by itself.
    `is_plain`: its marks counted for nothing, as they do when it is taken back. Raises
    leaving_from.NotOfInbox.
    """
    sender = leaving_from.chosen(conversation, recipients.sender)
    sides.before_we_write(conversation, (*recipients.to, *recipients.cc, *recipients.bcc), at=at)
    message = conversations.say(
        conversation,
        direction=Message.Direction.OUT,
        road=ROAD,
        said_at=at,
        stored_at=at,
        text=text,
        html=html,
        names=_names(recipients),
        file_names=[each.name for each in files],
        # Behind what it answers, though that came in the same millisecond or from a faster clock.
        after=conversation.latest_key,
        teammate=by,
        author_name=by.name if by else "",
        subject=_subject(conversation),
        automatic=by is None or holds,
        kind_why=HOLDS if holds else "",
        public_id=public_id(once),
    )
    take_along(message, files)
    conversations.know_external(message, scope=ROAD, values=[_message_id(message, sender)])
    Dispatch.objects.create(
        message=message,
        # What leaves later is given up two days after it was to leave, not after it was written.
        queued_at=due_at if chosen else at,
        due_at=due_at,
        sender=sender,
        later=chosen,
        then=then,
        then_until=then_until,
        is_plain=is_plain,
        good_until=good_until,
    )
    _announce(message, conversation, by=by, at=at)
    return message


def _announce(
    message: Message, conversation: Conversation, *, by: Teammate | None, at: datetime
) -> None:
    fact = facts.ReplyQueued(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        automatic=by is None,
    )
    events.announce(fact, by=by, about=conversation, at=at)
    transaction.on_commit(waking.wake)


def _names(recipients: Recipients) -> list[Named]:
    Role = Recipient.Role
    by_role = ((recipients.to, Role.TO), (recipients.cc, Role.CC), (recipients.bcc, Role.BCC))
    return [
        Named(address, name, role, Recipient.State.QUEUED)
        for given, role in by_role
        for name, address in map(parseaddr, given)
    ]


def _subject(conversation: Conversation) -> str:
    """The first word of a conversation answers nothing."""
    if conversation.latest_key:
        return answer_subject(conversation.subject)
    return conversation.subject


def answer_subject(subject: str) -> str:
    """`Re: ` once, whatever the other side's program put before it."""
    plain = subject.strip()
    while plain[:4].lower() in {"re: ", "aw: "} or plain[:3].lower() in {"re:", "aw:"}:
        plain = plain[3:].strip()
    return f"Re: {plain}" if plain else "Re:"


def _message_id(message: Message, sender: str) -> str:
    """Ours for good, before the message leaves; the host of GOODWORD_URL unless that is local."""
    host = str(urlsplit(settings.URL).hostname)
    if host in {"127.0.0.1", "localhost", "::1"}:
        host = sender.rpartition("@")[2]
    return f"{message.public_id}.{message.pk:x}@{host}"


def take_along(message: Message, files: Iterable[DraftFile]) -> None:
    """What was attached to the draft goes with the message.

    A picture that stands in the text no more goes as a file.
    """
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            file=each.file,
            name=each.name,
            content_type=each.content_type,
            content_id=each.content_id if f'"cid:{each.content_id}"' in message.html else "",
        )
        for each in files
    )


def public_id(once: str) -> str:
    """The public id a form brought along; a new one where that is none of ours, or taken."""
    fits = ids.is_public_id(once) and not Message.objects.filter(public_id=once).exists()
    return once if fits else ids.public_id()
