"""Hours and holidays: the calendars of the house, and the days on which it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import queries as accounts
from goodword.plan import actions
from goodword.plan import hours as business
from goodword.plan import queries as plan
from goodword.plan.models import Calendar, Closure
from goodword.plan.words import moment
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.plan import pages, regions
from goodword.web.plan.fields import periods_as_text
from goodword.web.plan.forms import USUAL_WEEK, CalendarForm, ClosureForm, Week
from goodword.web.plan.picture import back_on
from goodword.web.settings.pages import status_of

_NEVER_OPEN = _("Leave one day open at least: nobody could promise an answer otherwise.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A calendar as the page shows it."""

    calendar: Calendar
    week: list[tuple[str | Promise, str]]
    closures: list[ShownClosure]
    country: str
    region: str
    holidays: list[tuple[int, list[tuple[date, str]]]]  # of this and of next year


@dataclass(frozen=True, slots=True)
class ShownClosure:
    closure: Closure
    back: datetime | None  # None: never


@inside
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    today = timezone.localtime(moment_of(request)).date()
    shown = [_shown(each, today) for each in plan.calendars()]
    return pages.show(request, "hours.html", {"shown": shown}, here="hours")


def _shown(calendar: Calendar, today: date) -> Shown:
    hours = plan.hours_of(calendar)
    language = get_language() or "en"
    years = [
        (
            year,
            business.holidays_between(
                hours, date(year, 1, 1), date(year, 12, 31), language=language
            ),
        )
        for year in (today.year, today.year + 1)
    ]
    return Shown(
        calendar=calendar,
        week=[(WEEKDAYS[day], periods_as_text(hours.week[day])) for day in range(7)],
        closures=[
            ShownClosure(each, back_on(hours, each.last_day))
            for each in plan.closures(calendar, from_day=today)
        ],
        country=dict(regions.countries()).get(calendar.country, calendar.country),
        region=dict(regions.regions_of(calendar.country)).get(calendar.region, calendar.region),
        holidays=[(year, found) for year, found in years if found],
    )


@pages.settles_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    house = accounts.business()
    initial = CalendarForm.of(USUAL_WEEK) | {
        "name": "" if Calendar.objects.exists() else gettext("Opening hours"),
        "zone": house.zone if house else "UTC",
        "country": house.country if house else "",
    }
    form = CalendarForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        try:
            actions.make_calendar(**_given(form), by=by, at=at)
        except actions.NeverOpen:
            form.add_error(None, _NEVER_OPEN)
        else:
            messages.success(request, gettext("The hours are saved."))
            return redirect("plan:hours")
    return pages.show(
        request, "calendar.html", {"form": form}, here="hours", status=status_of(form)
    )


@pages.settles_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = _calendar(public_id)
    title = calendar.name
    form = CalendarForm(request.POST or None, calendar=calendar, initial=_initial(calendar))
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        try:
            actions.change_calendar(calendar, **_given(form), by=by, at=at)
        except actions.NeverOpen:
            form.add_error(None, _NEVER_OPEN)
        else:
            messages.success(request, gettext("The hours are saved. What is owed counts anew."))
            return redirect("plan:hours")
    context = {"form": form, "calendar": calendar, "title": title}
    return pages.show(request, "calendar.html", context, here="hours", status=status_of(form))


def _initial(calendar: Calendar) -> dict[str, Any]:
    week: Week = [[] for _day in range(7)]
    for each in calendar.periods.all():
        week[each.weekday].append((each.from_minute, each.until_minute))
    names = ("name", "zone", "country", "region")
    return CalendarForm.of(week) | {name: getattr(calendar, name) for name in names}


def _given(form: CalendarForm) -> dict[str, Any]:
    names = ("name", "zone", "country", "region")
    return {name: form.cleaned_data[name] for name in names} | {"periods": form.periods}


@pages.settles_only
@require_GET
def region_field(request: HttpRequest) -> HttpResponse:
    """The choice of regions, when another country is chosen."""
    form = CalendarForm(initial={"country": typed(request.GET, "country")})
    return render(request, "web/plan/_region.html", {"form": form})


@pages.settles_only
@require_POST
def make_standard(request: HttpRequest, public_id: str) -> HttpResponse:
    actions.make_standard(_calendar(public_id), by=teammate_of(request), at=moment_of(request))
    messages.success(request, gettext("These are the hours of the business now."))
    return redirect("plan:hours")


@pages.settles_only
@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = _calendar(public_id)
    try:
        actions.remove_calendar(calendar, by=teammate_of(request), at=moment_of(request))
    except actions.CalendarInUse:
        messages.error(request, gettext("An inbox keeps these hours. Give it others first."))
        return redirect("plan:calendar", public_id)
    except actions.CalendarIsStandard:
        messages.error(request, gettext("The business keeps these hours. Give it others first."))
        return redirect("plan:calendar", public_id)
    messages.success(request, gettext("The hours are gone."))
    return redirect("plan:hours")


@pages.settles_only
@require_http_methods(["GET", "POST"])
def new_closure(request: HttpRequest, public_id: str) -> HttpResponse:
    return _close(request, _calendar(public_id), None)


@pages.settles_only
@require_http_methods(["GET", "POST"])
def closure(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _closure(public_id)
    return _close(request, found.calendar, found)


def _close(request: HttpRequest, calendar: Calendar, instead_of: Closure | None) -> HttpResponse:
    names = ("first_day", "last_day", "text")
    initial = {name: getattr(instead_of, name) for name in names} if instead_of else {}
    form = ClosureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        try:
            with transaction.atomic():
                if instead_of:
                    actions.open_again(instead_of, by=by, at=at)
                made = actions.close_days(calendar, **form.cleaned_data, by=by, at=at)
        except actions.NeverOpen:
            form.add_error("last_day", _("No day of opening would ever follow. Leave some open."))
        else:
            messages.success(request, _closed_words(_calendar(calendar.public_id), made))
            return redirect("plan:hours")
    context = {"form": form, "calendar": calendar, "closure": instead_of}
    return pages.show(request, "closure.html", context, here="hours", status=status_of(form))


def _closed_words(calendar: Calendar, made: Closure) -> str:
    back = back_on(plan.hours_of(calendar), made.last_day)
    if back is None:
        return gettext("The days are closed.")
    words = gettext("The days are closed. You open again on %(moment)s.")
    return words % {"moment": moment(back, zone=calendar.zone)}


@pages.settles_only
@require_POST
def end_closure(request: HttpRequest, public_id: str) -> HttpResponse:
    actions.open_again(_closure(public_id), by=teammate_of(request), at=moment_of(request))
    messages.success(request, gettext("You are open on these days again."))
    return redirect("plan:hours")


def _closure(public_id: str) -> Closure:
    return get_object_or_404(Closure.objects.select_related("calendar"), public_id=public_id)


def _calendar(public_id: str) -> Calendar:
    return get_object_or_404(plan.calendars(), public_id=public_id)
