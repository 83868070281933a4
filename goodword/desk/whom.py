"""Who is told of a promise: whoever owes it, their backup, their lead. Somebody always is.
And who may be told of a conversation at all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.conversations.models import Conversation
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import queries as plan
from goodword.plan.service_plan import ServicePlan


@dataclass(frozen=True, slots=True)
class Owed:
    """What decides who is told: who owes it, where, and by which road it was asked."""

    owner_id: int | None
    team_id: int | None
    inbox_id: int | None
    road: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """Who is inside at one moment and what the plan says of them; read once for many promises.

    All methods give keys of teammates who are active and may answer, the lists in no order.
    """

    at: datetime
    plan: ServicePlan
    answering: dict[int, Teammate]
    members: dict[int, set[int]]  # of each team, those who answer
    teams: dict[int, set[int]]  # that see each inbox

    def owners(self, owed: Owed) -> set[int]:
        """Who owes it; for a team, whoever is on duty. For who is away, whoever stands in too."""
        owing = self._owing(owed)
        if owed.owner_id is not None and not self._present(owing):
            return owing | self.backups(owed)
        return owing or self.leads(owed)

    def backups(self, owed: Owed) -> set[int]:
        """The backup that the plan names, else the leads of the team, else the rest of it."""
        owing, colleagues = self._owing(owed), self._colleagues(owed)
        for some in (self._named(owed), self._leading(colleagues), colleagues):
            if others := self._present(some) - owing:
                return others
        return self.leads(owed) - owing

    def leads(self, owed: Owed) -> set[int]:
        """The leads of the team, else the owners of the house; those who are there, if any."""
        leading = self._leading(self._colleagues(owed))
        owners = {key for key, each in self.answering.items() if each.is_owner}
        return self._present(leading) or self._present(owners) or leading or owners

    def _owing(self, owed: Owed) -> set[int]:
        if owed.owner_id is not None:
            return {owed.owner_id} & self.answering.keys()
        on_duty = self.on_duty(owed) & self._seeing(owed)
        return self._present(on_duty) or self._present(self.members.get(owed.team_id or 0, set()))

    def on_duty(self, owed: Owed) -> set[int]:
        if owed.inbox_id is None:
            return set()
        return {each.teammate_id for each in self.plan.on_duty(owed.inbox_id, owed.road, self.at)}

    def _named(self, owed: Owed) -> set[int]:
        if owed.inbox_id is not None:
            key = self.plan.backup_of(owed.owner_id, owed.inbox_id, self.at)
        else:
            away = self.plan.absence_of(owed.owner_id, self.at) if owed.owner_id else None
            key = away.stand_in_id if away else None
        return {key} & self._seeing(owed) if key is not None else set()

    def _colleagues(self, owed: Owed) -> set[int]:
        """Members of the teams where it is owed; none for what one owes outside of any inbox,
        which nobody sees but they and the owners of the house.
        """
        teams = {owed.team_id} if owed.team_id else self.teams.get(owed.inbox_id or 0, set())
        return set().union(*(self.members.get(key, set()) for key in teams))

    def _seeing(self, owed: Owed) -> set[int]:
        """Who may know of it: the inbox's teams and the owners of the house."""
        owners = {key for key, each in self.answering.items() if each.is_owner}
        seeing = self.teams.get(owed.inbox_id or 0, set())
        inside = set().union(*(self.members.get(key, set()) for key in seeing))
        return owners | (inside if owed.inbox_id else self._colleagues(owed))

    def _leading(self, keys: set[int]) -> set[int]:
        return {key for key in keys if self.answering[key].role == Role.LEAD}

    def _present(self, keys: set[int]) -> set[int]:
        return {key for key in keys if self.plan.absence_of(key, self.at) is None}


def house(*, at: datetime) -> House:
    """Three queries, and one for the plan's number."""
    answering = {each.pk: each for each in accounts.active().exclude(role=Role.LIGHT)}
    members: defaultdict[int, set[int]] = defaultdict(set)
    for team, teammate in Membership.objects.values_list("team", "teammate"):
        if teammate in answering:
            members[team].add(teammate)
    teams: defaultdict[int, set[int]] = defaultdict(set)
    for inbox, team in Inbox.teams.through.objects.values_list("inbox", "team"):
        teams[inbox].add(team)
    return House(at, plan.current(), answering, dict(members), dict(teams))


def owed_by(owner: Teammate | Team | None, *, inbox_id: int | None, road: str = "") -> Owed:
    """What `owner` owes in an inbox."""
    is_team = isinstance(owner, Team)
    key = owner.pk if owner else None
    return Owed(None if is_team else key, key if is_team else None, inbox_id, road)


def who_may_see(conversation: Conversation) -> QuerySet[Teammate]:
    """Whom a conversation may be shown to, by name: what `conversations.visible_to` says, turned
    round.
    """
    also = conversation.also_in.values("inbox")
    sees = Q(team__inboxes=conversation.inbox_id) | Q(team__inboxes__in=also)
    member = Membership.objects.filter(sees, teammate=OuterRef("pk"))
    return accounts.active().filter(Q(role=Role.OWNER) | Exists(member))


def colleagues_of(teammate: Teammate) -> QuerySet[Teammate]:
    """Who works where `teammate` looks in, and the owners of the house, by name."""
    if teammate.is_owner:
        return accounts.active()
    mine = inboxes.open_to(teammate).order_by().values("pk")
    member = Membership.objects.filter(teammate=OuterRef("pk"), team__inboxes__in=mine)
    return accounts.active().filter(Q(role=Role.OWNER) | Q(pk=teammate.pk) | Exists(member))


def teams_beside(teammate: Teammate) -> QuerySet[Team]:
    """The teams that answer where `teammate` looks in; all for an owner."""
    if teammate.is_owner:
        return accounts.teams()
    mine = inboxes.open_to(teammate).order_by().values("pk")
    return accounts.teams().filter(inboxes__in=mine).distinct()
