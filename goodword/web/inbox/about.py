"""What we know of a person: their name, the language and clock they live by, their kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from goodword.accounts import rights
from goodword.people import actions as people
from goodword.people import queries
from goodword.people.models import Kind
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece
from goodword.web.setup import places


class PersonForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        help_text=gettext_lazy("Of what Goodword writes to them by itself."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("What is promised to them is said by their clock."),
    )
    kind = forms.ModelChoiceField(
        label=gettext_lazy("Kind of customer"),
        required=False,
        queryset=Kind.objects.none(),
        empty_label=gettext_lazy("No kind"),
        to_field_name="public_id",
        help_text=gettext_lazy("The plan can promise each kind its own answer times."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("That of the inbox")), *places.customer_languages()]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        zones = [("", _("That of the house")), *places.zones()]
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["kind"].queryset = queries.kinds()  # type: ignore[attr-defined]
        if not queries.kinds().exists():
            del self.fields["kind"]


@inside
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    who, by, at = found.person, teammate_of(request), moment_of(request)
    back = pages.address_of(request, found)
    initial = {"name": who.name, "language": who.language, "zone": who.zone, "kind": who.kind}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if not rights.may_answer(by):
            messages.error(request, _("Your role reads and writes notes here."))
        else:
            with transaction.atomic():
                people.be_of_kind(who, given.pop("kind", who.kind), by=by, at=at)
                people.describe(who, **given, by=by, at=at)
            messages.success(request, _("Saved. It counts from what is promised next."))
        if not wants_piece(request):
            return redirect(back)
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = back
        return answer
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "form": form,
        "about": "person",
        "back": back,
        "action": request.get_full_path(),
        "may": rights.may_answer(by),
    }
    template = "web/inbox/_give_dialog.html" if wants_piece(request) else "web/inbox/give.html"
    return render(request, template, context, status=422 if form.is_bound else 200)
