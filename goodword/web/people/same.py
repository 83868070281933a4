"""Two that are one person: who else it is, what comes along, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import rights
from goodword.desk.persons import merging, seeing
from goodword.desk.persons.merging import CannotMerge, Preview
from goodword.fields import values
from goodword.people import queries
from goodword.people.models import Merged, Person
from goodword.web import undoing
from goodword.web.inbox.showing import name_of
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.people import directory, finding
from goodword.web.people.asking import ask, lead

_MOST = 20


@inside
@require_GET
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who else may it be: people of their name, or of what is searched for."""
    person, by = finding.answerable(request, public_id), teammate_of(request)
    asked = typed(request.GET, "q") if "q" in request.GET else name_of(person)
    found = seeing.directory(by, words=asked, most=_MOST).entries if asked else []
    others = [each for each in found if each.person.pk != person.pk]
    rows = directory.rows_of(others, by=by, now=moment_of(request))
    context = {
        "person": person,
        "who": name_of(person),
        "asked": asked,
        "others": list(zip(others, rows, strict=True)),
    }
    return render(request, "web/people/same.html", context)


@inside
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, public_id: str, other: str) -> HttpResponse:
    """First in words what comes along, then it does."""
    into, person = finding.answerable(request, public_id), finding.person(request, other)
    back = finding.page_of(into)
    if request.method == "POST":
        return _merge(request, person, into)
    try:
        preview = merging.preview(person, into, by=teammate_of(request))
    except CannotMerge as error:
        return _ask(request, person, into, words=str(error), verb="", back=back)
    more = {"preview": preview, "gains": _gains(preview), "differ": _differ(preview)}
    other_way = reverse("people:merge", args=[person.public_id, into.public_id])
    return _ask(
        request, person, into, verb=_("They are one"), back=back, other_way=other_way, **more
    )


def _ask(request: HttpRequest, person: Person, into: Person, **more: Any) -> HttpResponse:
    names: dict[str, Any] = {"other": name_of(person), "who": name_of(into)}
    title = _("Is %(other)s the same person as %(who)s?") % names
    body = "web/people/_merging.html"
    return ask(request, title=title, form=None, body=body, **names, **more)


def _merge(request: HttpRequest, person: Person, into: Person) -> HttpResponse:
    names = {"other": name_of(person), "who": name_of(into)}
    try:
        merged = merging.merge(person, into, by=teammate_of(request), at=moment_of(request))
    except CannotMerge as error:
        messages.error(request, str(error))
        return lead(request, finding.page_of(into))
    url = reverse("people:undo_merge", args=[merged.public_id])
    undoing.offer(request, _("%(other)s is %(who)s from now on.") % names, url)
    return lead(request, finding.page_of(into))


def _gains(preview: Preview) -> list[str]:
    """What was known of the one alone, in words."""
    called = {
        "name": _("their name"),
        "language": _("their language"),
        "zone": _("their time zone"),
        "kind": _("their kind"),
        "organisation": _("their organisation"),
        "role": _("what they do there"),
    }
    return [called[each] for each in preview.given]


def _differ(preview: Preview) -> list[tuple[str, str, str]]:
    return [
        (field.name, values.shown(field, hidden), values.shown(field, kept))
        for field, hidden, kept in preview.differ
    ]


@inside
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """They are two after all."""
    by, at = teammate_of(request), moment_of(request)
    merged = get_object_or_404(Merged.objects.select_related("person", "into"), public_id=public_id)
    stood = queries.standing(merged.into)
    if not rights.may_answer(by) or not finding.sees(request, stood):
        raise Http404
    try:
        person = merging.take_apart(merged, by=by, at=at)
    except CannotMerge as error:
        messages.error(request, str(error))
        return redirect(finding.page_of(stood))
    names = {"other": name_of(person), "who": name_of(stood)}
    messages.success(request, _("%(other)s and %(who)s are two again.") % names)
    return redirect(finding.page_of(stood))
