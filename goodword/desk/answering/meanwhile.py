"""What was said in a conversation while somebody was writing an answer to it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, Q, QuerySet, Subquery

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation, Message

MOST = 10  # are shown; they are the newest


class SaidMeanwhile(Exception):
    """Something was said that the writer has not seen. `messages`: the newest, oldest first."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(len(messages))
        self.messages = messages


def require_nothing_new(conversation: Conversation, *, after: int, text: str, by: Teammate) -> None:
    """Raises SaidMeanwhile. The caller holds the conversation's lock, so that of two who send at
    once the second is stopped by the first.

    `after`: the key of the newest message that `by` knew. What they said themselves since is no
    news, unless `text` is in it: it went from another page of theirs.
    """
    since = _since(conversation, after=after)
    news = list(since.exclude(teammate=by)[:MOST])
    news += [each for each in since.filter(teammate=by)[:MOST] if _says(each, text.strip())]
    if news:
        raise SaidMeanwhile(sorted(news, key=lambda each: each.pk))


def _says(message: Message, text: str) -> bool:
    """In paragraphs of their own: so drafts of two pages come together."""
    return bool(text) and f"\n\n{text}\n\n" in f"\n\n{message.text}\n\n"


def _since(conversation: Conversation, *, after: int) -> QuerySet[Message]:
    """By them or by us, on its way or gone; the newest first. No note is news to whom we answer,
    nor what Goodword says by itself, nor what programs write.
    """
    # A mail that came before but was read in after has a key from before.
    known = Message.objects.filter(pk=after, conversation=OuterRef("conversation"))
    later = Q(pk__gt=after) | Q(stored_at__gt=Subquery(known.values("stored_at")[:1]))
    said = conversation.messages.filter(later).exclude(kind=Message.Kind.NOTE)
    by_people = said.exclude(automatic=True, teammate__isnull=True)
    return by_people.select_related("address", "teammate").order_by("-id")
