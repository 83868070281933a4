from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation, Message
from goodword.core import ids
from goodword.inboxes.models import Inbox
from goodword.people.models import Person

REPLY = "reply"


class Promise(models.Model):
    """A word given: who owes what to whom, by when, and where it was said.

    Open until it ends. Late is no state: an open promise past `due_at` is still owed.
    """

    class Direction(models.TextChoices):
        OURS = "ours", _("Ours")
        THEIRS = "theirs", _("Theirs")
        TO_OURSELVES = "to_ourselves", _("To ourselves")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        KEPT_LATE = "kept_late", _("Kept late")
        RELEASED = "released", _("Released")
        BROKEN = "broken", _("Broken")

    class Said(models.TextChoices):
        """How the time was said; decides what a changed calendar does to it."""

        MOMENT = "moment", _("A moment")
        DAY = "day", _("A day")
        WORKING_HOURS = "working_hours", _("Working hours")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    kind = models.CharField(max_length=40)  # registered in wiring.py
    direction = models.CharField(max_length=14, choices=Direction.choices)
    what = models.CharField(max_length=300, blank=True, default="")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="promises")
    owner = models.ForeignKey(
        Teammate, null=True, on_delete=models.PROTECT, related_name="promises"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="promises")
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.PROTECT, related_name="promises"
    )
    # Who may see it: the conversation's inbox. Without a conversation, where its owner works.
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.PROTECT, related_name="promises")
    message = models.ForeignKey(  # where it was said; for a reply, the message owed an answer
        Message, null=True, on_delete=models.SET_NULL, related_name="promises"
    )
    said = models.TextField(blank=True, default="")  # the words, as they were said
    due_at = models.DateTimeField()
    due_said = models.CharField(max_length=14, choices=Said.choices, default=Said.MOMENT)
    due_local_date = models.DateField(null=True)
    due_local_time = models.TimeField(null=True)
    due_zone = models.CharField(max_length=64, blank=True, default="")
    due_since = models.DateTimeField(null=True)  # from when working hours count, …
    due_minutes = models.PositiveIntegerField(null=True)  # … and how many minutes of them
    due_by_default = models.BooleanField(default=False)  # nobody said when
    # The time the other side was told last: a changed calendar never makes it earlier than that.
    told_due_at = models.DateTimeField(null=True)
    times_moved = models.PositiveSmallIntegerField(default=0)
    urgency = models.PositiveSmallIntegerField(default=0)  # times asked again while it was owed
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    is_shown = models.BooleanField(default=True)  # on the page of whom it concerns
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=200, blank=True, default="")
    successor_of = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="successor"
    )
    # When the sweep next looks at it: a reminder, an escalation, an appointed moment.
    look_at = models.DateTimeField(null=True)
    looked = models.CharField(max_length=10, blank=True, default="")  # the last step of those
    leased_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="promise_due", condition=Q(state="open")),
            models.Index(
                fields=["owner", "due_at"], name="promise_owed_by", condition=Q(state="open")
            ),
            models.Index(
                fields=["team", "due_at"], name="promise_owed_by_team", condition=Q(state="open")
            ),
            models.Index(
                fields=["look_at"],
                name="promise_look_at",
                condition=Q(state="open", look_at__isnull=False),
            ),
            models.Index(fields=["conversation", "state"], name="promise_of_conversation"),
            models.Index(fields=["person", "-due_at"], name="promise_to_person"),
            models.Index(fields=["inbox", "-due_at", "-id"], name="promise_of_inbox"),
            # The ledger by state, and its counts: a few broken ones among very many kept.
            models.Index(fields=["inbox", "state", "-due_at", "-id"], name="promise_by_state"),
            # Few have one: by the index of them all SQLite would rather read every promise.
            models.Index(
                fields=["successor_of"],
                name="promise_made_anew",
                condition=Q(successor_of__isnull=False),
            ),
            models.Index(
                fields=["direction", "due_at"],
                name="promise_waited_for",
                condition=Q(state="open", direction="theirs"),
            ),
            models.Index(
                fields=["owner", "-due_at", "-id"],
                name="promise_of_owner",
                condition=Q(owner__isnull=False),
            ),
            # What one kept today, of very many.
            models.Index(
                fields=["owner", "ended_at"],
                name="promise_kept_by",
                condition=Q(state__in=["kept", "kept_late"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(kind=REPLY, state="open"),
                name="promise_one_open_reply",
            ),
            models.CheckConstraint(
                condition=Q(direction="theirs", owner__isnull=True, team__isnull=True)
                | Q(~Q(direction="theirs"), owner__isnull=False, team__isnull=True)
                | Q(~Q(direction="theirs"), owner__isnull=True, team__isnull=False),
                name="promise_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(direction="to_ourselves") | Q(person__isnull=False),
                name="promise_names_person",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | Q(~Q(state="open"), ended_at__isnull=False),
                name="promise_ended_when_not_open",
            ),
            models.CheckConstraint(
                # What has ended outlives a conversation that was thrown away for good.
                condition=~Q(kind=REPLY) | ~Q(state="open") | Q(conversation__isnull=False),
                name="promise_open_reply_in_conversation",
            ),
            models.CheckConstraint(
                condition=~Q(kind=REPLY) | Q(is_shown=True), name="promise_reply_is_shown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} promise {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Step(models.Model):
    """A promise's own history: made, joined, handed over, moved, reminded, ended."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300, blank=True, default="")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["promise", "id"], name="step_of_promise")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.promise_id}"
