from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.tasks.models import ChecklistItem, TimeSpent


def checklist(conversation: Conversation) -> list[ChecklistItem]:
    """What is to be done in it and in those that were joined into it, in the order it came."""
    return prepared.objects("checklist", _checklist, conversation.pk)


def time_spent(conversation: Conversation) -> list[TimeSpent]:
    """The newest first, with that of conversations joined into it."""
    return prepared.objects("time spent", _time_spent, conversation.pk)


def is_there(rows: type[ChecklistItem] | type[TimeSpent]) -> Q:
    """As an annotation of conversations: whether there is anything of the kind in them."""
    standing = rows.objects.filter(removed_at=None)
    own = Exists(standing.filter(conversation=OuterRef("pk")))
    return Q(own | Exists(standing.filter(conversation__redirect_to=OuterRef("pk"))))


def _checklist(key: int) -> QuerySet[ChecklistItem]:
    return ChecklistItem.objects.filter(_here(key), removed_at=None).order_by("pk")


def _time_spent(key: int) -> QuerySet[TimeSpent]:
    rows = TimeSpent.objects.filter(_here(key), removed_at=None)
    return rows.select_related("teammate").order_by("-at", "-pk")


def _here(key: int) -> Q:
    return Q(conversation=key) | Q(conversation__redirect_to=key)
