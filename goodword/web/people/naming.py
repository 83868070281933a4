"""An organisation by the name that somebody typed."""

from __future__ import annotations

from datetime import datetime

from goodword.accounts.models import Teammate
from goodword.core.text import clean_line
from goodword.people import belonging, queries
from goodword.people.models import Organisation, Person


def belong(person: Person, name: str, *, role: str, by: Teammate, at: datetime) -> None:
    """They belong to the organisation of this name, made where there is none; empty: to none."""
    name = clean_line(name, most=200)
    if name:
        here = called(name) or belonging.name_organisation(name, by=by, at=at)
        belonging.belong_to(person, here, role=role, by=by, at=at)
    else:
        belonging.leave(person, by=by, at=at)


def called(name: str) -> Organisation | None:
    return queries.organisations().filter(name__iexact=name).first()
