"""How a teammate is told: by mail, by the browser, and when not."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from goodword.accounts.models import Teammate
from goodword.notices import actions as notices
from goodword.notices import queries
from goodword.web.inside import inside, teammate_of
from goodword.web.settings import pages

_BOXES = ("by_mail", "by_browser", "quiet_weekends")


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class ToldForm(forms.Form):
    by_mail = forms.BooleanField(
        label=_("By mail"),
        required=False,
        help_text=_("One mail for all that is new, and none for what you have seen in Goodword."),
    )
    by_browser = forms.BooleanField(
        label=_("By the browser, while Goodword is open and out of sight"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-asks-browser": ""}),
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=_clock())
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        widget=_clock(),
        help_text=_("The same time twice: never quiet. While you are on duty you are told anyway."),
    )
    quiet_weekends = forms.BooleanField(label=_("Quiet at weekends"), required=False)

    @classmethod
    def of(cls, teammate: Teammate, data: Any) -> ToldForm:
        known = queries.preference_of(teammate)
        initial = {name: getattr(known, name) for name in _BOXES}
        for name in ("quiet_from", "quiet_until"):
            initial[name] = time(*divmod(getattr(known, name), 60))
        return cls(data, initial=initial)

    def save(self, teammate: Teammate) -> None:
        """Once it is valid."""
        told = self.cleaned_data
        minutes = {
            name: told[name].hour * 60 + told[name].minute for name in ("quiet_from", "quiet_until")
        }
        notices.prefer(teammate, **{name: told[name] for name in _BOXES}, **minutes)


@inside
@require_http_methods(["GET", "POST"])
def told(request: HttpRequest) -> HttpResponse:
    me = teammate_of(request)
    form = ToldForm.of(me, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save(me)
        messages.success(request, gettext("Saved: how you are told."))
        return redirect("settings:told")
    status = pages.status_of(form)
    return pages.show(request, "web/settings/told.html", {"form": form}, here="told", status=status)
