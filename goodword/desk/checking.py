"""Prove the invariants on the live database. Each check names what it would mean for a customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from goodword.accounts.models import Membership, Role, Teammate
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk import owing, staffing
from goodword.desk.models import Arrival, Dispatch
from goodword.files import actions as files
from goodword.files.models import File
from goodword.plan.models import Absence
from goodword.promises.models import REPLY, Promise

MOST_NAMED = 100  # of one kind


@dataclass(frozen=True, slots=True)
class Violation:
    """`rule`: which invariant; `row`: `kind:id`; `words`: what it means."""

    rule: str
    row: str
    words: str


def counts() -> dict[str, int]:
    return {
        "conversations": Conversation.objects.count(),
        "messages": Message.objects.count(),
        "arrivals_pending": Arrival.objects.filter(state=Arrival.State.PENDING).count(),
        "arrivals_failed": Arrival.objects.filter(state=Arrival.State.FAILED).count(),
        "queued": Message.objects.filter(recipients__state=Recipient.State.QUEUED)
        .distinct()
        .count(),
        "open_promises": Promise.objects.filter(state=Promise.State.OPEN).count(),
    }


def violations() -> list[Violation]:
    """Everything that is not as it must be; empty when all is well."""
    return [found for check in _CHECKS for found in check()]


def _named(rule: str, rows: QuerySet, words: str) -> Iterator[Violation]:  # type: ignore[type-arg]
    kind = rows.model._meta.model_name
    for pk in rows.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED]:
        yield Violation(rule, f"{kind}:{pk}", words)


def _open_reply() -> Exists:
    return Exists(
        Promise.objects.filter(conversation=OuterRef("pk"), kind=REPLY, state=Promise.State.OPEN)
    )


def _nobody_waits_unowed() -> Iterator[Violation]:
    rows = owing.awaiting().exclude(_open_reply())
    yield from _named("owed", rows, "a customer waits and nobody owes an answer")


def _nothing_owed_to_nobody() -> Iterator[Violation]:
    rows = Conversation.objects.filter(_open_reply()).exclude(
        pk__in=owing.awaiting().order_by().values("pk")
    )
    yield from _named("owed", rows, "an answer is owed where nobody waits")


def _what_counts_as_answered_arrived() -> Iterator[Violation]:
    has_it = Recipient.objects.filter(message=OuterRef("pk"), state=Recipient.State.ACCEPTED)
    rows = Message.objects.filter(direction=Message.Direction.OUT, counted=True)
    yield from _named("owed", rows.exclude(Exists(has_it)), "an answer counts that nobody has")


def _nothing_owed_is_closed() -> Iterator[Violation]:
    rows = Conversation.objects.filter(_open_reply(), state=Conversation.State.CLOSED)
    yield from _named("owed", rows, "an answer is owed in a closed conversation")


def _every_promise_has_someone() -> Iterator[Violation]:
    answering = Membership.objects.filter(team=OuterRef("team"), teammate__is_active=True).exclude(
        teammate__role=Role.LIGHT
    )
    ownerless = Q(owner__is_active=False) | Q(owner__role=Role.LIGHT)
    elsewhere = Q(pk__in=staffing.orphaned().order_by().values("pk"))
    rows = Promise.objects.filter(state=Promise.State.OPEN).filter(
        ownerless | elsewhere | (Q(team__isnull=False) & ~Exists(answering))
    )
    yield from _named("owner", rows, "a promise is owed by nobody who could keep it")


def _promise_and_conversation_agree() -> Iterator[Violation]:
    # Who has it may have been away when it was promised; somebody else owes the answer then.
    was_away = Absence.objects.filter(teammate=OuterRef("conversation__assignee"))
    rows = Promise.objects.filter(state=Promise.State.OPEN, kind=REPLY).exclude(
        Q(owner=F("conversation__assignee"))
        | Exists(was_away)
        | Q(conversation__assignee__isnull=True, team=F("conversation__team"))
        | Q(
            conversation__assignee__isnull=True,
            conversation__team__isnull=True,
            team=F("conversation__inbox__team"),
        )
    )
    yield from _named("owner", rows, "an answer is owed by someone other than who has it")


def _promises_stand_where_they_are_seen() -> Iterator[Violation]:
    here = Promise.objects.filter(conversation__isnull=False)
    elsewhere = here.filter(Q(inbox__isnull=True) | ~Q(inbox=F("conversation__inbox")))
    yield from _named("promise", elsewhere, "a promise is shown in another inbox than it was made")
    gone = here.filter(conversation__redirect_to__isnull=False)
    yield from _named("promise", gone, "a promise stands where nobody sees it any more")


def _ended_as_they_say() -> Iterator[Violation]:
    rows = Promise.objects.filter(
        Q(state=Promise.State.KEPT, ended_at__gt=F("due_at"))
        | Q(state=Promise.State.KEPT_LATE, ended_at__lte=F("due_at"))
    )
    yield from _named("promise", rows, "a promise is counted in time that was not, or late")
    never = Promise.objects.filter(state=Promise.State.OPEN, look_at__isnull=True)
    half_way = Q(direction=Promise.Direction.OURS) & ~Q(looked="lead")
    forgotten = never.filter(Q(looked="") | half_way)
    yield from _named("promise", forgotten, "nobody will be reminded of a promise")
    before = Promise.objects.filter(successor__isnull=False).exclude(state=Promise.State.BROKEN)
    yield from _named("promise", before, "a word was given anew, and the old one not counted")


def _queued_leaves_or_is_held() -> Iterator[Violation]:
    alive = Dispatch.objects.filter(message=OuterRef("message")).filter(
        Q(due_at__isnull=False) | ~Q(held="")
    )
    waiting = [Recipient.State.QUEUED, Recipient.State.SENDING]
    rows = Recipient.objects.filter(state__in=waiting).exclude(Exists(alive))
    yield from _named("queued", rows, "a queued message would never leave")


def _received_has_its_message() -> Iterator[Violation]:
    rows = Arrival.objects.filter(state=Arrival.State.RECEIVED, message__isnull=True)
    yield from _named("arrival", rows, "a mail was taken in and leads to no message")
    rows = Arrival.objects.filter(state=Arrival.State.PENDING, due_at__isnull=True)
    yield from _named("arrival", rows, "a mail waits and nobody will look at it")


def _nothing_is_left_behind_by_a_join() -> Iterator[Violation]:
    rows = Conversation.objects.filter(redirect_to__isnull=False)
    said = rows.filter(Exists(Message.objects.filter(conversation=OuterRef("pk"))))
    yield from _named("joined", said, "a message stands where nobody sees it any more")


def _latest_is_latest() -> Iterator[Violation]:
    said = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind=Message.Kind.NOTE)
    newest = said.order_by("-id").values("id")[:1]
    rows = Conversation.objects.annotate(newest=Subquery(newest)).exclude(newest=F("latest_key"))
    yield from _named("list", rows, "a conversation stands in the wrong place in its list")


def _files_are_there() -> Iterator[Violation]:
    for file in File.objects.filter(unreferenced_since__isnull=True).iterator():
        path = files.path_of(file)
        if not path.is_file() or path.stat().st_size != file.size_bytes:
            yield Violation("file", f"file:{file.pk}", "the bytes of a mail or attachment are gone")


def _somebody_owns() -> Iterator[Violation]:
    if (
        Teammate.objects.exists()
        and not Teammate.objects.filter(role=Role.OWNER, is_active=True).exists()
    ):
        yield Violation("owner", "teammate:0", "no active owner is left")


_CHECKS: list[Callable[[], Iterator[Violation]]] = [
    _nobody_waits_unowed,
    _nothing_owed_to_nobody,
    _what_counts_as_answered_arrived,
    _nothing_owed_is_closed,
    _every_promise_has_someone,
    _promise_and_conversation_agree,
    _promises_stand_where_they_are_seen,
    _ended_as_they_say,
    _queued_leaves_or_is_held,
    _received_has_its_message,
    _nothing_is_left_behind_by_a_join,
    _latest_is_latest,
    _files_are_there,
    _somebody_owns,
]
