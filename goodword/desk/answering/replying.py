"""The way of an answer out, first half: what a teammate says, stored and queued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import formatting, readings
from goodword.conversations.actions import Named
from goodword.conversations.models import (
    Attachment,
    Conversation,
    Draft,
    DraftFile,
    Message,
    Recipient,
)
from goodword.core import ids
from goodword.desk import events as desk_facts
from goodword.desk import handling
from goodword.desk.answering import later, meanwhile
from goodword.desk.answering.later import Then
from goodword.desk.answering.recipients import NobodyToReach, Recipients, written
from goodword.desk.keeping import owing, promising
from goodword.desk.keeping.promising import Said
from goodword.desk.models import Dispatch, Keeping
from goodword.desk.together import mentioning, sides
from goodword.events import actions as events
from goodword.events import waking
from goodword.inboxes import queries as inboxes
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

ROAD = "email"
HOLDS = "holding"  # the `kind_why` of a message of ours that says when the answer will come
SENDING_TAKES = timedelta(seconds=30)  # from leaving the undo window to being accepted


class NothingSaid(Exception):
    """An empty reply or note."""


class TooLate(Exception):
    """The message has left, or is leaving, so it can't be taken back."""


@transaction.atomic
def reply(
    conversation: Conversation,
    *,
    by: Teammate,
    text: str,
    recipients: Recipients,
    draft: Draft | None = None,
    keeps: Sequence[Promise] = (),
    promised: Sequence[Said] = (),
    once: str = "",
    leaves_at: datetime | None = None,
    then: str = "",
    then_until: datetime | None = None,
    after: int | None = None,
    at: datetime,
) -> Message:
    """Queue an answer; it leaves when the undo window is over, or before what it keeps is due.

    The draft's files go with it and the draft goes. `keeps`: other promises that it keeps once the
    other side has taken it. `promised`: what it promises, followed from now on. `once`, when
    given, is a public id that the message will have: saying the same again is the message that is
    there already. `leaves_at`: the moment somebody chose for it to leave. `then`, a Then: what
    becomes of the conversation once it was taken; snoozed until `then_until`. `after`, when
    given, is the key of the newest message the writer knew: what was said since stops it, once.
    Raises MayNot, NothingSaid, NobodyToReach, handling.InThePast, NothingPromised, SaidMeanwhile.
    """
    rights.require_answer(by)
    if leaves_at is not None:
        later.require_ahead(leaves_at, at=at)
    if then == Then.SNOOZE:
        later.require_ahead(then_until, at=at)
    attached = list(draft.files.select_related("file")) if draft else []
    if not text.strip() and not attached:
        raise NothingSaid
    if not recipients.count:
        raise NobodyToReach
    conversation = conversations.lock(conversation)
    if (said := _said_before(conversation, once, by=by, draft=draft)) is not None:
        return said
    if after is not None:
        meanwhile.require_nothing_new(conversation, after=after, by=by)
    message = queue(
        conversation,
        text=text.strip(),
        html="" if draft and draft.is_plain else _html(text, attached),
        recipients=recipients,
        files=attached,
        due_at=leaves_at or _leaves_at(conversation, keeps, at=at),
        chosen=leaves_at is not None,
        once=once,
        by=by,
        at=at,
    )
    if then:
        Dispatch.objects.filter(message=message).update(then=then, then_until=then_until)
    Keeping.objects.bulk_create(
        Keeping(message=message, promise=each)
        for each in keeps
        if each.conversation_id == conversation.pk and each.kind != REPLY
    )
    promising.track_all(conversation, promised, message=message, by=by, at=at)
    # Who answers has taken it; but somebody who sees it from another inbox leaves it where it is.
    if conversation.assignee is None and owing.can_answer(by, conversation.inbox):
        handling.assign(conversation, to=by, by=by, at=at)
    if after is not None:
        readings.read(conversation, by=by, to=message.pk, at=at)
    if draft is not None:
        conversations.discard_draft(draft, by=by)
    return message


def _leaves_at(conversation: Conversation, keeps: Iterable[Promise], *, at: datetime) -> datetime:
    """The end of the undo window; sooner where the answer would else come too late by it."""
    business = accounts.business()
    end = at + timedelta(seconds=business.undo_send_seconds if business else 0)
    answer = owed.owed_reply(conversation)
    for promise in [answer, *keeps] if answer else keeps:
        if promise.due_at > at:  # what is late already gains nothing by haste
            end = min(end, max(at, promise.due_at - SENDING_TAKES))
    return end


def queue(
    conversation: Conversation,
    *,
    text: str,
    html: str = "",
    recipients: Recipients,
    files: Sequence[DraftFile] = (),
    due_at: datetime,
    chosen: bool = False,
    once: str = "",
    holds: bool = False,
    by: Teammate | None,
    at: datetime,
) -> Message:
    """Store a message of ours and let it be due at `due_at`; `by` None: the house says it.

    `holds`: it says when the answer will come, so it is none. `chosen`: a person chose `due_at`.
    """
    names = [
        *_named(recipients.to, Recipient.Role.TO),
        *_named(recipients.cc, Recipient.Role.CC),
        *_named(recipients.bcc, Recipient.Role.BCC),
    ]
    sides.before_we_write(conversation, (*recipients.to, *recipients.cc, *recipients.bcc), at=at)
    message = conversations.say(
        conversation,
        direction=Message.Direction.OUT,
        road=ROAD,
        said_at=at,
        stored_at=at,
        text=text,
        html=html,
        names=names,
        file_names=[each.name for each in files],
        # Behind what it answers, though that came in the same millisecond or from a faster clock.
        after=conversation.latest_key,
        teammate=by,
        author_name=by.name if by else "",
        subject=_subject(conversation),
        automatic=by is None or holds,
        kind_why=HOLDS if holds else "",
        public_id=_public_id(once),
    )
    _take_along(message, files)
    conversations.know_external(message, scope=ROAD, values=[_message_id(message)])
    # What leaves later is given up two days after it was to leave, not after it was written.
    queued_at = due_at if chosen else at
    Dispatch.objects.create(message=message, queued_at=queued_at, due_at=due_at, later=chosen)
    fact = desk_facts.ReplyQueued(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        message_id=message.pk,
        automatic=by is None,
    )
    events.announce(fact, by=by, about=conversation, at=at)
    transaction.on_commit(waking.wake)
    return message


