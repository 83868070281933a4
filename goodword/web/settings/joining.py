"""The invited person's page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from goodword.accounts import actions as accounts
from goodword.web.inside import moment_of
from goodword.web.settings import pages
from goodword.web.settings.forms import JoinForm

GONE = 410


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    invitation = accounts.open_invitation(token, at=moment_of(request))
    if invitation is None:
        return _ended(request)
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            teammate = accounts.accept_invitation(token, **form.cleaned_data, at=moment_of(request))
        except (accounts.LinkExpired, accounts.AddressTaken):
            return _ended(request)
        login(request, teammate)
        messages.success(request, _("Welcome, %(name)s.") % {"name": teammate.name})
        return redirect("/")
    context = {"form": form, "invitation": invitation}
    return render(request, "web/settings/join.html", context, status=pages.status_of(form))


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "web/settings/join_ended.html", status=GONE)
