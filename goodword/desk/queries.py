"""Folders: which conversations stand where, for whom, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from goodword.accounts import queries as accounts
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Reading, Recipient
from goodword.core import prepared
from goodword.desk.models import Arrival, Dispatch
from goodword.inboxes.models import Inbox
from goodword.people.models import Person
from goodword.promises.models import REPLY, Promise

State = Conversation.State
Order = Literal["due", "newest"]
COUNT_TO = 99  # counts are capped, so that they cost the same in a large desk

FOLDERS = (
    "mine",
    "unassigned",
    "waiting",
    "snoozed",
    "all",
    "closed",
    "later",
    "unsent",
    "spam",
    "trash",
)


def in_folder(
    teammate: Teammate, folder: str, *, team: Team | None = None
) -> QuerySet[Conversation]:
    """What a folder holds for this teammate. Raises KeyError for a folder that isn't there.

    waiting: open, and nobody awaits us: the next word is theirs. unsent: something we said was
    refused, came back, or may not have arrived. later: something waits for a moment that somebody
    chose. `team`: the folder of one team.
    """
    visible = conversations.visible_to(teammate).filter(side_of__isnull=True)
    if team is not None:
        # Not `inbox__team`: joined, every open conversation of every inbox would be looked at.
        owed = Inbox.objects.filter(team=team).values("pk")
        return visible.filter(
            Q(team=team) | Q(assignee__isnull=True, inbox__in=owed), state=State.OPEN
        )
    # Said by what it is not: a list of states would have to be sorted whole for one page of it.
    live = visible.exclude(state__in=[State.SPAM, State.TRASH])
    return {
        "mine": lambda: visible.filter(assignee=teammate, state=State.OPEN),
        "unassigned": lambda: visible.filter(assignee__isnull=True, state=State.OPEN),
        "waiting": lambda: visible.filter(~awaits_us(), state=State.OPEN, latest_is_ours=True),
        "snoozed": lambda: visible.filter(state=State.SNOOZED),
        "all": lambda: live,
        "closed": lambda: visible.filter(state=State.CLOSED),
        "later": lambda: live.filter(pk__in=_to_leave_later()),
        "unsent": lambda: visible.filter(pk__in=_unsent()),
        "spam": lambda: visible.filter(state=State.SPAM),
        "trash": lambda: visible.filter(state=State.TRASH),
        "recent": lambda: visible.filter(pk__in=_looked_at_last(teammate)),
    }[folder]()


def _to_leave_later() -> QuerySet[Dispatch, Any]:
    """Keys of conversations; of what is said aside that of what it is about."""
    stands = Coalesce("message__conversation__side_of", "message__conversation")
    return Dispatch.objects.filter(later=True, due_at__isnull=False).values(stands=stands)


def _looked_at_last(teammate: Teammate) -> QuerySet[Reading, Any]:
    """As many as a page of `conversations.readings.recently_viewed` shows."""
    mine = Reading.objects.filter(teammate=teammate).order_by("-at")
    return mine.values("conversation")[:50]


def owing_in(teammate: Teammate, folder: str) -> Q:
    """What is known of who owes the answers in a folder: it finds the first due at once."""
    if folder == "mine":
        return Q(owner=teammate)
    return Q(owner__isnull=True) if folder == "unassigned" else Q()


def _unsent() -> QuerySet[Recipient, Any]:
    """Keys of conversations with a message that came back, or waits for a person to let it leave;
    of what was said aside the key of what it is about, since no folder lists an aside.

    One list of the few: PostgreSQL answers "in this list or in that" by reading all conversations.
    """
    conversation = Coalesce("message__conversation__side_of", "message__conversation")
    troubled = conversations.in_trouble().exclude(
        message__conversation__state__in=[State.SPAM, State.TRASH]
    )
    held = Dispatch.objects.exclude(held="")
    keys: QuerySet[Recipient, Any] = troubled.values(stands=conversation)
    return keys.union(held.values(stands=conversation), all=True)


def awaits_us() -> Exists:
    """That an answer is owed in a conversation."""
    return Exists(
        Promise.objects.filter(conversation=OuterRef("pk"), kind=REPLY, state=Promise.State.OPEN)
    )


class _Counted(Subquery):
    """How many rows a query gives, as one column of another: all folders cost one round trip."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counts(
    teammate: Teammate, folders: Sequence[str], *, teams: Sequence[Team] = ()
) -> dict[str, int]:
    """How many conversations each folder holds, a team's by its public id; at most COUNT_TO + 1.

    One query, whatever is asked for.
    """
    if not folders and not teams:
        return {}

    def build(key: int, *team_keys: int) -> QuerySet[Teammate, tuple[int, ...]]:
        asking = accounts.like(teammate, key)
        keys: list[QuerySet[Conversation, Any]] = [
            in_folder(asking, name).order_by().values("pk") for name in folders
        ]
        keys += [_keys_of_team(asking, Team(pk=each)) for each in team_keys]
        columns = [_Counted(each[: COUNT_TO + 1]) for each in keys]
        return Teammate.objects.filter(pk=key).values_list(*columns)

    shape = ("counts", teammate.role, teammate.is_active, *folders, len(teams))
    found = prepared.rows(shape, build, teammate.pk, *(team.pk for team in teams))
    names = [*folders, *(team.public_id for team in teams)]
    return dict(zip(names, found[0] if found else [0] * len(names), strict=True))


