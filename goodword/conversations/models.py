from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.conversations import formatting
from goodword.core import ids
from goodword.files.models import File
from goodword.inboxes.models import Inbox
from goodword.people.models import Address, Person


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


class Message(models.Model):
    """One thing said. Its key follows time (core.ids); its author is exactly one or the system."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        NOTE = "note", _("Internal note")
        CALL = "call", _("Call")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit")

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        INTERNAL = "internal"

    class Authenticity(models.TextChoices):
        PASS = "pass", _("Sender confirmed")
        FAIL = "fail", _("Sender not confirmed")

    id = models.BigIntegerField(primary_key=True)
    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MESSAGE)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    road = models.CharField(max_length=20)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="messages")
    address = models.ForeignKey(
        Address, null=True, on_delete=models.PROTECT, related_name="messages"
    )
    teammate = models.ForeignKey(
        Teammate, null=True, on_delete=models.PROTECT, related_name="messages"
    )
    author_name = models.CharField(max_length=200, blank=True, default="")  # as it was then
    said_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)  # what the sender's clock said
    subject = models.CharField(max_length=500, blank=True, default="")
    text = models.TextField(blank=True, default="")
    # `text` without the quoted history; empty when there is nothing to hide.
    reply_text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")  # as it came; cleaned whenever it is shown
    search_text = models.TextField(blank=True, default="")
    raw = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="raw_of")
    automatic = models.BooleanField(default=False)  # written by no person for this occasion
    inbound_kind = models.CharField(max_length=12, blank=True, default="")
    kind_why = models.CharField(max_length=200, blank=True, default="")
    oddities = models.JSONField(default=list, blank=True)
    # What the trusted server found of who sent it; empty when nothing could be found.
    authenticity = models.CharField(
        max_length=4, choices=Authenticity.choices, blank=True, default=""
    )
    authenticity_why = models.CharField(max_length=200, blank=True, default="")
    protection = models.CharField(max_length=20, blank=True, default="")  # roads.Protection
    invitation = models.JSONField(null=True)  # the fields of roads.Invitation
    # A teammate passed on what the author had written to them.
    forwarded_by = models.ForeignKey(
        Teammate, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Whether it decides who owes whom a word (design.md, the invariant).
    counted = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "-id"], name="message_in_time"),
            models.Index(
                fields=["conversation", "-id"],
                name="message_counted",
                condition=models.Q(counted=True),
            ),
            models.Index(fields=["address", "-id"], name="message_by_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(teammate__isnull=True)
                | models.Q(person__isnull=True, address__isnull=True),
                name="message_one_author",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True, address__isnull=True)
                | models.Q(person__isnull=False, address__isnull=False),
                name="message_person_with_address",
            ),
            models.CheckConstraint(
                condition=~models.Q(direction="internal", counted=True),
                name="message_note_never_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.kind} {self.pk}"

    @property
    def is_inbound(self) -> bool:
        return self.direction == self.Direction.IN

    @property
    def is_note(self) -> bool:
        return self.kind == self.Kind.NOTE

    @property
    def shown_text(self) -> str:
        return self.reply_text or self.text


class Recipient(models.Model):
    """One person a message is for, and what became of it for them."""

    class Role(models.TextChoices):
        TO = "to", _("To")
        CC = "cc", _("Cc")
        BCC = "bcc", _("Bcc")
        REPLY_TO = "reply_to", _("Reply to")  # where someone outside wants the answer

    class State(models.TextChoices):
        NAMED = "named", _("Named")  # on a message from outside
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        UNKNOWN = "unknown", _("Unknown")
        DELAYED = "delayed", _("Delayed")  # taken, but their server has not got it yet
        BOUNCED = "bounced", _("Bounced")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    role = models.CharField(max_length=8, choices=Role.choices)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="recipients")
    name = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices)
    words = models.TextField(blank=True, default="")  # the other side's
    changed_at = models.DateTimeField()
    dealt_with_at = models.DateTimeField(null=True)  # someone saw the trouble and left it at that

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "address", "role"], name="recipient_once")
        ]
        indexes = [
            models.Index(
                fields=["state", "message"],
                name="recipient_in_trouble",
                # Said by what it is not, as `queries.in_trouble` does: SQLite doesn't see that a
                # list of bound values is the list of the index.
                condition=models.Q(dealt_with_at__isnull=True)
                & ~models.Q(state="named")
                & ~models.Q(state="accepted"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.address_id} {self.state}"


class ExternalId(models.Model):
    """An id from outside that leads to a message. Kept for ever: a tombstone once it is gone."""

    scope = models.CharField(max_length=20)  # the road, and which of its ids
    value = models.CharField(max_length=300)
    message = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, related_name="external_ids"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "value"], name="external_id_once")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.value}"


class Attachment(models.Model):
    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=250)
    content_type = models.CharField(max_length=120)
    content_id = models.CharField(max_length=250, blank=True, default="")

    def __str__(self) -> str:
        return self.name

    @property
    def is_inline(self) -> bool:
        return bool(self.content_id)


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
    saved_at = models.DateTimeField()
    # The newest message when the writing was begun; what came after it the writer may not know.
    begun_after = models.BigIntegerField(default=0)
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
