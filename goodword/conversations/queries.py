from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from goodword.accounts.models import Teammate
from goodword.conversations.models import (
    AlsoIn,
    Attachment,
    Conversation,
    ExternalId,
    Link,
    Message,
    Recipient,
    Tag,
)
from goodword.core import prepared
from goodword.inboxes import queries as inboxes
from goodword.people import queries as people
from goodword.people.models import Address, Person


def visible_to(teammate: Teammate) -> QuerySet[Conversation]:
    """The one door to conversations: those of the inboxes open to `teammate`."""
    conversations = Conversation.objects.filter(redirect_to__isnull=True)
    if teammate.is_owner and teammate.is_active:
        return conversations
    mine = inboxes.open_to(teammate).order_by().values("pk")
    also = AlsoIn.objects.filter(inbox__in=mine).values("conversation")
    return conversations.filter(Q(inbox__in=mine) | Q(pk__in=also))


def holding(conversations: QuerySet[Conversation], path: str = "conversation_id") -> Exists:
    """That the conversation at `path` of a row is one of `conversations`.

    Asked of each row: `conversation__in` makes a list of the whole desk first.
    """
    return Exists(conversations.order_by().filter(pk=OuterRef(path)))


def messages_visible_to(teammate: Teammate) -> QuerySet[Message]:
    return Message.objects.filter(holding(visible_to(teammate)))


def attachments_visible_to(teammate: Teammate) -> QuerySet[Attachment]:
    return Attachment.objects.filter(holding(visible_to(teammate), "message__conversation_id"))


def told(messages: Sequence[Message]) -> dict[int, list[Recipient]]:
    """Whom each message is for, by its key, with their addresses."""

    def build(*keys: int) -> QuerySet[Recipient]:
        return Recipient.objects.filter(message__in=keys).select_related("address").order_by("id")

    found: dict[int, list[Recipient]] = {message.pk: [] for message in messages}
    for row in prepared.objects(("told", len(found)), build, *found):
        found[row.message_id].append(row)
    return found


def attached(messages: Sequence[Message]) -> dict[int, list[Attachment]]:
    """The files of each message, by its key."""

    def build(*keys: int) -> QuerySet[Attachment]:
        return Attachment.objects.filter(message__in=keys).select_related("file").order_by("id")

    found: dict[int, list[Attachment]] = {message.pk: [] for message in messages}
    for row in prepared.objects(("attached", len(found)), build, *found):
        found[row.message_id].append(row)
    return found


def newest_counted(conversation: Conversation) -> Message | None:
    """The newest message that decides who owes whom a word."""
    return conversation.messages.filter(counted=True).order_by("-id").first()


def wrote_in(conversation: Conversation, address: Address) -> bool:
    """Whether something in the conversation came from this address."""
    return conversation.messages.filter(address=address).exists()


def took_part(conversation: Conversation, address: Address) -> bool:
    """Whether this address wrote or was written to in the conversation."""
    return bool(
        prepared.rows("wrote here", _wrote, conversation.pk, address.pk)
        or prepared.rows("named here", _named, conversation.pk, address.pk)
    )


def _wrote(conversation: int, address: int) -> QuerySet[Message, tuple[int]]:
    wrote = Message.objects.filter(conversation=conversation, address=address)
    return wrote.values_list("pk")[:1]


def _named(conversation: int, address: int) -> QuerySet[Recipient, tuple[int]]:
    told = Recipient.objects.filter(message__conversation=conversation, address=address)
    return told.exclude(role=Recipient.Role.REPLY_TO).values_list("pk")[:1]


def newest_with(person: Person) -> Conversation | None:
    """Where the two sides wrote to each other last."""
    here = Conversation.objects.filter(
        person__in=people.keys_of(person), redirect_to__isnull=True, side_of__isnull=True
    )
    return here.order_by("-latest_key").first()


def known_as(public_id: str) -> Conversation | None:
    """The row of this name, which may lead on to another: `standing`."""
    rows = Conversation.objects.filter(public_id=public_id)
    return rows.select_related("person__redirect_to", "redirect_to__person__redirect_to").first()


def standing(conversation: Conversation) -> Conversation:
    """The conversation itself, or the one it was joined into."""
    return conversation.redirect_to or conversation


def addresses_in(conversation: Conversation) -> QuerySet[Address]:
    """The addresses that people outside wrote from here, or were written to at."""
    theirs = Message.objects.filter(conversation=conversation, address=OuterRef("pk"))
    told = Recipient.objects.filter(
        message__conversation=conversation, message__direction="out", address=OuterRef("pk")
    )
    return Address.objects.filter(Exists(theirs) | Exists(told))


@dataclass(frozen=True, slots=True)
class Lead:
    """Where an id from outside leads: a message, and the conversation it stands in now.

    Neither: what it led to is gone for good. `side_of_id`: what that is said aside of.
    """

    message_id: int | None
    conversation_id: int | None
    side_of_id: int | None = None


def leads(ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Lead]:
    """Where those of these (scope, value) lead that are known."""
    asked = {(scope, value[:300]) for scope, value in ids}
    scopes = tuple(sorted({scope for scope, _ in asked}))

    def known(*values: str) -> QuerySet[ExternalId, tuple[Any, ...]]:
        return ExternalId.objects.filter(scope__in=scopes, value__in=values).values_list(
            "scope",
            "value",
            "message_id",
            "message__conversation_id",
            "message__conversation__redirect_to_id",
            "message__conversation__side_of_id",
        )

    rows = prepared.rows_of(("leads", scopes), known, (value for _, value in asked))
    return {
        (scope, value): Lead(message_id, redirect_id or conversation_id, side_of_id)
        for scope, value, message_id, conversation_id, redirect_id, side_of_id in rows
        if (scope, value) in asked
    }


