"""What teammates do with a conversation: assign, close, reopen, snooze, spam, trash."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from goodword.accounts import actions as accounts
from goodword.accounts import rights
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import events as facts
from goodword.conversations.models import Conversation
from goodword.desk import events as desk_facts
from goodword.desk import owing
from goodword.desk.models import NoAnswerNeeded
from goodword.events import actions as events
from goodword.inboxes import actions as inbox_actions
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.promises import queries as owed
from goodword.promises.models import Promise

State = Conversation.State


class AnswerOwed(Exception):
    """The conversation can't be closed over an open promise without saying what becomes of it."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(promise.public_id)
        self.promise = promise


class CannotSee(Exception):
    """Whom it was to be given to can't see this inbox, or can't answer there."""


class InThePast(Exception):
    """Snoozed until a moment that has passed."""


class NothingOwed(Exception):
    """No message here awaits an answer."""


@transaction.atomic
def assign(
    conversation: Conversation, *, to: Teammate | Team | None, by: Teammate, at: datetime
) -> None:
    """Give a conversation, and the answer owed in it, to a teammate, a team or back to the inbox.

    Raises MayNot, CannotSee.
    """
    conversation = conversations.lock(conversation)
    if not rights.may_reassign(by, now_with=conversation.assignee):
        raise rights.MayNot
    if isinstance(to, Teammate) and not can_answer(to, conversation.inbox):
        raise CannotSee(to.name)
    if isinstance(to, Team) and not conversation.inbox.teams.filter(pk=to.pk).exists():
        raise CannotSee(to.name)
    _give(conversation, to, by=by, at=at)


def can_answer(teammate: Teammate, inbox: Inbox) -> bool:
    """Whether what is owed in this inbox can be given to `teammate`."""
    return rights.may_answer(teammate) and inboxes.open_to(teammate).filter(pk=inbox.pk).exists()