def _html(text: str, files: Sequence[DraftFile]) -> str:
    """What the marks in `text` make of it; empty for a plain answer."""
    return formatting.html_of(text.strip(), pictures={each.content_id for each in files})


def _take_along(message: Message, files: Iterable[DraftFile]) -> None:
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


def _said_before(
    conversation: Conversation, once: str, *, by: Teammate, draft: Draft | None
) -> Message | None:
    """What a form that was sent twice has said already; its second draft goes."""
    if not once:
        return None
    said = conversation.messages.filter(public_id=once, teammate=by).first()
    if said is not None and draft is not None:
        conversations.discard_draft(draft, by=by)
    return said


def _public_id(once: str) -> str:
    """The public id a form brought along; a new one where that is none of ours, or taken."""
    fits = ids.is_public_id(once) and not Message.objects.filter(public_id=once).exists()
    return once if fits else ids.public_id()


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


def _named(written: Iterable[str], role: str) -> list[Named]:
    return [
        Named(address, name, role, Recipient.State.QUEUED)
        for name, address in map(parseaddr, written)
    ]


def _message_id(message: Message) -> str:
    """Ours for good, before the message leaves; the host of GOODWORD_URL unless that is local."""
    host = str(urlsplit(settings.URL).hostname)
    if host in {"127.0.0.1", "localhost", "::1"}:
        host = inboxes.sender_address(message.conversation.inbox).rpartition("@")[2]
    return f"{message.public_id}.{message.pk:x}@{host}"


@transaction.atomic
def write_note(
    conversation: Conversation,
    *,
    by: Teammate,
    text: str,
    draft: Draft | None = None,
    once: str = "",
    at: datetime,
) -> Message:
    """An internal note: seen by colleagues only, changes nothing that is owed. `once`: see reply.

    Raises NothingSaid.
    """
    attached = list(draft.files.select_related("file")) if draft else []
    if not text.strip() and not attached:
        raise NothingSaid
    conversation = conversations.lock(conversation)
    if (said := _said_before(conversation, once, by=by, draft=draft)) is not None:
        return said
    note = conversations.say(
        conversation,
        kind=Message.Kind.NOTE,
        direction=Message.Direction.INTERNAL,
        road="desk",
        said_at=at,
        stored_at=at,
        text=text.strip(),
        file_names=[each.name for each in attached],
        teammate=by,
        author_name=by.name,
        public_id=_public_id(once),
    )
    _take_along(note, attached)
    if draft is not None:
        conversations.discard_draft(draft, by=by)
    fact = facts.NoteWritten(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=note.pk
    )
    events.announce(fact, by=by, about=conversation, at=at)
    mentioning.note_mentions(note, by=by, at=at)
    return note


@transaction.atomic
def take_back(message: Message, *, by: Teammate, at: datetime) -> Draft:
    """Undo send: the message becomes the draft it was, as long as no worker has begun to send it.

    Raises MayNot, TooLate.
    """
    rights.require_answer(by)
    conversation = conversations.lock(message.conversation)
    if message.automatic:
        raise TooLate  # a holding reply has moved what is owed already
    # A worker that claims it at this moment loses or wins by its own conditional update.
    won = (
        Dispatch.objects.filter(Q(due_at__isnull=False) | ~Q(held=""), message=message)
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=at))
        .update(due_at=None, lease="", leased_until=None)
    )
    if not won or not _never_left(message):
        raise TooLate
    names: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    for row in message.recipients.select_related("address"):
        names[row.role].append(written(row.name, row.address.written))
    draft = conversations.save_draft(
        conversation,
        by=by,
        kind=Draft.Kind.REPLY,
        text=_before_what_was_begun(message.text, conversation, by=by),
        to=", ".join(names["to"]),
        cc=", ".join(names["cc"]),
        bcc=", ".join(names["bcc"]),
        at=at,
    )
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            file=each.file,
            name=each.name,
            content_type=each.content_type,
            content_id=each.content_id,
        )
        for each in message.attachments.select_related("file")
    )
    if not message.html and _html(message.text, ()):  # it was to be plain, so it stays plain
        Draft.objects.filter(pk=draft.pk).update(is_plain=True)
        draft.is_plain = True
    fact = desk_facts.ReplyTakenBack(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    # What was given anew meanwhile goes before what it was given for.
    for promise in Promise.objects.filter(message=message).order_by("-pk"):
        promises.unmake(promise, by=by, at=at)
    conversations.unsay(message)
    events.announce(fact, by=by, about=conversation, at=at)
    return draft


def _before_what_was_begun(text: str, conversation: Conversation, *, by: Teammate) -> str:
    """What comes back stands before a draft begun in the meantime: neither is lost."""
    begun = Draft.objects.filter(conversation=conversation, teammate=by, kind=Draft.Kind.REPLY)
    newer = begun.values_list("text", flat=True).first() or ""
    return f"{text}\n\n{newer}" if newer.strip() else text


def _never_left(message: Message) -> bool:
    return not message.recipients.exclude(state=Recipient.State.QUEUED).exists()
