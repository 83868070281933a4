from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Membership, Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import queries as people
from goodword.people.models import Person
from goodword.promises.models import REPLY, Promise, Step


def visible_to(teammate: Teammate) -> QuerySet[Promise]:
    """The one door to promises: those of the inboxes open to `teammate`, and of those that stand
    in none what they or a team of theirs owes, and what they wait for.
    """
    # The few inboxes are asked first: a list of keys lets both databases take their indexes.
    return seen_from(open_inboxes(teammate) if not teammate.is_owner else (), teammate)


def open_inboxes(teammate: Teammate) -> list[int]:
    """The keys of the inboxes open to `teammate`."""

    def build(key: int) -> QuerySet[Inbox, tuple[int]]:
        return inboxes.open_to(accounts.like(teammate, key)).order_by().values_list("pk")

    shape = ("open inboxes", teammate.role, teammate.is_active)
    return [key for (key,) in prepared.rows(shape, build, teammate.pk)]


def seen_from(mine: Sequence[int], teammate: Teammate) -> QuerySet[Promise]:
    """As `visible_to`; `mine`: what `open_inboxes` gives, which isn't looked at for an owner."""
    if not teammate.is_active:
        return Promise.objects.none()
    if teammate.is_owner:
        return Promise.objects.all()
    theirs = Membership.objects.filter(teammate=teammate).values("team")
    waits = Q(direction=Promise.Direction.THEIRS, made_by=teammate)
    owes = Q(owner=teammate) | Q(team__in=theirs)
    return Promise.objects.filter(Q(inbox_id__in=mine) | Q(owes | waits, inbox__isnull=True))


def of_conversation(conversation: Conversation) -> QuerySet[Promise]:
    """Everything promised in a conversation, both ways, in the order it was made."""
    return (
        Promise.objects.filter(conversation=conversation)
        .select_related("owner", "team", "person", "made_by", "ended_by")
        .order_by("made_at", "id")
    )


def found(teammate: Teammate, public_id: str) -> QuerySet[Promise]:
    """A single promise: also one whose conversation is seen from another inbox."""
    one = Promise.objects.filter(public_id=public_id)
    seen = Q(pk__in=visible_to(teammate).filter(public_id=public_id).values("pk"))
    elsewhere = conversations.holding(conversations.visible_to(teammate))
    return one.filter(seen | Q(elsewhere)).select_related(
        "conversation__inbox", "person", "owner", "team", "inbox"
    )


def open_promises() -> QuerySet[Promise]:
    """Everything still open, soonest first."""
    return Promise.objects.filter(state=Promise.State.OPEN).order_by("due_at", "id")


def open_in(conversation: Conversation) -> QuerySet[Promise]:
    """What is still open in a conversation, both ways, soonest first."""
    return open_promises().filter(conversation=conversation)


def owed_by(teammate: Teammate) -> QuerySet[Promise]:
    """What a teammate owes, soonest first: in their own name."""
    return open_promises().filter(owner=teammate)


def due_within(promises: QuerySet[Promise], start: datetime, end: datetime) -> QuerySet[Promise]:
    """Those of `promises` whose time lies in [start, end)."""
    return promises.filter(due_at__gte=start, due_at__lt=end)


def shown_to(person: Person) -> QuerySet[Promise]:
    """The one door for a person outside: what we and they promised each other, wherever it was
    said, also before they were merged into who they are. Never what we promised ourselves, nor
    what a teammate keeps off their page, nor what an answer says that has not left yet.
    """
    return _shown().filter(person__in=people.keys_of(person))


def shown_in(conversation: Conversation) -> QuerySet[Promise]:
    """The door for all who are written to together: as `shown_to`, of one conversation alone."""
    return _shown().filter(conversation=conversation)


def _shown() -> QuerySet[Promise]:
    return (
        Promise.objects.filter(is_shown=True)
        .exclude(direction=Promise.Direction.TO_OURSELVES)
        .exclude(conversations.waits_to_leave("message"))
        .select_related("owner", "message", "successor")
        .order_by("due_at", "id")
    )


def open_replies() -> QuerySet[Promise]:
    """Every answer still owed, soonest first."""
    return open_promises().filter(kind=REPLY)


def owed_reply(conversation: Conversation) -> Promise | None:
    """The answer owed in a conversation, if any; there is at most one."""
    found = prepared.objects("owed reply", _owed_reply, conversation.pk)
    return found[0] if found else None


def _owed_reply(conversation_id: int) -> QuerySet[Promise]:
    return open_replies().filter(conversation=conversation_id)[:1]


def replies_of(conversation: Conversation) -> QuerySet[Promise]:
    """Every reply promise of a conversation, ended ones too, in order of making."""
    return of_conversation(conversation).filter(kind=REPLY)


def made_anew(promises: Iterable[Promise]) -> set[int]:
    """The keys of those that a promise made anew follows."""

    def build(*keys: int) -> QuerySet[Promise, tuple[int | None]]:
        after = Promise.objects.filter(successor_of__in=keys, successor_of__isnull=False)
        return after.values_list("successor_of")

    keys = [promise.pk for promise in promises]
    return {key for (key,) in prepared.rows(("made anew", len(keys)), build, *keys)}


def steps_of(promise: Promise) -> QuerySet[Step]:
    """A promise's history, oldest first."""
    return promise.steps.select_related("by").order_by("id")
