from __future__ import annotations

from django.db.models import QuerySet

from goodword.conversations.models import Conversation
from goodword.promises.models import REPLY, Promise


def open_promises() -> QuerySet[Promise]:
    """Everything still owed, soonest first."""
    return Promise.objects.filter(state=Promise.State.OPEN).order_by("due_at", "id")


def open_replies() -> QuerySet[Promise]:
    """Every answer still owed, soonest first."""
    return open_promises().filter(kind=REPLY)


def owed_reply(conversation: Conversation) -> Promise | None:
    """The answer owed in a conversation, if any; there is at most one."""
    return open_replies().filter(conversation=conversation).first()


def replies_of(conversation: Conversation) -> QuerySet[Promise]:
    """Every reply promise of a conversation, ended ones too, in order of making."""
    return (
        Promise.objects.filter(conversation=conversation, kind=REPLY)
        .select_related("owner", "team", "ended_by", "person")
        .order_by("made_at", "id")
    )
