"""The nouns of this room."""

from goodword.conversations.models.attention import Following, Mention, Reading
from goodword.conversations.models.conversation import AlsoIn, Conversation, Link, Tag
from goodword.conversations.models.draft import Draft, DraftFile
from goodword.conversations.models.message import Attachment, ExternalId, Message, Recipient
from goodword.conversations.models.value import ConversationValue

__all__ = [
    "AlsoIn", "Attachment", "Conversation", "ConversationValue", "Draft", "DraftFile", "ExternalId",
    "Following", "Link", "Mention", "Message", "Reading", "Recipient", "Tag",
]  # fmt: skip
