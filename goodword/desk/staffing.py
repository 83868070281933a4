"""When the house changes, nobody's word becomes nobody's.

Who leaves, changes their role or their team hands over what they owe in the same transaction: to
the backup that the plan names, else to the inbox's team, which always has somebody.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from goodword.accounts import actions as accounts
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.conversations import locking
from goodword.conversations.models import Conversation
from goodword.desk import handling
from goodword.desk.answering import sharing
from goodword.desk.keeping import owing
from goodword.inboxes import actions as inbox_actions
from goodword.inboxes.models import Inbox
from goodword.plan import actions as plan_actions
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise


@transaction.atomic
def take_leave(teammate: Teammate, *, by: Teammate, at: datetime) -> None:
    """A teammate leaves: what they owe goes to their backup, else to the team.

    Raises LastOwner, TeamWouldBeEmpty.
    """
    accounts.deactivate(teammate, by=by, at=at)
    _return_unreachable(by=by, at=at)  # while the plan still knows their backup
    plan_actions.forget_teammate(teammate, by=by, at=at)


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
    answers_where_written: bool,
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
        answers_where_written=answers_where_written,
        trusted_servers=trusted_servers,
        by=by,
        at=at,
    )
    _return_unreachable(by=by, at=at)
    if moved:
        _hand_to_its_team(inbox, by=by, at=at)


def _hand_to_its_team(inbox: Inbox, *, by: Teammate, at: datetime) -> None:
    """The answers owed where the inbox itself has the conversation."""
    for promise in owed.open_replies().filter(
        conversation__inbox=inbox,
        conversation__assignee__isnull=True,
        conversation__team__isnull=True,
    ):
        assert promise.conversation is not None  # a constraint of reply promises
        owing.settle(locking.lock(promise.conversation), by=by, at=at, why="")


def _return_unreachable(*, by: Teammate, at: datetime) -> None:
    """What is held by someone who can't answer there any more goes to their backup or the team."""
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
    lost = list(Conversation.objects.filter(lost_person | lost_team).values_list("pk", flat=True))
    elsewhere = orphaned().filter(conversation__isnull=False)
    drafts = sharing.asked_in_vain()
    keys = {*lost, *elsewhere.values_list("conversation", flat=True)}
    locked = locking.lock_all(keys | {each.conversation_id for each in drafts})
    for draft in drafts:
        sharing.ask_nobody(draft, by=by, at=at)
    for conversation in (locked[key] for key in lost if key in locked):  # else thrown away by now
        to = _backup_of(conversation.assignee, conversation.inbox, at=at)
        handling.give(conversation, to, by=by, at=at)
    for promise in orphaned().order_by("conversation", "pk"):
        with suppress(promises.AlreadyEnded):
            held = owing.lock(promise)
            if promise.kind == REPLY and held is not None:  # they stood in for somebody
                owing.settle(held, by=by, at=at, why="")
            else:
                promises.hand_over(promise, to=_heir_of(promise, by=by, at=at), by=by, at=at)


def orphaned() -> QuerySet[Promise]:
    """Open promises whose owner is no longer there to keep them."""
    member = Membership.objects.filter(teammate=OuterRef("owner"), team__inboxes=OuterRef("inbox"))
    lost_person = Q(owner__isnull=False) & (
        Q(owner__is_active=False)
        | Q(owner__role=Role.LIGHT)
        | (Q(inbox__isnull=False) & ~Q(owner__role=Role.OWNER) & ~Exists(member))
    )
    lost_team = Q(team__isnull=False, inbox__isnull=False) & ~Exists(
        Inbox.teams.through.objects.filter(inbox=OuterRef("inbox"), team=OuterRef("team"))
    )
    return owed.open_promises().filter(lost_person | lost_team)


def _heir_of(promise: Promise, *, by: Teammate, at: datetime) -> Teammate | Team:
    """Who owes it now: the backup, the inbox's team, or who changed the house."""
    if promise.inbox is None:
        return by
    return _backup_of(promise.owner, promise.inbox, at=at) or promise.inbox.team


def _backup_of(teammate: Teammate | None, inbox: Inbox, *, at: datetime) -> Teammate | None:
    """Who the plan names to take over from `teammate` in `inbox`, when they can answer there."""
    if teammate is None:
        return None
    key = plan.current().named_backup_of(teammate.pk, inbox.pk, at)
    backup = Teammate.objects.filter(pk=key).first() if key else None
    return backup if backup and owing.can_answer(backup, inbox) else None
