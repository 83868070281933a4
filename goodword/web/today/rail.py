"""Beside the list: who answers now, what is at risk in the team, how the week went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.core.counting import capped
from goodword.inboxes.models import Inbox
from goodword.plan import hours as business_time
from goodword.plan.hours import NeverOpen
from goodword.plan.service_plan import Gap, ServicePlan
from goodword.promises.ledger import COUNT_TO, Asked, Ledger
from goodword.promises.models import Promise
from goodword.ui.times import Clock
from goodword.web.ledger import picture

_MOST_INBOXES = 8
_LOOK_AHEAD = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Cover:
    """Who answers in an inbox now. `is_gap`: we are open, and nobody does, or will not soon."""

    inbox: str
    who: str
    until: str
    is_gap: bool


def coverage(
    plan: ServicePlan, inboxes: Sequence[Inbox], *, by: Teammate, now: datetime
) -> list[Cover]:
    """One query, for names."""
    shown = inboxes[:_MOST_INBOXES]
    on_duty = {inbox.pk: plan.on_duty(inbox.pk, "", now) for inbox in shown}
    keys = {each.teammate_id for duties in on_duty.values() for each in duties}
    names = dict(accounts.active().filter(pk__in=keys).values_list("pk", "name"))
    names[by.pk] = _("You")
    found = []
    for inbox in shown:
        there = sorted(on_duty[inbox.pk], key=lambda each: each.teammate_id != by.pk)
        who = ", ".join(
            _short(names[each.teammate_id]) for each in there if each.teammate_id in names
        )
        found.append(_cover(plan, inbox, who, now))
    return found


def _short(name: str) -> str:
    return name.split()[0] if name else name


def _cover(plan: ServicePlan, inbox: Inbox, who: str, now: datetime) -> Cover:
    hours, clock = plan.hours_of(inbox.pk), Clock(now)
    if hours is None:
        return Cover(inbox.name, who or _("Nobody"), _("round the clock") if who else "", not who)
    if not business_time.is_open(hours, now):
        try:
            opens = clock.short(business_time.opens_next(hours, now))
        except NeverOpen:
            return Cover(inbox.name, _("Closed"), "", False)
        return Cover(inbox.name, _("Closed"), _("opens %(when)s") % {"when": opens}, False)
    closes = business_time.closes_next(hours, now)
    gap = next(
        iter(plan.gaps(inbox.pk, now, min(closes or now + _LOOK_AHEAD, now + _LOOK_AHEAD))), None
    )
    if not who:
        return Cover(inbox.name, _("Nobody"), _gap_words(gap, clock), True)
    ends = gap.start if gap else closes
    until = _("until %(when)s") % {"when": clock.short(ends)} if ends else ""
    return Cover(inbox.name, who, until, False)


def _gap_words(gap: Gap | None, clock: Clock) -> str:
    return f"{clock.clock(gap.start)}–{clock.clock(gap.end)}" if gap else ""


@dataclass(frozen=True, slots=True)
class Week:
    """`kept` of `came` due so far were kept in time; as words, since both are capped."""

    drawn: picture.Week
    came: int
    kept: str
    of: str
    percent: int
    url: str


def week(teammate: Teammate, *, now: datetime) -> Week:
    """This week, Monday to Sunday, of all that `teammate` sees. Two queries and their doors."""
    today = timezone.localtime(now).date()
    monday = today - timedelta(days=today.weekday())
    days = picture.spans(monday, 7)
    asked = Asked(direction=Promise.Direction.OURS, start=days[0][0], end=days[-1][1])
    ledger = Ledger(teammate, asked, now=now)
    counts = ledger.counts()
    came = sum(counts[state] for state in ("kept", "kept_late", "broken", "late"))
    drawn = picture.of_week(
        ledger.by_day(days, most=picture.MOST), monday, picture.Seen(today, None, _url_of)
    )
    return Week(
        drawn=drawn,
        came=came,
        kept=capped(counts["kept"], COUNT_TO),
        of=capped(came, COUNT_TO),
        percent=counts["kept"] * 100 // came if came else 0,
        url=f"{reverse('promises:ledger')}?period=week",
    )


def _url_of(day: date) -> str:
    return f"{reverse('promises:ledger')}?{urlencode({'day': day.isoformat()})}"
