"""Search: conversations by what was asked, as a list beside which they open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goodword.web.inbox import filters, listing, suggesting
from goodword.web.inbox.places import place
from goodword.web.inside import inside, teammate_of


@inside
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    values = request.GET
    here = place(
        teammate_of(request), "search", order=values.get("order", ""), text=values.get("q", "")
    )
    if here.text.strip():
        return listing.show(request, here)
    recent = suggesting.recent(teammate_of(request))
    context = {"explained": filters.explained(), "recent": recent}
    return render(request, "web/inbox/search.html", context)
