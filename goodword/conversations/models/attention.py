"""Who has read what, who is called, who wants to hear more."""

from __future__ import annotations

from django.db import models

from goodword.accounts.models import Teammate
from goodword.conversations.models.conversation import Conversation
from goodword.conversations.models.message import Message


class Reading(models.Model):
    """How far a teammate has read a conversation, and when they looked at it last."""

    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="readings")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="readings"
    )
    read_to = models.BigIntegerField(default=0)  # key of the newest message they have seen
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teammate", "conversation"], name="reading_once")
        ]
        indexes = [models.Index(fields=["teammate", "-at"], name="reading_recent")]

    def __str__(self) -> str:
        return f"{self.teammate_id} read {self.conversation_id}"


class Mention(models.Model):
    """A note that calls a colleague by name: @Ben."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="mentions")
    told = models.BooleanField(default=True)  # not who could not see the inbox then

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "teammate"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.teammate_id} in {self.message_id}"


class Following(models.Model):
    """That a teammate wants to hear what happens in a conversation, whoever has it."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="followings"
    )
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="followings")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "teammate"], name="following_once")
        ]

    def __str__(self) -> str:
        return f"{self.teammate_id} follows {self.conversation_id}"
