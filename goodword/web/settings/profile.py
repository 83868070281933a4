from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodword.accounts import actions as accounts
from goodword.accounts import rights
from goodword.plan import queries as plan
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.settings import filled, pages
from goodword.web.settings.forms import ProfileForm


@inside
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    me = teammate_of(request)
    initial = {
        "name": me.name,
        "signature": me.signature,
        "theme": me.theme,
        "is_advised": me.is_advised,
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        accounts.describe(me, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("settings:profile")
    context = {
        "form": form,
        **filled.shown({"": str(form["signature"].value() or "")}, by=me),
        "has_app": Authenticator.objects.filter(user=me, type="totp").exists(),
        "passkeys": Authenticator.objects.filter(user=me, type="webauthn").order_by("pk"),
        "my_teams": me.teams.order_by("name"),
        "joined": me.joined_at,
        "asked_at": moment_of(request),
        "may_be_away": rights.may_answer(me),
        "absence": plan.absence_of(me, at=moment_of(request)),
    }
    status = pages.status_of(form)
    return pages.show(request, "web/settings/profile.html", context, here="profile", status=status)
