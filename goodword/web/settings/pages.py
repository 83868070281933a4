"""What all settings pages share: who may see them, the list beside them, the warning on top."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.channels.email.smtp_out import is_loopback
from goodword.desk.intake import screening
from goodword.web.inside import View, inside, teammate_of

Words = str | Promise

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Link:
    name: str  # of the URL, and of the page as it is marked
    icon: str
    words: Words


_SENDERS = Link("senders", "shield-alert", _("Spam"))
LEADS: tuple[Words, list[Link]] = (_("The business"), [_SENDERS])
SECTIONS: list[tuple[Words, list[Link]]] = [
    (
        _("The business"),
        [
            Link("business", "store", _("Name and zone")),
            Link("inboxes", "inbox", _("Inboxes")),
            Link("fields", "clipboard-list", _("Fields of your own")),
            _SENDERS,
        ],
    ),
    (
        _("People inside"),
        [
            Link("teammates", "users-round", _("Teammates")),
            Link("teams", "users", _("Teams")),
            Link("roles", "shield", _("Roles")),
            Link("signing_in", "key-round", _("Signing in")),
        ],
    ),
    (
        _("Behind the scenes"),
        [
            Link("arrivals", "mail-x", _("Unreadable mail")),
            Link("audit", "scroll-text", _("Audit trail")),
        ],
    ),
]
OWN: tuple[Words, list[Link]] = (
    _("You"),
    [
        Link("profile", "user-round", _("Your profile")),
        Link("told", "bell", _("How you are told")),
        Link("canned", "message-square-plus", _("Canned replies")),
    ],
)


def owners_only(view: View) -> View:
    """Strangers are asked to sign in; teammates who may not settle see no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not rights.may_settle(teammate_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return inside(guarded)


def sections_for(teammate: Teammate) -> list[tuple[Words, list[Link]]]:
    words, links = OWN
    if not rights.may_answer(teammate):
        links = [link for link in links if link.name != "canned"]
    if rights.may_settle(teammate):
        return [(words, links), *SECTIONS]
    return [(words, links), *([LEADS] if screening.may_rule(teammate) else [])]


def open_without_https() -> bool:
    """Whether passwords and customers' words may cross the network for all to read."""
    return not is_loopback(settings.HOST) and urlsplit(settings.URL).scheme != "https"


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    here: str,
    status: int = 200,
) -> HttpResponse:
    """A settings page; `here` is the `Link.name` to be marked as current."""
    shared = {
        "sections": sections_for(teammate_of(request)),
        "here": here,
        "open_without_https": open_without_https(),
        "machine_host": settings.HOST,
    }
    return render(request, template, shared | (context or {}), status=status)


def status_of(*forms: BaseForm) -> int:
    """422 when a form comes back with errors."""
    return UNPROCESSABLE if any(form.is_bound and form.errors for form in forms) else 200
