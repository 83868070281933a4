from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from goodword.accounts import actions as accounts
from goodword.accounts import queries, rights
from goodword.accounts.models import Teammate
from goodword.files import actions as files
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.settings import pages
from goodword.web.settings.forms import BusinessSettingsForm
from goodword.web.yours import house as yours

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
    form = BusinessSettingsForm(
        request.POST or None,
        request.FILES or None,
        initial=BusinessSettingsForm.of(now),
        has_logo=now is not None and now.logo_id is not None,
    )
    if request.method == "POST" and form.is_valid():
        _save(dict(form.cleaned_data), by=teammate_of(request), at=moment_of(request))
        messages.success(request, gettext("The business is saved."))
        return redirect("settings:business")
    context = {"form": form, "logo": yours.logo_url(now) if now else ""}
    status = pages.status_of(form)
    return pages.show(
        request, "web/settings/business.html", context, here="business", status=status
    )


@transaction.atomic
def _save(given: dict[str, Any], *, by: Teammate, at: datetime) -> None:
    accent, picture = given.pop("accent"), given.pop("logo")
    bare = given.pop("without_logo", False)
    house = accounts.name_business(**given, by=by, at=at)
    logo = files.keep(picture, at=at) if picture else None if bare else house.logo
    if (accent, logo) != (house.accent, house.logo):
        accounts.dress(house, accent=accent, logo=logo, by=by, at=at)


@pages.owners_only
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    return pages.show(request, "web/settings/roles.html", {"acts": MAY}, here="roles")
