from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from goodword.core import ids

LONGEST_VALUE = 500
LONGEST_ORDER = 120  # bytes


class Field(models.Model):
    """Something a business writes down of each person, organisation or conversation."""

    class About(models.TextChoices):
        PERSON = "person", _("Customers")
        ORGANISATION = "organisation", _("Organisations")
        CONVERSATION = "conversation", _("Conversations")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        ONE_OF = "one_of", _("One of several")
        LINK = "link", _("Link")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=60)
    about = models.CharField(max_length=12, choices=About.choices)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    choices: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("about", Lower("name"), name="field_name_once"),
            models.CheckConstraint(
                condition=models.Q(about__in=["person", "organisation", "conversation"]),
                name="field_about_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Value(models.Model):
    """What stands in a field for one subject; the room of the subject says of which.

    `text` is what `values.parse` made of what was typed: alike is written alike; `sorts_as` is
    where that stands in its order (`sorting`).
    """

    field: models.ForeignKey[Any, Field] = models.ForeignKey(
        Field, on_delete=models.CASCADE, related_name="+"
    )
    text = models.CharField(max_length=LONGEST_VALUE)
    sorts_as = models.BinaryField(max_length=LONGEST_ORDER, default=b"")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.field_id}: {self.text}"
