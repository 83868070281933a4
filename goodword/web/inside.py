"""What a view asks of its request: who it is, what time it is, whether htmx wants a piece."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from goodword.accounts import signing_in
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation, Message
from goodword.core.text import clean_line
from goodword.events import waking

View = Callable[..., HttpResponseBase]

# Pages of signing in and out: nobody goes back there who has just come in.
_NOT_SHOWN_AGAIN = ("/account/",)


def inside(view: View) -> View:
    """Let only teammates in who are signed in; a page asked for by htmx is told 401 and reloads."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if wants_piece(request):
                return HttpResponse(status=401)
            return redirect_to_login(_shown_before(request))
        # Themselves, in place of Django's stand-in: it looks itself over with each of hundreds of
        # questions that a page asks it.
        request.user = get_user(request)
        if _must_wait(request):
            return HttpResponse(status=401) if wants_piece(request) else redirect("second_factor")
        if not wants_piece(request):
            # Read before the page's rows: what happens from here on is replayed to the page.
            request.newest_event = waking.latest()  # type: ignore[attr-defined]
        try:
            response = view(request, *args, **kwargs)
        except (Conversation.DoesNotExist, Message.DoesNotExist) as error:
            # Thrown away for good at this moment, or taken back.
            raise Http404 from error
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        if "Cache-Control" not in response.headers:
            # After signing out nobody reads a customer's words by the back button.
            patch_cache_control(response, private=True, no_store=True)
        return response

    return wrapped


def _shown_before(request: HttpRequest) -> str:
    """Where they go on once they have signed in: the page they asked for, or, where they sent
    something, the page they sent it from. What takes what is sent shows nothing by itself.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    messages.warning(
        request, _("You had been signed out, so nothing was changed. Sign in and do it again.")
    )
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}):
        parts = urlsplit(page)
        # Two strokes would begin the name of another host.
        if re.match(r"/(?!/)", parts.path) and not parts.path.startswith(_NOT_SHOWN_AGAIN):
            return urlunsplit(("", "", parts.path, parts.query, ""))
    return "/"


def _must_wait(request: HttpRequest) -> bool:
    """Whether the house asks for a second factor first; notes that the session is in use."""
    business = getattr(request, "business", None)
    if business is None:
        return False
    teammate = teammate_of(request)
    signing_in.note_seen(request, teammate, at=moment_of(request))
    return signing_in.lacks_second_factor(request, teammate, business)


def teammate_of(request: HttpRequest) -> Teammate:
    """Who asks. Behind `inside` it is always someone."""
    if not isinstance(request.user, Teammate):
        raise PermissionDenied
    return request.user


def typed(values: QueryDict, name: str) -> str:
    """One value of an address or a form as a clean line: PostgreSQL refuses NUL in any query."""
    return clean_line(values.get(name, ""), most=320)


def moment_of(request: HttpRequest) -> datetime:
    """The clock, read once a request."""
    moment = getattr(request, "now", None)
    return moment if isinstance(moment, datetime) else timezone.now()


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx or our own script asks for a part of the page to swap in."""
    return request.headers.get("HX-Request") == "true"
