"""An organisation by the name that somebody typed."""

from __future__ import annotations

from datetime import datetime

from goodword.accounts.models import Teammate
from goodword.core.text import clean_line
from goodword.desk.persons import seeing
from goodword.people import belonging, queries
from goodword.people.models import Organisation, Person


def belong(person: Person, name: str, *, role: str, by: Teammate, at: datetime) -> None:
    """They belong to the organisation of this name, made where there is none; empty: to none.

    Raises NameTaken for one that `by` doesn't see: its page would open to whoever guesses it.
    """
    name = clean_line(name, most=200)
    if person.organisation and person.organisation.name == name:
        belonging.belong_to(person, person.organisation, role=role, by=by, at=at)
    elif name:
        here = called(name, by=by) or belonging.name_organisation(name, by=by, at=at)
        belonging.belong_to(person, here, role=role, by=by, at=at)
    else:
        belonging.leave(person, by=by, at=at)


def called(name: str, *, by: Teammate) -> Organisation | None:
    """One that `by` sees, or that nobody belongs to so far."""
    found = queries.organisations().filter(name__iexact=name).first()
    if found is None or not found.people.exists():
        return found
    return seeing.organisations_seen_by(by).filter(pk=found.pk).first()
