from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts.models import Membership, Role, Teammate
from goodword.core import prepared
from goodword.inboxes.models import Inbox
from goodword.plan import public_holidays
from goodword.plan.hours import Closed, Hours, Period
from goodword.plan.models import (
    Absence,
    Calendar,
    Closure,
    Duty,
    InboxPlan,
    PlanVersion,
    Target,
)
from goodword.plan.service_plan import (
    Away,
    DutyRule,
    InboxRule,
    Ladder,
    ServicePlan,
    TargetRule,
    Workplace,
)

_kept: tuple[int | None, ServicePlan] = (None, ServicePlan())
_asked: ContextVar[list[ServicePlan] | None] = ContextVar("asked", default=None)


def current() -> ServicePlan:
    """The plan as it is now, for this transaction; asking again costs one row.

    What was read is kept while the stored number is the same. Each change draws a new one at
    random, so a change that was rolled back, or another database, is never taken for it. No number:
    no verb of the plan was ever called here, and the plan is empty.
    """
    asked = _asked.get()
    if asked is None:
        return _now()
    if not asked:
        asked.append(_now())
    return asked[0]


@contextmanager
def asked_once() -> Iterator[None]:
    """Within it the plan stays what it was when first asked for: for the many things of one
    transaction that changes nothing of the plan, nor of who works where.
    """
    before = _asked.set([])
    try:
        yield
    finally:
        _asked.reset(before)


def make_ready(*, at: datetime) -> None:
    """Read the plan and this year's public holidays before a transaction waits for them: their
    library takes a tenth of a second when it is first used.
    """
    for hours in _stored().calendars.values():
        public_holidays.of_year(hours.country, hours.region, at.year)


def _now() -> ServicePlan:
    return replace(_stored(), workplaces=_Workplaces())


def _stored() -> ServicePlan:
    global _kept
    number = _number()
    while number is not None:
        kept_number, kept = _kept
        if kept_number == number:
            return kept
        plan, again = _read(), _number()
        if again == number:  # else another process changed it while we read
            _kept = (number, plan)
            return plan
        number = again
    return ServicePlan()


def _number() -> int | None:
    rows = prepared.rows("plan number", _numbers)
    return rows[0][0] if rows else None


def _numbers() -> QuerySet[PlanVersion, tuple[int]]:
    return PlanVersion.objects.filter(pk=1).values_list("number")


def _read() -> ServicePlan:
    standard = Calendar.objects.filter(standard=True).values_list("pk", flat=True).first()
    absences: dict[int, list[Away]] = defaultdict(list)
    for each in Absence.objects.order_by("since", "pk"):
        absences[each.teammate_id].append(Away(each.since, each.until, each.stand_in_id, each.text))
    return ServicePlan(
        calendars={each.pk: hours_of(each) for each in calendars()},
        standard_id=standard,
        inboxes={
            each.inbox_id: InboxRule(each.calendar_id, each.holding)
            for each in InboxPlan.objects.all()
        },
        targets=tuple(_target_rule(each) for each in Target.objects.order_by("pk")),
        duties=tuple(_duty_rule(each) for each in Duty.objects.order_by(*_BY_WEEK)),
        absences={teammate: tuple(each) for teammate, each in absences.items()},
    )


def hours_of(calendar: Calendar) -> Hours:
    """A stored calendar as values to reckon with."""
    week: list[list[Period]] = [[] for _ in range(7)]
    for each in sorted(calendar.periods.all(), key=lambda each: each.from_minute):
        week[each.weekday].append(Period(each.from_minute, each.until_minute))
    closures = sorted(calendar.closures.all(), key=lambda each: (each.first_day, each.pk))
    return Hours(
        zone=ZoneInfo(calendar.zone),
        week=tuple(tuple(each) for each in week),
        country=calendar.country,
        region=calendar.region,
        closures=tuple(Closed(each.first_day, each.last_day, each.text) for each in closures),
    )


