"""The checklist of a conversation and the time it took, as the column beside it shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.tasks import actions, queries
from goodword.tasks.models import ChecklistItem


@dataclass(frozen=True, slots=True)
class Spent:
    public_id: str
    lasting: str
    words: str
    who: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class Tasks:
    items: Sequence[ChecklistItem]
    done: int
    spent: Sequence[Spent]
    in_all: str  # "1 h 40 min"; empty where no time was noted


def of(conversation: Conversation, *, by: Teammate) -> Tasks:
    """What the column shows. No query for what the conversation's own row says isn't there."""
    has_items = getattr(conversation, "has_checklist", True)
    items = queries.checklist(conversation) if has_items else []
    spent = queries.time_spent(conversation) if getattr(conversation, "has_time", True) else []
    minutes = sum(each.minutes for each in spent)
    return Tasks(
        items=items,
        done=sum(each.done_at is not None for each in items),
        spent=[
            Spent(
                each.public_id,
                lasting(each.minutes),
                each.words,
                each.teammate.name,
                actions.may_change(each, by),
            )
            for each in spent
        ],
        in_all=lasting(minutes) if minutes else "",
    )


def lasting(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(n)s min", "%(n)s min", rest) % {"n": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
