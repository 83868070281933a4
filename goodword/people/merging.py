"""Two that are one. Nothing that was said is rewritten: one row leads on to the other, and all
that is asked of a person is asked of who stands and everybody merged into them.

Who may is decided above (`desk.persons.merging`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from goodword.accounts.models import Teammate
from goodword.events import actions as events
from goodword.people import events as facts
from goodword.people import queries, words
from goodword.people.models import Merged, Person

SHARED = ("name", "language", "zone", "kind", "organisation", "role")


class NotTwo(Exception):
    """They are one already."""


class NotMerged(Exception):
    """They were taken apart before."""


class MergedOn(Exception):
    """Who stood was merged with somebody else at the same moment."""


@transaction.atomic
def merge(person: Person, into: Person, *, by: Teammate, at: datetime) -> Merged:
    """`person` is `into`: who stands keeps what is known of them, and has what only `person` had.

    Raises NotTwo.
    """
    locked = lock(person, into)
    person, into = locked[person.pk], locked[into.pk]
    if person.pk == into.pk or person.redirect_to_id or into.redirect_to_id:
        raise NotTwo
    merged = Merged(person=person, into=into, by=by, at=at)
    for column in SHARED:
        setattr(merged, column, getattr(person, column))
    merged.given = given(person, into)
    merged.save()
    for column in merged.given:
        setattr(into, column, getattr(person, column))
    theirs = queries.all_of(person.pk).values_list("pk", flat=True)
    Person.objects.filter(pk__in=list(theirs)).update(redirect_to=into)
    queries.all_of(into.pk).update(**{column: getattr(into, column) for column in SHARED})
    person.words.all().delete()
    words.remember(into)
    events.announce(facts.PersonsMerged(merged_id=person.pk), by=by, about=into, at=at)
    return merged


def given(person: Person, into: Person) -> list[str]:
    found = [
        column
        for column in ("name", "language", "zone", "kind")
        if getattr(person, column) and not getattr(into, column)
    ]
    if person.organisation_id and not into.organisation_id:
        found += ["organisation", "role"]
    return found


@transaction.atomic
def take_apart(merged: Merged, *, by: Teammate, at: datetime) -> Person:
    """They are two after all: `merged.person` stands by themselves, as they were known before,
    with what they wrote and write from their own addresses, and with whom was merged into them.
    What was written down since stays with who stood. Raises NotMerged, MergedOn.
    """
    stood = queries.standing(merged.into)
    locked = lock(merged.person, stood)
    person, stood = locked[merged.person_id], locked[stood.pk]
    if stood.redirect_to_id:
        raise MergedOn
    won = Merged.objects.filter(pk=merged.pk, undone_at__isnull=True)
    if not won.update(undone_at=at, undone_by=by):
        raise NotMerged
    merged.refresh_from_db()
    own = {column: getattr(merged, column) for column in SHARED}
    if merged.organisation is None:  # it was forgotten meanwhile
        own["role"] = ""
    followers = _merged_into(person)
    Person.objects.filter(pk__in=followers).update(redirect_to=person)
    Person.objects.filter(pk=person.pk).update(redirect_to=None)
    queries.all_of(person.pk).update(**own)
    if merged.into_id == stood.pk:
        _take_back(merged, stood)
    for each in (person, stood):
        each.refresh_from_db()
        _prefer_one(each)
        words.remember(each)
    events.announce(facts.MergeUndone(merged_id=person.pk), by=by, about=stood, at=at)
    return person


def _merged_into(person: Person) -> list[int]:
    """The keys of all who were merged into them, and into those."""
    found: list[int] = []
    newest = [person.pk]
    while newest:
        rows = Merged.objects.filter(into__in=newest, undone_at__isnull=True)
        newest = list(rows.values_list("person", flat=True))
        found += newest
    return found


def _take_back(merged: Merged, stood: Person) -> None:
    """What they had from `merged.person` alone, where it is still that."""
    same = [each for each in merged.given if getattr(stood, each) == getattr(merged, each)]
    if same:
        empty = {column: None if column in {"kind", "organisation"} else "" for column in same}
        queries.all_of(stood.pk).update(**empty)


def _prefer_one(person: Person) -> None:
    """Of what they hold one is preferred; it may have gone with the other."""
    held = list(queries.holdings_of(person))
    if held and not held[0].preferred:
        held[0].preferred = True
        held[0].save(update_fields=["preferred"])


def lock(*persons: Person) -> dict[int, Person]:
    """As they are now, held until the transaction ends, with whoever leads to them; in one order
    for everybody.
    """
    keys = {person.pk for person in persons}
    rows = Person.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows.filter(Q(pk__in=keys) | Q(redirect_to__in=keys))}
