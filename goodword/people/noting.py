"""Notes on a person, outside of any conversation. Whoever sees the person may write one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.core.text import clean
from goodword.events import actions as events
from goodword.people import events as facts
from goodword.people import queries
from goodword.people.models import Person, PersonNote


class NothingWritten(Exception):
    """A note without a word."""


@transaction.atomic
def write(person: Person, text: str, *, by: Teammate, at: datetime) -> PersonNote:
    """Raises MayNot, NothingWritten."""
    if not by.is_active:
        raise rights.MayNot
    text = _words(text)
    note = PersonNote.objects.create(person=queries.standing(person), by=by, text=text, at=at)
    _announce(note, "written", by=by, at=at)
    return note


@transaction.atomic
def edit(note: PersonNote, text: str, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot, NothingWritten."""
    _require(note, by)
    note.text, note.edited_at = _words(text), at
    note.save(update_fields=["text", "edited_at"])
    _announce(note, "edited", by=by, at=at)


@transaction.atomic
def delete(note: PersonNote, *, by: Teammate, at: datetime) -> None:
    """That there was one stays in the trail; what it said is gone. Raises MayNot."""
    _require(note, by)
    _announce(note, "deleted", by=by, at=at)
    note.delete()


def may_change(note: PersonNote, teammate: Teammate) -> bool:
    """Who wrote it, and owners."""
    return teammate.is_active and (note.by_id == teammate.pk or teammate.is_owner)


def _require(note: PersonNote, by: Teammate) -> None:
    if not may_change(note, by):
        raise rights.MayNot


def _words(text: str) -> str:
    words = clean(text).strip()
    if not words:
        raise NothingWritten
    return words


def _announce(note: PersonNote, act: str, *, by: Teammate, at: datetime) -> None:
    fact = facts.NoteKept(note_id=note.pk, act=act)
    events.announce(fact, by=by, about=note.person, at=at)
