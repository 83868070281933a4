"""What every page for people outside has in common: nobody else's eyes, few tries, kind refusals.

No session, no cookie, no script. The key in the address is all that opens the page, so it is sent
nowhere else (no referrer), kept by no proxy and no search engine. For the same reason its forms
need no CSRF token: who doesn't know the key can't post to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from goodword.accounts import queries as accounts
from goodword.desk import wording
from goodword.desk.keeping import public_links
from goodword.people.models import Person
from goodword.web import limiting
from goodword.web.inside import moment_of
from goodword.web.yours import house

MOST_LOOKS, MOST_ACTS = 120, 30  # a minute, from one address
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever opened their page. `until`: when the link ends."""

    person: Person
    key: str
    until: datetime
    now: datetime


def outside(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view that anybody may try; its answer is for them alone."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        acts = request.method == "POST"
        most = MOST_ACTS if acts else MOST_LOOKS
        allowed = limiting.allows(request, "act" if acts else "look", most=most)
        response = view(request, *args, **kwargs) if allowed else notice("too_many", status=429)
        if not allowed:
            response["Retry-After"] = str(limiting.WINDOW_SECONDS)
        return private(response)

    return wrapped


def own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view that gets the Guest whose key stands in the address, in their language and zone.

    What isn't theirs is a 404 that tells nothing.
    """

    @outside
    @wraps(view)
    def wrapped(request: HttpRequest, key: str, **kwargs: object) -> HttpResponse:
        now = moment_of(request)
        try:
            person, until = public_links.person_of(key, at=now)
        except public_links.NoSuchLink:
            return notice("no_such_link", status=404)
        except public_links.LinkEnded:
            return notice("ended", status=410, key=key)
        with as_they_read(person):
            try:
                return view(request, Guest(person, key, until, now), **kwargs)
            except Http404:
                return notice("no_such_link", status=404)

    return wrapped


@contextmanager
def as_they_read(person: Person | None) -> Iterator[None]:
    """Their language, else what their browser asks for; their zone, else the house's.

    None: somebody of several, so that nothing of one of them shows to another.
    """
    language = translation.get_language()
    if person is not None:
        with suppress(LookupError):
            language = translation.get_supported_language_variant(person.language)
    with translation.override(language), timezone.override(ZoneInfo(wording.zone_of(person))):
        yield


def page(template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Without the request: nothing of a teammate who may be signed in gets onto it."""
    business = accounts.business()
    shared = {
        "house_name": business.name if business else "Goodword",
        "logo": house.logo_url(business) if business else "",
        "stylesheet": house.stylesheet_url(business) if business else "",
    }
    return HttpResponse(render_to_string(template, shared | context), status=status)


def notice(what: str, *, status: int, key: str = "") -> HttpResponse:
    """A kind word where the page would be; `what` says which. It tells nothing of anybody.

    `key`: one that has ended, for which a new one can be asked.
    """
    context = {"what": what, "key": key if public_links.place() else ""}
    return page("web/yours/notice.html", context, status=status)


def private(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = _POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["X-Frame-Options"] = "DENY"
    patch_cache_control(response, private=True, no_store=True)
    return response
