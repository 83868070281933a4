"""Lists of conversations with what is owed in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.db.models import (
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)

from goodword.accounts import queries as accounts
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation
from goodword.desk.models import Arrival, Dispatch
from goodword.inboxes.models import Inbox
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
        return visible.filter(
            Q(team=team) | Q(assignee__isnull=True, inbox__team=team), state=State.OPEN
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
        "unsent": lambda: conversations.in_trouble(live) | held(visible),
        "spam": lambda: visible.filter(state=State.SPAM),
        "trash": lambda: visible.filter(state=State.TRASH),
    }[folder]()


def held(visible: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Those with a message that waits for a person before it leaves."""
    waiting = Dispatch.objects.exclude(held="")
    return visible.filter(pk__in=waiting.values("message__conversation"))


def _owed() -> Exists:
    return Exists(
        Promise.objects.filter(conversation=OuterRef("pk"), kind=REPLY, state=Promise.State.OPEN)
    )


def page_of(
    rows: QuerySet[Conversation], *, order: Order, after: str = "", most: int = PAGE
) -> Page:
    """One page, keyset. By due: what is owed in order of due time, then the rest, newest first.

    `after` is the cursor of a former page; an unreadable one begins at the top.
    """
    phase, _, rest = after.partition(":")
    found: list[Conversation] = []
    if order == "due" and phase in {"", "due"}:
        found = _owed_page(rows, after=rest, most=most)
        if len(found) == most:
            last = found[-1].owed  # type: ignore[attr-defined]
            return Page(found, f"due:{last.due_at.isoformat()}_{last.pk}")
        rest = ""
    if order == "due":
        rows = rows.filter(~_owed())
    rows = rows.order_by("-latest_key")
    if (key := _read_key(rest)) is not None:
        rows = rows.filter(latest_key__lt=key)
    others = list(_shown(rows)[: most - len(found) + 1])
    more = len(others) > most - len(found)
    others = others[: most - len(found)]
    with_owed(others)
    cursor = f"new:{(others[-1].latest_key if others else _NO_KEY)}" if more else ""
    return Page(found + others, cursor)


def _owed_page(rows: QuerySet[Conversation], *, after: str, most: int) -> list[Conversation]:
    promises = Promise.objects.filter(
        conversations.holding(rows), kind=REPLY, state=Promise.State.OPEN
    )
    if (cursor := _read_cursor(after)) is not None:
        due_at, key = cursor
        promises = promises.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=key))
    picked = list(
        promises.select_related("owner", "team")
        .prefetch_related(Prefetch("conversation", _shown(Conversation.objects.all())))
        .order_by("due_at", "id")[:most]
    )
    found = []
    for promise in picked:
        conversation = promise.conversation
        assert conversation is not None  # a constraint of reply promises
        conversation.owed = promise  # type: ignore[attr-defined]
        found.append(conversation)
    return found


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


def _shown(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.select_related("person", "assignee", "team", "inbox").prefetch_related(
        "tags", "person__holdings__address"
    )


def with_owed(rows: Iterable[Conversation]) -> None:
    """Set `.owed` on each: its open reply promise, else the newest ended one, else None."""
    rows = list(rows)
    promises: dict[int, Promise] = {}
    for promise in (
        Promise.objects.filter(conversation__in=rows, kind=REPLY)
        .select_related("owner", "team")
        .order_by("conversation", "made_at", "id")
    ):
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
    rows = {name: in_folder(teammate, name) for name in folders}
    rows |= {team.public_id: in_folder(teammate, "", team=team) for team in teams}
    columns = [_Counted(each.order_by().values("pk")[: COUNT_TO + 1]) for each in rows.values()]
    found = Teammate.objects.filter(pk=teammate.pk).values_list(*columns).first()
    return dict(zip(rows, found or [0] * len(rows), strict=True))


def owed_by(teammate: Teammate) -> int:
    """How many answers a teammate owes, capped."""
    return Promise.objects.filter(owner=teammate, kind=REPLY, state=Promise.State.OPEN)[
        : COUNT_TO + 1
    ].count()


def teams_of(teammate: Teammate) -> QuerySet[Team]:
    """The teams whose folders a teammate sees: an owner all, anyone else their own."""
    teams = accounts.teams()
    return teams if teammate.is_owner else teams.filter(members=teammate)


def who_may_answer(inbox: Inbox) -> QuerySet[Teammate]:
    """Whom a conversation of this inbox can be given to, by name."""
    member = Membership.objects.filter(teammate=OuterRef("pk"), team__inboxes=inbox)
    return accounts.active().exclude(role=Role.LIGHT).filter(Q(role=Role.OWNER) | Exists(member))


def failed_arrivals() -> QuerySet[Arrival]:
    """What came in and could not be read; it waits for a person, newest first."""
    return Arrival.objects.filter(state=Arrival.State.FAILED).order_by("-id")
