"""Answer times: how soon we answer whom, who is told when we don't, which hours an inbox keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import queries as people
from goodword.plan import actions, clocks, words
from goodword.plan import hours as business
from goodword.plan import queries as plan
from goodword.plan.actions import WeeklyPeriod
from goodword.plan.hours import Hours, NeverOpen
from goodword.plan.models import InboxPlan, Target
from goodword.plan.service_plan import DEFAULT_ANSWER, ServicePlan
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.plan import pages
from goodword.web.plan.fields import DAY, HOUR, Span, minutes_of, span_from
from goodword.web.plan.forms import InboxPlanForm, TargetForm, working_day
from goodword.web.settings.pages import status_of

_FRIDAY, _HALF_PAST_FOUR = 4, 16 * HOUR + 30


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer time as the page shows it."""

    target: Target
    first: str
    next: str
    remind: str
    backup: str
    lead: str
    example: str


@dataclass(frozen=True, slots=True)
class ShownInbox:
    inbox: Inbox
    hours: str
    holding: str


@inside
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    me, now = teammate_of(request), moment_of(request)
    service_plan = plan.current()
    seen = list(inboxes.open_to(me))
    keys = {each.pk for each in seen}
    found = [each for each in plan.targets() if each.inbox_id is None or each.inbox_id in keys]
    plans = {each.inbox_id: each for each in plan.inbox_plans()}
    context = {
        "shown": [_shown(each, service_plan, now) for each in found],
        "default": _default_words(found, service_plan, now),
        "inboxes": [_shown_inbox(each, plans.get(each.pk)) for each in seen],
        "kinds": people.kinds(),
    }
    return pages.show(request, "answers.html", context, here="answers")


def _shown(target: Target, service_plan: ServicePlan, now: datetime) -> Shown:
    hours = service_plan.hours_of(target.inbox_id)
    opens = target.counts == Target.Counts.OPEN
    day = day_minutes(hours) if opens else DAY
    return Shown(
        target=target,
        first=span_words(span_from(target.first_minutes, day_minutes=day), working=opens),
        next=span_words(span_from(target.next_minutes, day_minutes=day), working=opens),
        remind=span_words(span_from(target.remind_minutes_before)),
        backup=span_words(span_from(target.backup_minutes_after)),
        lead=span_words(span_from(target.lead_minutes_after)),
        example=example(hours, target.first_minutes, opens=opens, now=now),
    )


def _shown_inbox(inbox: Inbox, its_plan: InboxPlan | None) -> ShownInbox:
    own = its_plan.calendar if its_plan else None
    holding = its_plan.holding if its_plan else InboxPlan.Holding.DRAFT
    return ShownInbox(
        inbox=inbox,
        hours=own.name if own else "",
        holding=str(InboxPlan.Holding(holding).label),
    )


def _default_words(found: list[Target], service_plan: ServicePlan, now: datetime) -> str:
    """What holds where no answer time is set, as long as that is anywhere."""
    if any(each.inbox_id is None and each.kind_id is None and not each.urgent for each in found):
        return ""
    minutes = int(DEFAULT_ANSWER / timedelta(minutes=1))
    return example(service_plan.hours_of(None), minutes, opens=False, now=now)


def day_minutes(hours: Hours | None) -> int:
    """How long a working day is: as most open days of the week are."""
    week = hours.week if hours else ()
    return working_day(WeeklyPeriod(day, *each) for day, spans in enumerate(week) for each in spans)


def span_words(span: Span, *, working: bool = False) -> str:
    """As people say it: "4 hours", "1 working day", "at once"."""
    number, unit = span
    if not number:
        return _("at once")
    if unit == "days" and working:
        return ngettext("%(number)d working day", "%(number)d working days", number) % {
            "number": number
        }
    patterns = {
        "minutes": ngettext("%(number)d minute", "%(number)d minutes", number),
        "hours": ngettext("%(number)d hour", "%(number)d hours", number),
        "days": ngettext("%(number)d day", "%(number)d days", number),
    }
    return patterns[unit] % {"number": number}


