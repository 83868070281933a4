"""Who may see which people, and the directory of those.

People are seen through what was said and promised: by whoever may see a conversation with them or
one they wrote in, or something promised between them and us; owners see everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message
from goodword.core import ids
from goodword.core.text import clean_line, fold
from goodword.people import queries as people
from goodword.people.models import Holding, Organisation, Person, Word
from goodword.people.words import beginning
from goodword.promises import queries as promises

Order = Literal["name", "newest"]
# What stands in fewer rows is gathered first and then put in order; of more, the list in its order
# finds a page soon. So neither way grows with the desk.
_FEW = 2000


def found(teammate: Teammate, public_id: str) -> Person | None:
    """Who goes by this name, or whom that one was merged into; None for who may not be seen."""
    named = people.known_as(public_id)
    if named is None:
        return None
    person = people.standing(named)
    return person if is_visible(person, to=teammate) else None


def is_visible(person: Person, *, to: Teammate) -> bool:
    if not to.is_active:
        return False
    if to.is_owner:
        return True
    keys = people.keys_of(person)
    seen = conversations.visible_to(to).order_by()
    wrote = Message.objects.filter(conversations.holding(seen), person__in=keys)
    return (
        seen.filter(person__in=keys).exists()
        or promises.visible_to(to).filter(person__in=keys).exists()
        or wrote.exists()
    )


def visible_to(teammate: Teammate) -> QuerySet[Person]:
    """Those of the directory, who stand: with whom one sees a conversation, or has a word outside
    of any.
    """
    standing = Person.objects.filter(redirect_to__isnull=True)
    if not teammate.is_active:
        return standing.none()
    return standing if teammate.is_owner else standing.filter(_seen_by(teammate))


def _seen_by(teammate: Teammate) -> Q:
    said = conversations.visible_to(teammate).order_by()
    loose = promises.visible_to(teammate).filter(conversation__isnull=True).order_by()
    if said[: _FEW + 1].count() <= _FEW:
        who = Coalesce("person__redirect_to", "person")
        here = said.values(who=who).union(loose.filter(person__isnull=False).values(who=who))
        return Q(pk__in=here)
    merged = Person.objects.filter(redirect_to=OuterRef("pk"), redirect_to__isnull=False)
    return (
        Q(Exists(said.filter(person=OuterRef("pk"))))
        | Q(Exists(loose.filter(person=OuterRef("pk"))))
        | Q(Exists(merged.filter(Exists(said.filter(person=OuterRef("pk"))))))
        | Q(Exists(merged.filter(Exists(loose.filter(person=OuterRef("pk"))))))
    )


def organisations_seen_by(teammate: Teammate) -> QuerySet[Organisation]:
    """By name: all for an owner, else those that somebody one sees belongs to."""
    if teammate.is_owner and teammate.is_active:
        return people.organisations()
    theirs = visible_to(teammate).filter(organisation=OuterRef("pk"))
    return people.organisations().filter(Exists(theirs))


# The directory


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `address`: where they are written to, as written. `newest`: of what one may see."""

    person: Person
    address: str
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """`after`: what to ask for the next page with; empty on the last."""

    entries: list[Entry]
    after: str


def directory(
    teammate: Teammate,
    *,
    order: Order = "name",
    words: str = "",
    organisation: Organisation | None = None,
    after: str = "",
    most: int = 50,
) -> Page:
    """A page of the people one may see. What is searched for stands by name, whatever `order`."""
    if order == "newest" and not words and organisation is None:
        return _by_newest(teammate, after, most)
    rows = visible_to(teammate).select_related("organisation", "kind")
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    if words:
        rows = rows.filter(matching(words))
    if last := people.known_as(after) if after else None:
        rows = rows.filter(sorts_as__gte=last.sorts_as)
        rows = rows.exclude(sorts_as=last.sorts_as, pk__lte=last.pk)
    found = list(rows.order_by("sorts_as", "pk")[: most + 1])
    shown = found[:most]
    more = shown[-1].public_id if len(found) > most else ""
    return Page(_entries(teammate, shown), more)


