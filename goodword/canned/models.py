from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation, Draft
from goodword.core import ids
from goodword.inboxes.models import Inbox


class CannedReply(models.Model):
    """Words that stand ready, in one or more languages. With steps it is a macro."""

    class For(models.TextChoices):
        ME = "me", _("Me")
        TEAM = "team", _("A team")
        ALL = "all", _("Everybody")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=80)
    shortcut = models.CharField(max_length=30, blank=True, default="")
    folder = models.CharField(max_length=60, blank=True, default="")
    owner = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="canned_replies")
    shared_with = models.CharField(max_length=4, choices=For.choices, default=For.ME)
    team = models.ForeignKey(
        Team, null=True, on_delete=models.PROTECT, related_name="canned_replies"
    )
    # Offered in these inboxes only; in all, where none is named.
    inboxes = models.ManyToManyField(Inbox, related_name="canned_replies", blank=True)
    steps = models.JSONField(default=list, blank=True)  # steps.py reads and writes it
    search_text = models.TextField(blank=True, default="")  # folded: names and texts
    times_used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(default=0)  # within its folder

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shared_with="team", team__isnull=False)
                | models.Q(~models.Q(shared_with="team"), team__isnull=True),
                name="canned_for_team",
            )
        ]
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.name


class CannedText(models.Model):
    """What a canned reply says in one language."""

    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reply", "language"], name="canned_once_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.reply_id} ({self.language})"


class AfterSending(models.Model):
    """What is done once a draft is sent, and the canned replies that stand in it."""

    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, related_name="after_sending")
    steps = models.JSONField(default=list)
    used = models.JSONField(default=list)  # public ids

    class Meta:
        verbose_name_plural = "after sending"

    def __str__(self) -> str:
        return f"after draft {self.draft_id}"


class Applied(models.Model):
    """That steps were done as one, and what they changed, so that they can be undone as one."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Key of the answer they were done with: no foreign key, since an answer can be taken back.
    message_key = models.BigIntegerField(null=True)
    steps = models.JSONField(default=list)
    used = models.JSONField(default=list)  # public ids of the canned replies
    # A desk.shaping.undoing.Trace, with "note", "urgent" and "items".
    changed = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_key"], name="applied_once_an_answer")
        ]
        verbose_name_plural = "applied"

    def __str__(self) -> str:
        return f"applied {self.public_id}"
