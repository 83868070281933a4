from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from goodword.core import ids


class Kind(models.Model):
    """A kind of people that the business tells apart: wholesale, friends of the house, …"""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="kind_name_once")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Someone outside. Merging leaves a redirect; messages keep who it was at the time."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    kind = models.ForeignKey(Kind, null=True, on_delete=models.SET_NULL, related_name="people")
    made_at = models.DateTimeField()
    redirect_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    # Links to their page that were made before this open nothing any more.
    links_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"


class Address(models.Model):
    """Where someone writes from, as written and normalised. A claim, not an identity."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        SOCIAL = "social"
        POSTAL = "postal"
        CHAT = "chat"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    written = models.CharField(max_length=320)
    value = models.CharField(max_length=320)  # normalised
    verified_at = models.DateTimeField(null=True)
    # Since when mail to it comes back; hard: the address itself is bad, soft: full, for now, …
    bouncing_since = models.DateTimeField(null=True)
    bounces_hard = models.BooleanField(default=False)
    bounce_words = models.CharField(max_length=500, blank=True, default="")  # the server's
    # Who gets our mail called it abuse: nothing automatic goes there any more.
    complained_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="address_once")]
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.written

    @property
    def wants_nothing_automatic(self) -> bool:
        """They complained, or mail to them comes back for good."""
        return self.complained_at is not None or (
            self.bouncing_since is not None and self.bounces_hard
        )


class Holding(models.Model):
    """That a person holds an address. Several may hold one; one is primary for new mail."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="holdings")
    label = models.CharField(max_length=60, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    preferred = models.BooleanField(default=False)  # of the person's addresses
    primary = models.BooleanField(default=False)  # of the address's holders

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "address"], name="holding_once"),
            models.UniqueConstraint(
                fields=["address"], condition=models.Q(primary=True), name="holding_one_primary"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} holds {self.address_id}"
