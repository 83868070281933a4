"""Everything of a person, for their page: a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk.persons.seeing import conversations_with
from goodword.fields.models import Field
from goodword.people import filling
from goodword.people import queries as people
from goodword.people.models import Holding, Merged, Person, PersonNote
from goodword.promises import queries as promises
from goodword.promises.models import Promise

MOST_PROMISES = 50
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class About:
    """What a teammate may know of a person. `values`: every field, empty where nothing stands.

    `they_wrote`, `we_wrote`: the last time, in what this teammate may see.
    """

    person: Person
    holdings: list[Holding]
    notes: list[PersonNote]
    values: list[tuple[Field, str]]
    merges: list[Merged]
    owed: list[Promise]  # open, both ways, soonest first
    ended: list[Promise]  # newest first
    they_wrote: datetime | None
    we_wrote: datetime | None


def about(person: Person, teammate: Teammate) -> About:
    """`person`: one whom `seeing.found` gave this teammate."""
    keys = people.keys_of(person)
    given = (
        promises.visible_to(teammate)
        .filter(person__in=keys)
        .exclude(direction=Promise.Direction.TO_OURSELVES)
        .select_related("owner", "team", "conversation", "person")
    )
    is_open = Promise.State.OPEN
    return About(
        person,
        list(people.holdings_of(person)),
        list(people.notes_on(person)[:MOST_NOTES]),
        filling.values_of_person(person),
        list(people.merges_of(person)),
        list(given.filter(state=is_open).order_by("due_at", "id")[:MOST_PROMISES]),
        list(given.exclude(state=is_open).order_by("-due_at", "-id")[:MOST_PROMISES]),
        _they_wrote(keys, teammate),
        _we_wrote(person, teammate),
    )


def conversations_of(
    person: Person, teammate: Teammate, *, after: int = 0, most: int = 20
) -> tuple[list[Conversation], int]:
    """A page of what was said with them, newest first; `after`: 0, or what the page before gave
    beside its rows, which is 0 on the last.
    """
    rows = conversations_with(person, visible=conversations.visible_to(teammate))
    if after:
        rows = rows.filter(latest_key__lt=after)
    found = list(rows.select_related("inbox", "assignee", "team")[: most + 1])
    shown = found[:most]
    return shown, shown[-1].latest_key if len(found) > most else 0


def _they_wrote(keys: list[int], teammate: Teammate) -> datetime | None:
    theirs = conversations.messages_visible_to(teammate).filter(
        person__in=keys, direction=Message.Direction.IN, automatic=False
    )
    return theirs.order_by("-id").values_list("said_at", flat=True).first()


def _we_wrote(person: Person, teammate: Teammate) -> datetime | None:
    told = Recipient.objects.filter(
        address__in=people.addresses_of(person).order_by().values("pk"),
        state=Recipient.State.ACCEPTED,
        message__direction=Message.Direction.OUT,
        message__automatic=False,
    )
    seen = told.filter(
        conversations.holding(conversations.visible_to(teammate), "message__conversation_id")
    )
    return seen.order_by("-message").values_list("message__said_at", flat=True).first()
