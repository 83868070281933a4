"""Connecting a mailbox: give the settings, watch them tried, use them. Setup does the same.

With OAuth 2 the provider is asked between the first step and the second (consenting.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.channels.email import accounts, trials
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.failures import Finding, words_for
from goodword.channels.email.models import MailAccount, Trial
from goodword.channels.email.providers import CONSENTS, provider_of
from goodword.core import sealing
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.web.inside import moment_of, teammate_of, typed, wants_piece
from goodword.web.settings import consenting, pages
from goodword.web.settings.consent_form import GOOGLE, MICROSOFT, OTHER, ConsentForm
from goodword.web.settings.mailbox_form import MailboxForm

PASSWORD = "password"  # noqa: S105  # a way of signing in, not one
KINDS = {
    PASSWORD: gettext_lazy("Password"),
    GOOGLE: "Google",
    MICROSOFT: "Microsoft 365",
    OTHER: gettext_lazy("Another by OAuth 2"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where the three steps stand: in setup or in settings."""

    name: Literal["setup", "settings"]
    inbox: Inbox
    form_url: str
    watch_url: Callable[[Trial], str]
    use_url: Callable[[Trial], str]
    done_url: str
    show: Callable[[str, dict[str, Any], int], HttpResponse]  # page, context, status


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a trial, as it is shown."""

    name: str
    host: str
    finding: Finding | None


def give(request: HttpRequest, way: Way) -> HttpResponse:
    """The form, filled with what is known; sent off, it becomes a trial."""
    account = accounts.of_inbox(way.inbox)
    before, address = _before(request, account), inboxes.sender_address(way.inbox)
    kind = _kind(request, before, address)
    form: MailboxForm | ConsentForm
    if kind == PASSWORD:
        form = MailboxForm(request.POST or None, before=before, address=address)
    else:
        form = ConsentForm(request.POST or None, kind=kind, before=before, address=address)
    if settings.EXAMPLE and request.method == "POST":  # an example reaches nobody
        form.add_error(None, _("This is an example: no mailbox can be connected here."))
    if request.method == "POST" and form.is_valid():
        return redirect(way.watch_url(_asked_for(request, form)))
    context = {
        "form": form,
        "way": way,
        "account": account,
        "inbox": way.inbox,
        "kind": kind,
        "kinds": KINDS,
        "scopes": CONSENTS[kind].scopes.split() if kind in CONSENTS else [],
        **consenting.come_back(),
    }
    if account:
        context["trouble"] = words_for(account.trouble) if account.trouble else ""
    return way.show("mailbox", context, pages.status_of(form))


def _kind(request: HttpRequest, before: AccountSettings | None, address: str) -> str:
    """How to sign in: as chosen on the page, else as so far, else what the address suggests."""
    chosen = request.GET.get("with", "")
    if chosen in KINDS:
        return chosen
    if before:
        return before.client.provider if before.client else PASSWORD
    known = provider_of(address)
    # Microsoft takes no passwords any more; Google does, and that is less work.
    return MICROSOFT if known and known.name == "Microsoft" else PASSWORD


def _asked_for(request: HttpRequest, form: MailboxForm | ConsentForm) -> Trial:
    by, at = teammate_of(request), moment_of(request)
    if isinstance(form, MailboxForm):
        return trials.ask(form.settings(), by=by, at=at)
    uri = consenting.redirect_uri()
    return trials.ask_consent(form.settings(), redirect_uri=uri, by=by, at=at)


def watch(request: HttpRequest, way: Way, trial_id: str) -> HttpResponse:
    """The trial as it stands. htmx asks once a second and is answered when there is news."""
    trial = _trial(request, trial_id)
    if wants_piece(request) and trial.done_at is None:
        return HttpResponse(status=204)
    settings = _opened(trials.settings_of, trial)
    halves = _halves(settings, trials.findings(trial))
    account = accounts.of_inbox(way.inbox)
    context = {
        "trial": trial,
        "halves": halves,
        "works": trial.done_at and settings and all(h.finding and h.finding.ok for h in halves),
        "running": trial.done_at is None and not trials.waits_for_consent(trial),
        "usable": settings is not None and (settings.client is None or bool(settings.tokens)),
        "question": consenting.question(request, trial, settings, inbox=way.inbox, way=way.name),
        "begins_anew": settings and settings.imap_host and accounts.begins_anew(account, settings),
        "was_connected": account is not None,
        "way": way,
        "inbox": way.inbox,
        "watch_url": way.watch_url(trial),
        "use_url": way.use_url(trial),
        "change_url": f"{way.form_url}?trial={trial.public_id}",
    }
    if wants_piece(request):
        return render(request, "web/settings/_trial.html", context)
    return way.show("trial", context, 200)


def _halves(settings: AccountSettings | None, found: dict[str, Finding]) -> list[Half]:
    """What was to be tried, in order; without the provider's consent nothing else is."""
    if settings is None:
        return []
    consent = Half(_("Consent"), "", found.get("consent"))
    if settings.client:
        consent = replace(consent, host=urlsplit(settings.client.token_url).hostname or "")
    if consent.finding and not consent.finding.ok:
        return [consent]
    halves = [
        Half(_("Receiving"), settings.imap_host, found.get("imap")),
        Half(_("Sending"), settings.smtp_host, found.get("smtp")),
    ]
    return [half for half in (consent, *halves) if half.host]


