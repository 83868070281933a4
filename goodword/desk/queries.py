"""Lists of conversations with what is owed in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.db.models import (
    Exists,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)

from goodword.accounts import queries as accounts
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Recipient
from goodword.core import prepared
from goodword.desk.models import Arrival, Dispatch
from goodword.inboxes.models import Inbox
from goodword.people.models import Person
from goodword.promises.models import REPLY, Promise

State = Conversation.State
Order = Literal["due", "newest"]
PAGE = 50
_NO_KEY = 2**62  # above every key
COUNT_TO = 99  # counts are capped, so that they cost the same in a large desk

FOLDERS = ("mine", "unassigned", "waiting", "snoozed", "all", "closed", "unsent", "spam", "trash")


@dataclass(frozen=True, slots=True)
class Page:
    """Conversations with `.owed` set on each; `after` is the cursor of the next page."""

    rows: list[Conversation]
    after: str = ""


def in_folder(
    teammate: Teammate, folder: str, *, team: Team | None = None
) -> QuerySet[Conversation]:
    """What a folder holds for this teammate. Raises KeyError for a folder that isn't there.

    waiting: open, and nobody awaits us: the next word is theirs. unsent: something we said was
    refused, came back, or may not have arrived. `team`: the folder of one team.
    """
    visible = conversations.visible_to(teammate)
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
        "waiting": lambda: visible.filter(~_owed(), state=State.OPEN, latest_is_ours=True),
        "snoozed": lambda: visible.filter(state=State.SNOOZED),
        "all": lambda: live,
        "closed": lambda: visible.filter(state=State.CLOSED),
        "unsent": lambda: visible.filter(pk__in=_unsent()),
        "spam": lambda: visible.filter(state=State.SPAM),
        "trash": lambda: visible.filter(state=State.TRASH),
    }[folder]()


def owing_in(teammate: Teammate, folder: str) -> Q:
    """What is known of who owes the answers in a folder: it finds the first due at once."""
    if folder == "mine":
        return Q(owner=teammate)
    return Q(owner__isnull=True) if folder == "unassigned" else Q()


def _unsent() -> QuerySet[Recipient, dict[str, int]]:
    """Keys of conversations with a message that came back, or waits for a person to let it leave.

    One list of the few: PostgreSQL answers "in this list or in that" by reading all conversations.
    """
    conversation = "message__conversation"
    troubled = conversations.in_trouble().exclude(
        message__conversation__state__in=[State.SPAM, State.TRASH]
    )
    held = Dispatch.objects.exclude(held="")
    keys: QuerySet[Recipient, dict[str, int]] = troubled.values(conversation)
    return keys.union(held.values(conversation), all=True)


def _owed() -> Exists:
    return Exists(
        Promise.objects.filter(conversation=OuterRef("pk"), kind=REPLY, state=Promise.State.OPEN)
    )


def page_of(
    teammate: Teammate,
    folder: str,
    *,
    team: Team | None = None,
    order: Order,
    after: str = "",
    most: int = PAGE,
) -> Page:
    """One page of a folder, keyset. By due: what is owed in order of due time, then the rest,
    newest first.

    `after` is the cursor of a former page; an unreadable one begins at the top.
    """
    phase, _, rest = after.partition(":")
    found: list[Conversation] = []
    here = _Here(teammate, folder, team)
    if order == "due" and phase in {"", "due"}:
        found = _owed_page(here, after=rest, most=most)
        if len(found) == most:
            last = found[-1].owed  # type: ignore[attr-defined]
            return Page(_furnished(found), f"due:{last.due_at.isoformat()}_{last.pk}")
        rest = ""
    key = _read_key(rest)
    others = _newest(here, without_owed=order == "due", below=key, most=most - len(found) + 1)
    more = len(others) > most - len(found)
    others = others[: most - len(found)]
    with_owed(others)
    cursor = f"new:{(others[-1].latest_key if others else _NO_KEY)}" if more else ""
    return Page(_furnished(found + others), cursor)


@dataclass(frozen=True, slots=True)
class _Here:
    """A folder as one teammate sees it, for queries that are made once."""

    teammate: Teammate
    folder: str
    team: Team | None

    @property
    def shape(self) -> tuple[object, ...]:
        return (self.folder, self.team is None, self.teammate.role, self.teammate.is_active)

    @property
    def keys(self) -> tuple[int, int]:
        return self.teammate.pk, self.team.pk if self.team else 0

    def rows(self, key: int, team_key: int) -> QuerySet[Conversation]:
        team = Team(pk=team_key) if self.team else None
        return in_folder(accounts.like(self.teammate, key), self.folder, team=team)


def _newest(here: _Here, *, without_owed: bool, below: int | None, most: int) -> list[Conversation]:
    def build(key: int, team_key: int, below: int) -> QuerySet[Conversation]:
        rows = here.rows(key, team_key).filter(latest_key__lt=below)
        if without_owed:
            rows = rows.filter(~_owed())
        return rows.select_related(*_BESIDE).only(*_COLUMNS).order_by("-latest_key")[:most]

    shape = ("newest", *here.shape, without_owed, most)
    return prepared.objects(shape, build, *here.keys, _NO_KEY if below is None else below)


def _owed_page(here: _Here, *, after: str, most: int) -> list[Conversation]:
    cursor = _read_cursor(after)

    def build(key: int, team_key: int) -> QuerySet[Promise]:
        owing = owing_in(accounts.like(here.teammate, key), here.folder)
        promises = Promise.objects.filter(
            owing,
            conversations.holding(here.rows(key, team_key)),
            kind=REPLY,
            state=Promise.State.OPEN,
        )
        if cursor is not None:
            due_at, last = cursor
            promises = promises.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=last))
        return (
            promises.select_related(*_OWING, *_within(_BESIDE), "conversation")
            .only(*_OWED_COLUMNS, *_within(_COLUMNS))
            .order_by("due_at", "id")[:most]
        )

    if cursor is None:
        picked = prepared.objects(("owed", *here.shape, most), build, *here.keys)
    else:
        picked = list(build(*here.keys))
    found = []
    for promise in picked:
        conversation = promise.conversation
        assert conversation is not None  # a constraint of reply promises
        conversation.owed = promise  # type: ignore[attr-defined]
        found.append(conversation)
    return found


# What a row of a list shows, and no more: fifty whole rows of six tables cost more than the query.
_BESIDE = ("person", "assignee", "team")
_COLUMNS = (
    "public_id", "subject", "state", "snoozed_until", "latest_key", "latest_words",
    "latest_is_ours", "person__name", "assignee__name", "team__name",
)  # fmt: skip
_OWING = ("owner", "team")
_OWED_COLUMNS = (
    "conversation_id", "state", "due_at", "times_moved", "made_at", "ended_at", "owner__name",
    "team__name",
)  # fmt: skip


def _within(names: Iterable[str]) -> list[str]:
    return [f"conversation__{name}" for name in names]


def _furnished(rows: list[Conversation]) -> list[Conversation]:
    """Set `.tag_names` on each; and where a person has no name, fetch their addresses."""
    names: dict[int, list[str]] = {row.pk: [] for row in rows}
    through = Conversation.tags.through.objects

    def build(*keys: int) -> QuerySet[Model, tuple[int, str]]:
        worn = through.filter(conversation__in=keys).order_by("id")
        return worn.values_list("conversation_id", "tag__name")

    for pk, name in prepared.rows(("tags", len(names)), build, *names) if names else []:
        names[pk].append(name)
    for row in rows:
        row.tag_names = names[row.pk]  # type: ignore[attr-defined]
    nameless = [row.person for row in rows if not row.person.name]
    if nameless:
        prefetch_related_objects(nameless, "holdings__address")
    return rows


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    """Due time and key of the last row shown; None for what somebody typed."""
    moment, _, rest = text.partition("_")
    key = _read_key(rest)
    try:
        # In UTC at once: what lies outside of it is no moment for the database either.
        due_at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if key is None else (due_at, key)


def _read_key(text: str) -> int | None:
    return min(int(text), _NO_KEY) if text.isdecimal() and len(text) < 20 else None


def with_owed(rows: Sequence[Conversation]) -> None:
    """Set `.owed` on each: its open reply promise, else the newest ended one, else None."""

    def build(*keys: int) -> QuerySet[Promise]:
        made = Promise.objects.filter(conversation__in=keys, kind=REPLY).select_related(*_OWING)
        return made.only(*_OWED_COLUMNS).order_by("conversation", "made_at", "id")

    promises: dict[int, Promise] = {}
    keys = [row.pk for row in rows]
    for promise in prepared.objects(("owed in", len(keys)), build, *keys) if keys else []:
        known = promises.get(promise.conversation_id or 0)
        if known is None or not known.is_open:
            promises[promise.conversation_id or 0] = promise
    for row in rows:
        row.owed = promises.get(row.pk)  # type: ignore[attr-defined]


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
        rows = [in_folder(asking, name) for name in folders]
        rows += [in_folder(asking, "", team=Team(pk=each)) for each in team_keys]
        columns = [_Counted(each.order_by().values("pk")[: COUNT_TO + 1]) for each in rows]
        return Teammate.objects.filter(pk=key).values_list(*columns)

    shape = ("counts", teammate.role, teammate.is_active, *folders, len(teams))
    found = prepared.rows(shape, build, teammate.pk, *(team.pk for team in teams))
    names = [*folders, *(team.public_id for team in teams)]
    return dict(zip(names, found[0] if found else [0] * len(names), strict=True))


def owed_by(teammate: Teammate) -> int:
    """How many answers a teammate owes, capped."""

    def build(key: int) -> QuerySet[Promise, tuple[int]]:
        rows = Promise.objects.filter(owner=key, kind=REPLY, state=Promise.State.OPEN)
        return rows.values_list("pk")[: COUNT_TO + 1]

    return len(prepared.rows("owed by", build, teammate.pk))


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
