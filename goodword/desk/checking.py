"""Prove the invariants on the live database. Each check names what it would mean for a customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from goodword.accounts.models import Membership, Role, Teammate
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk import staffing
from goodword.desk.keeping import owing
from goodword.desk.models import Arrival, Dispatch
from goodword.fields.models import Field
from goodword.files import actions as files
from goodword.files.models import File
from goodword.people import merging
from goodword.people.models import Holding, Merged, Person, PersonValue
from goodword.plan.models import Absence
from goodword.promises.models import REPLY, Promise

MOST_NAMED = 100  # of one kind

Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """`rule`: which invariant; `row`: `kind:id`; `words`: what it means."""

    rule: str
    row: str
    words: str


Check = Callable[[], Iterator[Violation]]


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


def _no(rule: str, words: str) -> Callable[[Callable[[], Rows]], Check]:
    """The check that there are no such rows. Its SQL is made once."""

    def checked(rows: Callable[[], Rows]) -> Check:
        def build() -> Rows:
            return rows().order_by("pk").values_list("pk")[:MOST_NAMED]

        def check() -> Iterator[Violation]:
            for (pk,) in prepared.rows(("check", words), build):
                yield Violation(rule, f"{rows().model._meta.model_name}:{pk}", words)

        return check

    return checked


def _open_reply() -> Exists:
    return Exists(
        Promise.objects.filter(conversation=OuterRef("pk"), kind=REPLY, state=Promise.State.OPEN)
    )


@_no("owed", "a customer waits and nobody owes an answer")
def _waits_unowed() -> Rows:
    return owing.awaiting().exclude(_open_reply())


@_no("owed", "an answer is owed where nobody waits")
def _owed_to_nobody() -> Rows:
    return Conversation.objects.filter(_open_reply()).exclude(
        pk__in=owing.awaiting().order_by().values("pk")
    )


@_no("owed", "an answer counts that nobody has")
def _counts_and_never_arrived() -> Rows:
    has_it = Recipient.objects.filter(message=OuterRef("pk"), state=Recipient.State.ACCEPTED)
    rows = Message.objects.filter(direction=Message.Direction.OUT, counted=True)
    return rows.exclude(Exists(has_it))


@_no("owed", "an answer is owed in a closed conversation")
def _owed_and_closed() -> Rows:
    return Conversation.objects.filter(_open_reply(), state=Conversation.State.CLOSED)


@_no("owner", "a promise is owed by nobody who could keep it")
def _promise_of_nobody() -> Rows:
    answering = Membership.objects.filter(team=OuterRef("team"), teammate__is_active=True).exclude(
        teammate__role=Role.LIGHT
    )
    ownerless = Q(owner__is_active=False) | Q(owner__role=Role.LIGHT)
    elsewhere = Q(pk__in=staffing.orphaned().order_by().values("pk"))
    return Promise.objects.filter(state=Promise.State.OPEN).filter(
        ownerless | elsewhere | (Q(team__isnull=False) & ~Exists(answering))
    )


@_no("owner", "an answer is owed by someone other than who has it")
def _promise_of_another() -> Rows:
    # Who has it may have been away when it was promised; somebody else owes the answer then.
    was_away = Absence.objects.filter(teammate=OuterRef("conversation__assignee"))
    return Promise.objects.filter(state=Promise.State.OPEN, kind=REPLY).exclude(
        Q(owner=F("conversation__assignee"))
        | Exists(was_away)
        | Q(conversation__assignee__isnull=True, team=F("conversation__team"))
        | Q(
            conversation__assignee__isnull=True,
            conversation__team__isnull=True,
            team=F("conversation__inbox__team"),
        )
    )


@_no("promise", "a promise is shown in another inbox than it was made")
def _promise_shown_elsewhere() -> Rows:
    return Promise.objects.filter(conversation__isnull=False).filter(
        Q(inbox__isnull=True) | ~Q(inbox=F("conversation__inbox"))
    )


@_no("promise", "a promise stands where nobody sees it any more")
def _promise_left_behind_by_a_join() -> Rows:
    return Promise.objects.filter(conversation__redirect_to__isnull=False)


@_no("promise", "a promise is counted in time that was not, or late")
def _ended_not_as_it_says() -> Rows:
    return Promise.objects.filter(
        Q(state=Promise.State.KEPT, ended_at__gt=F("due_at"))
        | Q(state=Promise.State.KEPT_LATE, ended_at__lte=F("due_at"))
    )


@_no("promise", "nobody will be reminded of a promise")
def _promise_nobody_looks_at() -> Rows:
    never = Promise.objects.filter(state=Promise.State.OPEN, look_at__isnull=True)
    half_way = Q(direction=Promise.Direction.OURS) & ~Q(looked="lead")
    return never.filter(Q(looked="") | half_way)


@_no("promise", "a word was given anew, and the old one not counted")
def _made_anew_and_not_broken() -> Rows:
    return Promise.objects.filter(successor__isnull=False).exclude(state=Promise.State.BROKEN)


@_no("queued", "a queued message would never leave")
def _queued_for_ever() -> Rows:
    alive = Dispatch.objects.filter(message=OuterRef("message")).filter(
        Q(due_at__isnull=False) | ~Q(held="")
    )
    waiting = [Recipient.State.QUEUED, Recipient.State.SENDING]
    return Recipient.objects.filter(state__in=waiting).exclude(Exists(alive))


@_no("queued", "an answer waits for a person and would leave by itself all the same")
def _held_and_due() -> Rows:
    return Dispatch.objects.exclude(held="").filter(due_at__isnull=False)


@_no("arrival", "a mail was taken in and leads to no message")
def _received_without_its_message() -> Rows:
    return Arrival.objects.filter(state=Arrival.State.RECEIVED, message__isnull=True)


@_no("arrival", "a mail waits and nobody will look at it")
def _waits_for_ever() -> Rows:
    return Arrival.objects.filter(state=Arrival.State.PENDING, due_at__isnull=True)


@_no("joined", "a message stands where nobody sees it any more")
def _message_left_behind_by_a_join() -> Rows:
    rows = Conversation.objects.filter(redirect_to__isnull=False)
    return rows.filter(Exists(Message.objects.filter(conversation=OuterRef("pk"))))


@_no("aside", "an answer is owed to somebody who was asked aside")
def _owed_aside() -> Rows:
    return Conversation.objects.filter(_open_reply(), side_of__isnull=False)


@_no("aside", "what is said aside is aside of nothing that a person opens")
def _aside_of_an_aside() -> Rows:
    lost = Q(side_of__side_of__isnull=False) | Q(side_of__redirect_to__isnull=False)
    return Conversation.objects.filter(lost, redirect_to__isnull=True)


@_no("list", "a conversation stands in the wrong place in its list")
def _latest_is_not_latest() -> Rows:
    said = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind=Message.Kind.NOTE)
    newest = Coalesce(Subquery(said.order_by("-id").values("id")[:1]), 0)
    return Conversation.objects.annotate(newest=newest).exclude(newest=F("latest_key"))


@_no("person", "a person leads on to somebody who leads on again, or to themselves")
def _leads_on_and_on() -> Rows:
    again = Q(redirect_to__redirect_to__isnull=False) | Q(redirect_to=F("pk"))
    return Person.objects.filter(again, redirect_to__isnull=False)


@_no("person", "a person leads on to another and goes by something else than that one")
def _goes_by_something_else() -> Rows:
    differs = Q()
    for column in merging.SHARED:
        name = Person._meta.get_field(column).attname  # type: ignore[union-attr]  # all are columns
        both_none = Q(**{f"{name}__isnull": True, f"redirect_to__{name}__isnull": True})
        differs |= ~Q(**{name: F(f"redirect_to__{name}")}) & ~both_none
    return Person.objects.filter(differs, redirect_to__isnull=False)


@_no("person", "two are said to be one, and don't lead to the same")
def _merged_and_apart() -> Rows:
    same = Coalesce("into__redirect_to", "into")
    rows = Merged.objects.filter(undone_at__isnull=True).annotate(standing=same)
    return rows.exclude(person__redirect_to=F("standing"), person__redirect_to__isnull=False)


@_no("person", "new mail from an address is of somebody who doesn't hold it any more")
def _primary_and_taken_away() -> Rows:
    return Holding.objects.filter(Q(primary=True) | Q(preferred=True), until__isnull=False)


@_no("person", "a person prefers two addresses")
def _prefers_two() -> Rows:
    other = Holding.objects.filter(person=OuterRef("person"), preferred=True, pk__gt=OuterRef("pk"))
    return Holding.objects.filter(Exists(other), preferred=True)


@_no("person", "something stands in a field that is not of such")
def _in_the_wrong_field() -> Rows:
    return PersonValue.objects.exclude(field__about=Field.About.PERSON)


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


_CHECKS: list[Check] = [
    _waits_unowed,
    _owed_to_nobody,
    _counts_and_never_arrived,
    _owed_and_closed,
    _promise_of_nobody,
    _promise_of_another,
    _promise_shown_elsewhere,
    _promise_left_behind_by_a_join,
    _ended_not_as_it_says,
    _promise_nobody_looks_at,
    _made_anew_and_not_broken,
    _queued_for_ever,
    _held_and_due,
    _received_without_its_message,
    _waits_for_ever,
    _message_left_behind_by_a_join,
    _owed_aside,
    _aside_of_an_aside,
    _latest_is_not_latest,
    _leads_on_and_on,
    _goes_by_something_else,
    _merged_and_apart,
    _primary_and_taken_away,
    _prefers_two,
    _in_the_wrong_field,
    _files_are_there,
    _somebody_owns,
]
