"""The wizard of the first evening: each step a page of its own, to be left and found again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import actions as accounts
from goodword.accounts import queries, rights
from goodword.accounts.models import Teammate
from goodword.channels.email.accounts import of_inbox
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import actions as planning
from goodword.plan import queries as plan
from goodword.web.example import houses
from goodword.web.inside import moment_of, teammate_of
from goodword.web.plan.forms import FirstHoursForm
from goodword.web.settings import mailboxes, pages
from goodword.web.settings.forms import BusinessForm
from goodword.web.setup import actions
from goodword.web.setup.forms import FirstInboxForm, OwnerForm

GONE = 410


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Wherever the owner stopped, they go on; everyone else is told how to get the link."""
    if isinstance(request.user, Teammate) and rights.may_settle(request.user):
        return redirect("setup:business")
    if queries.owners().exists():
        return redirect("/")
    return render(request, "web/setup/get_link.html")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def owner(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the one-time link."""
    if not accounts.first_owner_link_opens(token, at=moment_of(request)):
        return _ended(request)
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            teammate = accounts.become_first_owner(
                token, **form.cleaned_data, at=moment_of(request)
            )
        except accounts.LinkExpired:
            return _ended(request)
        except accounts.AddressTaken:
            form.add_error("email", _("A teammate with this address is here already."))
        else:
            login(request, teammate)
            return redirect("setup:business")
    context = {"form": form, "offers_example": houses.is_offered(), "link": token}
    return _step(request, "owner", context, pages.status_of(form))


@pages.owners_only
@require_http_methods(["GET", "POST"])
def business(request: HttpRequest) -> HttpResponse:
    if queries.business() is not None:
        return redirect("setup:hours")
    # The zone is what the browser says it is in (setup.js); it can be changed.
    language = (get_language() or "en").split("-")[0]
    form = BusinessForm(request.POST or None, initial={"language": language, "zone": "UTC"})
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        accounts.name_business(**form.cleaned_data, by=by, at=at)
        return redirect("setup:hours")
    context = {"form": form, "offers_example": houses.is_offered()}
    return _step(request, "business", context, pages.status_of(form))


@pages.owners_only
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """May be left out: answers are owed within 24 hours by the clock then."""
    named = queries.business()
    if named is None:
        return redirect("setup:business")
    if plan.calendars().exists() or _first_inbox(request) is not None:
        return redirect("setup:inbox")
    form = FirstHoursForm(request.POST or None, initial=FirstHoursForm.usual())
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        try:
            actions.set_first_hours(named, form.periods, form.first_minutes, by=by, at=at)
        except planning.NeverOpen:
            form.add_error(None, _("Leave one day open at least, or go on without hours."))
        else:
            return redirect("setup:inbox")
    return _step(request, "hours", {"form": form}, pages.status_of(form))


@pages.owners_only
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    named = queries.business()
    if named is None:
        return redirect("setup:business")
    if _first_inbox(request) is not None:
        return redirect("setup:mailbox")
    form = FirstInboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.open_first_inbox(
            address=form.cleaned_data["address"],
            language=named.language,
            by=teammate_of(request),
            at=moment_of(request),
        )
        return redirect("setup:mailbox")
    return _step(request, "inbox", {"form": form}, pages.status_of(form))


@pages.owners_only
@sensitive_post_parameters("imap_password", "smtp_password", "client_secret")
@require_http_methods(["GET", "POST"])
def mailbox(request: HttpRequest) -> HttpResponse:
    found = _first_inbox(request)
    if found is None:
        return redirect("setup:inbox")
    if of_inbox(found) is not None:  # what is connected is changed in settings
        return redirect("setup:done")
    return mailboxes.give(request, _way(request, found))


@pages.owners_only
@require_GET
def trial(request: HttpRequest, trial_id: str) -> HttpResponse:
    return mailboxes.watch(request, _way(request, _required_inbox(request)), trial_id)


@pages.owners_only
@require_POST
def use_trial(request: HttpRequest, trial_id: str) -> HttpResponse:
    return mailboxes.use(request, _way(request, _required_inbox(request)), trial_id)


@pages.owners_only
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    found = _first_inbox(request)
    if found is None:
        return redirect("setup:inbox")
    context = {
        "inbox": found,
        "address": inboxes.sender_address(found),
        "account": of_inbox(found),
        "smtp_host": settings.SMTP_HOST,
        "smtp_port": settings.SMTP_PORT,
    }
    return _step(request, "done", context, 200)


def _first_inbox(request: HttpRequest) -> Inbox | None:
    return inboxes.open_to(teammate_of(request)).order_by("pk").first()


def _required_inbox(request: HttpRequest) -> Inbox:
    found = _first_inbox(request)
    if found is None:
        raise Http404
    return found


def _way(request: HttpRequest, first: Inbox) -> mailboxes.Way:
    return mailboxes.Way(
        name="setup",
        inbox=first,
        form_url=reverse("setup:mailbox"),
        watch_url=lambda trial: reverse("setup:trial", args=[trial.public_id]),
        use_url=lambda trial: reverse("setup:use_trial", args=[trial.public_id]),
        done_url=reverse("setup:done"),
        show=lambda page, context, status: _step(request, page, context, status),
    )


def _step(request: HttpRequest, page: str, context: dict[str, Any], status: int) -> HttpResponse:
    words = {
        "owner": _("You"),
        "business": _("Business"),
        "hours": pgettext("a step of setting up", "Hours"),
        "inbox": _("Inbox"),
        "mailbox": _("Mailbox"),
        "done": _("First mail"),
    }
    names = list(words)
    place = names.index("mailbox" if page == "trial" else page)
    steps = [
        {"word": words[name], "state": "done" if i < place else "now" if i == place else ""}
        for i, name in enumerate(names)
    ]
    return render(request, f"web/setup/{page}.html", {"steps": steps} | context, status=status)


def _ended(request: HttpRequest) -> HttpResponse:
    owned = queries.owners().exists()
    return render(request, "web/setup/link_ended.html", {"owned": owned}, status=GONE)
