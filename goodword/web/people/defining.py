"""Settings: the fields that a business has for people, organisations and conversations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.fields import actions as fields
from goodword.fields import queries
from goodword.fields.models import Field
from goodword.web.inside import moment_of, teammate_of, typed
from goodword.web.people.asking import ask, lead
from goodword.web.settings import pages

About, Kind = Field.About, Field.Kind


class FieldForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("What stands in it"),
        choices=Kind.choices,
        help_text=gettext_lazy("It stays as chosen: what was written would not fit another."),
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("For one of several: each choice on a line of its own."),
    )

    def __init__(self, *args: Any, field: Field | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field is not None:
            del self.fields["kind"]
            if field.kind != Kind.ONE_OF:
                del self.fields["choices"]

    def lines(self) -> list[str]:
        return str(self.cleaned_data.get("choices", "")).splitlines()


@pages.owners_only
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    subjects = [(each.value, each.label, list(queries.of(each))) for each in About]
    context = {"subjects": subjects}
    return pages.show(request, "web/people/fields.html", context, here="fields")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    about = typed(request.GET, "about")
    if about not in About:
        raise Http404
    form = FieldForm(request.POST or None, initial={"kind": Kind.TEXT})
    if request.method == "POST" and form.is_valid() and _defined(request, form, about):
        messages.success(request, _("The field is made."))
        return redirect("settings:fields")
    return _show(request, form, about=about)


@pages.owners_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    field = _found(public_id)
    initial = {"name": field.name, "choices": "\n".join(field.choices)}
    form = FieldForm(request.POST or None, field=field, initial=initial)
    if request.method == "POST" and form.is_valid() and _changed(request, form, field):
        messages.success(request, _("The field is saved."))
        return redirect("settings:fields")
    return _show(request, form, about=field.about, field=_found(public_id))


def _show(
    request: HttpRequest, form: FieldForm, *, about: str, field: Field | None = None
) -> HttpResponse:
    context = {"form": form, "field": field, "about": About(about).label}
    status = pages.status_of(form)
    return pages.show(request, "web/people/field.html", context, here="fields", status=status)


def _defined(request: HttpRequest, form: FieldForm, about: str) -> bool:
    by, at, given = teammate_of(request), moment_of(request), form.cleaned_data
    try:
        fields.define(
            given["name"], about=about, kind=given["kind"], choices=form.lines(), by=by, at=at
        )
    except _REFUSALS as error:
        _refuse(form, error)
        return False
    return True


def _changed(request: HttpRequest, form: FieldForm, field: Field) -> bool:
    by, at = teammate_of(request), moment_of(request)
    try:
        with transaction.atomic():
            if form.cleaned_data["name"] != field.name:
                fields.rename(field, form.cleaned_data["name"], by=by, at=at)
            if "choices" in form.fields and form.lines() != field.choices:
                fields.choose_among(field, form.lines(), by=by, at=at)
    except _REFUSALS as error:
        _refuse(form, error)
        return False
    return True


_REFUSALS = (fields.NoName, fields.NameTaken, fields.NoChoices)


def _refuse(form: FieldForm, error: Exception) -> None:
    match error:
        case fields.NameTaken():
            form.add_error("name", _("There is another field of this name."))
        case fields.NoName():
            form.add_error("name", _("A field needs a name that can be seen."))
        case _:
            words = _("Give two choices at least, and %(most)d at most.")
            form.add_error("choices", words % {"most": fields.MOST_CHOICES})


@pages.owners_only
@require_POST
def up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Before the one that stands above it."""
    field = _found(public_id)
    rows = list(queries.of(field.about))
    place = rows.index(field)
    rows.insert(max(place - 1, 0), rows.pop(place))
    fields.reorder(rows, by=teammate_of(request), at=moment_of(request))
    return redirect("settings:fields")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, public_id: str) -> HttpResponse:
    """First how much goes with it, then it goes."""
    field = _found(public_id)
    if request.method == "POST":
        fields.forget(field, by=teammate_of(request), at=moment_of(request))
        messages.success(request, _("The field is gone, and what stood in it."))
        return lead(request, reverse("settings:fields"))
    return ask(
        request,
        title=_("Forget the field %(name)s?") % {"name": field.name},
        form=None,
        words=_goes_along(queries.count_values(field)),
        verb=_("Forget the field"),
        back=reverse("fields:one", args=[field.public_id]),
        danger=True,
    )


def _goes_along(count: int) -> str:
    if not count:
        return _("Nothing stands in it anywhere.")
    words = ngettext(
        "What stands in it in %(n)d place goes with it, for good.",
        "What stands in it in %(n)d places goes with it, for good.",
        count,
    )
    return words % {"n": count}


def _found(public_id: str) -> Field:
    return get_object_or_404(Field, public_id=public_id)
