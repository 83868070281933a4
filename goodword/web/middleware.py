"""What every page carries: a strict content policy, the business's clock, and never nothing."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from goodword.accounts import queries as accounts
from goodword.web.inside import wants_piece

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)


def content_security_policy(respond: Respond) -> Respond:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        # A view may set a policy of its own: a mail's frame has a stricter one.
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


def local_time(respond: Respond) -> Respond:
    """Show times in the business's zone; `request.business` is None before the first evening."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            business = accounts.business()
        except DatabaseError:  # /healthz has to be able to say so
            business = None
        request.business = business  # type: ignore[attr-defined]
        request.now = timezone.now()  # type: ignore[attr-defined]  # read once a request
        if business is None:
            return respond(request)
        with timezone.override(ZoneInfo(business.zone)):
            return respond(request)

    return middleware


def something_to_see(respond: Respond) -> Respond:
    """Whoever opens an address that only takes what is sent (an old tab, a link typed from memory)
    reads that nothing is there, with a way on. Django's own answer is an empty page.

    A view with a content policy of its own is for people outside, whose way isn't to the inbox, or
    for a frame.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        is_empty = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content
        has_policy = "Content-Security-Policy" in response.headers  # ours is set further outside
        if request.method != "GET" or not is_empty or has_policy or wants_piece(request):
            return response
        page = render(request, "404.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        for name, value in response.headers.items():
            if name not in ("Content-Type", "Content-Length"):
                page.headers[name] = value
        return page

    return middleware
