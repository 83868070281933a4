"""Who wants to hear what happens in a conversation, whoever has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Following
from goodword.core import prepared
from goodword.desk import events as facts
from goodword.desk import telling, whom
from goodword.events import actions as events
from goodword.notices import actions as notices
from goodword.notices.models import Notice


@transaction.atomic
def follow(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Tell them from now on; nothing happens when they follow it already."""
    conversation = locking.lock(conversation)
    new = Following.objects.get_or_create(
        conversation=conversation, teammate=by, defaults={"since": at}
    )[1]
    if new:
        _announce(conversation, follows=True, by=by, at=at)


@transaction.atomic
def unfollow(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    conversation = locking.lock(conversation)
    if Following.objects.filter(conversation=conversation, teammate=by).delete()[0]:
        told = Notice.objects.filter(teammate=by, matter=matter(conversation), seen_at__isnull=True)
        notices.withdraw(told, at=at)
        _announce(conversation, follows=False, by=by, at=at)


def _announce(conversation: Conversation, *, follows: bool, by: Teammate, at: datetime) -> None:
    fact = facts.FollowingChanged(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, follows=follows
    )
    events.announce(fact, by=by, about=conversation, at=at)


def matter(conversation: Conversation) -> str:
    """One notice for all that followers hear of a conversation."""
    return f"conversation:{conversation.pk}"


def tell_followers(
    conversation: Conversation,
    *,
    says: str,
    who: Teammate | None = None,
    word: str = "",
    but: Iterable[int] = (),
    at: datetime,
) -> None:
    """Tell who follows, but never `who` did it, nor `but` them, who hear of it otherwise.

    Whoever may not see it any more is told nothing and follows no longer.
    """
    keys = {key for (key,) in prepared.rows("followers", _followers, conversation.pk)}
    if not keys:
        return
    seeing = {each.pk: each for each in whom.who_may_see(conversation).filter(pk__in=keys)}
    if lost := keys - seeing.keys():
        Following.objects.filter(conversation=conversation, teammate__in=lost).delete()
    silent = {*but, who.pk if who else None}
    telling.tell_about(
        conversation,
        [each for key, each in seeing.items() if key not in silent],
        says=says,
        kind="followed",
        matter=matter(conversation),
        who=who.name if who else "",
        word=word,
        again=True,
        at=at,
    )


def _followers(conversation: int) -> QuerySet[Following, tuple[int]]:
    return Following.objects.filter(conversation=conversation).values_list("teammate")
