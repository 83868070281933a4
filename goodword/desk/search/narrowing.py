"""What each operator of a search means: conditions on conversations, and on one message in them.

All that is asked of a message must be true of the same one. What is negated leaves out every
conversation that the same would find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import SimpleLazyObject

from goodword.accounts.models import Team, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import (
    AlsoIn,
    Conversation,
    Draft,
    Following,
    Message,
    Reading,
)
from goodword.core import ids
from goodword.core.text import fold
from goodword.desk import queries, whom
from goodword.desk.search import own
from goodword.desk.search.asking import Asked, Term
from goodword.desk.search.saying import (
    OneMessage,
    beginning,
    is_of_messages,
    names,
    one_message,
    teammates,
)
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.promises.models import REPLY, Promise

State = Conversation.State
Keys = QuerySet[Any, Any]
_STATES = frozenset(State.values)


@dataclass(slots=True)
class Narrowed:
    """A search as conditions. `sources`: lists of conversations, all found stand in each of them;
    `gone`: operators that name what isn't there (any more), or what `by` doesn't see.
    """

    by: Teammate
    conversations: QuerySet[Conversation]
    message: OneMessage
    sources: list[Keys] = field(default_factory=list)
    without: list[OneMessage] = field(default_factory=list)  # what none of its messages may be
    gone: list[Term] = field(default_factory=list)
    is_words_alone: bool = False
    state: str = ""  # the one that all found are in: an index leads through it in the order of time


def narrowed(asked: Asked, *, by: Teammate) -> Narrowed:
    """What was asked, as `by` may see it."""
    message = one_message(asked, by=by)
    if message.is_words_alone and not (asked.terms or asked.without):
        # What most look for has a query that is made once; only by due time is this one asked.
        seen = SimpleLazyObject(lambda: alive(conversations.visible_to(by)))
        return Narrowed(by, cast(QuerySet[Conversation], seen), message, is_words_alone=True)
    found = Narrowed(by, conversations.visible_to(by), message)
    _narrow(found, asked)
    if not (
        found.message.is_asked or {"aside"} & set(asked.values("is")) or asked.values("number")
    ):
        found.conversations = found.conversations.filter(side_of__isnull=True)
    found.without = [one_message(each, by=by) for each in _negated_of_messages(asked)]
    return found


def _negated_of_messages(asked: Asked) -> list[Asked]:
    """Each as a search of its own."""
    empty = Asked(asked.text, asked.at, last_is_whole=True)
    found = [replace(empty, phrases=[each]) for each in asked.without]
    found += [
        replace(empty, terms=[replace(each, is_negated=False)])
        for each in asked.terms
        if each.is_negated and is_of_messages(each)
    ]
    return found


def alive(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.exclude(state__in=[State.SPAM, State.TRASH])


class _Meaning(NamedTuple):
    """A condition on conversations. `is_indexed`: by columns of their own that lead to the newest
    at once; several such values of one operator are alternatives. `source`: a list of those that
    fulfil it, by an index of another table.
    """

    condition: Q | Exists
    is_indexed: bool = False
    source: Keys | None = None


def _narrow(found: Narrowed, asked: Asked) -> None:
    either: dict[str, Q] = {}
    for term in asked.terms:
        if is_of_messages(term):
            continue
        meaning = _MEANINGS[term.name](found, term, asked.at)
        if term.is_negated:
            found.conversations = found.conversations.filter(~meaning.condition)
        elif meaning.is_indexed and isinstance(meaning.condition, Q):
            known = either.get(_group(term))
            either[_group(term)] = known | meaning.condition if known else meaning.condition
        else:
            found.conversations = found.conversations.filter(meaning.condition)
            if meaning.source is not None:
                found.sources.append(meaning.source)
    wanted = Q()
    for condition in either.values():
        wanted &= condition
    if wanted:
        found.conversations = found.conversations.filter(wanted)
        found.sources.append(Conversation.objects.filter(wanted).values_list("pk", flat=True))
    said = set(asked.values("is") + asked.values("in"))
    if len(states := said & _STATES) == 1:
        found.state = states.pop()
    if not said & {State.SPAM, State.TRASH, "anywhere"}:
        found.conversations = alive(found.conversations)


def _group(term: Term) -> str:
    if term.name in {"is", "in"}:
        return "state" if term.value in _STATES else f"{term.name} {term.value}"
    return term.name


def _is(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    if term.value in _STATES:
        return _Meaning(Q(state=term.value), is_indexed=True)
    return _FLAGS[term.value](found.by, at)


def _owed(by: Teammate, at: datetime) -> _Meaning:
    owed = Promise.objects.filter(kind=REPLY, state=Promise.State.OPEN)
    return _promised(owed)


def _late(by: Teammate, at: datetime) -> _Meaning:
    return _promised(_open_of_ours().filter(due_at__lt=at))


def _open_of_ours() -> QuerySet[Promise]:
    rows = Promise.objects.filter(state=Promise.State.OPEN)
    return rows.exclude(direction=Promise.Direction.THEIRS)


def _promised(promises: QuerySet[Promise]) -> _Meaning:
    return _Meaning(
        Exists(promises.filter(conversation=OuterRef("pk"))),
        source=promises.filter(conversation__isnull=False).values_list("conversation", flat=True),
    )


def _unread(by: Teammate, at: datetime) -> _Meaning:
    """As `conversations.readings.unread` says it."""
    read = Reading.objects.filter(
        teammate=by, conversation=OuterRef("pk"), read_to__gte=OuterRef("latest_key")
    )
    awaiting = Q(state__in=[State.OPEN, State.SNOOZED], latest_key__gt=ids.first_key(by.joined_at))
    return _Meaning(
        Q(awaiting, ~Exists(read)),
        source=Conversation.objects.filter(awaiting).values_list("pk", flat=True),
    )


def _following(by: Teammate, at: datetime) -> _Meaning:
    mine = Following.objects.filter(teammate=by).values_list("conversation", flat=True)
    return _Meaning(Q(pk__in=mine), source=mine)


def _scheduled(by: Teammate, at: datetime) -> _Meaning:
    rows = queries.in_folder(by, "later").order_by().values_list("pk", flat=True)
    return _Meaning(Q(pk__in=rows), source=rows)


_FLAGS: dict[str, Callable[[Teammate, datetime], _Meaning]] = {
    "mine": lambda by, at: _Meaning(Q(assignee=by), is_indexed=True),
    "unassigned": lambda by, at: _Meaning(Q(assignee__isnull=True), is_indexed=True),
    "owed": _owed,
    "late": _late,
    "unread": _unread,
    "following": _following,
    "aside": lambda by, at: _Meaning(Q(side_of__isnull=False), is_indexed=True),
    "urgent": lambda by, at: _Meaning(Q(urgent=True)),
    "scheduled": _scheduled,
}


def _in(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    by = found.by
    if term.value in _STATES:
        return _Meaning(Q(state=term.value), is_indexed=True)
    if term.value in {"mine", "unassigned"}:
        owner = Q(assignee=by) if term.value == "mine" else Q(assignee__isnull=True)
        return _Meaning(owner & Q(state=State.OPEN), is_indexed=True)
    if term.value == "all":
        return _Meaning(~Q(state__in=[State.SPAM, State.TRASH]))
    if term.value == "anywhere":
        return _Meaning(Q(pk__isnull=False))
    rows = queries.in_folder(by, term.value)
    source = rows.order_by().values_list("pk", flat=True)
    return _Meaning(conversations.holding(rows, "pk"), source=source)


def _has(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    if term.value == "note":
        return _Meaning(Exists(Message.objects.filter(conversation=OuterRef("pk"), kind="note")))
    if term.value == "promise":
        return _promised(Promise.objects.filter(state=Promise.State.OPEN).exclude(kind=REPLY))
    mine_or_shared = Draft.objects.filter(Q(teammate=found.by) | Q(shared_at__isnull=False))
    drafts = mine_or_shared.exclude(text="").values_list("conversation", flat=True)
    return _Meaning(Q(pk__in=drafts), source=drafts)


def _tag(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    wanted = fold(term.value)
    named = [tag.pk for tag in conversations.tags_seen_by(found.by) if fold(tag.name) == wanted]
    _note_gone(found, term, named)
    worn = Conversation.tags.through.objects.filter(tag__in=named)
    return _Meaning(
        Exists(worn.filter(conversation=OuterRef("pk"))),
        source=worn.values_list("conversation", flat=True),
    )


def _inbox(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    seen = inboxes.open_to(found.by).prefetch_related("addresses")
    named = [
        each.pk
        for each in seen
        if names(each.name, term.value)
        or term.value.lower() in {address.value for address in each.addresses.all()}
    ]
    _note_gone(found, term, named)
    also = AlsoIn.objects.filter(inbox__in=named).values("conversation")
    return _Meaning(Q(inbox__in=named) | Q(pk__in=also), is_indexed=True)


def _assigned(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    if term.value == "nobody":
        return _Meaning(Q(assignee__isnull=True), is_indexed=True)
    named = [found.by.pk] if term.value == "me" else teammates(term.value)
    theirs = Q(assignee__in=named)
    _note_unknown(found, term, whom.colleagues_of(found.by).filter(pk__in=named), theirs)
    return _Meaning(theirs, is_indexed=True)


def _team(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    """Given to the team, or in an inbox that it answers."""
    named = [each.pk for each in Team.objects.all() if names(each.name, term.value)]
    answered = Inbox.objects.filter(team__in=named).values("pk")
    theirs = Q(team__in=named) | Q(inbox__in=answered)
    _note_unknown(found, term, whom.teams_beside(found.by).filter(pk__in=named), theirs)
    return _Meaning(theirs, is_indexed=True)


def _due(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    if term.days is None:
        return _late(found.by, at)
    first, last = term.days
    due = Q(due_at__gte=beginning(first, at), due_at__lt=beginning(last + timedelta(days=1), at))
    return _promised(_open_of_ours().filter(due))


def _number(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    """The reference that people read to each other, also of what was joined into another."""
    letters = term.value.upper().replace("-", "").replace(" ", "")
    named = Conversation.objects.filter(reference=f"{letters[:4]}-{letters[4:]}"[:12])
    joined = named.filter(redirect_to__isnull=False).values("redirect_to")
    return _Meaning(Q(pk__in=named.values("pk")) | Q(pk__in=joined), is_indexed=True)


def _field(found: Narrowed, term: Term, at: datetime) -> _Meaning:
    asked = own.read(term.value, at=at)
    if not asked:
        found.gone.append(term)
    condition, source = own.condition(asked)
    return _Meaning(condition, source=source)


_MEANINGS: dict[str, Callable[[Narrowed, Term, datetime], _Meaning]] = {
    "is": _is,
    "in": _in,
    "has": _has,
    "tag": _tag,
    "inbox": _inbox,
    "assigned": _assigned,
    "team": _team,
    "due": _due,
    "number": _number,
    "field": _field,
}


def _note_unknown(
    found: Narrowed, term: Term, known: QuerySet[Teammate] | QuerySet[Team], theirs: Q
) -> None:
    """Whoever `by` neither works with nor sees in a conversation: as if there were nobody, or a
    search would tell who works elsewhere in the house.
    """
    if not known.exists() and not conversations.visible_to(found.by).filter(theirs).exists():
        found.gone.append(term)


def _note_gone(found: Narrowed, term: Term, named: Sequence[int]) -> None:
    if not named:
        found.gone.append(term)
