"""The directory: whom one may see, by name or by who was heard of last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.desk.persons import seeing
from goodword.people.models import Organisation
from goodword.web.inbox.showing import Owed, nameless
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece
from goodword.web.people import finding, owed


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `beside`: their address, where the name does not say it."""

    who: str
    beside: str
    url: str
    organisation: str
    organisation_url: str
    last_at: datetime | None
    owed: Owed | None


@dataclass(frozen=True, slots=True)
class Link:
    word: str
    url: str
    is_chosen: bool


@inside
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    asked = typed(request.GET, "q")
    order: seeing.Order = "newest" if request.GET.get("order") == "newest" else "name"
    by, now, after = teammate_of(request), moment_of(request), typed(request.GET, "after")
    found = seeing.directory(by, order=order, words=asked, after=after)
    narrowed = {"q": asked, "order": order if order == "newest" else ""}
    context = {
        "rows": rows_of(found.entries, by=by, now=now),
        "older_url": _url(narrowed, after=found.after) if found.after else "",
        "asked": asked,
        "order": narrowed["order"],
        "orders": [] if asked else _orders(order),
    }
    if not wants_piece(request):
        return render(request, "web/people/directory.html", context)
    is_more = request.GET.get("fragment") == "more"
    template = "web/people/_rows.html" if is_more else "web/people/_found.html"
    return render(request, template, context)


def _orders(order: seeing.Order) -> list[Link]:
    url = reverse("people:directory")
    return [
        Link(_("By name"), url, order == "name"),
        Link(_("By last contact"), f"{url}?order=newest", order == "newest"),
    ]


def _url(narrowed: Mapping[str, str], *, after: str) -> str:
    said = {key: value for key, value in narrowed.items() if value}
    return f"{reverse('people:directory')}?{urlencode({**said, 'after': after})}"


def rows_of(entries: list[seeing.Entry], *, by: Teammate, now: datetime) -> list[Row]:
    owing = owed.soonest([each.person.pk for each in entries], by=by, now=now)
    return [
        Row(
            who=each.person.name or each.address or nameless(),
            beside=_beside(each),
            url=finding.page_of(each.person),
            **_organisation(each.person.organisation),
            last_at=each.newest,
            owed=owing.get(each.person.pk),
        )
        for each in entries
    ]


def _beside(entry: seeing.Entry) -> str:
    known = [entry.address if entry.person.name else "", entry.person.role]
    return " · ".join(each for each in known if each)


def _organisation(found: Organisation | None) -> dict[str, Any]:
    if found is None:
        return {"organisation": "", "organisation_url": ""}
    url = reverse("people:organisation", args=[found.public_id])
    return {"organisation": found.name, "organisation_url": url}
