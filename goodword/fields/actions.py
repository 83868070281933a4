"""Which fields a business has. Owners decide; what stands in them is written by who answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.fields import events as facts
from goodword.fields import queries
from goodword.fields.models import Field

MOST_CHOICES = 50


class NoName(Exception):
    """A field is told by its name; this one is empty."""


class NameTaken(Exception):
    """There is another field of this name for the same."""


class NoChoices(Exception):
    """One of several needs two choices at least, and fifty at most."""


@transaction.atomic
def define(
    name: str, *, about: str, kind: str, choices: Sequence[str] = (), by: Teammate, at: datetime
) -> Field:
    """A new field, the last of its kind of subject. Raises MayNot, NoName, NameTaken, NoChoices."""
    _require(by)
    last = queries.of(about).last()
    field = Field(
        name=_free_name(name, about=about),
        about=Field.About(about),
        kind=Field.Kind(kind),
        choices=_told_apart(choices) if kind == Field.Kind.ONE_OF else [],
        position=last.position + 1 if last else 0,
        made_at=at,
    )
    field.save()
    events.announce(facts.FieldDefined(), by=by, about=field, at=at)
    return field


@transaction.atomic
def rename(field: Field, name: str, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot, NoName, NameTaken."""
    _require(by)
    field.name = _free_name(name, about=field.about, but=field)
    field.save(update_fields=["name"])
    events.announce(facts.FieldChanged(), by=by, about=field, at=at)


@transaction.atomic
def choose_among(field: Field, choices: Sequence[str], *, by: Teammate, at: datetime) -> None:
    """Other choices; what stands somewhere and is no choice any more stays until it is changed.

    Raises MayNot, NoChoices.
    """
    _require(by)
    if field.kind != Field.Kind.ONE_OF:
        raise NoChoices
    field.choices = _told_apart(choices)
    field.save(update_fields=["choices"])
    events.announce(facts.FieldChanged(), by=by, about=field, at=at)


@transaction.atomic
def reorder(fields: Sequence[Field], *, by: Teammate, at: datetime) -> None:
    """They stand in this order, and others of the same subject after them. Raises MayNot."""
    _require(by)
    if not fields:
        return
    named = [field.pk for field in fields]
    rest = [each for each in queries.of(fields[0].about) if each.pk not in named]
    for position, field in enumerate([*fields, *rest]):
        if field.position != position:
            field.position = position
            field.save(update_fields=["position"])
            events.announce(facts.FieldChanged(), by=by, about=field, at=at)


@transaction.atomic
def forget(field: Field, *, by: Teammate, at: datetime) -> int:
    """It goes, and what stands in it: gives how many values that were. Raises MayNot."""
    _require(by)
    values = queries.count_values(field)
    events.announce(facts.FieldForgotten(values=values), by=by, about=field, at=at)
    field.delete()
    return values


def _require(by: Teammate) -> None:
    if not rights.may_settle(by):
        raise rights.MayNot


def _free_name(name: str, *, about: str, but: Field | None = None) -> str:
    name = clean_line(name, most=60)
    if not name:
        raise NoName
    if queries.of(about).filter(name__iexact=name).exclude(pk=but.pk if but else 0).exists():
        raise NameTaken(name)
    return name


def _told_apart(choices: Sequence[str]) -> list[str]:
    """Each once, in their order."""
    lines = [line for each in choices if (line := clean_line(each, most=100))]
    folded = [line.casefold() for line in lines]
    once = [line for n, line in enumerate(lines) if folded.index(folded[n]) == n]
    if not 2 <= len(once) <= MOST_CHOICES:
        raise NoChoices
    return once
