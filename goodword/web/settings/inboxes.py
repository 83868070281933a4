from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goodword.accounts import queries as accounts
from goodword.accounts.models import Team
from goodword.channels.email.failures import words_for
from goodword.channels.email.models import MailAccount
from goodword.desk import staffing, variables, wording
from goodword.inboxes import actions, queries
from goodword.inboxes.models import Inbox, Wording
from goodword.web.inside import moment_of, teammate_of
from goodword.web.settings import filled, pages, servers
from goodword.web.settings.forms import AssigningForm, InboxForm, InboxSettingsForm, WordingForm


@pages.owners_only
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    rows = (
        queries.open_to(teammate_of(request))
        .select_related("team", "mail_account")
        .prefetch_related("addresses")
    )
    context = {"inboxes": rows}
    return pages.show(request, "web/settings/inboxes.html", context, here="inboxes")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    business = accounts.business()
    initial = {"language": business.language if business else "en"}
    form = InboxForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        inbox = actions.make(**form.cleaned_data, by=by, at=at)
        messages.success(request, _("The inbox is open. Connect its mailbox here."))
        return redirect("settings:mailbox", inbox.public_id)
    return pages.show(
        request,
        "web/settings/inbox_new.html",
        {"form": form, "has_teams": accounts.teams().exists()},
        here="inboxes",
        status=pages.status_of(form),
    )


@pages.owners_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    inbox = _inbox(request, public_id)
    form = InboxSettingsForm(
        request.POST or None,
        inbox=inbox,
        servers_seen=servers.seen(inbox),
        initial=InboxSettingsForm.of(inbox),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"teams": list(cast("list[Team]", form.cleaned_data["teams"]))}
        staffing.change_inbox(inbox, **given, by=teammate_of(request), at=moment_of(request))
        messages.success(request, _("The inbox is saved."))
        return redirect("settings:inbox", public_id)
    account = MailAccount.objects.filter(inbox=inbox).first()
    return pages.show(
        request,
        "web/settings/inbox.html",
        {
            "inbox": inbox,
            "title": Inbox.objects.get(pk=inbox.pk).name,
            "form": form,
            "account": account,
            "trouble": words_for(account.trouble) if account and account.trouble else "",
        },
        here="inboxes",
        status=pages.status_of(form),
    )


@pages.owners_only
@require_http_methods(["GET", "POST"])
def assigning(request: HttpRequest, public_id: str) -> HttpResponse:
    inbox = _inbox(request, public_id)
    known = {"assigns": inbox.assigns, "most_each": inbox.most_each}
    form = AssigningForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        actions.set_assigning(inbox, **form.cleaned_data, by=by, at=at)
        messages.success(request, _("Saved: who gets a new conversation."))
        return redirect("settings:inbox", public_id)
    context = {"inbox": inbox, "form": form}
    status = pages.status_of(form)
    here = "web/settings/assigning.html"
    return pages.show(request, here, context, here="inboxes", status=status)


@pages.owners_only
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, public_id: str, purpose: str) -> HttpResponse:
    """What the inbox says by itself, in each language: its signature, its acknowledgement."""
    inbox = _inbox(request, public_id)
    form = WordingForm(request.POST or None, inbox=inbox, purpose=purpose)
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        if not form.asks_for_another():
            actions.word(inbox, purpose, form.texts(), by=by, at=at)
            messages.success(request, _("The words are saved."))
            if any(variables.doubts(text) for text in form.texts().values()):
                return redirect(request.path)  # which says what nobody knows
            return redirect("settings:inbox", public_id)
    with translation.override(inbox.language):
        ours = wording.default_words(purpose)
    context = {
        "inbox": inbox,
        "form": form,
        "purpose": Wording.Purpose(purpose),
        "stands_ready": purpose in wording.STAND_READY,
        "ours": ours,
        **filled.shown(form.shown_texts(), by=teammate_of(request)),
    }
    status = pages.status_of(form)
    return pages.show(request, "web/settings/words.html", context, here="inboxes", status=status)


@pages.owners_only
@require_http_methods(["GET", "POST"])
def ready_words(request: HttpRequest, public_id: str, purpose: str) -> HttpResponseBase:
    """Words that stand ready for whoever writes: the holding reply, kind refusals."""
    if purpose not in wording.STAND_READY:
        raise Http404
    return words(request, public_id, purpose)


def _inbox(request: HttpRequest, public_id: str) -> Inbox:
    return get_object_or_404(queries.open_to(teammate_of(request)), public_id=public_id)
