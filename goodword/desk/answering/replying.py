"""What a teammate says: an answer, a note; and an answer taken back before it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations import formatting, locking, readings
from goodword.conversations.models import (
    Conversation,
    Draft,
    DraftFile,
    Message,
    Recipient,
)
from goodword.desk import events as desk_facts
from goodword.desk import handling
from goodword.desk.answering import later, leaving_from, meanwhile, queueing
from goodword.desk.answering.recipients import NobodyToReach, Recipients, written
from goodword.desk.keeping import owing, promising
from goodword.desk.keeping.promising import Said
from goodword.desk.models import Dispatch, Keeping
from goodword.desk.together import mentioning
from goodword.events import actions as events
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

SENDING_TAKES = timedelta(seconds=30)  # from leaving the undo window to being accepted


class NothingSaid(Exception):
    """An empty reply or note."""


class DraftGrew(Exception):
    """More stands in the draft than its writer has seen: it was joined with another, or saved by
    another page of theirs.
    """


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
    html: str | None = None,
    at: datetime,
) -> Message:
    """Queue an answer; it leaves when the undo window is over, or before what it keeps is due.

    The draft's files go with it and the draft goes. `keeps`: other promises that it keeps once the
    other side has taken it. `promised`: what it promises, followed from now on. `once`, when
    given, is a public id that the message will have: saying the same again is the message that is
    there already. `leaves_at`: the moment somebody chose for it to leave. `then`, a Then: what
    becomes of the conversation once it was taken; snoozed until `then_until`. `after`, when
    given, is the key of the newest message the writer knew: what was said since stops it, once.
    `html`: what `html_of` made of it before the transaction; None: it is made here.
    Raises MayNot, NothingSaid, NobodyToReach, handling.InThePast, NothingPromised, SaidMeanwhile,
    DraftGrew, leaving_from.NotOfInbox.
    """
    rights.require_answer(by)
    later.require_moments(leaves_at, then, then_until, at=at)
    if not recipients.count:
        raise NobodyToReach
    conversation = locking.lock(conversation)
    if (said := _said_before(conversation, once, by=by, draft=draft)) is not None:
        return said
    attached = _attached(draft, text)
    if after is not None:
        meanwhile.require_nothing_new(conversation, after=after, text=text, by=by)
    message = queueing.queue(
        conversation,
        text=text.strip(),
        html=html_of(text, draft) if html is None else html,
        is_plain=draft is not None and draft.is_plain,
        recipients=recipients,
        files=attached,
        due_at=leaves_at or _leaves_at(conversation, keeps, at=at),
        chosen=leaves_at is not None,
        then=then,
        then_until=then_until,
        once=once,
        by=by,
        at=at,
    )
    _keep_with(message, keeps)
    promising.track_all(conversation, promised, message=message, by=by, at=at)
    _take(conversation, by=by, at=at)
    if after is not None:
        readings.read(conversation, by=by, to=message.pk, at=at)
    if draft is not None:
        conversations.discard_draft(draft, by=by)
    return message


def html_of(text: str, draft: Draft | None) -> str:
    """What the marks in an answer make of it; empty where there are none, or none count.

    A text of many pages takes up to a second, so it is best done before a transaction.
    """
    if draft is None:
        return formatting.html_of(text.strip())
    if draft.is_plain:
        return ""
    pictures = set(draft.files.values_list("content_id", flat=True))
    return formatting.html_of(text.strip(), pictures=pictures)


def _attached(draft: Draft | None, text: str) -> list[DraftFile]:
    """What goes along; the caller holds the conversation, so that nobody adds to the draft now.

    Raises DraftGrew, and NothingSaid where there is no text either.
    """
    if draft is not None:
        kept = Draft.objects.filter(pk=draft.pk).values_list("text", flat=True).first()
        if kept not in (None, draft.text):
            raise DraftGrew
    attached = list(draft.files.select_related("file").order_by("pk")) if draft else []
    if not text.strip() and not attached:
        raise NothingSaid
    return attached


def _keep_with(message: Message, keeps: Iterable[Promise]) -> None:
    Keeping.objects.bulk_create(
        Keeping(message=message, promise=each)
        for each in keeps
        if each.conversation_id == message.conversation_id and each.kind != REPLY
    )


def _leaves_at(conversation: Conversation, keeps: Iterable[Promise], *, at: datetime) -> datetime:
    """The end of the undo window; sooner where the answer would else come too late by it."""
    business = accounts.business()
    end = at + timedelta(seconds=business.undo_send_seconds if business else 0)
    answer = owed.owed_reply(conversation)
    for promise in [answer, *keeps] if answer else keeps:
        if promise.due_at > at:  # what is late already gains nothing by haste
            end = min(end, max(at, promise.due_at - SENDING_TAKES))
    return end


def _take(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Who answers has taken it; but somebody who sees it from another inbox leaves it there."""
    if conversation.assignee is None and owing.can_answer(by, conversation.inbox):
        handling.assign(conversation, to=by, by=by, at=at)


def _said_before(
    conversation: Conversation, once: str, *, by: Teammate, draft: Draft | None
) -> Message | None:
    """What a form that was sent twice has said already; its second draft goes, unless that says
    otherwise or has files that did not go along.
    """
    if not once:
        return None
    said = conversation.messages.filter(public_id=once, teammate=by).first()
    if said is not None and draft is not None and _is_all_in(said, draft):
        conversations.discard_draft(draft, by=by)
    return said


def _is_all_in(said: Message, draft: Draft) -> bool:
    """Asked of the draft as it stands now."""
    text = Draft.objects.filter(pk=draft.pk).values_list("text", flat=True).first() or ""
    went = said.attachments.values("file")
    return text.strip() in {"", said.text} and not draft.files.exclude(file__in=went).exists()


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

    Raises NothingSaid, DraftGrew.
    """
    conversation = locking.lock(conversation)
    if (said := _said_before(conversation, once, by=by, draft=draft)) is not None:
        return said
    attached = _attached(draft, text)
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
        public_id=queueing.public_id(once),
    )
    queueing.take_along(note, attached)
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
    conversation = locking.lock_around(message)
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
    draft = _drafted_again(message, conversation, by=by, at=at)
    fact = desk_facts.ReplyTakenBack(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    # What was given anew meanwhile goes before what it was given for.
    for promise in Promise.objects.filter(message=message).order_by("-pk"):
        promises.unmake(promise, by=by, at=at)
    conversations.unsay(message)
    events.announce(fact, by=by, about=conversation, at=at)
    return draft


def _drafted_again(
    message: Message, conversation: Conversation, *, by: Teammate, at: datetime
) -> Draft:
    """Its words, recipients and files, before a draft begun in the meantime: neither is lost."""
    names: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    for row in message.recipients.select_related("address"):
        names[row.role].append(written(row.name, row.address.written))
    begun = Draft.objects.filter(conversation=conversation, teammate=by, kind=Draft.Kind.REPLY)
    newer = begun.values_list("text", flat=True).first() or ""
    draft = conversations.save_draft(
        conversation,
        by=by,
        kind=Draft.Kind.REPLY,
        text=f"{message.text}\n\n{newer}" if newer.strip() else message.text,
        to=", ".join(names["to"]),
        cc=", ".join(names["cc"]),
        bcc=", ".join(names["bcc"]),
        sender=leaving_from.as_choice(conversation, message.dispatch.sender),
        at=at,
    )
    if message.dispatch.is_plain:
        draft.is_plain = True
        draft.save(update_fields=["is_plain"])
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
    return draft


def _never_left(message: Message) -> bool:
    return not message.recipients.exclude(state=Recipient.State.QUEUED).exists()
