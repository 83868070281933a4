from __future__ import annotations

from django.db import models

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.core import ids


class ChecklistItem(models.Model):
    """One line of a conversation's checklist. What must be done by a time is a promise instead.

    Removed ones stay until the conversation goes, so that removing can be undone.
    """

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="checklist"
    )
    words = models.CharField(max_length=200)
    made_by = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="checklist_item_done_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class TimeSpent(models.Model):
    """How long somebody of ours worked on a conversation, as they say."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="time_spent"
    )
    teammate = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="time_spent")
    minutes = models.PositiveIntegerField()
    words = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "time spent"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=6000), name="time_spent_is_some"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} minutes in {self.conversation_id}"
