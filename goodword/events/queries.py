from __future__ import annotations

from django.db.models import Model, QuerySet

from goodword.events.actions import name_of
from goodword.events.models import Delivery, Event


def trail() -> QuerySet[Event]:
    """Everything that happened, newest first: the audit trail."""
    return Event.objects.order_by("-id")


def failing() -> QuerySet[Delivery]:
    """Deliveries that failed at least once and are still owed, oldest first."""
    return Delivery.objects.filter(due_at__isnull=False, tries__gt=0).exclude(why="").order_by("id")


def about(row: Model) -> QuerySet[Event]:
    """What happened to one thing, oldest first."""
    return Event.objects.filter(subject=name_of(row)).order_by("id")


def key_of(name: str, kind: str) -> int | None:
    """The key in a `kind:id`, None where it names something else."""
    found, _colon, key = name.partition(":")
    return int(key) if found == kind and key.isdecimal() else None
