"""Into the example, and out of it. The same addresses answer in both houses."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from goodword.accounts import actions as accounts
from goodword.accounts import queries, rights
from goodword.accounts.models import Teammate
from goodword.web.example import houses
from goodword.web.inside import moment_of, teammate_of
from goodword.web.settings import pages

_BACK = "goodword_back"  # the step of setting up that they came from, kept by their own browser
_KEPT_SECONDS = 24 * 3600


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """For who holds the first owner's link, or is that owner."""
    token = request.POST.get("link", "")
    if not (_may_settle(request) or accounts.first_owner_link_opens(token, at=moment_of(request))):
        raise Http404
    if not houses.is_offered():
        return redirect("setup:begin")
    response = redirect("example:enter", houses.begin())
    response.set_cookie(
        _BACK,
        reverse("setup:owner", args=[token]) if token else reverse("setup:begin"),
        max_age=_KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_GET
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Wait until the example is served, then sign its owner in.

    By GET, since the waiting page goes on without script; the key works once and is mailed nowhere.
    """
    if not settings.EXAMPLE:
        if houses.is_being_furnished() or houses.stands_beside():
            return render(request, "web/example/furnishing.html")
        return render(request, "web/example/not_there.html", {"back": _back(request)})
    owner = queries.owners().order_by("pk").first()
    if owner is not None and houses.use_key(key):
        login(request, owner)
    return redirect("today:home")


@pages.owners_only
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Drop the example and go on with setting up."""
    teammate_of(request)
    if houses.home() is None:
        raise Http404
    houses.leave()
    return redirect("example:left")


@never_cache
@require_GET
def left(request: HttpRequest) -> HttpResponse:
    """Wait until the real house is served, then go on where they came from."""
    if settings.EXAMPLE:
        return render(request, "web/example/leaving.html")
    response = redirect(_back(request))
    response.delete_cookie(_BACK)
    return response


def _back(request: HttpRequest) -> str:
    back = request.COOKIES.get(_BACK, "")
    begin = reverse("setup:begin")
    return back if back.startswith(begin) and "\\" not in back else begin


def _may_settle(request: HttpRequest) -> bool:
    return isinstance(request.user, Teammate) and rights.may_settle(request.user)
