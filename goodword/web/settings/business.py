from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from goodword.accounts import actions as accounts
from goodword.accounts import queries, rights
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.settings import pages
from goodword.web.settings.forms import BusinessSettingsForm

# Owner, lead, agent, light; as goodword/accounts/rights.py and the rooms decide it.
MAY = [
    (_("See the inboxes of their teams, and read there"), (True, True, True, True)),
    (_("Write internal notes"), (True, True, True, True)),
    (_("Answer customers, snooze, close"), (True, True, True, False)),
    (_("Give away what is theirs or nobody's"), (True, True, True, False)),
    (_("Take from a colleague, and give to another"), (True, True, False, False)),
    (_("See every inbox, whatever the team"), (True, False, False, False)),
    (_("Change settings, teammates, teams and mailboxes"), (True, False, False, False)),
    (_("See the audit trail and unread arrivals"), (True, False, False, False)),
]


@inside
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    owner = rights.may_settle(teammate_of(request))
    return redirect("settings:business" if owner else "settings:profile")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def business(request: HttpRequest) -> HttpResponse:
    now = queries.business()
    form = BusinessSettingsForm(request.POST or None, initial=BusinessSettingsForm.of(now))
    if request.method == "POST" and form.is_valid():
        by, at = teammate_of(request), moment_of(request)
        accounts.name_business(**form.cleaned_data, by=by, at=at)
        messages.success(request, gettext("The business is saved."))
        return redirect("settings:business")
    context = {"form": form}
    status = pages.status_of(form)
    return pages.show(
        request, "web/settings/business.html", context, here="business", status=status
    )


@pages.owners_only
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    return pages.show(request, "web/settings/roles.html", {"acts": MAY}, here="roles")