def _target_rule(target: Target) -> TargetRule:
    return TargetRule(
        inbox_id=target.inbox_id,
        kind_id=target.kind_id,
        urgent=target.urgent,
        first_minutes=target.first_minutes,
        next_minutes=target.next_minutes,
        by_the_clock=target.counts == Target.Counts.CLOCK,
        ladder=Ladder(
            remind_before=timedelta(minutes=target.remind_minutes_before),
            backup_after=timedelta(minutes=target.backup_minutes_after),
            lead_after=timedelta(minutes=target.lead_minutes_after),
        ),
    )


def _duty_rule(duty: Duty) -> DutyRule:
    return DutyRule(
        inbox_id=duty.inbox_id,
        road=duty.road,
        teammate_id=duty.teammate_id,
        backup_id=duty.backup_id,
        weekday=duty.weekday,
        period=Period(duty.from_minute, duty.until_minute),
    )


class _Workplaces(Mapping[int, Workplace]):
    """By inbox; read once, when first asked for: most who take the plan only ask when."""

    @cached_property
    def _found(self) -> dict[int, Workplace]:
        owners = set(accounts.owners().values_list("pk", flat=True))
        answering: dict[int, set[int]] = {
            each: set(owners) for each in Inbox.objects.values_list("pk", flat=True)
        }
        team: dict[int, list[int]] = defaultdict(list)
        rows = (
            Membership.objects.filter(teammate__is_active=True, team__inboxes__isnull=False)
            .exclude(teammate__role=Role.LIGHT)
            .order_by("teammate__name", "teammate")
            .values_list("team__inboxes", "teammate", "team", "team__inboxes__team")
        )
        for inbox_id, teammate_id, team_id, owing_id in rows:
            answering[inbox_id].add(teammate_id)
            if team_id == owing_id:
                team[inbox_id].append(teammate_id)
        return {
            inbox_id: Workplace(frozenset(each), tuple(team[inbox_id]))
            for inbox_id, each in answering.items()
        }

    def __getitem__(self, inbox_id: int) -> Workplace:
        return self._found[inbox_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


# Lists

_BY_WEEK = ("weekday", "from_minute", "pk")


def calendars() -> QuerySet[Calendar]:
    """The standard one first, then by name, with all they hold."""
    return Calendar.objects.order_by("-standard", "name").prefetch_related("periods", "closures")


def closures(calendar: Calendar, *, from_day: date) -> QuerySet[Closure]:
    """Those that are not over on `from_day`, soonest first."""
    return calendar.closures.filter(last_day__gte=from_day).order_by("first_day", "pk")


def duties() -> QuerySet[Duty]:
    """All, in the order of the week."""
    return Duty.objects.select_related("teammate", "backup", "inbox").order_by(*_BY_WEEK)


def duties_in(inbox: Inbox) -> QuerySet[Duty]:
    """Those of this inbox, and those for every inbox; see `ServicePlan.on_duty` for who counts."""
    return duties().filter(Q(inbox=inbox) | Q(inbox__isnull=True))


def absences(*, at: datetime) -> QuerySet[Absence]:
    """Who is away at `at` or will be, soonest first."""
    return (
        Absence.objects.filter(Q(until__isnull=True) | Q(until__gt=at))
        .select_related("teammate", "stand_in")
        .order_by("since", "pk")
    )


def absence_of(teammate: Teammate, *, at: datetime) -> Absence | None:
    """The one that holds at `at`; of several the one that began last."""
    return absences(at=at).filter(teammate=teammate, since__lte=at).order_by("-since").first()


def targets() -> QuerySet[Target]:
    """Those that say most come first."""
    return Target.objects.select_related("inbox", "kind").order_by(
        F("inbox__name").asc(nulls_last=True), F("kind__name").asc(nulls_last=True), "-urgent"
    )


def inbox_plans() -> QuerySet[InboxPlan]:
    return InboxPlan.objects.select_related("inbox", "calendar").order_by("inbox__name")
