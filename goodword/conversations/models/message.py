"""One thing said: for whom, under which ids, with which files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Teammate
from goodword.conversations.models.conversation import Conversation
from goodword.core import ids
from goodword.files.models import File
from goodword.people.models import Address, Person


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
