"""Kinds of customers: named here, chosen for a person beside their conversation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodword.conversations import queries as conversations
from goodword.people import actions as people
from goodword.people import queries
from goodword.people.models import Kind, Person
from goodword.web.inside import moment_of, teammate_of, typed, wants_piece
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


@pages.answers_only
@require_POST
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """A person is of a kind, or of none: `kind` is its public id, or empty.

    Answers htmx with the form again, anything else with a way back to where it was sent from.
    """
    person = _person(request, public_id)
    wanted = typed(request.POST, "kind")
    kind = get_object_or_404(queries.kinds(), public_id=wanted) if wanted else None
    people.be_of_kind(person, kind, by=teammate_of(request), at=moment_of(request))
    if wants_piece(request):
        return render(request, "web/plan/_kind.html", about(person) | {"saved": True})
    messages.success(request, _("Saved. It counts from their next mail on."))
    newest = conversations.visible_to(teammate_of(request)).filter(person=person).order_by("-id")
    return redirect("inbox:conversation", newest.values_list("public_id", flat=True)[0])


def _person(request: HttpRequest, public_id: str) -> Person:
    """Whoever sees one of their conversations sees a person."""
    found = get_object_or_404(Person, public_id=public_id)
    if not conversations.visible_to(teammate_of(request)).filter(person=found).exists():
        raise Http404
    return found


def about(person: Person) -> dict[str, Any]:
    """What `web/plan/_kind.html` needs; nothing is shown as long as there are no kinds."""
    return {"person": person, "kinds": list(queries.kinds())}
