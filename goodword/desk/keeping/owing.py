"""The invariant: a conversation that awaits us has exactly one open reply promise, no other has.

It awaits us when its newest counted message is inbound and nobody has said that it needs no
answer (design.md, section 1). `settle` makes that true again after anything that could change it;
`awaiting` is the same rule over all rows, for `goodword check`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversation_actions
from goodword.conversations import locking
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk.models import NoAnswerNeeded
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import queries as people
from goodword.people.models import Holding
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise


def owed_message(conversation: Conversation) -> Message | None:
    """The message that awaits our answer, None when the conversation doesn't await us."""
    if not conversation.is_live or conversation.side_of_id:
        return None
    newest = conversations.newest_counted(conversation)
    if newest is None or not newest.is_inbound:
        return None
    if NoAnswerNeeded.objects.filter(message=newest).exists():
        return None
    return newest


def waived(conversation: Conversation) -> bool:
    """Whether a person's word is all that keeps an answer from being owed."""
    newest = conversations.newest_counted(conversation) if conversation.is_live else None
    return newest is not None and NoAnswerNeeded.objects.filter(message=newest).exists()


def owner_of(conversation: Conversation, *, at: datetime) -> Teammate | Team:
    """Who owes what is owed here: the assignee, else the team it was given to, else the inbox's.

    While the assignee is away, who stands in for them; nobody's word is ever nobody's.
    """
    team = conversation.team or conversation.inbox.team
    if conversation.assignee is None:
        return team
    away = plan.current().absence_of(conversation.assignee.pk, at)
    if away is None:
        return conversation.assignee
    key = away.stand_in_id
    stand_in = Teammate.objects.filter(pk=key).first() if key else None
    return stand_in if stand_in and can_answer(stand_in, conversation.inbox) else team


def can_answer(teammate: Teammate, inbox: Inbox) -> bool:
    """Whether what is owed in this inbox can be given to `teammate`."""
    return rights.may_answer(teammate) and inboxes.open_to(teammate).filter(pk=inbox.pk).exists()


def can_keep(owner: Teammate | Team, inbox: Inbox | None) -> bool:
    """Whether what is promised in this inbox, or in none, can be owed by `owner`."""
    if isinstance(owner, Team):
        return inbox is None or inbox.teams.filter(pk=owner.pk).exists()
    return can_answer(owner, inbox) if inbox else rights.may_answer(owner)


def lock(promise: Promise) -> Conversation | None:
    """Its conversation, locked, and then the promise, as it is now: in this order, everywhere.
    None where it has none, also when that was thrown away for good meanwhile.

    Raises AlreadyEnded when it was taken back meanwhile.
    """
    key = promise.conversation_id
    while True:
        held = None
        with suppress(Conversation.DoesNotExist):
            held = locking.lock(Conversation(pk=key)) if key else None
        there = prepared.rows("where it is owed", _where, promise.pk)
        if not there:
            raise promises.AlreadyEnded(promise.pk)
        before, ((key,),) = key, there
        if key is None or (held is not None and key in {held.pk, before}):  # else it was moved
            rows = Promise.objects.select_for_update(no_key=True)
            promise.refresh_from_db(from_queryset=rows)
            return held if key else None


def _where(promise: int) -> QuerySet[Promise, tuple[int | None]]:
    return Promise.objects.filter(pk=promise).values_list("conversation")


def answer_due(
    conversation: Conversation, message: Message, *, first: bool, since: datetime | None = None
) -> Due:
    """By when the plan promises an answer to `message`; `since` None: from when it was said."""
    return plan.current().answer_due(
        conversation.inbox_id,
        first=first,
        kind_id=message.person.kind_id if message.person else None,
        urgent=conversation.urgent,
        since=since or message.said_at,
    )


def has_been_answered(conversation: Conversation) -> bool:
    """Whether an answer of ours counts here, so that the next one is no first response."""
    return conversation.messages.filter(counted=True, direction=Message.Direction.OUT).exists()


def owe_first(conversation: Conversation, message: Message, *, at: datetime) -> None:
    """Owe the answer to the first message of a new conversation: what `settle` would find."""
    _make(conversation, message, first=True, at=at)


def ask_again(conversation: Conversation, *, at: datetime) -> None:
    """They wrote once more: what is owed becomes more urgent, else an answer is owed from now."""
    promise = owed.owed_reply(conversation)
    if promise is not None:  # and stays so, since theirs is the last word
        promises.ask_again(promise, at=at)
    else:
        settle(conversation, by=None, at=at, why="")


def settle(conversation: Conversation, *, by: Teammate | None, at: datetime, why: str) -> None:
    """Make the invariant true for a locked conversation. `why` names what let go of a promise."""
    message = owed_message(conversation)
    promise = owed.owed_reply(conversation)
    if message is None:
        if promise is not None:
            promises.release(promise, by=by, at=at, why=why)
    elif promise is None:
        _owe(conversation, message, at=at)
        if conversation.state == Conversation.State.CLOSED:  # what came back is work again
            conversation_actions.set_state(
                conversation, Conversation.State.OPEN, by=by, at=at, why="owed_again"
            )
    else:
        promises.hand_over(promise, to=owner_of(conversation, at=at), by=by, at=at)


