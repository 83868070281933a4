"""What templates ask about files."""

from __future__ import annotations

from django import template

from goodword.conversations.models import Attachment
from goodword.web.files import kinds

register = template.Library()


@register.filter
def can_be_shown(attachment: Attachment) -> bool:
    """Whether the viewer has something to show of it, by its name and type."""
    return bool(kinds.likely(attachment))