def _give(
    conversation: Conversation, to: Teammate | Team | None, *, by: Teammate | None, at: datetime
) -> None:
    conversation.assignee = to if isinstance(to, Teammate) else None
    conversation.team = to if isinstance(to, Team) else None
    conversation.save(update_fields=["assignee", "team"])
    owing.settle(conversation, by=by, at=at, why="")
    fact = facts.Assigned(
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        to=events.name_of(to) if to else "",
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def no_answer_needed(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """A person decides that the newest message needs no answer; it holds until the next inbound.

    Raises MayNot, NothingOwed.
    """
    rights.require_answer(by)
    conversation = conversations.lock(conversation)
    message = owing.owed_message(conversation)
    if message is None:
        raise NothingOwed
    NoAnswerNeeded.objects.create(message=message, conversation=conversation, by=by, at=at)
    owing.settle(conversation, by=by, at=at, why="no_answer_needed")
    fact = desk_facts.NoAnswerDecided(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=message.pk
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def take_back_no_answer(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """It needs an answer after all: the promise is owed again at its old time."""
    rights.require_answer(by)
    conversation = conversations.lock(conversation)
    decided = NoAnswerNeeded.objects.filter(conversation=conversation).order_by("-message")
    newest = decided.values_list("message_id", flat=True).first()
    if newest is None:
        return
    decided.delete()
    owing.settle(conversation, by=by, at=at, why="")
    fact = desk_facts.NoAnswerTakenBack(
        conversation_id=conversation.pk, inbox_id=conversation.inbox_id, message_id=newest
    )
    events.announce(fact, by=by, about=conversation, at=at)


@transaction.atomic
def close(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot, and AnswerOwed while an answer is owed: answer, or `no_answer_needed`.

    Spam and trash are put aside already and stay where they are.
    """
    rights.require_answer(by)
    conversation = conversations.lock(conversation)
    promise = owed.owed_reply(conversation)
    if promise is not None:
        raise AnswerOwed(promise)
    if conversation.is_live and conversation.state != State.CLOSED:
        conversations.set_state(conversation, State.CLOSED, by=by, at=at)


@transaction.atomic
def snooze(conversation: Conversation, *, until: datetime, by: Teammate, at: datetime) -> None:
    """Hide it until then, or until they write. What is owed stays owed, at its time.

    Raises MayNot, InThePast.
    """
    rights.require_answer(by)
    if until <= at:
        raise InThePast
    _change(conversation, State.SNOOZED, by=by, at=at, until=until)


@transaction.atomic
def reopen(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Back among the open ones, from wherever it was: closed, snoozed, spam or trash."""
    rights.require_answer(by)
    _change(conversation, State.OPEN, by=by, at=at)


@transaction.atomic
def mark_spam(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    rights.require_answer(by)
    _change(conversation, State.SPAM, by=by, at=at)


@transaction.atomic
def trash(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    rights.require_answer(by)
    _change(conversation, State.TRASH, by=by, at=at)


def _change(
    conversation: Conversation,
    state: str,
    *,
    by: Teammate | None,
    at: datetime,
    until: datetime | None = None,
    why: str = "",
) -> None:
    conversation = conversations.lock(conversation)
    if conversation.state != state or until != conversation.snoozed_until:
        conversations.set_state(conversation, state, by=by, at=at, until=until, why=why)
    owing.settle(conversation, by=by, at=at, why=state)


def wake_due(*, at: datetime, most: int = 50) -> int:
    """Bring back what was snoozed until now; one short transaction each."""
    due = Conversation.objects.filter(snoozed_until__lte=at).order_by("snoozed_until")
    woken = 0
    for conversation in due[:most]:
        with transaction.atomic():
            again = conversations.lock(conversation)
            if again.snoozed_until and again.snoozed_until <= at:
                _change(again, State.OPEN, by=None, at=at, why="time_came")
                woken += 1
    return woken


# When the house changes, nobody's word becomes nobody's


@transaction.atomic
def take_leave(teammate: Teammate, *, by: Teammate, at: datetime) -> None:
    """A teammate leaves: what they owe goes to the inbox's team. Raises LastOwner, …"""
    accounts.deactivate(teammate, by=by, at=at)
    _return_unreachable(by=by, at=at)


@transaction.atomic
def change_role(teammate: Teammate, role: str, *, by: Teammate, at: datetime) -> None:
    """Raises LastOwner, TeamWouldBeEmpty."""
    accounts.change_role(teammate, role, by=by, at=at)
    _return_unreachable(by=by, at=at)


@transaction.atomic
def change_team(
    team: Team, *, name: str, members: list[Teammate], by: Teammate, at: datetime
) -> None:
    """Raises TeamWouldBeEmpty."""
    accounts.change_team(team, name=name, members=members, by=by, at=at)
    _return_unreachable(by=by, at=at)


@transaction.atomic
def change_inbox(
    inbox: Inbox,
    *,
    name: str,
    addresses: list[str],
    team: Team,
    teams: list[Team],
    language: str,
    acknowledges: bool,
    joins_organisation: bool,
    signs_reply_addresses: bool,
    trusted_servers: str,
    by: Teammate,
    at: datetime,
) -> None:
    """Raises AddressInUse, NoAddress."""
    moved = inbox.team_id != team.pk
    inbox_actions.change(
        inbox,
        name=name,
        addresses=addresses,
        team=team,
        teams=teams,
        language=language,
        acknowledges=acknowledges,
        joins_organisation=joins_organisation,
        signs_reply_addresses=signs_reply_addresses,
        trusted_servers=trusted_servers,
        by=by,
        at=at,
    )
    _return_unreachable(by=by, at=at)
    if moved:
        for promise in owed.open_replies().filter(
            conversation__inbox=inbox,
            conversation__assignee__isnull=True,
            conversation__team__isnull=True,
        ):
            assert promise.conversation is not None  # a constraint of reply promises
            owing.settle(conversations.lock(promise.conversation), by=by, at=at, why="")


def _return_unreachable(*, by: Teammate, at: datetime) -> None:
    """Conversations held by someone who can't answer there any more go back to the inbox."""
    member = Membership.objects.filter(
        teammate=OuterRef("assignee"), team__inboxes=OuterRef("inbox")
    )
    lost_person = Q(assignee__isnull=False) & (
        Q(assignee__is_active=False)
        | Q(assignee__role=Role.LIGHT)
        | (~Q(assignee__role=Role.OWNER) & ~Exists(member))
    )
    lost_team = Q(team__isnull=False) & ~Exists(
        Inbox.teams.through.objects.filter(inbox=OuterRef("inbox"), team=OuterRef("team"))
    )
    for conversation in Conversation.objects.filter(lost_person | lost_team):
        _give(conversations.lock(conversation), None, by=by, at=at)
