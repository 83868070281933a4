"""Everything of one conversation stands in another, and can be given back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from goodword.conversations import actions, merging
from goodword.conversations.models import (
    Conversation,
    ConversationValue,
    Draft,
    Following,
    Link,
    Message,
)
from goodword.inboxes.models import Inbox

Moved = dict[str, Any]


def carry_over(conversation: Conversation, into: Conversation) -> Moved:
    """Everything of `conversation` stands in `into`; what is left leads there. Both are locked.

    What is given back tells `give_back` what came along: keys, and the links that there were.
    """
    moved: Moved = {
        "messages": list(conversation.messages.values_list("pk", flat=True)),
        "tags": _added(conversation.tags, into.tags),
        "also_in": _show_in_both(conversation, into),
        "followers": _follow_both(conversation, into),
        "redirects": list(
            Conversation.objects.filter(redirect_to=conversation).values_list("pk", flat=True)
        ),
        "sides": list(conversation.sides.values_list("pk", flat=True)),
        "drafts": [each.pk for each in conversation.drafts.all() if _carry_draft(each, into)],
        "values": _fill(conversation, into),
        **_relink(conversation, into),
    }
    conversation.messages.update(conversation=into)
    into.tags.add(*moved["tags"])
    conversation.sides.update(side_of=into)
    Conversation.objects.filter(redirect_to=conversation).update(redirect_to=into)
    for each in (conversation, into):
        actions.find_latest(each)
    conversation.redirect_to = into
    conversation.save(update_fields=["redirect_to"])
    return moved


def give_back(conversation: Conversation, into: Conversation, moved: Moved) -> list[int]:
    """`conversation` stands by itself again, with what came along and is still there.

    Gives the keys of the messages that went back. Both are locked.
    """
    there = Message.objects.filter(conversation=into, pk__in=moved["messages"])
    back = list(there.values_list("pk", flat=True))
    there.update(conversation=conversation)
    conversation.redirect_to = None
    conversation.save(update_fields=["redirect_to"])
    into.tags.remove(*moved["tags"])
    into.followings.filter(teammate__in=moved["followers"]).delete()
    for key in moved["also_in"]:
        if not _came_to(into, key):
            into.also_in.filter(inbox=key).delete()
    for rows, column in (("redirects", "redirect_to"), ("sides", "side_of")):
        still = Conversation.objects.filter(pk__in=moved[rows], **{column: into})
        still.update(**{column: conversation})
    into.values.filter(pk__in=moved.get("values", [])).update(conversation=conversation)
    for draft in into.drafts.filter(pk__in=moved["drafts"]):
        if not conversation.drafts.filter(teammate=draft.teammate, kind=draft.kind).exists():
            Draft.objects.filter(pk=draft.pk).update(conversation=conversation)
    Link.objects.filter(pk__in=moved["linked"]).delete()
    for one, other, why, made_at in moved["links"]:
        if Conversation.objects.filter(pk__in=[one, other]).count() == 2:
            Link.objects.get_or_create(
                conversation_id=one,
                other_id=other,
                defaults={"why": why, "made_at": datetime.fromisoformat(made_at)},
            )
    for each in (conversation, into):
        actions.find_latest(each)
    return back


def _added(tags: Any, to: Any) -> list[int]:
    has = set(to.values_list("pk", flat=True))
    return [key for key in tags.values_list("pk", flat=True) if key not in has]


def _show_in_both(conversation: Conversation, into: Conversation) -> list[int]:
    """The keys of the inboxes that see `into` too from now on."""
    has = {into.inbox_id, *into.also_in.values_list("inbox", flat=True)}
    new = [conversation.inbox, *(row.inbox for row in conversation.also_in.all())]
    actions.show_in(into, new)
    return sorted({inbox.pk for inbox in new} - has)


def _fill(conversation: Conversation, into: Conversation) -> list[int]:
    """What stands in a field of `conversation` stands in `into`, where nothing does. Their keys."""
    filled = into.values.values("field")
    empty = conversation.values.exclude(field__in=filled).values_list("pk", flat=True)
    keys = list(empty)
    ConversationValue.objects.filter(pk__in=keys).update(conversation=into)
    return keys


def _came_to(conversation: Conversation, inbox: int) -> bool:
    """Whether something that stands here names an address of this inbox."""
    addresses = Inbox.objects.filter(pk=inbox).values("addresses__value")
    named = Message.objects.filter(
        conversation=conversation, recipients__address__value__in=addresses
    )
    return named.exists()


def _follow_both(conversation: Conversation, into: Conversation) -> list[int]:
    has = set(into.followings.values_list("teammate", flat=True))
    new = [row for row in conversation.followings.all() if row.teammate_id not in has]
    Following.objects.bulk_create(
        Following(conversation=into, teammate_id=row.teammate_id, since=row.since) for row in new
    )
    return [row.teammate_id for row in new]


def _relink(conversation: Conversation, into: Conversation) -> Moved:
    between = Link.objects.filter(Q(conversation=conversation) | Q(other=conversation))
    links, linked = [], []
    for row in list(between):
        links.append([row.conversation_id, row.other_id, row.why, row.made_at.isoformat()])
        other = row.other if row.conversation_id == conversation.pk else row.conversation
        row.delete()
        if other.pk != into.pk and row.why != Link.Why.APART and not _are_linked(into, other):
            one, two = (into, other) if row.conversation_id == conversation.pk else (other, into)
            made = Link.objects.create(
                conversation=one, other=two, why=row.why, made_at=row.made_at
            )
            linked.append(made.pk)
    return {"links": links, "linked": linked}


def _are_linked(one: Conversation, other: Conversation) -> bool:
    return Link.objects.filter(
        Q(conversation=one, other=other) | Q(conversation=other, other=one)
    ).exists()


def _carry_draft(draft: Draft, into: Conversation) -> bool:
    """A teammate who was writing in both goes on in one draft, with both texts.

    Whether it is still a draft of its own.
    """
    there = into.drafts.filter(teammate=draft.teammate, kind=draft.kind).first()
    if there is None:
        draft.conversation = into
        draft.save(update_fields=["conversation"])
        return True
    merging.merge_into(there, draft)
    return False


def move_messages(messages: Iterable[int], to: Conversation) -> None:
    """These stand in `to` from now on; both rows say what is the latest in each."""
    rows = Message.objects.filter(pk__in=list(messages))
    left = list(Conversation.objects.filter(messages__in=rows).distinct())
    rows.update(conversation=to)
    for each in (*left, to):
        actions.find_latest(each)
