"""The Plan page: the week as a picture, and who is on duty, edited beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import clocks, coverage
from goodword.plan import queries as plan
from goodword.plan.models import Absence, Duty
from goodword.plan.service_plan import ServicePlan
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.plan import away, pages, picture
from goodword.web.plan.forms import DutyForm

_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    this_monday: date
    today: date

    @property
    def days(self) -> tuple[date, date]:
        return self.monday, self.monday + timedelta(days=6)

    @property
    def earlier(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def later(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def is_this(self) -> bool:
        return self.monday == self.this_monday


@inside
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    return show(request)


def show(
    request: HttpRequest,
    *,
    form: DutyForm | None = None,
    duty: Duty | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; with `duty` its form is open, with `form` what was given comes back."""
    me, now = teammate_of(request), moment_of(request)
    week = _week(typed(request.GET, "week"), now)
    service_plan = plan.current()
    seen = list(inboxes.open_to(me).select_related("team"))
    absences = list(_absences(me, week, now))
    duties = list(plan.duties())
    scenes = [_scene(service_plan, inbox, week, duties, absences, by=me) for inbox in seen]
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    context = {
        "week": week,
        "picture": picture.draw(
            scenes,
            monday=week.monday,
            today=week.today,
            zone=zone,
            language=get_language() or "en",
        ),
        "gaps": _gaps_in_words(service_plan, seen, week),
        "without_hours": service_plan.hours_of(None) is None,
        "away": away.changeable(absences, by=me),
        "mine": plan.absence_of(me, at=now),
        "form": form or (new_form(request) if pages.may_plan(me) else None),
        "duty": duty,
        "form_open": bool(duty or (form and form.is_bound)),
    }
    return pages.show(request, "week.html", context, here="week", status=status)


def new_form(request: HttpRequest, **kwargs: object) -> DutyForm:
    me = teammate_of(request)
    return DutyForm(
        request.POST or None,
        inboxes=pages.planned_inboxes(me),
        teammates=pages.colleagues_of(me),
        everywhere=me.is_owner,
        **kwargs,
    )


def _week(asked: str, now: datetime) -> Week:
    """The week that `asked` lies in (ISO date), else this one."""
    today = timezone.localtime(now).date()
    try:
        day = min(max(date.fromisoformat(asked), _EARLIEST), _LATEST)
    except ValueError:
        day = today
    return Week(_monday(day), _monday(today), today)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _absences(me: Teammate, week: Week, now: datetime) -> Sequence[Absence]:
    """Of the people one works with: those of this week, and whoever is away now."""
    zone = timezone.get_current_timezone()
    first = datetime.combine(week.monday, datetime.min.time(), tzinfo=zone)
    last = first + timedelta(days=8)  # whatever the zone of an inbox
    colleagues = pages.colleagues_of(me).values("pk")
    found = plan.absences(at=min(first - timedelta(days=1), now))
    return list(found.filter(Q(teammate__in=colleagues) | Q(teammate=me), since__lt=max(last, now)))


def _scene(
    service_plan: ServicePlan,
    inbox: Inbox,
    week: Week,
    duties: Sequence[Duty],
    absences: Sequence[Absence],
    *,
    by: Teammate,
) -> picture.Scene:
    hours = service_plan.hours_of(inbox.pk)
    zone = hours.zone if hours else timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    start, end = _moments(week, zone)
    place = service_plan.workplaces.get(inbox.pk)
    answering = place.answering if place else frozenset()
    duties = [
        each
        for each in duties
        if each.inbox_id in (None, inbox.pk) and each.teammate_id in answering
    ]
    gaps = [(gap.start, gap.end) for gap in service_plan.gaps(inbox.pk, start, end)]
    return picture.Scene(
        name=inbox.name,
        hours=hours,
        zone=zone,
        duties=duties,
        team=inbox.team.name,
        gaps=gaps,
        absences=absences,
        changeable={each.pk for each in duties if each.inbox_id or by.is_owner}
        if pages.may_plan(by)
        else (),
    )


def _moments(week: Week, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return clocks.wall(zone, week.monday, 0), clocks.wall(zone, week.later, 0)


def _gaps_in_words(service_plan: ServicePlan, seen: Sequence[Inbox], week: Week) -> list[str]:
    """What is open while nobody answers; inboxes are named where there are several."""
    named = len(seen) > 1
    return [
        sentence
        for inbox in seen
        for sentence in coverage.words(
            service_plan,
            inbox.pk,
            week.monday,
            what=_("mail to %(inbox)s") % {"inbox": inbox.name} if named else "",
        )
    ]