def use(request: HttpRequest, way: Way, trial_id: str) -> HttpResponse:
    """Take the tried settings, whatever came of the trial: a server may just be down."""
    trial = _trial(request, trial_id)
    settings = _opened(trials.settings_of, trial)
    if settings is None or (settings.client and not settings.tokens):
        return redirect(way.form_url)
    accounts.connect(way.inbox, settings, by=teammate_of(request), at=moment_of(request))
    if settings.tokens:
        trials.forget_tokens(trial)
    messages.success(request, _("The mailbox is connected."))
    return redirect(way.done_url)


def _trial(request: HttpRequest, trial_id: str) -> Trial:
    trial = trials.of(teammate_of(request), trial_id)
    if trial is None:
        raise Http404
    return trial


def _before(request: HttpRequest, account: MailAccount | None) -> AccountSettings | None:
    """What the form starts from: a trial that is to be changed, else the account."""
    trial = trials.of(teammate_of(request), typed(request.GET, "trial"))
    if trial is not None:
        return _opened(trials.settings_of, trial)
    return _opened(accounts.settings_of, account) if account else None


def _opened(read: Callable[[Any], AccountSettings], row: Any) -> AccountSettings | None:
    try:
        return read(row)
    except sealing.CannotUnseal:  # another key than it was sealed with: to be given anew
        return None


# In settings


def _way(request: HttpRequest, public_id: str) -> Way:
    inbox = get_object_or_404(inboxes.open_to(teammate_of(request)), public_id=public_id)

    def show(page: str, context: dict[str, Any], status: int) -> HttpResponse:
        template = f"web/settings/{page}.html"
        return pages.show(request, template, context, here="inboxes", status=status)

    return Way(
        name="settings",
        inbox=inbox,
        form_url=reverse("settings:mailbox", args=[public_id]),
        watch_url=lambda trial: reverse("settings:trial", args=[public_id, trial.public_id]),
        use_url=lambda trial: reverse("settings:use_trial", args=[public_id, trial.public_id]),
        done_url=reverse("settings:mailbox", args=[public_id]),
        show=show,
    )


@pages.owners_only
@sensitive_post_parameters("imap_password", "smtp_password", "client_secret")
@require_http_methods(["GET", "POST"])
def mailbox(request: HttpRequest, public_id: str) -> HttpResponse:
    return give(request, _way(request, public_id))


@pages.owners_only
@require_GET
def trial(request: HttpRequest, public_id: str, trial_id: str) -> HttpResponse:
    return watch(request, _way(request, public_id), trial_id)


@pages.owners_only
@require_POST
def use_trial(request: HttpRequest, public_id: str, trial_id: str) -> HttpResponse:
    return use(request, _way(request, public_id), trial_id)


@pages.owners_only
@require_POST
def connect_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the provider once more, with the settings the mailbox has."""
    way = _way(request, public_id)
    account = accounts.of_inbox(way.inbox)
    settings = _opened(accounts.settings_of, account) if account else None
    if settings is None or settings.client is None:
        return redirect(way.form_url)
    uri = consenting.redirect_uri()
    by, at = teammate_of(request), moment_of(request)
    return redirect(way.watch_url(trials.ask_consent(settings, redirect_uri=uri, by=by, at=at)))


@pages.owners_only
@require_POST
def disconnect(request: HttpRequest, public_id: str) -> HttpResponse:
    way = _way(request, public_id)
    accounts.disconnect(way.inbox, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("The mailbox is disconnected. What came in stays."))
    return redirect("settings:inbox", way.inbox.public_id)
