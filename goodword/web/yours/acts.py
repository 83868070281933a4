"""What a person does on their page: let go of a word, and take that back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import queries as accounts
from goodword.desk import promising, unkeeping
from goodword.promises import actions, queries
from goodword.promises.models import Promise
from goodword.web.yours import showing
from goodword.web.yours.outside import Guest, own_page, page


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def no_longer_needed(request: HttpRequest, guest: Guest, public_id: str) -> HttpResponse:
    """Asked first, since mail scanners follow links and people slip."""
    promise = _theirs(guest, public_id)
    if promise.direction != Promise.Direction.OURS:
        raise Http404
    if request.method != "POST":
        if not promise.is_open:
            return _back(guest)
        business = accounts.business()
        shown = showing.one(promise, house=business.name if business else "", now=guest.now)
        context = {"guest": guest, "now": guest.now, "promise": shown}
        return page("web/yours/no_longer_needed.html", context)
    try:
        promising.no_longer_needed(promise, at=guest.now)
    except actions.AlreadyEnded:
        return _back(guest, "unchanged")  # somebody was quicker: the page shows how it stands
    return _back(guest, f"ended={promise.public_id}")


@own_page
@require_POST
def still_needed(request: HttpRequest, guest: Guest, public_id: str) -> HttpResponse:
    promise = _theirs(guest, public_id)
    try:
        unkeeping.still_needed(promise, at=guest.now)
    except unkeeping.NothingToTakeBack:
        return _back(guest, "unchanged")
    return _back(guest, f"again={promise.public_id}")


def _theirs(guest: Guest, public_id: str) -> Promise:
    return get_object_or_404(queries.shown_to(guest.person), public_id=public_id)


def _back(guest: Guest, query: str = "") -> HttpResponse:
    path = reverse("yours:promises", args=[guest.key])
    # 303: what comes next is looked at, never posted again.
    return HttpResponseRedirect(f"{path}?{query}" if query else path, status=303)
