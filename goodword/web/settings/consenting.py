"""Asking a mailbox's provider for consent by OAuth 2, and taking its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as machine
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.channels.email import oauth, trials
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Trial
from goodword.channels.email.providers import CONSENTS
from goodword.channels.email.smtp_out import is_loopback
from goodword.core import sealing
from goodword.core.text import clean_line
from goodword.inboxes.models import Inbox
from goodword.web.inside import moment_of, typed

_SALT = "goodword.mailbox.consent"


@dataclass(frozen=True, slots=True)
class Question:
    """What the page shows before it sends somebody to a provider."""

    provider: str
    host: str
    address: str


def redirect_uri() -> str:
    """Where every provider sends people back to; this is what is registered there."""
    return f"{machine.URL}{reverse('settings:consent')}"


def come_back() -> dict[str, Any]:
    """What the steps of registering show of it. Needed by _consent_form.html."""
    address = urlsplit(machine.URL)
    host = address.hostname or ""
    return {
        "redirect_uri": redirect_uri(),
        "redirect_refused": address.scheme != "https" and not is_loopback(host),
        # Microsoft's form takes http for this name alone.
        "better_url": f"http://localhost:{address.port or 80}" if host == "127.0.0.1" else "",
    }


def question(
    request: HttpRequest, trial: Trial, settings: AccountSettings | None, *, inbox: Inbox, way: str
) -> Question | None:
    """What a trial that waits for consent asks; None if it does not, or can't be read."""
    if settings is None or settings.client is None or not trials.waits_for_consent(trial):
        return None
    state = {
        "trial": trial.public_id,
        "inbox": inbox.public_id,
        "way": way,
        "session": _session(request),
    }
    try:
        address = trials.consent_address(trial, state=signing.dumps(state, salt=_SALT))
    except sealing.CannotUnseal:
        return None
    known = CONSENTS.get(settings.client.provider)
    host = urlsplit(settings.client.authorize_url).hostname or ""
    return Question(provider=known.name if known else host, host=host, address=address)


@never_cache
@require_GET
def consent(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the owner back to.

    The one GET that changes something, for OAuth 2 answers by a redirect. In the place of a CSRF
    token stands the state: signed here, for this session and this trial, and good for one answer.
    Not behind `owners_only`, which would carry the code on in the address of the sign-in page.
    """
    teammate = request.user
    if not isinstance(teammate, Teammate):
        return redirect_to_login(reverse("settings:inboxes"))
    if not rights.may_settle(teammate):
        raise Http404
    asked = _asked(request)
    trial = trials.of(teammate, asked["trial"]) if asked else None
    if trial is None:
        words = _("That answer belongs to no connection begun in this browser. Begin once more.")
        messages.error(request, words)
        return redirect("settings:inboxes")
    _take_answer(request, trial)
    if asked["way"] == "setup":
        return redirect("setup:trial", trial.public_id)
    return redirect("settings:trial", asked["inbox"], trial.public_id)


def _take_answer(request: HttpRequest, trial: Trial) -> None:
    code = request.GET.get("code", "")
    if code and "error" not in request.GET:
        try:
            trials.consent_given(trial, code, at=moment_of(request))
        except sealing.CannotUnseal:  # the page says so
            pass
        return
    description = clean_line(request.GET.get("error_description", ""), most=300)
    trouble = oauth.refusal(typed(request.GET, "error") or "no code", description)
    trials.consent_refused(trial, trouble, at=moment_of(request))


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the state says, if it was made for this session; else nothing."""
    try:
        state: dict[str, str] = signing.loads(
            request.GET.get("state", ""), salt=_SALT, max_age=trials.KEPT
        )
    except signing.BadSignature:
        return {}
    return state if state["session"] == _session(request) else {}


def _session(request: HttpRequest) -> str:
    key = request.session.session_key or ""
    return salted_hmac(_SALT, key, algorithm="sha256").hexdigest()[:32]