def _owe(conversation: Conversation, message: Message, *, at: datetime) -> None:
    """Owe the answer to `message`; an answer that came back is owed again as it was."""
    before = (
        Promise.objects.filter(conversation=conversation, kind=REPLY, message=message)
        .exclude(state=Promise.State.BROKEN)
        .order_by("-made_at", "-id")
        .first()
    )
    if before is not None:
        again = promises.reopen(before, by=None, at=at, why="owed_again")
        promises.hand_over(again, to=owner_of(conversation, at=at), by=None, at=at)
        return
    _make(conversation, message, first=not has_been_answered(conversation), at=at)


def _make(conversation: Conversation, message: Message, *, first: bool, at: datetime) -> None:
    promises.make(
        kind=REPLY,
        owner=owner_of(conversation, at=at),
        person=message.person,
        conversation=conversation,
        message=message,
        due=answer_due(conversation, message, first=first),
        by=None,
        at=at,
    )


def answered(message: Message, *, at: datetime) -> None:
    """The other side took our `message`: count it and keep the promise, if it reached who is owed.

    The conversation is locked. An answer keeps the promise only when it was written after the
    message that is owed; what came in since is owed a new one by `settle`.
    """
    conversation = message.conversation
    if message.automatic or message.is_note or not reaches_the_owed(message):
        return
    if not message.counted and conversation.side_of_id is None:
        message.counted = True
        message.save(update_fields=["counted"])
    promise = owed.owed_reply(conversation)
    if promise is not None and (promise.message_id is None or promise.message_id < message.pk):
        promises.keep(promise, by=message.teammate, at=at)
    for other in open_kept_by(message):
        promises.keep(other, by=message.teammate, at=at)
    settle(conversation, by=message.teammate, at=at, why="answered")


def open_kept_by(message: Message) -> QuerySet[Promise]:
    """Promises that `message` keeps when it is taken."""
    return owed.open_promises().filter(keepings__message=message)


def returned(message: Message, *, at: datetime) -> None:
    """What was taken came back: it no longer counts when it reaches nobody who is owed."""
    is_aside = message.conversation.side_of_id is not None  # where nothing counts
    if (message.counted or is_aside) and not reaches_the_owed(message):
        message.counted = False
        message.save(update_fields=["counted"])
        kept = [Promise.State.KEPT, Promise.State.KEPT_LATE]
        for promise in Promise.objects.filter(keepings__message=message, state__in=kept):
            promises.reopen(promise, by=None, at=at, why="bounced")
        settle(message.conversation, by=None, at=at, why="bounced")
        if message.conversation.state == Conversation.State.SNOOZED and owed.owed_reply(
            message.conversation
        ):
            conversation_actions.set_state(
                message.conversation, Conversation.State.OPEN, by=None, at=at, why="owed_again"
            )


def carry_over(conversation: Conversation, into: Conversation) -> None:
    """What was decided about messages of `conversation` holds in `into`, where they stand now."""
    NoAnswerNeeded.objects.filter(conversation=conversation).update(conversation=into)


def waive_no_more_than_one(conversation: Conversation) -> list[Any]:
    """After a join: that the newest message needs no answer was said of one of the two. What is
    owed to the other, and nobody has answered since, stays owed.

    Gives the decision that falls by it: message, who, when.
    """
    promise = owed.owed_reply(conversation)
    if promise is None:
        return []
    since = conversation.messages.filter(counted=True, pk__gt=promise.message_id or 0)
    if not since.filter(direction=Message.Direction.OUT).exists():
        newest = conversations.newest_counted(conversation)
        decided = NoAnswerNeeded.objects.filter(message=newest).first()
        if decided is not None:
            decided.delete()
            return [decided.message_id, decided.by_id, decided.at.isoformat()]
    return []


def reaches_the_owed(message: Message) -> bool:
    """Whether the person we answer has it: at an address they wrote from, named or hold."""
    before = message.conversation.messages.filter(direction=Message.Direction.IN, pk__lt=message.pk)
    # Nothing counts in what is said aside; people write there all the same.
    is_aside = message.conversation.side_of_id is not None
    before = before.filter(inbound_kind="human") if is_aside else before.filter(counted=True)
    asked = before.order_by("-id").first()
    if asked and asked.pk <= (message.conversation.person_chosen_after or 0):
        asked = None  # somebody chose whom it is answered to
    person = (asked.person if asked else None) or message.conversation.person
    held = Holding.objects.filter(
        Q(until__isnull=True) | Q(until__gt=message.said_at), person__in=people.keys_of(person)
    )
    theirs = set(held.values_list("address_id", flat=True))
    if asked:
        theirs |= set(
            asked.recipients.filter(role=Recipient.Role.REPLY_TO).values_list(
                "address_id", flat=True
            )
        )
        theirs |= {asked.address_id} if asked.address_id else set()
    return message.recipients.filter(state=Recipient.State.ACCEPTED, address_id__in=theirs).exists()


def awaiting() -> QuerySet[Conversation]:
    """Every conversation that awaits us, by the rule itself; for `goodword check`."""
    newest = Message.objects.filter(conversation=OuterRef("pk"), counted=True).order_by("-id")
    waved = NoAnswerNeeded.objects.filter(message=OuterRef("newest_id"))
    return (
        Conversation.objects.filter(redirect_to__isnull=True, side_of__isnull=True)
        .exclude(state__in=[Conversation.State.SPAM, Conversation.State.TRASH])
        .annotate(
            newest_id=Subquery(newest.values("id")[:1]),
            newest_way=Subquery(newest.values("direction")[:1]),
        )
        .filter(newest_way=Message.Direction.IN)
        .exclude(Exists(waved))
    )
