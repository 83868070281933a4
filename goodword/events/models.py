from __future__ import annotations

from django.db import models

from goodword.core.due import DueRow, due_index


class Event(models.Model):
    """A fact. Append-only; ids, closed-set values and moments only: never a name, address or text.

    `actor` and `subject` are `kind:id` text, so that a row stays true when what it names is gone.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    actor = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-id"], name="event_of_subject"),
            models.Index(fields=["kind", "-id"], name="event_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Delivery(DueRow):
    """One event to be handed to one listener, at least once."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=100)

    class Meta:
        indexes = [due_index("delivery_due")]
        constraints = [
            models.UniqueConstraint(fields=["event", "listener"], name="delivery_once_a_listener")
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event_id} to {self.listener}"


class Pulse(models.Model):
    """That a lane of some worker was alive at that moment; `/healthz` reads it."""

    lane = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.lane} at {self.at}"
