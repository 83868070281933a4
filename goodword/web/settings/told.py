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
from goodword.notices import kinds, queries
from goodword.web.inside import inside, teammate_of
from goodword.web.settings import pages

_BOXES = ("by_mail", "by_browser", "quiet_weekends", "hears_of_new", "sounds")
_BY = ("by_mail", "by_browser")
_KINDS = list(kinds.GROUPS.items())


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class ToldForm(forms.Form):
    by_mail = forms.BooleanField(
        label=_("By mail"),
        required=False,
        help_text=_("One mail for all that is new, and none for what you have seen in Goodword."),
    )
    mails = forms.ChoiceField(
        label=_("When mails come"),
        choices=[("as_it_comes", _("As it comes")), ("daily", _("Once a day, all in one"))],
        widget=forms.RadioSelect(),
    )
    digest_at = forms.TimeField(
        label=_("The daily mail comes at"),
        required=False,
        widget=_clock(),
        help_text=_("Also in your quiet hours, but not while you are away, nor on quiet days."),
    )
    by_browser = forms.BooleanField(
        label=_("By the browser, while Goodword is open and out of sight"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-asks-browser": ""}),
    )
    sounds = forms.BooleanField(
        label=_("A short soft sound, while Goodword is open"),
        required=False,
        help_text=_("Never in your quiet hours."),
        widget=forms.CheckboxInput(attrs={"data-sounds-once": ""}),
    )
    hears_of_new = forms.BooleanField(
        label=_("Tell me of new conversations that nobody has yet"),
        required=False,
        help_text=_("In all inboxes that you see. Most people look at the list instead."),
    )
    kinds_by_mail = forms.MultipleChoiceField(choices=_KINDS, required=False)
    kinds_by_browser = forms.MultipleChoiceField(choices=_KINDS, required=False)
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
        initial["mails"] = "as_it_comes" if known.digest_at is None else "daily"
        at = known.digest_at
        initial["digest_at"] = time(8) if at is None else time(*divmod(at, 60))
        for by in _BY:
            unwanted = getattr(known, f"not_{by}")
            initial[f"kinds_{by}"] = [key for key in kinds.GROUPS if key not in unwanted]
        return cls(data, initial=initial)

    def rows(self) -> list[tuple[str, object, bool, bool]]:
        """Each group of kinds: its key, its words, and whether it comes by mail and browser."""
        chosen = [self[f"kinds_{by}"].value() or [] for by in _BY]
        return [(key, words, key in chosen[0], key in chosen[1]) for key, words in _KINDS]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("mails") == "daily" and not told.get("digest_at"):
            self.add_error("digest_at", gettext("Say when the daily mail is to come."))
        return told

    def save(self, teammate: Teammate) -> None:
        """Once it is valid."""
        told = self.cleaned_data
        minutes = {
            name: told[name].hour * 60 + told[name].minute for name in ("quiet_from", "quiet_until")
        }
        daily = told["digest_at"] if told["mails"] == "daily" else None
        mail, browser = (
            [key for key in kinds.GROUPS if key not in told[f"kinds_{by}"]] for by in _BY
        )
        notices.prefer(
            teammate,
            **{name: told[name] for name in _BOXES},
            **minutes,
            not_by_mail=mail,
            not_by_browser=browser,
            digest_at=daily.hour * 60 + daily.minute if daily else None,
        )


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
