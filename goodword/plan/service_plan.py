"""The service plan as plain values: when we are there, who answers, how fast we promise to.

Made by `queries.current()`. Nothing here reads a clock or a database, but for `workplaces`, which
`current()` reads when it is first asked for: who works where is no part of the stored plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from goodword.plan import hours as business_time
from goodword.plan.clocks import wall
from goodword.plan.hours import Hours, NeverOpen, Period

Said = Literal["moment", "day", "working_hours"]
DEFAULT_ANSWER = timedelta(hours=24)  # by the clock, where no target fits


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due (`at`, UTC), and how that was said, so that it can be worked out anew.

    `since` and `minutes` only for working hours, `local_date` for a day and a moment, `local_time`
    for a moment; both as a clock in `zone` shows them.
    """

    at: datetime
    said: Said
    zone: str
    local_date: date | None = None
    local_time: time | None = None
    since: datetime | None = None
    minutes: int | None = None


class Ladder(NamedTuple):
    """Around the time a reply is due, by the clock: whom it is said to when nobody answers."""

    remind_before: timedelta = timedelta(hours=1)
    backup_after: timedelta = timedelta(0)
    lead_after: timedelta = timedelta(hours=1)


class InboxRule(NamedTuple):
    calendar_id: int | None
    holding: str


class TargetRule(NamedTuple):
    inbox_id: int | None
    kind_id: int | None
    urgent: bool
    first_minutes: int
    next_minutes: int
    by_the_clock: bool
    ladder: Ladder


class DutyRule(NamedTuple):
    """Weekly, in the zone of the inbox's calendar. No inbox: every inbox where they may answer."""

    inbox_id: int | None
    road: str
    teammate_id: int
    backup_id: int | None
    weekday: int
    period: Period


class Away(NamedTuple):
    since: datetime
    until: datetime | None
    stand_in_id: int | None
    text: str


class OnDuty(NamedTuple):
    teammate_id: int
    backup_id: int | None


class Gap(NamedTuple):
    """We are open, and nobody answers."""

    start: datetime
    end: datetime


class Workplace(NamedTuple):
    """Who may answer in an inbox, and which of them are in the team that owes its answers."""

    answering: frozenset[int]
    team: tuple[int, ...]


_NOBODY = Workplace(frozenset(), ())


