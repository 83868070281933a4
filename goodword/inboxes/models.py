from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.core import ids


class Inbox(models.Model):
    """A place where people reach us. Its team owes what nobody has taken yet."""

    class Assigns(models.TextChoices):
        """Who gets a new conversation by itself."""

        BY_HAND = "hand", _("Nobody: whoever takes it")
        BY_TURN = "turn", _("Whoever's turn it is")
        BY_LOAD = "load", _("Whoever has fewest that await us")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=80)
    # The team that owes the answers; `teams` are all that may see it, this one among them.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="owed_inboxes")
    teams = models.ManyToManyField(Team, related_name="inboxes")
    language = models.CharField(max_length=12, default="en")
    acknowledges = models.BooleanField(default=False)
    # Someone else of the same organisation may join a conversation too.
    joins_organisation = models.BooleanField(default=False)
    # Answers ask for replies at an address that names the conversation, signed.
    signs_reply_addresses = models.BooleanField(default=False)
    # Of several addresses an answer leaves from the one that was written to, else the preferred.
    answers_where_written = models.BooleanField(default=True)
    # The receiving servers (authserv-ids) whose Authentication-Results count, separated by spaces.
    trusted_servers = models.CharField(max_length=500, blank=True, default="")
    assigns = models.CharField(max_length=4, choices=Assigns.choices, default=Assigns.BY_HAND)
    # That await us: who has so many is given no more by itself. None: there is no such limit.
    most_each = models.PositiveSmallIntegerField(null=True)
    given_last = models.ForeignKey(  # whose turn it was
        Teammate, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="inbox_name_once")]
        verbose_name_plural = "inboxes"

    def __str__(self) -> str:
        return self.name


class InboxAddress(models.Model):
    """An address people write to, and answers leave from; `value` in lower case."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="addresses")
    value = models.CharField(max_length=254, unique=True)
    preferred = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox"], condition=models.Q(preferred=True), name="inbox_one_preferred"
            )
        ]

    def __str__(self) -> str:
        return self.value


class Wording(models.Model):
    """Words for customers that the business writes, with variants per language."""

    class Purpose(models.TextChoices):
        SIGNATURE = "signature", _("Signature")
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        HOLDING = "holding", _("Holding reply")
        NOT_FOR_US = "not_for_us", _("Not for us")
        NOT_BEFORE = "not_before", _("Not before a date")
        RIGHT_PRICE = "right_price", _("The right price")

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="wordings")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    language = models.CharField(max_length=12)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "purpose", "language"], name="wording_once_a_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.language})"
