"""What every page carries: a strict content policy and the business's clock."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from goodword.accounts import queries as accounts

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
