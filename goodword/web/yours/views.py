from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from goodword.accounts import queries as accounts
from goodword.conversations import queries as conversations
from goodword.desk.keeping import public_links
from goodword.inboxes import queries as inboxes
from goodword.people.models import Person
from goodword.plan import queries as plan
from goodword.plan import words
from goodword.promises import queries
from goodword.promises.models import Promise
from goodword.web.inside import moment_of, typed
from goodword.web.yours import showing
from goodword.web.yours.outside import Guest, as_they_read, notice, outside, own_page, page


@outside
@require_safe
def without_key(request: HttpRequest) -> HttpResponse:
    return notice("no_such_link", status=404)


@own_page
@require_safe
def promises(request: HttpRequest, guest: Guest) -> HttpResponse:
    rows = queries.shown_to(guest.person)
    context = own_page_of(guest.person, rows, guest=guest)
    shown: showing.Sections = context["shown"]
    context["just_ended"] = _named(request, "ended", shown.let_go)
    context["just_again"] = _named(request, "again", shown.owed)
    context["just_asked"] = _named(request, "asked", shown.owed)
    context["too_late"] = "unchanged" in request.GET
    return page("web/yours/promises.html", context)


@outside
@require_safe
def about(request: HttpRequest, key: str) -> HttpResponse:
    """What was promised in one conversation, for all who got our mail: to be read, no more."""
    now = moment_of(request)
    try:
        conversation, until = public_links.conversation_of(key, at=now)
    except public_links.NoSuchLink:
        return notice("no_such_link", status=404)
    except public_links.LinkEnded:
        return notice("ended", status=410)
    business = accounts.business()
    with as_they_read(None):
        rows, house = queries.shown_in(conversation), business.name if business else ""
        context = {
            "guest": {"until": until},
            "now": now,
            "shown": showing.sections(rows, house=house, now=now, to_several=True),
            "to_several": True,
            **_reaching_us(conversation.inbox_id, kind_id=None, now=now),
        }
        return page("web/yours/promises.html", context)


def _named(request: HttpRequest, name: str, rows: list[showing.Shown]) -> showing.Shown | None:
    """What was done just now, as the address says; only where it is true of their own."""
    public_id = typed(request.GET, name)
    return next((each for each in rows if each.public_id == public_id), None)


def own_page_of(person: Person, rows: QuerySet[Promise], *, guest: Guest) -> dict[str, Any]:
    """What the page shows of `rows`, in the language and zone that are active."""
    business = accounts.business()
    house = business.name if business else ""
    shown = showing.sections(rows, house=house, now=guest.now)
    newest = conversations.newest_with(guest.person)
    inbox_id = newest.inbox_id if newest else None
    return {
        "guest": guest,
        "name": person.name,
        "now": guest.now,
        "shown": shown,
        **_reaching_us(inbox_id, kind_id=guest.person.kind_id, now=guest.now),
    }


def _reaching_us(inbox_id: int | None, *, kind_id: int | None, now: datetime) -> dict[str, Any]:
    """Where to write to, whether somebody is there, and by when an answer comes."""
    service_plan, zone = plan.current(), timezone.get_current_timezone_name()
    language = get_language() or ""
    due = service_plan.answer_due(inbox_id, first=False, kind_id=kind_id, urgent=False, since=now)
    return {
        "write_to": inboxes.address_of(inbox_id),
        "open": words.opening(service_plan.hours_of(inbox_id), now, zone=zone, language=language),
        "answered": words.promised(due.at, zone=zone, language=language),
        "zone": zone,
    }
