"""Who is on duty: said for several days at once, and changed for all of them together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts.models import Teammate
from goodword.inboxes.models import Inbox
from goodword.plan import actions
from goodword.plan import queries as plan
from goodword.plan.models import Duty
from goodword.web.inside import moment_of, teammate_of, typed
from goodword.web.plan import pages, week
from goodword.web.plan.fields import DAY
from goodword.web.plan.forms import DutyForm
from goodword.web.settings.pages import status_of


@pages.plans_only
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    form = week.new_form(request)
    if form.is_valid() and _put(request, form, instead_of=None):
        messages.success(request, _("They are on duty."))
        return _back(request)
    return week.show(request, form=form, status=status_of(form))


@pages.plans_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One duty, and the days on which it is the same."""
    duty = _duty(request, public_id)
    form = week.new_form(request, initial=_initial(duty))
    if request.method == "POST" and form.is_valid() and _put(request, form, instead_of=duty):
        messages.success(request, _("The duty is saved."))
        return _back(request)
    return week.show(request, form=form, duty=duty, status=status_of(form))


@pages.plans_only
@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    duty = _duty(request, public_id)
    with transaction.atomic():
        for each in alike(duty):
            actions.remove_duty(each, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("They are off duty on these days."))
    return _back(request)


def alike(duty: Duty) -> QuerySet[Duty]:
    """The same on other days: who, backup, where and when."""
    names = ("inbox_id", "road", "teammate_id", "backup_id", "from_minute", "until_minute")
    return plan.duties().filter(**{name: getattr(duty, name) for name in names})


def may_change(duty: Duty, *, by: Teammate) -> bool:
    """A duty for every inbox reaches beyond a lead's teams."""
    if duty.inbox_id is None:
        return by.is_owner
    return pages.planned_inboxes(by).filter(pk=duty.inbox_id).exists()


def _duty(request: HttpRequest, public_id: str) -> Duty:
    duty: Duty = get_object_or_404(plan.duties(), public_id=public_id)
    if not may_change(duty, by=teammate_of(request)):
        raise Http404
    return duty


def _initial(duty: Duty) -> dict[str, Any]:
    return {
        "teammate": duty.teammate_id,
        "backup": duty.backup_id,
        "inbox": duty.inbox.public_id if duty.inbox else "",
        "days": [each.weekday for each in alike(duty)],
        "from_minute": duty.from_minute,
        "until_minute": duty.until_minute,
    }


def _put(request: HttpRequest, form: DutyForm, *, instead_of: Duty | None) -> bool:
    """Do what the form says; whether that was possible, else the form says why not."""
    given, by, at = form.cleaned_data, teammate_of(request), moment_of(request)
    inbox: Inbox | None = given["inbox"]
    try:
        with transaction.atomic():
            for each in alike(instead_of) if instead_of else ():
                actions.remove_duty(each, by=by, at=at)
            for weekday in given["days"]:
                actions.add_duty(
                    teammate=given["teammate"],
                    period=(weekday, given["from_minute"], given["until_minute"]),
                    inbox=inbox,
                    road=instead_of.road if instead_of else "",
                    backup=given["backup"],
                    by=by,
                    at=at,
                )
    except actions.PeriodsOverlap:
        form.add_error(
            "until_minute" if given["until_minute"] > DAY else "from_minute",
            _("They are on duty there at that time already."),
        )
    except actions.NoCalendar:
        form.add_error(None, _("Set your hours first: a duty is said in their time zone."))
    else:
        return True
    return False


def _back(request: HttpRequest) -> HttpResponse:
    asked = typed(request.GET, "week")
    return redirect(reverse("plan:week") + (f"?week={asked}" if asked[:4].isdecimal() else ""))
