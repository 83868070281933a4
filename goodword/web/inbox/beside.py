"""Who the person beside a conversation is, and what the business notes of both: in few words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Substr

from goodword.conversations.models import Conversation, ConversationValue
from goodword.core import prepared
from goodword.core.text import one_line
from goodword.fields.models import Field
from goodword.people.models import Organisation, Person, PersonNote, PersonValue
from goodword.web.people import written
from goodword.web.people.written import Fact

_NOTE_SHOWN = 160  # characters


@dataclass(slots=True)
class Beside:
    """`facts`: what stands in the fields of the person; `here`: in those of the conversation.
    `has_fields`: whether conversations have any.
    """

    organisation: str = ""
    organisation_id: str = ""  # public
    note: str = ""
    facts: list[Fact] = field(default_factory=list)
    here: list[Fact] = field(default_factory=list)
    has_fields: bool = False


def of(found: Conversation) -> Beside:
    """One query."""
    about = Beside()
    rows = prepared.rows("beside", _beside, found.pk, found.person.standing_id)
    for what, _position, label, kind, text in sorted(rows, key=lambda row: (row[0], row[1])):
        if what == "organisation":
            about.organisation, about.organisation_id = label, text
        elif what == "note":
            about.note = one_line(text, most=_NOTE_SHOWN)
        else:
            facts = about.here if what == "here" else about.facts
            facts += written.facts([(Field(name=label, kind=kind), text or "")])
            about.has_fields |= what == "here"
    return about


def _beside(conversation: int, person: int) -> QuerySet[Any, tuple[Any, ...]]:
    """What it is, its place among its like, what it is called, its kind, what stands there."""
    # As a list of keys, which an index finds: joined, all people would be looked at.
    whose = Person.objects.filter(Q(pk=person) | Q(redirect_to=person)).values("pk")
    newest = PersonNote.objects.filter(person__in=whose).order_by("-at", "-id").values("pk")[:1]
    # Who stands has the last word.
    own = PersonValue.objects.filter(person__in=whose, field=OuterRef("pk"))
    own = own.order_by(F("person__redirect_to").asc(nulls_first=True))
    here = ConversationValue.objects.filter(conversation=conversation, field=OuterRef("pk"))
    first, *others = [
        _rows(Organisation.objects.filter(people=person), "organisation", F("public_id"), "name"),
        _rows(PersonNote.objects.filter(pk=Subquery(newest)), "note", _beginning()),
        _rows(_of(Field.About.PERSON), "theirs", _text(own), "name", "kind", "position"),
        _rows(_of(Field.About.CONVERSATION), "here", _text(here), "name", "kind", "position"),
    ]
    return first.union(*others, all=True)


def _rows(
    rows: QuerySet[Any], what: str, text: Any, name: str = "", kind: str = "", position: str = ""
) -> QuerySet[Any, tuple[Any, ...]]:
    """As columns that are alike for all, so that one query has them."""
    return rows.order_by().values_list(
        Value(what, output_field=TextField()),
        F(position) if position else Value(0, output_field=IntegerField()),
        *(Cast(F(each) if each else Value(""), TextField()) for each in (name, kind)),
        Cast(text, TextField()),
    )


def _of(about: str) -> QuerySet[Field]:
    return Field.objects.filter(about=about)


def _text(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.values("text")[:1])


def _beginning() -> Substr:
    return Substr("text", 1, 2 * _NOTE_SHOWN)
