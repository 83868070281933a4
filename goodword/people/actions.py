"""Find or make the people who write to us."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.core.text import clean_line
from goodword.people.models import Address, Holding, Person


def normalised(value: str, *, kind: str = "email") -> str:
    """How an address is compared: trimmed, lower case. Dots and plus tags stay: they can matter."""
    return (
        clean_line(value, most=320).casefold() if kind == "email" else clean_line(value, most=320)
    )


@transaction.atomic
def know_address(value: str, *, kind: str = "email") -> Address:
    """The row of an address, made when it is new."""
    written = clean_line(value, most=320)
    address, _ = Address.objects.get_or_create(
        kind=kind, value=normalised(value, kind=kind), defaults={"written": written}
    )
    return address


def note_bounce(address: Address, *, hard: bool, words: str, at: datetime) -> None:
    """Mail to it came back. Since when stays; once hard it is not made soft again."""
    Address.objects.filter(pk=address.pk, bouncing_since__isnull=True).update(bouncing_since=at)
    said = {"bounce_words": clean_line(words, most=500)}
    Address.objects.filter(pk=address.pk).update(**said, **({"bounces_hard": True} if hard else {}))


def note_complaint(address: Address, *, at: datetime) -> None:
    """Who gets our mail there called it abuse: nothing automatic goes there any more."""
    Address.objects.filter(pk=address.pk, complained_at__isnull=True).update(complained_at=at)


def works_again(address: Address) -> None:
    """Somebody wrote from it, or a teammate knows better: it doesn't bounce any more."""
    if address.bouncing_since is not None:
        address.bouncing_since, address.bounces_hard, address.bounce_words = None, False, ""
        address.save(update_fields=["bouncing_since", "bounces_hard", "bounce_words"])


@transaction.atomic
def meet(
    value: str, *, name: str = "", kind: str = "email", at: datetime
) -> tuple[Person, Address]:
    """The person who writes from this address (its primary holder), made when they are new.

    A name they give is kept when we have none; it never overwrites one.
    """
    address = know_address(value, kind=kind)
    # Two mails at once from someone new: the second waits here (SQLite: the write lock does it).
    Address.objects.select_for_update().get(pk=address.pk)
    holding = address.holdings.filter(primary=True).select_related("person").first()
    name = clean_line(name, most=200)
    if holding is None:
        person = Person.objects.create(name=name, made_at=at)
        Holding.objects.create(
            person=person, address=address, since=at, preferred=True, primary=True
        )
        return person, address
    person = holding.person
    if name and not person.name:
        person.name = name
        person.save(update_fields=["name"])
    return person, address
