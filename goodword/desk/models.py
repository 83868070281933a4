from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation, Message
from goodword.core import ids
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
        GONE = "gone"  # what it was has been thrown away for good

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
    # What it leaves or left from; empty only for what left before this was noted.
    sender = models.CharField(max_length=254, blank=True, default="")
    held = models.CharField(max_length=40, blank=True, default="")
    later = models.BooleanField(default=False)  # a person chose the moment it leaves
    # Their newest message when somebody said that it leaves all the same.
    knows = models.BigIntegerField(default=0)
    # What names a time that has passed by then leaves no more by itself.
    good_until = models.DateTimeField(null=True)
    is_plain = models.BooleanField(default=False)  # as its draft was, which it can be again
    # What becomes of the conversation once it has been accepted: closed or snoozed.
    then = models.CharField(max_length=10, blank=True, default="")
    then_until = models.DateTimeField(null=True)

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


class Joined(models.Model):
    """That two conversations became one, and what came along, so that it can be undone."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="joins")
    by = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    # Keys of "messages" and "promises" that moved, and the "state" it had.
    moved = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "joined"

    def __str__(self) -> str:
        return f"{self.conversation_id} into {self.into_id}"


class SenderRule(models.Model):
    """What a person decided about mail from an address, or from a domain (`@shop.example`)."""

    class Verdict(models.TextChoices):
        BLOCK = "block", _("Goes to spam")
        ALLOW = "allow", _("Never goes to spam")

    value = models.CharField(max_length=320, unique=True)  # normalised
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    by = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verdict} {self.value}"


class SavedView(models.Model):
    """A search that somebody keeps as a folder of their own, their team's or everybody's."""

    class For(models.TextChoices):
        ME = "me", _("Me")
        TEAM = "team", _("A team")
        ALL = "all", _("Everybody")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=60)
    owner = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="saved_views")
    shown_to = models.CharField(max_length=4, choices=For.choices, default=For.ME)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="saved_views")
    asked = models.CharField(max_length=500)  # in the search language
    order = models.CharField(max_length=10, default="newest")
    columns = models.JSONField(default=list)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # it can be brought back

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shown_to="team", team__isnull=False)
                | models.Q(~models.Q(shown_to="team"), team__isnull=True),
                name="saved_view_for_team",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BulkAct(DueRow):
    """One act on many conversations: counted first, done in batches, undone as one."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    by = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=20)
    data = models.JSONField(default=dict)  # what the act needs: whom, which tag, until when
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undoing_at = models.DateTimeField(null=True)  # since when it is being undone
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [due_index("bulk_act_due")]

    def __str__(self) -> str:
        return f"{self.act} {self.public_id}"


class BulkItem(models.Model):
    """One conversation of a bulk act: how it was before, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"

    bulk_act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=60, blank=True, default="")  # it was refused
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk_act", "conversation"], name="bulk_item_once")
        ]
        indexes = [models.Index(fields=["bulk_act", "state"], name="bulk_item_waiting")]

    def __str__(self) -> str:
        return f"{self.conversation_id} in {self.bulk_act_id}"
