from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodword.core import ids
from goodword.files.models import File


class Business(models.Model):
    """The business itself: one row, id 1."""

    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64)  # IANA name
    country = models.CharField(max_length=2)  # ISO 3166-1
    language = models.CharField(max_length=12, default="en")
    undo_send_seconds = models.PositiveIntegerField(default=10)
    # How customers' pages look: an accent as in "#0e563f" (none: Goodword's own), and a picture.
    accent = models.CharField(max_length=7, blank=True, default="")
    logo = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="logo_of")
    requires_second_factor = models.BooleanField(default=False)  # of every teammate
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="business_only_one")]
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a teammate may do; `accounts/rights.py` says it in full."""

    OWNER = "owner", _("Owner")
    LEAD = "lead", _("Lead")
    AGENT = "agent", _("Agent")
    LIGHT = "light", _("Light")


class Theme(models.TextChoices):
    SYSTEM = "", _("As the system")
    LIGHT = "light", pgettext_lazy("colour scheme", "Light")
    DARK = "dark", _("Dark")


class Teammates(BaseUserManager["Teammate"]):
    def get_by_natural_key(self, username: str | None) -> Teammate:
        return self.get(email__iexact=username)


class Teammate(AbstractBaseUser):
    """Someone inside. Deactivated when they leave, never deleted: what they said stays theirs."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    email = models.EmailField(max_length=254, unique=True)  # in lower case
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    signature = models.TextField(blank=True, default="")
    theme = models.CharField(max_length=10, choices=Theme.choices, blank=True, default="")
    # Of the pages they saw last, which is what their browser asks for; empty: none yet.
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    # Promises and questions are looked for in what they write.
    is_advised = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = Teammates()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="teammate_email_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="teammate_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_answer(self) -> bool:
        return self.role != Role.LIGHT


class Team(models.Model):
    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=80)
    members = models.ManyToManyField(Teammate, through="Membership", related_name="teams")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "teammate"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.teammate_id} in {self.team_id}"


class Invitation(models.Model):
    """A link that lets one person in, once, until it expires. Only the token's hash is stored."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    teams = models.ManyToManyField(Team, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class FirstOwnerLink(models.Model):
    """The one-time link printed by the first start: only while there is no owner, for 24 hours."""

    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"first-owner link {self.pk}"


class IdentityProvider(models.Model):
    """Where teammates may sign in instead of here: a server of OpenID Connect."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=60)  # "Sign in with …"
    server_url = models.URLField(max_length=300)  # below it lies .well-known/openid-configuration
    client_id = models.CharField(max_length=200)
    secret = models.TextField(blank=True, default="")  # sealed (core.sealing)
    # It says of no address whether it is verified, and is believed all the same.
    vouches_for_addresses = models.BooleanField(default=False)
    is_second_factor = models.BooleanField(default=False)  # who comes from there needs no other
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="identity_provider_name_once")]

    def __str__(self) -> str:
        return self.name