@dataclass(frozen=True)
class ServicePlan:
    """Everything of the plan at one time. An empty one: by the clock, and every team on duty."""

    calendars: Mapping[int, Hours] = field(default_factory=dict)
    standard_id: int | None = None  # of inboxes without a calendar of their own
    inboxes: Mapping[int, InboxRule] = field(default_factory=dict)
    targets: tuple[TargetRule, ...] = ()
    duties: tuple[DutyRule, ...] = ()
    absences: Mapping[int, tuple[Away, ...]] = field(default_factory=dict)  # by teammate
    workplaces: Mapping[int, Workplace] = field(default_factory=dict)  # by inbox

    def hours_of(self, inbox_id: int | None) -> Hours | None:
        """The inbox's opening hours, else those of the house; None: there is no calendar at all."""
        rule = self.inboxes.get(inbox_id) if inbox_id is not None else None
        chosen = rule.calendar_id if rule and rule.calendar_id is not None else self.standard_id
        return self.calendars.get(chosen) if chosen is not None else None

    def holding_of(self, inbox_id: int) -> str:
        """What becomes of a holding reply: it is a "draft", or the house "send"s it by itself."""
        rule = self.inboxes.get(inbox_id)
        return rule.holding if rule else "draft"

    # When something is due

    def answer_due(
        self,
        inbox_id: int | None,
        *,
        first: bool,
        kind_id: int | None,
        urgent: bool,
        since: datetime,
    ) -> Due:
        """By when we answer what came in at `since`: the `first` answer, or a next one."""
        target = self._target(inbox_id, kind_id, urgent)
        if target is None:
            return self._by_the_clock(inbox_id, since + DEFAULT_ANSWER)
        minutes = target.first_minutes if first else target.next_minutes
        if target.by_the_clock or self.hours_of(inbox_id) is None:
            return self._by_the_clock(inbox_id, since + timedelta(minutes=minutes))
        return self.hours_due(inbox_id, since, minutes)

    def ladder_of(self, inbox_id: int | None, *, kind_id: int | None, urgent: bool) -> Ladder:
        target = self._target(inbox_id, kind_id, urgent)
        return target.ladder if target else Ladder()

    def hours_due(self, inbox_id: int | None, since: datetime, minutes: int) -> Due:
        """In so many open minutes; without a calendar, or one that never opens, by the clock."""
        return Due(
            at=self._when_open_for(inbox_id, since, minutes),
            said="working_hours",
            zone=self._zone_of(inbox_id),
            since=since.astimezone(UTC),
            minutes=minutes,
        )

    def day_due(self, inbox_id: int | None, day: date, *, zone: str) -> Due:
        """On `day` as the clock in `zone` has it: by our last closing time of that day.

        When it is over in `zone` before that, by its end there. On a day without hours 17:00.
        """
        there = ZoneInfo(zone)
        ours = self.hours_of(inbox_id) or Hours(there, ((),) * 7)
        over = wall(there, day, business_time.DAY_MINUTES - 1)
        at = min(business_time.end_of_day(ours, day), over)
        return Due(at=at, said="day", zone=zone, local_date=day)

    def moment_due(self, at: datetime, *, zone: str) -> Due:
        """At that very moment, said as the clock in `zone` shows it."""
        there = at.astimezone(ZoneInfo(zone))
        return Due(
            at=at.astimezone(UTC),
            said="moment",
            zone=zone,
            local_date=there.date(),
            local_time=there.time(),
        )

    def recomputed(self, due: Due, inbox_id: int | None) -> datetime:
        """When that is due by this plan, which may be another than `due.at` was made by."""
        if due.said == "day" and due.local_date is not None:
            return self.day_due(inbox_id, due.local_date, zone=due.zone).at
        if due.said == "working_hours" and due.since is not None and due.minutes is not None:
            return self._when_open_for(inbox_id, due.since, due.minutes)
        return due.at

    def _target(self, inbox_id: int | None, kind_id: int | None, urgent: bool) -> TargetRule | None:
        """Of the targets that fit, the one that says most: inbox before kind before urgency."""
        fitting = [
            each
            for each in self.targets
            if each.inbox_id in (None, inbox_id)
            and each.kind_id in (None, kind_id)
            and (urgent or not each.urgent)
        ]
        return max(
            fitting,
            key=lambda each: (each.inbox_id is not None, each.kind_id is not None, each.urgent),
            default=None,
        )

    def _when_open_for(self, inbox_id: int | None, since: datetime, minutes: int) -> datetime:
        hours = self.hours_of(inbox_id)
        by_the_clock = since.astimezone(UTC) + timedelta(minutes=minutes)
        if hours is None:
            return by_the_clock
        try:
            return business_time.after(hours, since, minutes)
        except NeverOpen:  # a customer waits all the same
            return by_the_clock

    def _by_the_clock(self, inbox_id: int | None, at: datetime) -> Due:
        return self.moment_due(at, zone=self._zone_of(inbox_id))

    def _zone_of(self, inbox_id: int | None) -> str:
        hours = self.hours_of(inbox_id)
        return hours.zone.key if hours else "UTC"

    # Who answers

    def on_duty(self, inbox_id: int, road: str, at: datetime) -> list[OnDuty]:
        """Who answers there now, each once; whoever is away is stood in for, or left out.

        No road: any. Where no duty is set for inbox and road, the team answers in opening hours.
        """
        place, hours = self.workplaces.get(inbox_id, _NOBODY), self.hours_of(inbox_id)
        duties = self._duties(inbox_id, road)
        if hours is None or not duties:
            if hours is not None and not business_time.is_open(hours, at):
                return []
            return [OnDuty(each, None) for each in place.team if not self.absence_of(each, at)]
        found: dict[int, OnDuty] = {}
        for duty in duties:
            if business_time.covers(hours, duty.weekday, duty.period, at):
                backup_id = self._present(duty.backup_id, place, at)
                teammate_id = self._present(duty.teammate_id, place, at) or backup_id
                if teammate_id is not None:
                    other = backup_id if backup_id != teammate_id else None
                    found.setdefault(teammate_id, OnDuty(teammate_id, other))
        return list(found.values())

    def is_on_duty(self, teammate_id: int, at: datetime) -> bool:
        """In any inbox, on any road. Where no hours are set, nobody is said to be."""
        return any(
            each.teammate_id == teammate_id
            for inbox_id, place in self.workplaces.items()
            if teammate_id in place.answering and self.hours_of(inbox_id) is not None
            for each in self.on_duty(inbox_id, "", at)
        )

    def absence_of(self, teammate_id: int, at: datetime) -> Away | None:
        """Of several at once the one that began last."""
        found = [
            each
            for each in self.absences.get(teammate_id, ())
            if each.since <= at and (each.until is None or at < each.until)
        ]
        return max(found, key=lambda each: each.since, default=None)

    def backup_of(self, teammate_id: int | None, inbox_id: int, at: datetime) -> int | None:
        """Who is told when this teammate (None: their team) does not act; never they themselves.

        Whoever is named to take over, else somebody else on duty.
        """
        on_duty = (each.teammate_id for each in self.on_duty(inbox_id, "", at))
        named = self.named_backup_of(teammate_id, inbox_id, at)
        place = self.workplaces.get(inbox_id, _NOBODY)
        return named or self._first_present(on_duty, teammate_id, place, at)

    def named_backup_of(self, teammate_id: int | None, inbox_id: int, at: datetime) -> int | None:
        """Whoever stands in for them, else the backup of their duty then, or of another of theirs.

        Never they themselves.
        """
        place = self.workplaces.get(inbox_id, _NOBODY)
        named = self._backups(teammate_id, inbox_id, at)
        return self._first_present(named, teammate_id, place, at)

    def _first_present(
        self,
        candidates: Iterator[int | None],
        teammate_id: int | None,
        place: Workplace,
        at: datetime,
    ) -> int | None:
        for candidate in candidates:
            present = self._present(candidate, place, at)
            if present is not None and present != teammate_id:
                return present
        return None

    def _backups(
        self, teammate_id: int | None, inbox_id: int, at: datetime
    ) -> Iterator[int | None]:
        away = self.absence_of(teammate_id, at) if teammate_id is not None else None
        if away:
            yield away.stand_in_id
        hours = self.hours_of(inbox_id)
        duties = self._duties(inbox_id, "")
        if teammate_id is not None:  # whoever has left, too: what they owed goes on to somebody
            duties = [
                each
                for each in self.duties
                if each.inbox_id in (None, inbox_id) and each.teammate_id == teammate_id
            ]
        if hours is not None:
            now = [d for d in duties if business_time.covers(hours, d.weekday, d.period, at)]
            yield from (each.backup_id for each in now)
        if teammate_id is not None:
            yield from (each.backup_id for each in duties)

    def _duties(self, inbox_id: int, road: str) -> list[DutyRule]:
        """Those that concern the inbox and road, of people who may answer there."""
        answering = self.workplaces.get(inbox_id, _NOBODY).answering
        return [
            each
            for each in self.duties
            if each.inbox_id in (None, inbox_id)
            and (not road or each.road in ("", road))
            and each.teammate_id in answering
        ]

    def _present(self, teammate_id: int | None, place: Workplace, at: datetime) -> int | None:
        """They, or whoever stands in for them (and for those in turn) and may answer there."""
        seen: set[int] = set()
        while teammate_id is not None and teammate_id not in seen:
            seen.add(teammate_id)
            away = self.absence_of(teammate_id, at)
            if away is None:
                return teammate_id if teammate_id in place.answering else None
            teammate_id = away.stand_in_id
        return None

    # Where nobody answers

    def gaps(self, inbox_id: int, start: datetime, end: datetime, *, road: str = "") -> list[Gap]:
        """When the inbox is open from `start` to `end` and nobody answers, in order."""
        hours = self.hours_of(inbox_id)
        if hours is None:
            return []
        changes = sorted(self._changes(hours, inbox_id, road, start, end))
        gaps: list[Gap] = []
        for opens, closes in business_time.spans(hours, start, end):
            moments = [opens, *(each for each in changes if opens < each < closes), closes]
            for begin, finish in pairwise(moments):
                if begin == finish or self.on_duty(inbox_id, road, begin):
                    continue
                if gaps and gaps[-1].end == begin:
                    gaps[-1] = Gap(gaps[-1].start, finish)
                else:
                    gaps.append(Gap(begin, finish))
        return gaps

    def _changes(
        self, hours: Hours, inbox_id: int, road: str, start: datetime, end: datetime
    ) -> set[datetime]:
        """The moments when who answers may become another."""
        found: set[datetime] = set()
        first, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
        for number in range(first.toordinal() - 2, last.toordinal() + 1):
            day = date.fromordinal(number)
            for duty in self._duties(inbox_id, road):
                if duty.weekday == day.weekday():
                    found |= {wall(hours.zone, day, each) for each in duty.period}
        for absences in self.absences.values():
            for away in absences:
                found |= {away.since} | ({away.until} if away.until else set())
        return {each for each in found if start < each < end}
