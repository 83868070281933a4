"""Notes on a person: whoever sees them reads and writes; who wrote one, and owners, change it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodword.desk.persons.page import MOST_NOTES, About
from goodword.people import noting, queries
from goodword.people.models import Person, PersonNote
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.people import finding
from goodword.web.people.asking import ask, lead
from goodword.web.people.forms import MOST_NOTE, NoteForm


def context(request: HttpRequest, known: About, *, form: NoteForm | None = None) -> dict[str, Any]:
    """The newest notes, or those before the one that `notes` of the address names."""
    by, found = teammate_of(request), known.notes
    rows, asked = queries.notes_on(known.person), typed(request.GET, "notes")
    if last := rows.filter(public_id=asked).first() if asked else None:
        earlier = rows.filter(at__lte=last.at).exclude(at=last.at, pk__gte=last.pk)
        found = list(earlier[:MOST_NOTES])
    more = f"?notes={found[-1].public_id}#notes" if len(found) == MOST_NOTES else ""
    return {
        "notes": [(each, noting.may_change(each, by)) for each in found],
        "older_notes_url": more,
        "note_form": form,
        "note_most": MOST_NOTE,
    }


@inside
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str, note: str) -> HttpResponse:
    person, found = _found(request, public_id, note)
    form = NoteForm(request.POST or None, initial={"text": found.text})
    back = f"{finding.page_of(person)}#notes"
    if form.is_bound and form.is_valid():
        try:
            text = form.cleaned_data["text"]
            noting.edit(found, text, by=teammate_of(request), at=moment_of(request))
        except noting.NothingWritten:
            form.add_error("text", _("Write something first."))
        else:
            return lead(request, back)
    return ask(request, title=_("Change the note"), form=form, verb=_("Save"), back=back)


@inside
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, public_id: str, note: str) -> HttpResponse:
    person, found = _found(request, public_id, note)
    back = f"{finding.page_of(person)}#notes"
    if request.method == "POST":
        noting.delete(found, by=teammate_of(request), at=moment_of(request))
        messages.success(request, _("The note is gone."))
        return lead(request, back)
    return ask(
        request,
        title=_("Remove the note?"),
        form=None,
        words=_("That somebody wrote one stays in the audit trail; its words are gone for good."),
        verb=_("Remove the note"),
        back=back,
        danger=True,
    )


def _found(request: HttpRequest, public_id: str, note: str) -> tuple[Person, PersonNote]:
    """Raises Http404, also for who may not change it."""
    person = finding.person(request, public_id)
    found = get_object_or_404(queries.notes_on(person), public_id=note)
    if not noting.may_change(found, teammate_of(request)):
        raise Http404
    return person, found
