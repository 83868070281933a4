from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from goodword.accounts.models import Teammate
from goodword.core import ids
from goodword.fields.models import Value


class Kind(models.Model):
    """A kind of people that the business tells apart: wholesale, friends of the house, …"""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="kind_name_once")]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A company, a club, a school: people belong to it."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="organisation_name_once")]

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """A mail domain of its own: who writes from there and is new belongs to it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)  # in lower case

    def __str__(self) -> str:
        return self.domain


class Person(models.Model):
    """Someone outside. Merging leaves a redirect; messages keep who it was at the time.

    Whoever redirects to another goes by that one's name, language, zone, kind, organisation and
    role (`merging.SHARED`), so that a row read through what they once wrote says what is true now.
    """

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=200, blank=True, default="")
    sorts_as = models.CharField(max_length=200, blank=True, default="")  # folded
    language = models.CharField(max_length=12, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    kind = models.ForeignKey(Kind, null=True, on_delete=models.SET_NULL, related_name="people")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.SET_NULL, related_name="people", db_index=False
    )
    role = models.CharField(max_length=100, blank=True, default="")  # what they do there
    made_at = models.DateTimeField()
    redirect_to = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="redirected", db_index=False
    )
    # Links to their page that were made before this open nothing any more.
    links_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            models.Index(
                fields=["sorts_as", "id"],
                name="person_by_name",
                condition=models.Q(redirect_to__isnull=True),
            ),
            # Of the few alone, as with conversations: else it is taken for a way to all others.
            models.Index(
                fields=["redirect_to"],
                name="person_redirected",
                condition=models.Q(redirect_to__isnull=False),
            ),
            models.Index(
                fields=["organisation", "sorts_as", "id"],
                name="person_of_organisation",
                condition=models.Q(organisation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"

    @property
    def standing_id(self) -> int:
        """The key of who stands: their own, or of whom they were merged into."""
        return self.redirect_to_id or self.pk


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


class Word(models.Model):
    """A word by which somebody who stands is found: of their names, or an address of theirs."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="words", db_index=False
    )
    word = models.CharField(max_length=320)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "word"], name="word_once")]
        indexes = [
            # PostgreSQL looks a beginning up in such an index alone; SQLite takes any.
            models.Index(
                fields=["word", "person"],
                name="word_of_person",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.word


class Merged(models.Model):
    """That somebody found two to be one, and how `person` was known before."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merged_here")
    by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    kind = models.ForeignKey(Kind, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=100, blank=True, default="")
    # Those of these that `into` had not, and has from `person`.
    given: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(undone_at__isnull=True),
                name="merged_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("into")), name="merged_are_two"
            ),
        ]
        verbose_name_plural = "merged"

    def __str__(self) -> str:
        return f"{self.person_id} is {self.into_id}"


class PersonNote(models.Model):
    """What teammates tell each other of a person, outside of any conversation."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="person_notes")
    text = models.TextField()
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="person_note_newest")]

    def __str__(self) -> str:
        return f"note {self.public_id}"


class PersonValue(Value):
    """What stands in a field for a person."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="values", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "field"], name="person_value_once")
        ]
        indexes = [models.Index(fields=["field", "sorts_as"], name="person_value_in_order")]


class OrganisationValue(Value):
    """What stands in a field for an organisation."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="values", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "field"], name="organisation_value_once"
            )
        ]
        indexes = [models.Index(fields=["field", "sorts_as"], name="organisation_value_in_order")]
