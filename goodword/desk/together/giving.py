"""Hand a conversation over, with a word that says what it is about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation, Message
from goodword.desk import handling
from goodword.desk.answering import replying


@transaction.atomic
def hand_over(
    conversation: Conversation,
    *,
    to: Teammate | Team | None,
    word: str = "",
    by: Teammate,
    at: datetime,
) -> Message | None:
    """`handling.assign`, and the word as a note; what whoever gets it is told begins to say it.

    Raises MayNot, CannotSee, and then writes no note.
    """
    note = None
    if word.strip():
        note = replying.write_note(conversation, by=by, text=word, at=at)
    handling.assign(conversation, to=to, note=note, by=by, at=at)
    return note
