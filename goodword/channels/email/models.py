from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Teammate
from goodword.channels.email.providers import CONSENTS
from goodword.core import ids
from goodword.core.due import DueRow, due_index
from goodword.inboxes.models import Inbox


class Security(models.TextChoices):
    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None (only on this machine)")


class MailAccount(models.Model):
    """How an inbox is fetched and how it sends. Either half may be empty. Secrets are sealed.

    The mailbox is followed by (uidvalidity, last_uid), never by the unread flag.
    """

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="mail_account")
    imap_host = models.CharField(max_length=200, blank=True, default="")
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    imap_user = models.CharField(max_length=254, blank=True, default="")
    imap_secret = models.TextField(blank=True, default="")
    imap_folder = models.CharField(max_length=200, default="INBOX")
    smtp_host = models.CharField(max_length=200, blank=True, default="")
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    smtp_user = models.CharField(max_length=254, blank=True, default="")
    smtp_secret = models.TextField(blank=True, default="")
    # Mail that reached the mailbox before this stays where it is.
    begin_at = models.DateTimeField()
    connected_at = models.DateTimeField(null=True)  # when these settings were given
    uidvalidity = models.BigIntegerField(null=True)  # null: look through everything since begin_at
    last_uid = models.BigIntegerField(default=0)
    last_ok_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, blank=True, default="")  # a Finding's code
    trouble_words = models.TextField(blank=True, default="")  # the server's
    told_owners_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return f"mail account of {self.inbox_id}"


class Grant(DueRow):
    """A provider's consent to a mailbox, by OAuth 2, instead of a password. Secrets are sealed.

    Due when its access token ends soon; one renewal at a time, by its lease. `refusal` is the code
    of a Finding while the provider renews it no more.
    """

    account = models.OneToOneField(MailAccount, on_delete=models.CASCADE, related_name="grant")
    provider = models.CharField(max_length=20)  # a key of providers.CONSENTS, or "other"
    authorize_url = models.CharField(max_length=500)
    token_url = models.CharField(max_length=500)
    scopes = models.CharField(max_length=500)
    client_id = models.CharField(max_length=300)
    client_secret = models.TextField(blank=True, default="")
    refresh_token = models.TextField()
    access_token = models.TextField()
    expires_at = models.DateTimeField()
    refusal = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes = [due_index("grant_due")]

    @property
    def provider_name(self) -> str:
        known = CONSENTS.get(self.provider)
        return known.name if known else urlsplit(self.authorize_url).hostname or ""

    def __str__(self) -> str:
        return f"grant of {self.account_id}"


class Trial(DueRow):
    """A live test of a mailbox, asked for on a page and made by the worker.

    `sealed`: the settings to try, as JSON; `found`: what came of it, by "imap" and "smtp".
    With OAuth it first waits for the provider's consent, neither due nor done; `asking`, sealed
    too, holds the code that comes back and what it is exchanged with.
    """

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    by = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()
    asking = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)

    class Meta:
        indexes = [due_index("trial_due")]

    def __str__(self) -> str:
        return f"trial {self.public_id}"


class Notice(DueRow):
    """A mail from Goodword itself to a teammate: an invitation, a password link, a warning."""

    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [due_index("notice_due")]

    def __str__(self) -> str:
        return f"notice {self.pk}"