def _by_newest(teammate: Teammate, after: str, most: int) -> Page:
    """Whom one heard of last: the newest conversation of each, as they follow one another."""
    if not teammate.is_active:
        return Page([], "")
    seen = conversations.visible_to(teammate).order_by()
    seen = seen.filter(latest_key__gt=0)
    rows = seen.annotate(who=Coalesce("person__redirect_to", "person"))
    newer = Q(latest_key__gt=OuterRef("latest_key")) | Q(
        latest_key=OuterRef("latest_key"), pk__gt=OuterRef("pk")
    )
    newer &= Q(latest_key__gte=OuterRef("latest_key"))
    merged = Person.objects.filter(redirect_to=OuterRef(OuterRef("who")), redirect_to__isnull=False)
    rows = rows.exclude(Exists(seen.filter(newer, person=OuterRef("who")))).exclude(
        Exists(seen.filter(newer, person__in=merged.values("pk")))
    )
    if after.isdecimal():
        rows = rows.filter(latest_key__lt=int(after))
    found = list(rows.order_by("-latest_key").values_list("who", "latest_key")[: most + 1])
    shown = found[:most]
    persons = Person.objects.select_related("organisation", "kind").in_bulk(
        [who for who, _key in shown]
    )
    return Page(
        _entries(teammate, [persons[who] for who, _key in shown]),
        str(shown[-1][1]) if len(found) > most else "",
    )


def _entries(teammate: Teammate, persons: Sequence[Person]) -> list[Entry]:
    """Three queries, however many they are."""
    keys = [person.pk for person in persons]
    merged = Person.objects.filter(redirect_to__in=keys, redirect_to__isnull=False)
    keys += merged.values_list("pk", flat=True)
    held = Holding.objects.filter(person__in=keys, until__isnull=True).order_by(
        F("person__redirect_to").desc(nulls_last=True), "preferred", "-id"
    )
    columns = held.values_list("person__redirect_to", "person", "address__written")
    addresses = {to or key: written for to, key, written in columns}
    said = conversations.visible_to(teammate).filter(person=OuterRef("pk"))
    newest = Subquery(said.order_by("-latest_key").values("latest_key")[:1])
    rows = Person.objects.filter(pk__in=keys).annotate(newest=newest)
    moments: dict[int, int] = {}
    for key, to, last in rows.values_list("pk", "redirect_to", "newest"):
        moments[to or key] = max(moments.get(to or key, 0), last or 0)
    return [
        Entry(
            person,
            addresses.get(person.pk, ""),
            ids.moment_of(moments[person.pk]) if moments.get(person.pk) else None,
        )
        for person in persons
    ]


def matching(words: str) -> Q:
    """Who has a name or an address with each of these words, as they begin, or belongs to an
    organisation of that name or with that domain.
    """
    line = clean_line(words, most=320)
    theirs = _organisations(line)
    terms = [line.lower()] if "@" in line.strip("@") else fold(line).split()[:8]
    if not terms or line.startswith("@"):
        return Q(organisation__in=theirs)
    rare = max(terms, key=len)
    first = Word.objects.filter(beginning(rare)).values("person")
    at_these = Person.objects.filter(organisation__in=theirs).values("pk")
    every = Q()
    for term in terms:
        every &= Q(Exists(Word.objects.filter(beginning(term), person=OuterRef("pk"))))
    belongs = Q(organisation__in=theirs) if theirs else Q(pk__in=[])
    few = first[: _FEW + 1].count() + at_these[: _FEW + 1].count() <= _FEW
    return Q(every | belongs, pk__in=first.union(at_these)) if few else every | belongs


def _organisations(line: str) -> list[int]:
    if line.startswith("@"):
        found = people.organisation_at(line[1:].lower())
        return [found.pk] if found else []
    return list(
        people.organisations().filter(name__icontains=line).values_list("pk", flat=True)[:50]
    )


# What was said with a person


def conversations_with(
    person: Person, *, visible: QuerySet[Conversation]
) -> QuerySet[Conversation]:
    """Those of `visible` that are with them, newest first; page by `latest_key`."""
    theirs = visible.filter(side_of__isnull=True)
    return conversations.with_same(people.keys_of(person), visible=theirs)
