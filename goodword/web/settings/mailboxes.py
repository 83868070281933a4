"""Connecting a mailbox: give the settings, watch them tried, use them. Setup does the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.channels.email import accounts, trials
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.explaining import Finding, words_for
from goodword.channels.email.models import MailAccount, Trial
from goodword.core import sealing
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.web.inside import moment_of, teammate_of, wants_piece
from goodword.web.settings import pages
from goodword.web.settings.mailbox_form import MailboxForm


@dataclass(frozen=True, slots=True)
class Way:
    """Where the three steps stand: in setup or in settings."""

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
    form = MailboxForm(
        request.POST or None,
        before=_before(request, account),
        address=inboxes.sender_address(way.inbox),
    )
    if request.method == "POST" and form.is_valid():
        trial = trials.ask(form.settings(), by=teammate_of(request), at=moment_of(request))
        return redirect(way.watch_url(trial))
    context = {"form": form, "way": way, "account": account, "inbox": way.inbox}
    if account:
        context["trouble"] = words_for(account.trouble) if account.trouble else ""
    return way.show("mailbox", context, pages.status_of(form))


def watch(request: HttpRequest, way: Way, trial_id: str) -> HttpResponse:
    """The trial as it stands. htmx asks once a second and is answered when there is news."""
    trial = _trial(request, trial_id)
    if wants_piece(request) and trial.done_at is None:
        return HttpResponse(status=204)
    settings = _opened(trials.settings_of, trial)
    found = trials.findings(trial)
    halves = [
        Half(word, host, found.get(side))
        for side, word, host in (
            ("imap", _("Receiving"), settings.imap_host if settings else ""),
            ("smtp", _("Sending"), settings.smtp_host if settings else ""),
        )
        if host
    ]
    account = accounts.of_inbox(way.inbox)
    context = {
        "trial": trial,
        "halves": halves,
        "works": trial.done_at and settings and all(h.finding and h.finding.ok for h in halves),
        "usable": settings is not None,
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


def use(request: HttpRequest, way: Way, trial_id: str) -> HttpResponse:
    """Take the tried settings, whatever came of the trial: a server may just be down."""
    settings = _opened(trials.settings_of, _trial(request, trial_id))
    if settings is None:
        return redirect(way.form_url)
    accounts.connect(way.inbox, settings, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("The mailbox is connected."))
    return redirect(way.done_url)


def _trial(request: HttpRequest, trial_id: str) -> Trial:
    trial = trials.of(teammate_of(request), trial_id)
    if trial is None:
        raise Http404
    return trial


def _before(request: HttpRequest, account: MailAccount | None) -> AccountSettings | None:
    """What the form starts from: a trial that is to be changed, else the account."""
    trial = trials.of(teammate_of(request), request.GET.get("trial", ""))
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
        inbox=inbox,
        form_url=reverse("settings:mailbox", args=[public_id]),
        watch_url=lambda trial: reverse("settings:trial", args=[public_id, trial.public_id]),
        use_url=lambda trial: reverse("settings:use_trial", args=[public_id, trial.public_id]),
        done_url=reverse("settings:mailbox", args=[public_id]),
        show=show,
    )


@pages.owners_only
@sensitive_post_parameters("imap_password", "smtp_password")
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
def disconnect(request: HttpRequest, public_id: str) -> HttpResponse:
    way = _way(request, public_id)
    accounts.disconnect(way.inbox, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("The mailbox is disconnected. What came in stays."))
    return redirect("settings:inbox", way.inbox.public_id)
