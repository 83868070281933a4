"""What is ticked off, and how long it took. One address each: what a button or a line of the form
is called says what is done.
"""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation
from goodword.tasks import actions, durations
from goodword.tasks.models import ChecklistItem, TimeSpent
from goodword.web import undoing
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import tasks
from goodword.web.inbox.questions import Field, Question, ask, on_to
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece

_Row = TypeVar("_Row", ChecklistItem, TimeSpent)


@inside
@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by, at = pages.visible(request, public_id), teammate_of(request), moment_of(request)
    if request.method == "GET":
        hint = _("For a step that must be done by a time, note a promise to ourselves instead.")
        line = Field("words", _("What is to be done"), hint=hint)
        asked = Question(_("Checklist"), line=line, verb=_("Add the step"), for_light=True)
        return ask(request, found, asked)
    sent = {name: typed(request.POST, name) for name in ("done", "open", "remove", "bring_back")}
    name, wanted = next(((name, value) for name, value in sent.items() if value), ("", ""))
    if not name:
        return _add(request, found)
    item = _one(ChecklistItem, found, wanted)
    match name:
        case "done" | "open":
            actions.tick(item, done=name == "done", by=by, at=at)
        case "remove":
            actions.remove(item, by=by, at=at)
            url = reverse("inbox:checklist", args=[found.public_id])
            undoing.offer(request, _("The step is removed."), url, {"bring_back": item.public_id})
        case _:
            actions.bring_back(item, by=by, at=at)
    return _on(request, found)


def _add(request: HttpRequest, found: Conversation) -> HttpResponse:
    words = request.POST.get("words", "")
    try:
        actions.add(found, words, by=teammate_of(request), at=moment_of(request))
    except actions.Empty:
        messages.error(request, _("Nothing was added: write what is to be done."))
    except actions.TooMany:
        messages.error(
            request,
            _("Nothing was added: a checklist has at most %(n)s steps.") % {"n": actions.MOST},
        )
    return _on(request, found)


@inside
@require_http_methods(["GET", "POST"])
def time(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by, at = pages.visible(request, public_id), teammate_of(request), moment_of(request)
    if request.method == "GET":
        return ask(request, found, _how_long())
    url = reverse("inbox:time", args=[found.public_id])
    for name, counts in (("take_back", False), ("count", True)):
        if wanted := typed(request.POST, name):
            spent = _one(TimeSpent, found, wanted)
            try:
                actions.count_time(spent, counts=counts, by=by, at=at)
            except MayNot:
                messages.error(request, _("Only who noted it, a lead or an owner changes that."))
            else:
                if not counts:
                    said = _("%(time)s taken back.") % {"time": tasks.lasting(spent.minutes)}
                    undoing.offer(request, said, url, {"count": spent.public_id})
            return _on(request, found)
    try:
        spent = actions.note_time(found, request.POST.get("spent", "")[:500], by=by, at=at)
    except durations.NoTime:
        return ask(request, found, _how_long(request.POST.get("spent", ""), wrong=True), status=422)
    said = _("%(time)s noted.") % {"time": tasks.lasting(spent.minutes)}
    undoing.offer(request, said, url, {"take_back": spent.public_id})
    return _on(request, found)


def _how_long(written: str = "", *, wrong: bool = False) -> Question:
    lead = [_("Begin with how long it took, up to 100 hours.")] if wrong else []
    hint = _("As in 25, 1:15 or 1 h 15 min, and a word on it if you like.")
    line = Field("spent", _("How long, and for what"), written[:200], hint)
    return Question(_("Time spent"), lead=lead, line=line, verb=_("Note it"), for_light=True)


def _one(rows: type[_Row], found: Conversation, public_id: str) -> _Row:
    """Raises Http404 for what isn't in this conversation or in one that was joined into it."""
    each = rows.objects.select_related("conversation").filter(public_id=public_id).first()
    here = each and found.pk in {each.conversation_id, each.conversation.redirect_to_id}
    if each is None or not here:
        raise Http404
    return each


def _on(request: HttpRequest, found: Conversation) -> HttpResponse:
    """The column's part where that asked; from a dialog, or without script, the whole page."""
    if request.headers.get("HX-Target") == "tasks":
        found = pages.visible(request, found.public_id)  # as it is now
        context = {
            "conversation": found,
            "place": pages.place_beside(request, found),
            "tasks": tasks.of(found, by=teammate_of(request)),
            "swapped": True,
        }
        return render(request, "web/inbox/_tasks.html", context)
    back = pages.address_of(request, found)
    return on_to(request, back) if wants_piece(request) else redirect(back)
