"""Store what was said, and keep the conversation's own row true. The desk decides what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import events as facts
from goodword.conversations import formatting, locking
from goodword.conversations.models import (
    AlsoIn,
    Conversation,
    Draft,
    DraftFile,
    ExternalId,
    Link,
    Message,
    Recipient,
    Tag,
)
from goodword.core import ids, prepared
from goodword.core.text import clean, clean_line, fold, one_line
from goodword.events import actions as events
from goodword.files import actions as files
from goodword.inboxes.models import Inbox
from goodword.people import actions as people
from goodword.people.models import Address, Person


@dataclass(frozen=True, slots=True)
class Named:
    """Someone a message names: in which role, and in which state it is for them."""

    address: str
    name: str = ""
    role: str = Recipient.Role.TO
    state: str = Recipient.State.NAMED
    kind: str = "email"


def open_conversation(
    *,
    inbox: Inbox,
    person: Person,
    subject: str,
    at: datetime,
    imported: bool = False,
    side_of: Conversation | None = None,
) -> Conversation:
    """A new conversation; an imported one is history, and closed. `side_of`: aside of that."""
    history = {
        "state": Conversation.State.CLOSED,
        "closed_at": at,
        "closed_why": "imported",
    }
    conversation = Conversation(
        inbox=inbox,
        person=person,
        subject=clean_line(subject),
        made_at=at,
        side_of=side_of,
        **(history if imported else {}),
    )
    prepared.insert(conversation)
    return conversation


def say(
    conversation: Conversation,
    *,
    direction: str,
    road: str,
    said_at: datetime,
    stored_at: datetime,
    text: str,
    names: Iterable[Named] = (),
    addresses: Mapping[str, Address] | None = None,
    file_names: Iterable[str] = (),
    after: int = 0,
    **columns: Any,
) -> Message:
    """Store one message in `conversation`; its key follows `said_at`, but stands after `after`.

    `addresses`: those of `names` by normalised value, where they have been looked up before.
    """
    text = clean(text)
    named = list(names)
    message = Message(
        conversation=conversation,
        direction=direction,
        road=road,
        said_at=said_at,
        stored_at=stored_at,
        text=text,
        **columns,
    )
    message.search_text = fold(
        " ".join(
            [
                message.subject or conversation.subject,
                message.author_name,
                message.address.value if message.address else "",
                *(f"{each.name} {each.address}" for each in named),
                *file_names,
                text,
            ]
        )
    )
    _insert_with_free_key(message, after=after)
    _name(message, named, addresses, at=stored_at)
    _remember_latest(conversation, message)
    return message


def _insert_with_free_key(message: Message, *, after: int) -> None:
    while True:
        message.id = ids.key_at(message.said_at)
        if message.id <= after:
            message.id = max(ids.key_at(message.stored_at), after + 1)
        if prepared.insert_where_free(message):
            return


def _name(
    message: Message, named: list[Named], known: Mapping[str, Address] | None, *, at: datetime
) -> None:
    once = {(people.normalised(n.address, kind=n.kind), n.role): n for n in named if n.address}
    if known is None:
        known = people.know_addresses([each.address for each in once.values()])
    prepared.insert_given(
        Recipient,
        [
            {
                "message_id": message.pk,
                "role": role,
                "address_id": known[value].pk,
                "name": clean_line(each.name, most=200),
                "state": each.state,
                "changed_at": at,
            }
            for (value, role), each in once.items()
        ],
    )


def _remember_latest(conversation: Conversation, message: Message) -> None:
    # The last words are what was said between us and them; a note is neither.
    if message.is_note or message.pk < conversation.latest_key:
        return
    conversation.latest_key = message.pk
    # What programs write moves a conversation up and says nothing that people said.
    if not message.automatic or not conversation.latest_words:
        shown = message.shown_text
        ours = message.direction == Message.Direction.OUT
        conversation.latest_words = one_line(formatting.words_of(shown) if ours else shown)
        conversation.latest_is_ours = not message.is_inbound
    prepared.update_all([conversation], "latest_key", "latest_words", "latest_is_ours")


def find_latest(conversation: Conversation) -> None:
    """After messages have come or gone: say on its row what was said last."""
    conversation.latest_key, conversation.latest_words = 0, ""
    said = conversation.messages.exclude(kind=Message.Kind.NOTE).order_by("-id")
    newest = said.first()
    if newest is None:
        prepared.update_all([conversation], "latest_key", "latest_words", "latest_is_ours")
        return
    for message in (said.filter(automatic=False).first(), newest):
        if message is not None:
            _remember_latest(conversation, message)


def unsay(message: Message) -> None:
    """Take a message out that never left the house."""
    conversation = message.conversation
    message.external_ids.all().delete()
    message.delete()
    find_latest(conversation)


def know_identity(message: Message, *, scope: str, value: str, ids: Iterable[str]) -> None:
    """Let the identity of `message` lead to it, in the scope's own corner, and its new `ids`.

    Raises IntegrityError when another message has taken one of them meanwhile.
    """
    named = [(f"{scope}:same", value[:300])]
    named += [(scope, each) for each in dict.fromkeys(each[:300] for each in ids if each)]
    prepared.insert_given(
        ExternalId,
        [{"scope": scope, "value": each, "message_id": message.pk} for scope, each in named],
    )


def know_external(message: Message, *, scope: str, values: Iterable[str]) -> None:
    """Let ids from outside lead to `message`; an id that leads elsewhere already stays there."""
    rows = [ExternalId(scope=scope, value=each[:300], message=message) for each in values if each]
    if rows:
        ExternalId.objects.bulk_create(rows, ignore_conflicts=True)


def await_ids(message: Message, *, scope: str, values: Iterable[str]) -> None:
    """`message` answers these, which lead nowhere yet; the first to wait for one is who waits."""
    know_external(message, scope=f"{scope}:awaited", values=values)


def link(conversation: Conversation, other: Conversation, *, why: str, at: datetime) -> None:
    Link.objects.get_or_create(
        conversation=conversation, other=other, defaults={"why": why, "made_at": at}
    )


def show_in(conversation: Conversation, inboxes: Iterable[Inbox]) -> None:
    """Let the people of these inboxes see the conversation too."""
    rows = [
        AlsoIn(conversation=conversation, inbox=inbox)
        for inbox in inboxes
        if inbox.pk != conversation.inbox_id
    ]
    if rows:
        AlsoIn.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def set_state(
    conversation: Conversation,
    state: str,
    *,
    by: Teammate | None,
    at: datetime,
    until: datetime | None = None,
    why: str = "",
) -> None:
    """Move between the states; the columns that a state needs are set, the others unset."""
    before = conversation.state
    closed, trashed = state == Conversation.State.CLOSED, state == Conversation.State.TRASH
    conversation.state = state
    conversation.snoozed_until = until if state == Conversation.State.SNOOZED else None
    conversation.closed_at = at if closed else None
    conversation.closed_by = by if closed else None
    conversation.closed_why = why if closed else ""
    conversation.trashed_at = at if trashed else None
    conversation.spam_since = at if state == Conversation.State.SPAM else None
    conversation.save(
        update_fields=[
            "state", "snoozed_until", "closed_at", "closed_by", "closed_why", "trashed_at",
            "spam_since",
        ]
    )  # fmt: skip
    fact = facts.StateChanged(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        before=before,
        after=state,
        why=why,
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def tag(conversation: Conversation, name: str, *, by: Teammate, at: datetime) -> Tag:
    """Put a tag on; a new name makes a new tag. Raises MayNot."""
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    name = clean_line(name, most=60)
    found, _ = Tag.objects.get_or_create(name__iexact=name, defaults={"name": name})
    conversation.tags.add(found)
    _announce_tag(conversation, found, on=True, by=by, at=at)
    return found


@transaction.atomic
def untag(conversation: Conversation, tag: Tag, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot."""
    rights.require_answer(by)
    conversation = locking.lock(conversation)
    conversation.tags.remove(tag)
    _announce_tag(conversation, tag, on=False, by=by, at=at)


