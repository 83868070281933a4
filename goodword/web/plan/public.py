"""When we are there, for everyone outside: no sign-in, no script, in their language and zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from goodword.accounts import queries as accounts
from goodword.accounts.models import Business
from goodword.plan import clocks, words
from goodword.plan import hours as business
from goodword.plan import queries as plan
from goodword.plan.hours import Hours
from goodword.web import limiting
from goodword.web.inside import moment_of, typed
from goodword.web.plan.picture import back_on, why_closed
from goodword.web.setup import places
from goodword.web.yours import outside

_KEPT_SECONDS = 60  # here, and by browsers and proxies
_MOST_LOOKS = 120  # a minute, from one address
_AHEAD = timedelta(days=90)  # which closures are named


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    times: Sequence[tuple[datetime, datetime]]
    why_closed: str


@dataclass(frozen=True, slots=True)
class Closure:
    first_day: date
    last_day: date
    text: str
    back: datetime | None


@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """Drawn once a minute for each zone and language, so that a crowd costs little."""
    house, now = accounts.business(), moment_of(request)
    if house is None:
        raise Http404
    if not limiting.allows(request, "hours", most=_MOST_LOOKS):
        response = outside.notice("too_many", status=429)
        response["Retry-After"] = str(limiting.WINDOW_SECONDS)
        return outside.private(response)
    asked = typed(request.GET, "zone")
    zone = ZoneInfo(asked if places.is_zone(asked) else house.zone)
    language = get_language() or house.language
    key = f"hours:{language}:{zone.key}:{now:%Y%m%d%H%M}"
    page = caches["pages"].get(key)
    if page is None:
        page = _page(house, now, zone, language)
        caches["pages"].set(key, page, _KEPT_SECONDS)
    response = HttpResponse(page)
    patch_cache_control(response, public=True, max_age=_KEPT_SECONDS)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _page(house: Business, now: datetime, zone: ZoneInfo, language: str) -> str:
    service_plan = plan.current()
    ours = service_plan.hours_of(None)
    due = service_plan.answer_due(None, first=True, kind_id=None, urgent=False, since=now)
    with timezone.override(zone):
        context = {
            "house": house.name,
            "zone": zone.key,
            "zones": places.zones(zone.key),
            "state": words.opening(ours, now, zone=zone.key, language=language),
            "is_open": ours is not None and business.is_open(ours, now),
            "days": _days(ours, now, zone, language) if ours else [],
            "closures": _closures(ours, now) if ours else [],
            "answer": words.promised(due.at, zone=zone.key, language=language),
        }
        return render_to_string("web/plan/public.html", context)


def _days(ours: Hours, now: datetime, zone: ZoneInfo, language: str) -> list[Day]:
    """Today and the six days after, as the clock of whoever looks has them."""
    today = now.astimezone(zone).date()
    found = []
    for number in range(7):
        day = today + timedelta(days=number)
        start, end = clocks.wall(zone, day, 0), clocks.wall(zone, day + timedelta(days=1), 0)
        spans = list(business.spans(ours, start, end))
        found.append(Day(day, spans, "" if spans else why_closed(ours, day, language)))
    return found


def _closures(ours: Hours, now: datetime) -> list[Closure]:
    today = now.astimezone(ours.zone).date()
    return [
        Closure(each.first_day, each.last_day, each.text, back_on(ours, each.last_day))
        for each in ours.closures
        if each.last_day >= today and each.first_day <= today + _AHEAD
    ]
