"""What stands in a business's own fields for a conversation."""

from __future__ import annotations

from django.db import models

from goodword.conversations.models.conversation import Conversation
from goodword.fields.models import Value


class ConversationValue(Value):
    """What stands in a field for a conversation."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="values", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "field"], name="conversation_value_once"
            )
        ]
        indexes = [models.Index(fields=["field", "sorts_as"], name="conversation_value_in_order")]
