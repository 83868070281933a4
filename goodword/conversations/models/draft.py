"""What a teammate is writing, alone or with a colleague."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Teammate
from goodword.conversations import formatting
from goodword.conversations.models.conversation import Conversation
from goodword.core import ids
from goodword.files.models import File


class Draft(models.Model):
    """What a teammate is writing in a conversation; saved as they type."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Note")

    class AskedFor(models.TextChoices):
        FINISH = "finish", _("to finish it")
        APPROVE = "approve", _("to approve it")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    text = models.TextField(blank=True, default="")
    to = models.TextField(blank=True, default="")  # as typed, separated by commas
    cc = models.TextField(blank=True, default="")
    bcc = models.TextField(blank=True, default="")
    # Which of our addresses it leaves from, where somebody chose; empty: the usual one.
    sender = models.CharField(max_length=254, blank=True, default="")
    saved_at = models.DateTimeField()
    # The newest message when the writing was begun; what came after it the writer may not know.
    begun_after = models.BigIntegerField(default=0)
    # A stranger's words stand in it, passed on: no marks in it count.
    is_plain = models.BooleanField(default=False)
    # Colleagues see a shared draft; one of them may be asked to finish or to approve it.
    shared_at = models.DateTimeField(null=True)
    asked = models.ForeignKey(Teammate, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_for = models.CharField(max_length=8, choices=AskedFor.choices, blank=True, default="")
    approved_by = models.ForeignKey(
        Teammate, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "teammate", "kind"], name="draft_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftFile(models.Model):
    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="draft_files")
    name = models.CharField(max_length=250)
    content_type = models.CharField(max_length=120)
    content_id = models.CharField(max_length=250, blank=True, default="")  # stands in the text

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        """How it stands in the text."""
        return formatting.picture_mark(self.name, self.content_id)
