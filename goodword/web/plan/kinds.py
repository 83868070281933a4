"""Kinds of customers: named here, chosen beside a conversation (inbox/about.py)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodword.people import actions as people
from goodword.people import queries
from goodword.people.models import Kind
from goodword.web.inside import moment_of, teammate_of
from goodword.web.plan import pages
from goodword.web.plan.forms import KindForm
from goodword.web.settings.pages import status_of


@pages.settles_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _name(request, None)


@pages.settles_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    return _name(request, get_object_or_404(queries.kinds(), public_id=public_id))


def _name(request: HttpRequest, kind: Kind | None) -> HttpResponse:
    title = kind.name if kind else ""
    form = KindForm(request.POST or None, initial={"name": title})
    if request.method == "POST" and form.is_valid():
        name, by, at = form.cleaned_data["name"], teammate_of(request), moment_of(request)
        try:
            people.name_kind(name, kind=kind, by=by, at=at)
        except people.NameTaken:
            form.add_error("name", _("There is another kind of this name."))
        except people.NoName:
            form.add_error("name", _("A kind needs a name that can be seen."))
        else:
            messages.success(request, _("The kind is saved."))
            return redirect("plan:answers")
    context = {"form": form, "kind": kind, "title": title}
    return pages.show(request, "kind.html", context, here="answers", status=status_of(form))


@pages.settles_only
@require_POST
def forget(request: HttpRequest, public_id: str) -> HttpResponse:
    kind = get_object_or_404(queries.kinds(), public_id=public_id)
    people.forget_kind(kind, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("The kind is gone, and its answer times with it."))
    return redirect("plan:answers")
