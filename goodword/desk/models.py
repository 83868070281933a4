from __future__ import annotations

from django.db import models

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation, Message
from goodword.core.due import DueRow, due_index
from goodword.files.models import File
from goodword.inboxes.models import Inbox
from goodword.promises.models import Promise


class Arrival(DueRow):
    """Raw bytes that a road took in, stored before the other side was told "accepted".

    It is due until it has been received. What can't be parsed stays, visible, and stops nobody.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        RECEIVED = "received"
        FAILED = "failed"  # given up: a person looks at it

    road = models.CharField(max_length=20)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.PROTECT, related_name="arrivals")
    raw = models.ForeignKey(File, on_delete=models.PROTECT, related_name="arrivals")
    envelope_to = models.JSONField(default=list)
    source = models.CharField(max_length=60)  # smtp, pipe, imap:ID
    arrived_at = models.DateTimeField()  # when we took it
    said_at = models.DateTimeField()  # when it reached the mailbox; equals arrived_at when live
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    message = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, related_name="arrivals"
    )

    class Meta:
        indexes = [
            due_index("arrival_due"),
            models.Index(
                fields=["state", "id"], name="arrival_failed", condition=models.Q(state="failed")
            ),
            models.Index(fields=["source", "raw"], name="arrival_seen"),
        ]

    def __str__(self) -> str:
        return f"arrival {self.pk}"


class Dispatch(DueRow):
    """That a message is to be handed to its road. `due_at` is the end of the undo window first.

    `held`: it waits for a person, and why; it is due no more until they say so.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="dispatch")
    queued_at = models.DateTimeField()
    held = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            due_index("dispatch_due"),
            models.Index(fields=["held"], name="dispatch_held", condition=~models.Q(held="")),
        ]
        verbose_name_plural = "dispatches"

    def __str__(self) -> str:
        return f"dispatch of {self.message_id}"


class NoAnswerNeeded(models.Model):
    """A person's word that a message needs no answer; it holds until the next inbound.

    `by` None: whom it was owed to said so themselves.
    """

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="no_answer_needed"
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="no_answers_needed"
    )
    by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "no answers needed"

    def __str__(self) -> str:
        return f"no answer needed for {self.message_id}"


class Keeping(models.Model):
    """That a message of ours keeps a promise, once the other side has taken it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="keepings")
    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="keepings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "promise"], name="keeping_once")]

    def __str__(self) -> str:
        return f"{self.message_id} keeps {self.promise_id}"


class NotAPromise(models.Model):
    """A teammate's word that a sentence promises nothing, so that it isn't asked about again."""

    by = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)  # of the sentence, folded: never its words
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "digest"], name="not_a_promise_once")]
        verbose_name_plural = "not promises"

    def __str__(self) -> str:
        return f"no promise for {self.by_id}"