def by_external(scope: str, values: Iterable[str]) -> list[Message]:
    """Messages that these ids lead to, in the order of the ids."""
    wanted = [value[:300] for value in values]
    if not wanted:
        return []
    rows = ExternalId.objects.filter(scope=scope, value__in=wanted, message__isnull=False)
    known = dict(rows.values_list("value", "message_id"))
    if not known:  # most ids are new, and what follows takes Django long to spell
        return []
    messages = Message.objects.select_related(
        "conversation__inbox", "conversation__redirect_to__inbox"
    ).in_bulk(known.values())
    found = {value: messages.get(pk) for value, pk in known.items()}
    return [message for value in wanted if (message := found.get(value))]


def external_ids_of(conversation: Conversation, *, scope: str, before: Message) -> list[str]:
    """The ids of the conversation's messages before `before`, oldest first; for References."""
    rows = ExternalId.objects.filter(
        scope=scope, message__conversation=conversation, message__lt=before.pk
    ).exclude(message__kind=Message.Kind.NOTE)
    return list(rows.order_by("message_id", "pk").values_list("value", flat=True))


def external_ids_of_message(message: Message, *, scope: str) -> list[str]:
    return list(
        message.external_ids.filter(scope=scope).order_by("pk").values_list("value", flat=True)
    )


def linked_to(
    conversation: Conversation, *, visible: QuerySet[Conversation]
) -> QuerySet[Conversation]:
    """Those of `visible` that seem to belong to this one, in either direction, until decided."""
    return _linked(conversation, [Link.Why.SUSPECTED], visible=visible)


def linked_by_hand(
    conversation: Conversation, *, visible: QuerySet[Conversation]
) -> QuerySet[Conversation]:
    """Those of `visible` that somebody linked with this one, or split off."""
    return _linked(conversation, [Link.Why.RELATED, Link.Why.SPLIT], visible=visible)


def _linked(
    conversation: Conversation, why: Sequence[str], *, visible: QuerySet[Conversation]
) -> QuerySet[Conversation]:
    links = Link.objects.filter(why__in=why)
    there = links.filter(conversation=conversation).values("other")
    back = links.filter(other=conversation).values("conversation")
    return (
        # In one list: PostgreSQL answers "in this or in that" by reading all conversations.
        visible.filter(pk__in=there.union(back))
        .exclude(pk=conversation.pk)
        .select_related("person")
        .order_by("-latest_key")
    )


def with_same(person: Sequence[int], *, visible: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Those of `visible` with one person, by all their keys (`people.keys_of`), newest first."""
    return visible.filter(person__in=person).order_by("-latest_key")


def waits_to_leave(path: str = "pk") -> Q:
    """That the message at `path` of a row is ours and has reached nobody yet, nor may have."""
    told = Recipient.objects.filter(message=OuterRef(path))
    queued, begun = Q(state=Recipient.State.QUEUED), ~Q(state=Recipient.State.QUEUED)
    return Q(Exists(told.filter(queued)), ~Exists(told.filter(begun)))


def reached_nobody(path: str = "pk") -> Q:
    """That the message at `path` of a row is ours and was refused or came back everywhere."""
    told = Recipient.objects.filter(message=OuterRef(path))
    failed = Q(state__in=[Recipient.State.REFUSED, Recipient.State.BOUNCED])
    return Q(Exists(told.filter(failed)), ~Exists(told.exclude(failed)))


def in_trouble() -> QuerySet[Recipient]:
    """Those a message did not reach, or may or may not have, and nobody has left it at that."""
    return (
        Recipient.objects.filter(
            state__in=[
                Recipient.State.REFUSED,
                Recipient.State.UNKNOWN,
                Recipient.State.DELAYED,
                Recipient.State.BOUNCED,
            ],
            dealt_with_at__isnull=True,
        )
        # The words of the index `recipient_in_trouble`.
        .exclude(state=Recipient.State.NAMED)
        .exclude(state=Recipient.State.ACCEPTED)
    )


def redirected_to(public_id: str, *, visible: QuerySet[Conversation]) -> Conversation | None:
    """The one of `visible` that the conversation of this name was joined into."""
    return visible.filter(
        pk__in=Conversation.objects.filter(public_id=public_id, redirect_to__isnull=False).values(
            "redirect_to"
        )
    ).first()


def tags() -> QuerySet[Tag]:
    return Tag.objects.order_by("name")


def tags_seen_by(teammate: Teammate) -> QuerySet[Tag]:
    """The tags that stand on a conversation this teammate may see; a name can tell of others."""
    if teammate.is_owner:
        return tags()
    worn = Conversation.tags.through.objects.filter(
        tag=OuterRef("pk"),
        conversation__inbox__in=inboxes.open_to(teammate).order_by().values("pk"),
    )
    # One that is worn, for each tag: of EXISTS PostgreSQL makes a list of all conversations.
    return tags().alias(one=Subquery(worn.values("pk")[:1])).filter(one__isnull=False)
