"""When we are there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from goodword.accounts.models import Business, Teammate
from goodword.core.text import clean_line
from goodword.inboxes.models import Inbox
from goodword.plan import events as facts
from goodword.plan import public_holidays, queries, words
from goodword.plan.actions.changing import EndsBeforeItBegins, WeeklyPeriod, changed, checked
from goodword.plan.hours import opens_next
from goodword.plan.models import Calendar, Closure, InboxPlan, Period

Week = Iterable[WeeklyPeriod | tuple[int, int, int]]
_FIRST_WEEK = [WeeklyPeriod(weekday, 9 * 60, 17 * 60) for weekday in range(5)]


class CalendarInUse(Exception):
    """An inbox follows it."""


class CalendarIsStandard(Exception):
    """The house follows it: choose another as the standard first."""


class CalendarNameTaken(Exception):
    """Another calendar has this name."""


class UnknownZone(Exception):
    """No time zone has this name."""


@transaction.atomic
def make_calendar(
    *,
    name: str,
    zone: str,
    country: str = "",
    region: str = "",
    periods: Week,
    by: Teammate | None,
    at: datetime,
) -> Calendar:
    """The first one becomes the standard. No `country`: no public holidays.

    Raises CalendarNameTaken, UnknownZone, UnknownCountry, UnknownRegion, ImpossiblePeriod,
    PeriodsOverlap, NeverOpen.
    """
    standard = not Calendar.objects.filter(standard=True).exists()
    calendar = Calendar(made_at=at, standard=standard)
    _describe(calendar, name=name, zone=zone, country=country, region=region)
    _set_periods(calendar, periods, at=at)
    _changed("calendar_made", calendar, by=by, at=at)
    return calendar


@transaction.atomic
def change_calendar(
    calendar: Calendar,
    *,
    name: str,
    zone: str,
    country: str = "",
    region: str = "",
    periods: Week,
    by: Teammate,
    at: datetime,
) -> None:
    """Say it anew, all of it but the closures. Raises what `make_calendar` does."""
    _describe(calendar, name=name, zone=zone, country=country, region=region)
    calendar.periods.all().delete()
    _set_periods(calendar, periods, at=at)
    _changed("calendar_changed", calendar, by=by, at=at)


@transaction.atomic
def remove_calendar(calendar: Calendar, *, by: Teammate, at: datetime) -> None:
    """Raises CalendarIsStandard, CalendarInUse."""
    if Calendar.objects.filter(pk=calendar.pk, standard=True).exists():
        raise CalendarIsStandard
    if InboxPlan.objects.filter(calendar=calendar).exists():
        raise CalendarInUse
    _changed("calendar_removed", calendar, by=by, at=at)
    calendar.delete()


@transaction.atomic
def make_standard(calendar: Calendar, *, by: Teammate, at: datetime) -> None:
    """The house, and every inbox without a calendar of its own, follows this one from now on."""
    Calendar.objects.filter(standard=True).update(standard=False)
    calendar.standard = True
    calendar.save(update_fields=["standard"])
    _changed("standard_chosen", calendar, by=by, at=at)


@transaction.atomic
def found_calendar(business: Business, *, by: Teammate | None = None, at: datetime) -> Calendar:
    """The standard calendar of the first evening: Monday to Friday, 9 to 17. Made once."""
    standard = Calendar.objects.filter(standard=True).first()
    if standard:
        return standard
    with translation.override(words.known(business.language)):
        name = _("Opening hours")
    return make_calendar(
        name=name,
        zone=business.zone,
        country=business.country if business.country in public_holidays.regions() else "",
        periods=_FIRST_WEEK,
        by=by,
        at=at,
    )


@transaction.atomic
def close_days(
    calendar: Calendar,
    *,
    first_day: date,
    last_day: date,
    text: str = "",
    by: Teammate,
    at: datetime,
) -> Closure:
    """Not there on these days, both included; customers read `text`.

    Raises EndsBeforeItBegins, NeverOpen when no opening would follow for ten years.
    """
    if last_day < first_day:
        raise EndsBeforeItBegins
    closure = Closure.objects.create(
        calendar=calendar,
        first_day=first_day,
        last_day=last_day,
        text=clean_line(text, most=300),
    )
    _opens_again(calendar, at=at)
    _changed("closed", calendar, by=by, at=at)
    return closure


@transaction.atomic
def open_again(closure: Closure, *, by: Teammate, at: datetime) -> None:
    """The closure was taken back."""
    calendar = closure.calendar
    closure.delete()
    _changed("opened_again", calendar, by=by, at=at)


@transaction.atomic
def set_inbox_plan(
    inbox: Inbox, *, calendar: Calendar | None, holding: str, by: Teammate, at: datetime
) -> InboxPlan:
    """Which calendar the inbox follows (None: the standard one); `holding` of InboxPlan.Holding."""
    plan, _made = InboxPlan.objects.update_or_create(
        inbox=inbox,
        defaults={"calendar": calendar, "holding": InboxPlan.Holding(holding)},
    )
    fact = facts.PlanChanged(what="inbox_planned", inbox_id=inbox.pk)
    changed(fact, by=by, about=inbox, at=at)
    return plan


def _describe(calendar: Calendar, *, name: str, zone: str, country: str, region: str) -> None:
    name = clean_line(name, most=80)
    if Calendar.objects.filter(name__iexact=name).exclude(pk=calendar.pk).exists():
        raise CalendarNameTaken(name)
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError) as error:  # no such file, or no name of one
        raise UnknownZone(zone) from error
    public_holidays.check(country, region)
    calendar.name, calendar.zone = name, zone
    calendar.country, calendar.region = country, region
    if calendar.pk is None:
        calendar.save()
    else:  # whether it is the standard may have been decided since it was read
        calendar.save(update_fields=["name", "zone", "country", "region"])


def _set_periods(calendar: Calendar, periods: Week, *, at: datetime) -> None:
    Period.objects.bulk_create(
        Period(calendar=calendar, **each._asdict()) for each in checked(periods)
    )
    _opens_again(calendar, at=at)


def _opens_again(calendar: Calendar, *, at: datetime) -> None:
    """Raises NeverOpen."""
    hours = queries.hours_of(Calendar.objects.get(pk=calendar.pk))
    opens_next(hours, at)


def _changed(
    what: facts.CalendarChange, calendar: Calendar, *, by: Teammate | None, at: datetime
) -> None:
    fact = facts.PlanChanged(what=what, calendar_id=calendar.pk)
    changed(fact, by=by, about=calendar, at=at)
