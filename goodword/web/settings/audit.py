from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from goodword.events import queries as events
from goodword.web.settings import pages, trail

PAGE = 50
MOST_FAILING = 20


@pages.owners_only
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first, a page at a time; `kind` is the beginning of an event's kind."""
    rows = events.trail()
    kind = request.GET.get("kind", "")
    if kind in dict(trail.PARTS):
        rows = rows.filter(kind__startswith=f"{kind}.")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "entries": trail.entries(found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "parts": trail.PARTS,
        "kind": kind,
        "is_later_page": bool(before),
        "failing": [] if before else list(events.failing().select_related("event")[:MOST_FAILING]),
    }
    return pages.show(request, "web/settings/audit.html", context, here="audit")
