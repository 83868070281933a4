"""What stands in a business's own fields for a conversation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import events as facts
from goodword.conversations.locking import lock
from goodword.conversations.models import Conversation, ConversationValue
from goodword.events import actions as events
from goodword.fields import queries as fields
from goodword.fields import values
from goodword.fields.models import Field
from goodword.fields.sorting import sorts_as


class NotOfConversations(Exception):
    """The field is of something else."""


@transaction.atomic
def set_value(
    conversation: Conversation, field: Field, text: str, *, by: Teammate, at: datetime
) -> str:
    """Gives what is stored; nothing typed empties the field.

    Raises MayNot, NotAValue, NotOfConversations.
    """
    rights.require_answer(by)
    if field.about != Field.About.CONVERSATION:
        raise NotOfConversations
    stored = values.parse(field, text)
    conversation = lock(conversation)
    if stored:
        ConversationValue.objects.update_or_create(
            conversation=conversation,
            field=field,
            defaults={"text": stored, "sorts_as": sorts_as(field, stored)},
        )
    else:
        ConversationValue.objects.filter(conversation=conversation, field=field).delete()
    fact = facts.FieldFilled(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        field_id=field.pk,
        on=bool(stored),
    )
    events.announce(fact, by=by, about=conversation, at=at)
    return stored


def values_of(conversation: Conversation) -> list[tuple[Field, str]]:
    """Every field of conversations with what stands in it, as stored; empty for nothing."""
    found = dict(conversation.values.values_list("field", "text"))
    return [(each, found.get(each.pk, "")) for each in fields.of(Field.About.CONVERSATION)]
