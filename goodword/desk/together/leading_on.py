"""What teammates were told of a conversation leads to where that stands, once it was joined with
another or came apart again: there it is settled.

What is told of a promise needs none of it: what is owed again is reminded of from the start.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from goodword.conversations.models import Conversation, Draft
from goodword.desk.models import Dispatch
from goodword.notices import actions as notices
from goodword.notices.models import Notice

_KINDS = ("conversation", "given", "new", "held")
Told = list[list[Any]]  # a notice's key, what it is about, where it leads


def carry_over(
    conversation: Conversation, into: Conversation, *, drafts: Collection[int], at: datetime
) -> Told:
    """`drafts`: those that came along as they were. Of one that was put to another nobody is asked
    any more. Gives what `give_back` is to know of what was told until now.
    """
    told = Q(matter__in=[f"{kind}:{conversation.pk}" for kind in _KINDS])
    told |= Q(matter__startswith=f"draft:{conversation.pk}:")
    rows = Notice.objects.filter(told, ended_at__isnull=True)
    came = Draft.objects.filter(pk__in=drafts)
    writers = {str(key) for key in came.values_list("teammate", flat=True)}
    named = rows.exclude(matter__startswith="draft:").exclude(matter__startswith="held:")
    before = [list(each) for each in named.values_list("pk", "matter", "url")]
    is_new = into.state == Conversation.State.OPEN and not (into.assignee_id or into.team_id)
    for matter in set(rows.values_list("matter", flat=True)):
        kind, _key, *writer = matter.split(":")
        if (kind == "draft" and writers.isdisjoint(writer)) or (kind == "new" and not is_new):
            notices.settle_matter(matter, at=at)
        else:
            _lead_on(matter, into, at=at)
    return before


def give_back(
    conversation: Conversation,
    into: Conversation,
    *,
    drafts: Collection[int],
    told: Told,
    since: datetime,
    at: datetime,
) -> None:
    """`drafts`: those that had come along; `told`: what `carry_over` gave at the moment `since`."""
    notices.lead_back(told, since=since, at=at)
    back = Draft.objects.filter(pk__in=drafts, conversation=conversation)
    for writer in set(back.values_list("teammate", flat=True)):
        _lead_on(f"draft:{into.pk}:{writer}", conversation, at=at)
    held = Dispatch.objects.exclude(held="")
    here, there = (held.filter(message__conversation=each) for each in (conversation, into))
    if here.exists() and not there.exists():
        _lead_on(f"held:{into.pk}", conversation, at=at)


def _lead_on(matter: str, to: Conversation, *, at: datetime) -> None:
    kind, _key, *rest = matter.split(":")
    url = reverse("inbox:conversation", args=[to.public_id])
    notices.lead_on(matter, to=":".join([kind, str(to.pk), *rest]), url=url, at=at)