def example(hours: Hours | None, minutes: int, *, opens: bool, now: datetime) -> str:
    """ "A mail that comes on Friday 20 November, 16:30 is answered by Monday …"."""
    zone = hours.zone if hours else timezone.get_current_timezone()
    today = now.astimezone(zone).date()
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    comes = clocks.wall(zone, friday, _HALF_PAST_FOUR)
    try:
        due = (
            business.after(hours, comes, minutes)
            if hours and opens
            else comes + timedelta(minutes=minutes)
        )
    except NeverOpen:
        return _("These hours never open, so it counts by the clock.")
    language = get_language() or "en"
    return _("A mail that comes on %(comes)s is answered %(by)s.") % {
        "comes": words.moment(comes, zone=str(zone)),
        "by": words.promised(due, zone=str(zone), language=language),
    }


@pages.settles_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _give(request, None)


@pages.settles_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    return _give(request, _target(public_id))


def _give(request: HttpRequest, target: Target | None) -> HttpResponse:
    form = _form(request, target)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        with transaction.atomic():
            made = actions.set_target(**form.values, by=by, at=at)
            if target is not None and made != target:  # it is for others now
                actions.remove_target(target, by=by, at=at)
        messages.success(request, _("The answer time is saved. It holds for mail from now on."))
        return redirect("plan:answers")
    context = {"form": form, "target": target, "example": _example_of(form, moment_of(request))}
    return pages.show(request, "target.html", context, here="answers", status=status_of(form))


def _form(request: HttpRequest, target: Target | None) -> TargetForm:
    data = request.POST or None
    chosen = Inbox.objects.filter(public_id=request.POST.get("inbox", "").replace("\0", ""))
    inbox_id = (
        chosen.values_list("pk", flat=True).first() if data else target.inbox_id if target else None
    )
    minutes = day_minutes(plan.current().hours_of(inbox_id))
    initial = (
        TargetForm.of(target, day_minutes=minutes)
        if target
        else {"first": (4, "hours"), "next": (1, "days")}
    )
    return TargetForm(data, target=target, day_minutes=minutes, initial=initial)


@pages.settles_only
@require_POST
def example_line(request: HttpRequest) -> HttpResponse:
    """The example, while one is still choosing."""
    form = _form(request, None)
    form.is_valid()
    context = {"example": _example_of(form, moment_of(request))}
    return render(request, "web/plan/_example.html", context)


def _example_of(form: TargetForm, now: datetime) -> str:
    """Of what the form holds now, as far as it can be read."""
    if form.is_bound:
        given = getattr(form, "cleaned_data", {})
        if "first" not in given or "counts" not in given:
            return ""
        inbox, first, counts = given.get("inbox"), given["first"], given["counts"]
        inbox_id = inbox.pk if inbox else None
    elif form.target:
        inbox_id, counts = form.target.inbox_id, form.target.counts
        first = form.initial["first"]
    else:
        inbox_id, counts, first = None, Target.Counts.OPEN, form.initial["first"]
    opens = counts == Target.Counts.OPEN
    minutes = minutes_of(first, day_minutes=form.day_minutes if opens else DAY)
    return example(plan.current().hours_of(inbox_id), minutes, opens=opens, now=now)


@pages.settles_only
@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    actions.remove_target(_target(public_id), by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("The answer time is gone. What is owed already stays as it was."))
    return redirect("plan:answers")


def _target(public_id: str) -> Target:
    return get_object_or_404(plan.targets(), public_id=public_id)


@pages.settles_only
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest, public_id: str) -> HttpResponse:
    """Which hours an inbox keeps, and what becomes of a reply that names a new time."""
    found = get_object_or_404(inboxes.open_to(teammate_of(request)), public_id=public_id)
    its_plan = InboxPlan.objects.filter(inbox=found).select_related("calendar").first()
    initial = {
        "calendar": its_plan.calendar.public_id if its_plan and its_plan.calendar else "",
        "holding": its_plan.holding if its_plan else InboxPlan.Holding.DRAFT,
    }
    form = InboxPlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        actions.set_inbox_plan(found, **form.cleaned_data, by=by, at=at)
        messages.success(request, _("The inbox is saved."))
        return redirect("plan:answers")
    context = {"form": form, "inbox": found}
    return pages.show(request, "inbox.html", context, here="answers", status=status_of(form))
