"""Do two conversations belong together? What only seems to continue another asks a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation
from goodword.web.inbox import showing


@dataclass(frozen=True, slots=True)
class Suspected:
    """Another conversation that may be the same. `can_join`: both are live."""

    other: Conversation
    who: str
    words: str
    can_join: bool


def suspected(found: Conversation, *, visible: QuerySet[Conversation]) -> list[Suspected]:
    """What a person is asked about `found`."""
    return [
        Suspected(other, who, _words(found, other, who), found.is_live and other.is_live)
        for other in conversations.linked_to(found, visible=visible)
        for who in [showing.name_of(other.person)]
    ]


def _words(found: Conversation, other: Conversation, who: str) -> str:
    if older(found, other) == other:
        return _(
            "%(who)s seems to go on with another conversation here, from an address that had no "
            "part in it."
        ) % {"who": showing.name_of(found.person)}
    return _("%(who)s seems to go on with this, from an address that had no part in it.") % {
        "who": who
    }


def older(one: Conversation, other: Conversation) -> Conversation:
    """The one of two that was opened first."""
    return min(one, other, key=lambda each: (each.made_at, each.pk))
