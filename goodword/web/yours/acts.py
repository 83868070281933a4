"""What a person does on their page: let go of a word, take that back, ask for another time."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import queries as accounts
from goodword.desk.keeping import promising, public_links, theirs, unkeeping
from goodword.promises import actions, queries
from goodword.promises.models import Promise
from goodword.web.inside import moment_of
from goodword.web.yours import showing
from goodword.web.yours.outside import Guest, notice, outside, own_page, page


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def no_longer_needed(request: HttpRequest, guest: Guest, public_id: str) -> HttpResponse:
    """Asked first, since mail scanners follow links and people slip."""
    promise = _ours(guest, public_id)
    if request.method != "POST":
        if not promise.is_open:
            return _back(guest)
        return _asked(guest, promise, "web/yours/no_longer_needed.html")
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


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def another_time(request: HttpRequest, guest: Guest, public_id: str) -> HttpResponse:
    promise = _ours(guest, public_id)
    if not promise.is_open:
        return _back(guest, "unchanged")
    nothing_said = False
    if request.method == "POST":
        try:
            theirs.ask_another_time(promise, wish=request.POST.get("wish", ""), at=guest.now)
        except theirs.NothingWished:
            nothing_said = True
        except (actions.AlreadyEnded, theirs.WishedEnough):
            return _back(guest, "unchanged")
        else:
            return _back(guest, f"asked={promise.public_id}")
    context = {"longest": theirs.LONGEST_WISH, "nothing_said": nothing_said}
    status = 422 if nothing_said else 200
    return _asked(guest, promise, "web/yours/another_time.html", status=status, **context)


@outside
@require_POST
def new_link(request: HttpRequest, key: str) -> HttpResponse:
    """For a link that has ended. Whoever has it learns nothing: the mail goes to whom it was."""
    now = moment_of(request)
    try:
        public_links.person_of(key, at=now)
    except public_links.NoSuchLink:
        return notice("no_such_link", status=404)
    except public_links.LinkEnded as ended:
        theirs.send_new_link(ended.person, at=now)
        return notice("sent", status=200)
    return HttpResponseRedirect(reverse("yours:promises", args=[key]), status=303)


def _asked(
    guest: Guest, promise: Promise, template: str, *, status: int = 200, **more: object
) -> HttpResponse:
    """A page that asks about one promise."""
    business = accounts.business()
    shown = showing.one(promise, house=business.name if business else "", now=guest.now)
    context = {"guest": guest, "now": guest.now, "promise": shown} | more
    return page(template, context, status=status)


def _ours(guest: Guest, public_id: str) -> Promise:
    promise = _theirs(guest, public_id)
    if promise.direction != Promise.Direction.OURS:
        raise Http404
    return promise


def _theirs(guest: Guest, public_id: str) -> Promise:
    return get_object_or_404(queries.shown_to(guest.person), public_id=public_id)


def _back(guest: Guest, query: str = "") -> HttpResponse:
    path = reverse("yours:promises", args=[guest.key])
    # 303: what comes next is looked at, never posted again.
    return HttpResponseRedirect(f"{path}?{query}" if query else path, status=303)
