"""Do two conversations belong together? What only seems to continue another asks a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.people import queries as people
from goodword.web.inbox import showing

_MOST = 5
_MOST_LINKED = 20


@dataclass(frozen=True, slots=True)
class Suspected:
    """Another conversation that may be the same. `can_join`: both are live."""

    other: Conversation
    who: str
    words: str
    can_join: bool


def suspected(found: Conversation, *, by: Teammate) -> list[Suspected]:
    """What a person is asked about `found`: the newest, and the next once those are decided.

    Whoever knows an id can make as many as they like.
    """

    def build(key: int, conversation: int) -> QuerySet[Conversation]:
        seen = conversations.visible_to(accounts.like(by, key))
        return conversations.linked_to(Conversation(pk=conversation), visible=seen)[:_MOST]

    asked = prepared.objects(("suspected", by.role, by.is_active), build, by.pk, found.pk)
    return [_suspected(found, each) for each in asked]


def _suspected(found: Conversation, other: Conversation) -> Suspected:
    goes_on = other if older(found, other) == found else found
    address = people.addresses_of(goes_on.person).first()
    about = {"who": showing.name_of(goes_on.person), "address": address.written if address else ""}
    words = (
        _("%(who)s seems to go on with this, but from %(address)s, which had no part in it.")
        if goes_on == other
        else _(
            "%(who)s seems to go on with another conversation, but from %(address)s, which had no "
            "part in it."
        )
    )
    return Suspected(
        other=other,
        who=showing.name_of(other.person),
        words=words % about,
        can_join=found.is_live and other.is_live and not (found.side_of_id or other.side_of_id),
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """Another that belongs to it, as somebody said, or that was split off."""

    public_id: str
    reference: str
    subject: str
    who: str
    stands: str


def linked(found: Conversation, *, by: Teammate) -> list[Linked]:
    """One query, of the newest few."""

    def build(key: int, conversation: int) -> QuerySet[Conversation, Any]:
        seen = conversations.visible_to(accounts.like(by, key))
        rows = conversations.linked_by_hand(Conversation(pk=conversation), visible=seen)
        return rows.values_list("public_id", "reference", "subject", "person__name", "state")[
            :_MOST_LINKED
        ]

    rows = prepared.rows(("linked", by.role, by.is_active), build, by.pk, found.pk)
    states = dict(Conversation.State.choices)
    return [
        Linked(key, reference, subject, name or showing.nameless(), str(states[state]))
        for key, reference, subject, name, state in rows
    ]


def older(one: Conversation, other: Conversation) -> Conversation:
    """The one of two that was opened first."""
    return min(one, other, key=lambda each: (each.made_at, each.pk))
