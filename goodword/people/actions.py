"""Find or make the people who write to us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.core import prepared
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.people import events as facts
from goodword.people import queries, words
from goodword.people.models import Address, Holding, Kind, Person, Word
from goodword.people.organisations import domain_of


class NoName(Exception):
    """A kind of people is told by its name; this one is empty."""


class NameTaken(Exception):
    """There is another kind of this name."""


def normalised(value: str, *, kind: str = "email") -> str:
    """How an address is compared: trimmed, lower case. Dots and plus tags stay: they can matter."""
    return clean_line(value, most=320).lower() if kind == "email" else clean_line(value, most=320)


def know_address(value: str, *, kind: str = "email") -> Address:
    """The row of an address, made when it is new."""
    return know_addresses([value], kind=kind)[normalised(value, kind=kind)]


@transaction.atomic(savepoint=False)
def know_addresses(values: Iterable[str], *, kind: str = "email") -> dict[str, Address]:
    """The rows of many addresses by their normalised value, made where they are new."""
    written = {normalised(value, kind=kind): clean_line(value, most=320) for value in values}
    if not written:
        return {}
    known = {row.value: row for row in queries.addresses(written, kind=kind)}
    # In one order for all: two who meet the same people wait for each other, and neither for ever.
    new = sorted(value for value in written if value not in known)
    if new:
        Address.objects.bulk_create(
            [Address(kind=kind, value=value, written=written[value]) for value in new],
            ignore_conflicts=True,  # somebody else may meet them at this moment
        )
        known |= {row.value: row for row in queries.addresses(new, kind=kind)}
    return known


def note_bounce(address: Address, *, hard: bool, words: str, at: datetime) -> None:
    """Mail to it came back. Since when stays; once hard it is not made soft again."""
    Address.objects.filter(pk=address.pk, bouncing_since__isnull=True).update(bouncing_since=at)
    said = {"bounce_words": clean_line(words, most=500)}
    Address.objects.filter(pk=address.pk).update(**said, **({"bounces_hard": True} if hard else {}))


def note_complaint(address: Address, *, at: datetime) -> None:
    """Who gets our mail there called it abuse: nothing automatic goes there any more."""
    Address.objects.filter(pk=address.pk, complained_at__isnull=True).update(complained_at=at)


@transaction.atomic
def take_complaint_back(address: Address, *, by: Teammate, at: datetime) -> None:
    """They want our mail after all, by their own word. For owners. Raises MayNot."""
    if not rights.may_settle(by):
        raise rights.MayNot
    if address.complained_at is not None:
        address.complained_at = None
        address.save(update_fields=["complained_at"])
        fact = facts.ComplaintTakenBack(address_id=address.pk)
        events.announce(fact, by=by, about=address, at=at)


def works_again(address: Address, *, by: Teammate | None, at: datetime) -> None:
    """It doesn't bounce any more: somebody wrote from it, which says so itself, or `by` knows
    better. Raises MayNot.
    """
    if by is not None:
        rights.require_answer(by)
    if address.bouncing_since is None:
        return
    with transaction.atomic():
        address.bouncing_since, address.bounces_hard, address.bounce_words = None, False, ""
        address.save(update_fields=["bouncing_since", "bounces_hard", "bounce_words"])
        if by is not None:
            events.announce(facts.AddressWorks(address_id=address.pk), by=by, about=address, at=at)


@transaction.atomic(savepoint=False)
def meet(
    value: str, *, name: str = "", kind: str = "email", at: datetime
) -> tuple[Person, Address]:
    """The person who writes from this address (its primary holder), made when they are new.

    A name they give is kept when we have none; it never overwrites one.
    """
    address = know_address(value, kind=kind)
    holder = holders([address])[address.pk]
    return meet_at(address, holder=holder, name=name, at=at), address


def holders(addresses: Iterable[Address]) -> dict[int, Person | None]:
    """Who mail from these addresses is from, by the address's key. Whom nobody holds yet nobody
    else meets before this transaction ends.
    """
    asked = {address.pk: address for address in addresses}
    held = queries.primary_holders(asked.values())
    new = [each for key, each in asked.items() if key not in held]
    if new and connection.features.has_select_for_update:
        # Two mails at once from someone new: the second waits here. SQLite's write lock does it.
        rows = Address.objects.select_for_update(no_key=True).order_by("pk")
        list(rows.filter(pk__in=[each.pk for each in new]).values_list("pk"))
        held |= queries.primary_holders(new)
    return {key: held.get(key) for key in asked}


@transaction.atomic(savepoint=False)
def meet_at(address: Address, *, holder: Person | None, name: str = "", at: datetime) -> Person:
    """`meet`, when `holders` has been asked before."""
    name = clean_line(name, most=200)
    person = holder or _introduce(address, name, at=at)
    if name and not person.name:
        share(person, name=name)
        words.remember(queries.standing(person))
    return person


def _introduce(address: Address, name: str, *, at: datetime) -> Person:
    """Make the person who holds an address that nobody holds yet."""
    theirs = queries.organisation_at(domain_of(address))
    sorts_as = words.sorts_as(name, address.value)
    person = Person(name=name, sorts_as=sorts_as, organisation=theirs, made_at=at)
    prepared.insert(person)
    held = Holding(person=person, address=address, since=at, preferred=True, primary=True)
    prepared.insert(held)
    found_by = sorted(words.words_of([name], [address.value]))
    prepared.insert_given(Word, [{"person_id": person.pk, "word": word} for word in found_by])
    if theirs is not None:
        fact = facts.OrganisationChosen(organisation_id=theirs.pk)
        events.announce(fact, by=None, about=person, at=at)
    return person


def share(person: Person, **columns: Any) -> None:
    """Write what whoever stands and all who were merged into them have in common."""
    here = Person.objects.select_for_update(no_key=True).filter(pk=person.pk)
    person.redirect_to_id = here.values_list("redirect_to", flat=True).get()  # by now
    for name, value in columns.items():
        setattr(person, name, value)
    queries.all_of(person.standing_id).update(**columns)


# The kinds of people that the business tells apart


@transaction.atomic
def name_kind(name: str, *, kind: Kind | None = None, by: Teammate, at: datetime) -> Kind:
    """Make a kind, or give `kind` another name. Raises NoName, NameTaken."""
    name = clean_line(name, most=60)
    if not name:
        raise NoName
    if Kind.objects.filter(name__iexact=name).exclude(pk=kind.pk if kind else 0).exists():
        raise NameTaken(name)
    kind = kind or Kind()
    kind.name = name
    kind.save()
    events.announce(facts.KindNamed(), by=by, about=kind, at=at)
    return kind


@transaction.atomic
def forget_kind(kind: Kind, *, by: Teammate, at: datetime) -> None:
    """Who was of it is of none now; what was promised to them stands."""
    events.announce(facts.KindForgotten(), by=by, about=kind, at=at)
    kind.delete()


@transaction.atomic
def be_of_kind(person: Person, kind: Kind | None, *, by: Teammate, at: datetime) -> None:
    """From now on they are of this kind, or of none; what is owed already stays as it was said."""
    if person.kind_id == (kind.pk if kind else None):
        return
    share(person, kind=kind)
    fact = facts.KindChosen(kind_id=kind.pk if kind else None)
    events.announce(fact, by=by, about=person, at=at)


@transaction.atomic
def describe(
    person: Person, *, name: str, language: str, zone: str, by: Teammate, at: datetime
) -> None:
    """What we know of them. `zone`: an IANA name, or empty: the house's; likewise the language."""
    share(person, name=clean_line(name, most=200), language=language, zone=zone)
    words.remember(queries.standing(person))
    events.announce(facts.PersonDescribed(), by=by, about=person, at=at)


@transaction.atomic
def withdraw_links(person: Person, *, by: Teammate, at: datetime) -> None:
    """The links to their own page that they were given so far open nothing from now on."""
    person.links_since = at
    person.save(update_fields=["links_since"])
    events.announce(facts.LinksWithdrawn(), by=by, about=person, at=at)
