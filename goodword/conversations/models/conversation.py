"""What is said between a person and us, and how conversations hang together."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.core import ids
from goodword.inboxes.models import Inbox
from goodword.people.models import Person


class Tag(models.Model):
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_once")]

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """What is said between a person and us. Who owes an answer is read from its promises."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Snoozed")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Spam")
        TRASH = "trash", _("Trash")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    reference = models.CharField(max_length=12, unique=True, default=ids.reference)
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conversations")
    subject = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    assignee = models.ForeignKey(
        Teammate, null=True, on_delete=models.PROTECT, related_name="conversations"
    )
    team = models.ForeignKey(
        Team, null=True, on_delete=models.PROTECT, related_name="conversations"
    )
    urgent = models.BooleanField(default=False)  # somebody of ours says so
    tags = models.ManyToManyField(Tag, related_name="conversations", blank=True)
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        Teammate, null=True, on_delete=models.PROTECT, related_name="closed_conversations"
    )
    closed_why = models.CharField(max_length=40, blank=True, default="")
    trashed_at = models.DateTimeField(null=True)
    spam_since = models.DateTimeField(null=True)
    redirect_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False)
    # A side conversation: what we say to somebody else about `side_of`, unseen by its customer.
    side_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="sides", db_index=False
    )
    # Set when somebody names another person by hand: what came up to this message is answered to
    # them; who writes after it is answered as ever.
    person_chosen_after = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    # Kept with each message, so that a list row costs no query of its own.
    latest_key = models.BigIntegerField(default=0)
    latest_words = models.CharField(max_length=220, blank=True, default="")
    latest_is_ours = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["-latest_key"], name="conversation_by_time"),
            models.Index(fields=["state", "-latest_key"], name="conversation_by_state"),
            models.Index(fields=["inbox", "state", "-latest_key"], name="conversation_by_inbox"),
            models.Index(fields=["assignee", "state", "-latest_key"], name="conversation_by_owner"),
            models.Index(fields=["team", "state", "-latest_key"], name="conversation_by_team"),
            models.Index(fields=["person", "-latest_key"], name="conversation_by_person"),
            # What nobody has taken of an inbox, counted with every page for each team.
            models.Index(fields=["inbox", "assignee", "state"], name="conversation_untaken"),
            models.Index(
                fields=["snoozed_until"],
                name="conversation_snoozed",
                condition=models.Q(snoozed_until__isnull=False),
            ),
            models.Index(
                fields=["trashed_at"],
                name="conversation_trashed",
                condition=models.Q(trashed_at__isnull=False),
            ),
            models.Index(
                fields=["spam_since"],
                name="conversation_spam",
                condition=models.Q(spam_since__isnull=False),
            ),
            # Of the few that were merged away alone: SQLite takes an index of all for a short way
            # to those that were not, which is the whole desk.
            models.Index(
                fields=["redirect_to"],
                name="conversation_redirected",
                condition=models.Q(redirect_to__isnull=False),
            ),
            models.Index(
                fields=["side_of"],
                name="conversation_sides",
                condition=models.Q(side_of__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="snoozed", snoozed_until__isnull=False)
                | models.Q(~models.Q(state="snoozed"), snoozed_until__isnull=True),
                name="conversation_snoozed_until",
            ),
            models.CheckConstraint(
                condition=models.Q(assignee__isnull=True) | models.Q(team__isnull=True),
                name="conversation_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.reference

    @property
    def is_live(self) -> bool:
        """Whether it counts at all: not spam, not trash, not merged away."""
        return self.state not in {self.State.SPAM, self.State.TRASH} and not self.redirect_to_id


class AlsoIn(models.Model):
    """That a conversation is seen from another inbox too: something in it came there as well."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="also_in")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="also_seen")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "conversation"], name="also_in_once")
        ]
        verbose_name_plural = "also in"

    def __str__(self) -> str:
        return f"{self.conversation_id} in {self.inbox_id}"


class Link(models.Model):
    """Two conversations that have to do with each other, and how we know."""

    class Why(models.TextChoices):
        SUSPECTED = "suspected", _("Seems to continue it, from another address")
        APART = "apart", _("Someone found that they don't belong together")
        RELATED = "related", _("Someone says that they belong together")
        SPLIT = "split", _("A message was split off from it")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="linked_from")
    why = models.CharField(max_length=20, choices=Why.choices)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "other"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id} to {self.other_id}"
