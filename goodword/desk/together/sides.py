"""Side conversations: what is said to somebody else about a conversation, unseen by its customer.

Who may hear what is said there, where mail goes that answers the wrong one of the two, and what
becomes of an aside when its conversation is put away. The verbs are in `aside`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr

from django.db.models import Q, QuerySet, Subquery

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking, queries
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk import events as facts
from goodword.events import actions as events
from goodword.notices import actions as notices
from goodword.people import actions as people
from goodword.people import queries as holders
from goodword.people.models import Address, Holding

_PUT_AWAY = (Conversation.State.SPAM, Conversation.State.TRASH)


class SeenByCustomer(Exception):
    """It would go to whom it is to be kept from; `str()` is the address."""


def sides_of(conversation: Conversation) -> QuerySet[Conversation]:
    """What is said aside about it, in the order it was begun."""
    rows = Conversation.objects.filter(side_of=conversation, redirect_to__isnull=True)
    return rows.order_by("made_at", "pk")


def kept_from(parent_id: int) -> QuerySet[Address]:
    """The addresses of whom nothing said aside may reach: the customer's, also where their
    conversation was joined with another, and whose wrote first, whoever it is said to be with.
    """
    told = Conversation.objects.filter(Q(pk=parent_id) | Q(redirect_to=parent_id))
    held = Holding.objects.filter(person__in=holders.same_as(told)).values("address")
    wrote = Message.objects.filter(conversation=parent_id, inbound_kind="human")
    first = wrote.filter(direction=Message.Direction.IN).order_by("pk").values("address")[:1]
    return Address.objects.filter(Q(pk__in=held) | Q(pk=Subquery(first)))


def require_unseen(parent_id: int, written: Iterable[str]) -> None:
    """Raises SeenByCustomer where one of those addresses is the customer's of `parent_id`."""
    values = [people.normalised(parseaddr(each)[1]) for each in written]
    for address in kept_from(parent_id).filter(value__in=values)[:1]:
        raise SeenByCustomer(address.written)


def may_join(side: Conversation, address: Address) -> bool:
    """Whether mail from there may stand in it: never the customer's, and of others who take part
    in the conversation itself only theirs whom we wrote to aside.
    """
    parent = Conversation.objects.get(sides=side)
    if kept_from(parent.pk).filter(pk=address.pk).exists():
        return False
    return (
        not queries.took_part(parent, address) or _written_to(side).filter(address=address).exists()
    )


def _written_to(side: Conversation) -> QuerySet[Recipient]:
    ours = Message.Direction.OUT
    return Recipient.objects.filter(message__conversation=side, message__direction=ours)


def across(conversation: Conversation) -> list[int]:
    """The keys of those that mail meant for one of them may name by mistake: of an aside its
    conversation, of a conversation its asides, the newest first.
    """
    if conversation.side_of_id is not None:
        return [conversation.side_of_id]
    return list(sides_of(conversation).order_by("-latest_key").values_list("pk", flat=True))


def note_answer(side: Conversation, message: Message, *, at: datetime) -> None:
    """Somebody wrote in it: say so where it is about. Called before it is woken."""
    parent = Conversation.objects.get(sides=side)
    said = side.messages.filter(automatic=False, pk__lt=message.pk)
    before = said.exclude(kind=Message.Kind.NOTE).order_by("-id").first()
    asked = before is not None and before.direction == Message.Direction.OUT
    fact = facts.AsideAnswered(
        conversation_id=parent.pk,
        inbox_id=parent.inbox_id,
        message_id=message.pk,
        aside_id=side.pk,
        awaited=asked and side.state != Conversation.State.CLOSED,
    )
    events.announce(fact, by=None, about=parent, at=at)


def matter_of(message_id: int) -> str:
    """What a notice of an answer is about (notices.Notice.matter)."""
    return f"message:{message_id}"


def settle_notices(of: QuerySet[Conversation], *, at: datetime) -> None:
    """What was told of the answers in these asides has been dealt with."""
    answers = Message.objects.filter(conversation__in=of, direction=Message.Direction.IN)
    for key in answers.values_list("pk", flat=True):
        notices.settle_matter(matter_of(key), at=at)


def before_we_write(conversation: Conversation, written: Iterable[str], *, at: datetime) -> None:
    """What a message of ours in an aside asks for. Raises SeenByCustomer."""
    if conversation.side_of_id is not None:
        require_unseen(conversation.side_of_id, written)
        settle_notices(Conversation.objects.filter(pk=conversation.pk), at=at)


def follow(parent: Conversation, *, before: str, by: Teammate | None, at: datetime) -> None:
    """What becomes spam or trash takes its asides along; what comes back from there, too.

    What is put aside has been dealt with: no notice of its asides stays.
    """
    if parent.state not in {Conversation.State.OPEN, Conversation.State.SNOOZED}:
        here = Q(pk=parent.pk, side_of__isnull=False) | Q(side_of=parent)
        settle_notices(Conversation.objects.filter(here), at=at)
    put_away, was = parent.state in _PUT_AWAY, before in _PUT_AWAY
    if parent.side_of_id is not None or not (put_away or was):
        return
    moving = sides_of(parent)
    moving = moving.exclude(state__in=_PUT_AWAY) if not was else moving.filter(state=before)
    state = parent.state if put_away else Conversation.State.OPEN
    for side in locking.lock_all(moving.values_list("pk", flat=True)).values():
        conversations.set_state(side, state, by=by, at=at, why="parent")