def _keys_of_team(teammate: Teammate, team: Team) -> QuerySet[Conversation, Any]:
    """What `in_folder` finds for a team, as two lists: an index leads to each, but to no "or"."""
    seen = conversations.visible_to(teammate).filter(side_of__isnull=True)
    open_now = seen.filter(state=State.OPEN).order_by().values("pk")
    owed = Inbox.objects.filter(team=team).values("pk")
    untaken = open_now.filter(assignee__isnull=True, inbox__in=owed).exclude(team=team)
    return open_now.filter(team=team).union(untaken, all=True)


def owed_by(teammate: Teammate) -> int:
    """How many answers a teammate owes, capped."""

    def build(key: int) -> QuerySet[Promise, tuple[int]]:
        rows = Promise.objects.filter(owner=key, kind=REPLY, state=Promise.State.OPEN)
        # In an order that the index of the open ones has: SQLite would read all they ever owed.
        return rows.order_by("due_at").values_list("pk")[: COUNT_TO + 1]

    return len(prepared.rows("owed by", build, teammate.pk))


def waiting_for(teammates: Sequence[int]) -> dict[int, int]:
    """How many open conversations await each of these, of those who have any."""
    open_now = Promise.objects.filter(kind=REPLY, state=Promise.State.OPEN, owner__in=teammates)
    return dict(open_now.order_by().values_list("owner").annotate(Count("pk")))


def teams_of(teammate: Teammate) -> QuerySet[Team]:
    """The teams whose folders a teammate sees: an owner all, anyone else their own."""
    teams = accounts.teams()
    return teams if teammate.is_owner else teams.filter(members=teammate)


def team_names(teammate: Teammate) -> list[Team]:
    """Those of `teams_of` with their names alone."""

    def build(key: int) -> QuerySet[Team, tuple[int, str, str]]:
        return teams_of(accounts.like(teammate, key)).values_list("pk", "public_id", "name")

    found = prepared.rows(("teams", teammate.role), build, teammate.pk)
    return [Team(pk=pk, public_id=public_id, name=name) for pk, public_id, name in found]


def who_may_answer(inbox: Inbox) -> QuerySet[Teammate]:
    """Whom a conversation of this inbox can be given to, by name."""
    member = Membership.objects.filter(teammate=OuterRef("pk"), team__inboxes=inbox)
    return accounts.active().exclude(role=Role.LIGHT).filter(Q(role=Role.OWNER) | Exists(member))


def people_named(teammate: Teammate, name: str) -> QuerySet[Person]:
    """Those of this name whom a teammate may see: they are in one of the conversations open to
    them, or an owner asks.
    """
    named = Person.objects.filter(name__iexact=name, redirect_to__isnull=True)
    if teammate.is_owner:
        return named
    return named.filter(
        Exists(conversations.visible_to(teammate).order_by().filter(person=OuterRef("pk")))
    )


def failed_arrivals() -> QuerySet[Arrival]:
    """What came in and could not be read; it waits for a person, newest first."""
    return Arrival.objects.filter(state=Arrival.State.FAILED).order_by("-id")


def count_failed_arrivals() -> int:
    """At most COUNT_TO + 1."""

    def build() -> QuerySet[Arrival, tuple[int]]:
        return failed_arrivals().values_list("pk")[: COUNT_TO + 1]

    return len(prepared.rows("failed arrivals", build))