def _announce_tag(
    conversation: Conversation, tag: Tag, *, on: bool, by: Teammate, at: datetime
) -> None:
    fact = facts.Tagged(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, tag_id=tag.pk, on=on
    )
    events.announce(fact, by=by, about=conversation, at=at)


# Drafts


@transaction.atomic
def save_draft(
    conversation: Conversation,
    *,
    by: Teammate,
    kind: str,
    text: str,
    to: str = "",
    cc: str = "",
    bcc: str = "",
    sender: str = "",
    at: datetime,
) -> Draft:
    """Keep what a teammate is writing; one draft of each kind for each conversation. What was
    approved and reads otherwise now is approved no longer.

    `sender`: one of our addresses, where it was chosen.
    """
    headed = {"to": to, "cc": cc, "bcc": bcc, "sender": sender}
    mine = Draft.objects.filter(conversation=conversation, teammate=by, kind=kind)
    _unapprove(mine.exclude(text=clean(text), **headed))
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation,
        teammate=by,
        kind=kind,
        defaults={"text": clean(text), **headed, "saved_at": at},
    )
    return draft


@transaction.atomic
def attach_to_draft(
    draft: Draft, *, name: str, content_type: str, data: bytes, inline: bool = False, at: datetime
) -> DraftFile:
    """`inline`: a picture that is to stand in the text, by its content id."""
    _unapprove(Draft.objects.filter(pk=draft.pk))
    return DraftFile.objects.create(
        draft=draft,
        file=files.keep(data, at=at),
        name=clean_line(name, most=250) or "file",
        content_type=clean_line(content_type, most=120) or "application/octet-stream",
        content_id=f"{ids.public_id()}@inline" if inline else "",
    )


@transaction.atomic
def detach_from_draft(draft_file: DraftFile) -> None:
    _unapprove(Draft.objects.filter(pk=draft_file.draft_id))
    draft_file.delete()


def _unapprove(drafts: QuerySet[Draft]) -> None:
    """Held from here on: whoever approves just now is waited for, or comes to what is new."""
    held = list(drafts.select_for_update(no_key=True).values_list("pk", flat=True))
    approved = Draft.objects.filter(pk__in=held, approved_at__isnull=False)
    approved.update(approved_by=None, approved_at=None)


def discard_draft(draft: Draft, *, by: Teammate) -> None:
    """It goes, unless it is a colleague's by now: `by` had shown it to them, and they went on."""
    Draft.objects.filter(pk=draft.pk, teammate=by).delete()
