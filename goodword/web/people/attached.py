"""What a person sent along: files of the newest conversations with them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from goodword.conversations.models import Attachment
from goodword.web.files.views import attached

LOOKED_AT = 20  # conversations
_MOST = 6


def sent(persons: Sequence[int], conversations: Sequence[int]) -> QuerySet[Attachment]:
    """By these keys of one person, in these conversations; newest first."""
    theirs = Q(message__conversation__in=conversations, message__person__in=persons)
    return attached(theirs)[:_MOST]
