"""A business's own fields, defined and filled, and what a search by them finds."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from goodword.accounts.models import Teammate
from goodword.conversations import filling
from goodword.conversations.models import Conversation
from goodword.desk.search import finding
from goodword.fields import actions as fields
from goodword.fields.models import Field
from tests.factories import MONDAY_NOON

NOW = MONDAY_NOON


def define(
    house: SimpleNamespace,
    name: str,
    kind: str = "text",
    about: str = "conversation",
    choices: Sequence[str] = ("Opal", "Jade"),
) -> Field:
    choices = choices if kind == "one_of" else ()
    return fields.define(name, about=about, kind=kind, choices=choices, by=house.ana, at=NOW)


def fill(house: SimpleNamespace, conversation: Conversation, field: Field, text: str) -> None:
    filling.set_value(conversation, field, text, by=house.ana, at=NOW)


def found(house: SimpleNamespace, text: str, by: Teammate | None = None) -> set[str]:
    hits = finding.find(finding.read(text, at=NOW), by=by or house.ben).hits
    named = {each.pk: name for name, each in house.named.items()}
    return {named.get(hit.conversation, "another") for hit in hits}
