"""The page of a person: everything known, promised and said, as far as a teammate may see it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import rights
from goodword.conversations import queries as conversations
from goodword.desk.persons import page as persons
from goodword.desk.persons import seeing
from goodword.people import actions as people
from goodword.people import belonging, filling, noting, queries
from goodword.people.models import Person
from goodword.web.inbox.showing import name_of, nameless
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece
from goodword.web.people import addresses, attached, finding, forms, naming, notes, owed, said
from goodword.web.people.asking import ask, lead
from goodword.web.people.written import Fact, facts
from goodword.web.setup import places


@inside
@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    found = finding.person(request, public_id)
    if found.public_id != public_id:
        return redirect("people:person", found.public_id)
    if wants_piece(request) and request.GET.get("fragment") == "more":
        return render(request, "web/people/_said_rows.html", _said(request, found))
    return show(request, found)


def _said(request: HttpRequest, found: Person) -> dict[str, Any]:
    """A page of what was said with them."""
    by, now, after = teammate_of(request), moment_of(request), typed(request.GET, "after")
    rows = seeing.conversations_with(found, visible=conversations.visible_to(by))
    lines = said.page_of(rows, after=after, by=by, now=now)
    older = f"{finding.page_of(found)}?after={lines.after}" if lines.after else ""
    return {"said": lines, "older_url": older}


def show(
    request: HttpRequest, found: Person, *, note_form: forms.NoteForm | None = None
) -> HttpResponse:
    """`note_form`: a note that could not be written."""
    by, now = teammate_of(request), moment_of(request)
    known = persons.about(found, by)
    seen = conversations.visible_to(by)
    newest = seeing.conversations_with(found, visible=seen).only("pk", "public_id")
    latest = list(newest[: attached.LOOKED_AT])
    context = {
        **_said(request, found),
        "person": found,
        "who": _called(known),
        "given": owed.given(known, by=by, now=now),
        "addresses": addresses.shown(known.holdings, now=now),
        "facts": _facts(known),
        "contact": known,
        "files": attached.sent(queries.keys_of(found), [each.pk for each in latest]),
        "newest": latest[0] if latest else None,
        "merges": known.merges,
        "may_answer": rights.may_answer(by),
        "may_settle": rights.may_settle(by),
        **notes.context(request, known, form=note_form),
    }
    status = 422 if note_form is not None else 200
    return render(request, "web/people/person.html", context, status=status)


def _called(known: persons.About) -> str:
    written = (each.address.written for each in known.holdings)
    return known.person.name or next((each for each in written if each), "") or nameless()


def _facts(known: persons.About) -> list[Fact]:
    """What is written down but their addresses and organisation."""
    person = known.person
    languages = dict(places.customer_languages())
    said = [
        (_("Kind of customer"), person.kind.name if person.kind else ""),
        (_("Language"), str(languages.get(person.language, person.language))),
        (_("Time zone"), person.zone.replace("_", " ")),
    ]
    return [*(Fact(label, words) for label, words in said if words), *facts(known.values)]


@inside
@require_POST
def write_note(request: HttpRequest, public_id: str) -> HttpResponse:
    found, form = finding.person(request, public_id), forms.NoteForm(request.POST)
    if form.is_valid():
        try:
            text = form.cleaned_data["text"]
            noting.write(found, text, by=teammate_of(request), at=moment_of(request))
        except noting.NothingWritten:
            form.add_error("text", _("Write something first."))
        else:
            return redirect(f"{finding.page_of(found)}#notes")
    return show(request, found, note_form=form)


@inside
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything that is written down of them, in one form."""
    found, by = finding.answerable(request, public_id), teammate_of(request)
    form = forms.PersonForm(request.POST or None, initial=forms.known(found))
    form.add_own(filling.values_of_person(found))
    back = finding.back(request, found)
    if form.is_bound and form.is_valid():
        try:
            _write_down(request, form, found)
        except belonging.NameTaken:
            form.add_error("organisation", _("There is another organisation of this name."))
        else:
            messages.success(request, _("Saved. It counts from what is promised next."))
            return lead(request, back)
    return ask(
        request,
        title=_("What is known of %(who)s") % {"who": name_of(found)},
        form=form,
        verb=_("Save"),
        back=back,
        body="web/people/_describe.html",
        organisations=finding.organisation_names(by),
    )


@transaction.atomic
def _write_down(request: HttpRequest, form: forms.PersonForm, found: Person) -> None:
    by, at = teammate_of(request), moment_of(request)
    given = form.changed(forms.known(found))
    people.be_of_kind(found, given["kind"], by=by, at=at)
    if {"name", "language", "zone"} & set(form.changed_data):
        said = {each: given[each] for each in ("name", "language", "zone")}
        people.describe(found, **said, by=by, at=at)
    if {"organisation", "role"} & set(form.changed_data):
        naming.belong(found, given["organisation"], role=given["role"], by=by, at=at)
    for field, text in form.written().items():
        filling.set_value(found, field, text, by=by, at=at)
