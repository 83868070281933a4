"""Lists of conversations with what is owed in them: for each what its row shows, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Model, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from goodword.accounts import queries as accounts
from goodword.accounts.models import Team, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations import readings
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.desk import queries
from goodword.desk.queries import Order
from goodword.people.models import Holding
from goodword.promises.models import REPLY, Promise

PAGE = 50
_NO_KEY = 2**62  # above every key


class Owing(NamedTuple):
    """A reply promise as a row shows it; its names are those of `Promise`."""

    key: int
    state: str
    due_at: datetime
    times_moved: int
    ended_at: datetime | None
    owner_id: int | None
    owner: str | None
    team: str | None
    made_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state == Promise.State.OPEN


_OWING = (
    "pk", "state", "due_at", "times_moved", "ended_at", "owner_id", "owner__name", "team__name",
    "made_at",
)  # fmt: skip


@dataclass(slots=True)
class Listed:
    """A conversation as a row shows it. `owed`: the open reply promise, else the last that ended;
    `who`: the person's name, else an address they hold, else empty.
    """

    pk: int
    public_id: str
    subject: str
    state: str
    snoozed_until: datetime | None
    latest_key: int
    latest_words: str
    latest_is_ours: bool
    person_id: int
    who: str
    assignee: str | None
    team: str | None
    side_of_id: int | None
    owed: Owing | None = None
    tags: list[str] = field(default_factory=list)
    unread: bool = False  # by whoever looks: `note_unread`


_LISTED = (
    "pk", "public_id", "subject", "state", "snoozed_until", "latest_key", "latest_words",
    "latest_is_ours", "person_id", "person__name", "assignee__name", "team__name", "side_of_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the cursor of the next page."""

    rows: list[Listed]
    after: str = ""


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
    found: list[Listed] = []
    here = _Here(teammate, folder, team)
    if order == "due" and phase in {"", "due"}:
        found = _by_due(here, after=rest, most=most)
        if len(found) == most and (last := found[-1].owed):
            return Page(_furnished(found), f"due:{last.due_at.isoformat()}_{last.key}")
        rest = ""
    others = _newest(
        here, without_owed=order == "due", below=_read_key(rest), most=most - len(found) + 1
    )
    more = len(others) > most - len(found)
    others = others[: most - len(found)]
    owed = owed_in([row.pk for row in others])
    for row in others:
        row.owed = owed.get(row.pk)
    cursor = f"new:{(others[-1].latest_key if others else _NO_KEY)}" if more else ""
    return Page(_furnished(found + others), cursor)


def listed(keys: Sequence[int]) -> list[Listed]:
    """These conversations as rows, in the order of their keys; those that are gone are left out."""

    def build(*keys: int) -> QuerySet[Conversation, Any]:
        return Conversation.objects.filter(pk__in=keys).order_by().values_list(*_LISTED)

    if not keys:
        return []
    # One query does for any number of them.
    filled = [*keys, *[keys[-1]] * (PAGE - len(keys))]
    found = {row[0]: Listed(*row) for row in prepared.rows(("listed", len(filled)), build, *filled)}
    rows = [found[key] for key in keys if key in found]
    owed = owed_in([row.pk for row in rows])
    for row in rows:
        row.owed = owed.get(row.pk)
    return _furnished(rows)


def inbox_names(rows: Sequence[Listed]) -> dict[int, str]:
    """In which inbox each stands."""

    def build(*keys: int) -> QuerySet[Conversation, Any]:
        return Conversation.objects.filter(pk__in=keys).values_list("pk", "inbox__name")

    found = prepared.rows(("inbox names", len(rows)), build, *(row.pk for row in rows))
    return {row[0]: row[1] for row in found}


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
        return queries.in_folder(accounts.like(self.teammate, key), self.folder, team=team)


def _newest(here: _Here, *, without_owed: bool, below: int | None, most: int) -> list[Listed]:
    def build(key: int, team_key: int, below: int) -> QuerySet[Conversation, Any]:
        rows = here.rows(key, team_key).filter(latest_key__lt=below)
        if without_owed:
            rows = rows.filter(~queries.awaits_us())
        return rows.order_by("-latest_key").values_list(*_LISTED)[:most]

    shape = ("newest", *here.shape, without_owed, most)
    rows = prepared.rows(shape, build, *here.keys, _NO_KEY if below is None else below)
    return [Listed(*row) for row in rows]


def _by_due(here: _Here, *, after: str, most: int) -> list[Listed]:
    cursor = _read_cursor(after)

    def build(key: int, team_key: int) -> QuerySet[Promise, Any]:
        owing = queries.owing_in(accounts.like(here.teammate, key), here.folder)
        promises = Promise.objects.filter(
            owing,
            conversations.holding(here.rows(key, team_key)),
            kind=REPLY,
            state=Promise.State.OPEN,
        )
        if cursor is not None:
            due_at, last = cursor
            promises = promises.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=last))
        shown = (*_OWING, *(f"conversation__{name}" for name in _LISTED))
        return promises.order_by("due_at", "id").values_list(*shown)[:most]

    if cursor is None:
        rows = prepared.rows(("by due", *here.shape, most), build, *here.keys)
    else:
        rows = list(build(*here.keys))
    end = len(_OWING)
    found = [Listed(*row[end:]) for row in rows]
    for listed, row in zip(found, rows, strict=True):
        listed.owed = Owing(*row[:end])
    return found


def note_unread(rows: Iterable[Listed], *, by: Teammate) -> None:
    """Mark those in which something was said that `by` has not seen."""
    rows = list(rows)
    unread = readings.unread(rows, by=by)
    for row in rows:
        row.unread = row.pk in unread


def owed_in(keys: list[int]) -> dict[int, Owing]:
    """By conversation: its open reply promise, else the newest that ended."""
    found = prepared.rows(("owed in", len(keys)), _owed_in, *keys)
    return {row[0]: Owing(*row[1:]) for row in found}


def _owed_in(*keys: int) -> QuerySet[Promise, Any]:
    """One of each is chosen where they are stored: a long conversation has dozens."""
    ended = Case(When(state=Promise.State.OPEN, then=0), default=1)
    place = Window(RowNumber(), partition_by="conversation", order_by=[ended, "-made_at", "-id"])
    made = Promise.objects.filter(conversation__in=keys, kind=REPLY).alias(place=place)
    return made.filter(place=1).values_list("conversation_id", *_OWING)


def _furnished(rows: list[Listed]) -> list[Listed]:
    """With their tags; and where a person has no name, with an address of theirs."""
    by_key = {row.pk: row for row in rows}
    for pk, name in prepared.rows(("tags", len(by_key)), _tags, *by_key):
        by_key[pk].tags.append(name)
    nameless = {row.person_id for row in rows if not row.who}
    held = prepared.rows(("written", len(nameless)), _written, *nameless)
    written = {row[0]: row[1] for row in held}
    for row in rows:
        row.who = row.who or written.get(row.person_id, "")
    return rows


def _tags(*keys: int) -> QuerySet[Model, tuple[int, str]]:
    worn = Conversation.tags.through.objects.filter(conversation__in=keys).order_by("id")
    return worn.values_list("conversation_id", "tag__name")


def _written(*people: int) -> QuerySet[Holding, tuple[int, str]]:
    """The first that each of them held comes last."""
    held = Holding.objects.filter(person__in=people).exclude(address__written="")
    return held.order_by("-id").values_list("person_id", "address__written")


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
