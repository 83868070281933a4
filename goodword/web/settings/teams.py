from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goodword.accounts import actions as accounts
from goodword.accounts import queries
from goodword.desk import staffing
from goodword.web.inside import moment_of, teammate_of
from goodword.web.settings import pages
from goodword.web.settings.forms import TeamForm


@pages.owners_only
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    context = {"teams": queries.teams().prefetch_related("members", "inboxes", "owed_inboxes")}
    return pages.show(request, "web/settings/teams.html", context, here="teams")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.make_team(**form.cleaned_data, by=teammate_of(request), at=moment_of(request))
        except accounts.TeamWouldBeEmpty:
            form.add_error("members", _nobody_answers())
        else:
            messages.success(request, _("The team is made."))
            return redirect("settings:teams")
    context = {"form": form}
    status = pages.status_of(form)
    return pages.show(request, "web/settings/team.html", context, here="teams", status=status)


@pages.owners_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    team = get_object_or_404(queries.teams(), public_id=public_id)
    title = team.name
    members = queries.active().filter(teams=team).values_list("pk", flat=True)
    form = TeamForm(
        request.POST or None, team=team, initial={"name": team.name, "members": list(members)}
    )
    if request.method == "POST" and form.is_valid():
        # Who has left stays on the list, to be a member again on return.
        away = queries.teammates().filter(teams=team, is_active=False)
        people = [*form.cleaned_data["members"], *away]
        by, at = teammate_of(request), moment_of(request)
        try:
            staffing.change_team(team, name=form.cleaned_data["name"], members=people, by=by, at=at)
        except accounts.TeamWouldBeEmpty:
            form.add_error("members", _nobody_answers())
        else:
            messages.success(request, _("The team is saved."))
            return redirect("settings:teams")
    context = {"form": form, "team": team, "title": title}
    status = pages.status_of(form)
    return pages.show(request, "web/settings/team.html", context, here="teams", status=status)


def _nobody_answers() -> str:
    return _(
        "None of these may answer. Add a member who is owner, lead or agent: what the team owes "
        "must be somebody's."
    )
