"""Act on several conversations: choose, see the count, do it, watch it, take it back.

Each answer is a page of its own, or a dialog over the list where htmx asks for it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.desk.models import BulkAct
from goodword.desk.shaping import bulk, bulk_acts
from goodword.web import undoing
from goodword.web.bulk import picking, wording
from goodword.web.bulk.forms import Unclear, data_of
from goodword.web.bulk.picking import Picked
from goodword.web.inbox import snoozing
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece

_SHOWN = 100  # of those that were left as they are


@inside
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Do it at once where that is plain: a few that were ticked, and none that would stay."""
    chosen = picking.picked(request)
    act, by, now = request.POST.get("act", ""), teammate_of(request), moment_of(request)
    keys = picking.keys(request, chosen)
    if not keys:
        return _back(request, chosen, error=_("Nothing is selected, so nothing was changed."))
    if act not in bulk_acts.VERBS:
        return _choose(request, chosen, len(keys))
    if act not in bulk_acts.OF_ONES_OWN and not rights.may_answer(by):
        return _back(request, chosen, error=_("Your role reads and writes notes here."))
    try:
        data = data_of(request, act)
    except Unclear as error:
        return _choose(request, chosen, len(keys), error=str(error))
    if act == "join":
        into = picking.oldest(keys)
        if into is None or len(keys) < 2:
            return _back(request, chosen, error=_("Select two or more to join them."))
        keys.remove(into.pk)
        data = {"into": str(into.pk)}
    try:
        row = bulk.ask(act, keys, data=data, by=by, at=now)
    except bulk.TooMany:
        words = _("Nothing was done: you asked for much at once. Try again in a minute.")
        return _back(request, chosen, error=words)
    counted = bulk.count(row)
    is_plain = not (chosen.is_all or counted.staying or counted.lets_go)
    if is_plain and len(keys) <= bulk.AT_ONCE:
        return _begin(request, row)
    context = {
        "told": wording.before(row, counted),
        "verb": wording.verb(row) if sum(counted.staying.values()) < counted.total else "",
        "go_url": _url("go", row, chosen.query),
        "is_more": len(keys) == bulk.MOST,
        "most": bulk.MOST,
        "back": chosen.place.url,
    }
    return _answer(request, "_confirm.html", wording.question(row, counted), context)


@inside
@require_GET
def matching(request: HttpRequest) -> HttpResponse:
    """How many stand in the list that is open, as a box that takes them all."""
    total = picking.count_all(request, picking.place_of(request))
    context = {"total": min(total, bulk.MOST), "is_more": total > bulk.MOST}
    return render(request, "web/bulk/_matching.html", context)


@inside
@require_POST
def go(request: HttpRequest, public_id: str) -> HttpResponse:
    return _begin(request, _own(request, public_id))


def _begin(request: HttpRequest, row: BulkAct) -> HttpResponse:
    bulk.begin(row, at=moment_of(request))
    return _after(request, row)


@inside
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, public_id)
    try:
        bulk.undo(row, by=teammate_of(request), at=moment_of(request))
    except bulk.TooLate:
        messages.error(request, _("Not undone: it was undone before, or is older than a day."))
        return redirect(f"{_url('progress', row)}?{_query(request)}")
    return _after(request, row)


def _after(request: HttpRequest, row: BulkAct) -> HttpResponse:
    """What is over is said in a toast on the list; what goes on is shown as it goes."""
    if row.due_at is not None:
        if wants_piece(request):
            return _shown(request, row)
        return redirect(f"{_url('progress', row)}?{_query(request)}")
    outcome = bulk.outcome(row)
    words = wording.done(row, outcome)
    if row.undoing_at is None and outcome.done:
        undoing.offer(request, words, f"{_url('undo', row)}?{_query(request)}")
    elif row.undoing_at and not outcome.kept:
        messages.success(request, words)
    else:
        messages.warning(request, words)
    if wants_piece(request):
        answer = render(request, "web/bulk/_over.html")
        answer["HX-Trigger"] = "goodword:done"
        return answer
    return redirect(picking.place_of(request).url)


@inside
@require_GET
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, public_id)
    if request.GET.get("fragment") != "progress" or not wants_piece(request):
        return _shown(request, row)
    answer = render(request, "web/bulk/_progress.html", _progress(request, row))
    if row.due_at is None:
        answer["HX-Trigger"] = "goodword:done"
    return answer


def _shown(request: HttpRequest, row: BulkAct) -> HttpResponse:
    context = _progress(request, row)
    return _answer(request, "_progress.html", _("Several conversations"), context)


def _progress(request: HttpRequest, row: BulkAct) -> dict[str, Any]:
    by, outcome = teammate_of(request), bulk.outcome(row)
    is_over = row.due_at is None
    gone_through = outcome.total - outcome.waiting
    if row.undoing_at:
        gone_through = outcome.undone + sum(outcome.kept.values())
    can_undo = row.undoing_at is None and (outcome.done or not is_over)
    return {
        "row": row,
        "outcome": outcome,
        "is_over": is_over,
        "gone_through": gone_through,
        "of": outcome.done + outcome.undone if row.undoing_at else outcome.total,
        "words": wording.done(row, outcome),
        "left": bulk.left_as_they_are(row, by=by)[:_SHOWN] if is_over else [],
        "can_undo": can_undo and moment_of(request) - row.made_at <= bulk.UNDONE_WITHIN,
        "undo_url": _url("undo", row, _query(request)),
        "news_url": _url("progress", row, _query(request)),
        "back": picking.place_of(request).url,
    }


def _choose(request: HttpRequest, chosen: Picked, number: int, *, error: str = "") -> HttpResponse:
    by, now = teammate_of(request), moment_of(request)
    context = {
        "chosen": chosen,
        "error": error,
        "may_answer": rights.may_answer(by),
        "answerers": picking.answerers(by).exclude(pk=by.pk),
        "teams": picking.teams(by),
        "snooze_choices": snoozing.choices(now),
        "ask_url": f"{reverse('bulk:ask')}?{chosen.query}",
        "back": chosen.place.url,
    }
    title = ngettext("%(n)d conversation", "%(n)d conversations", number) % {"n": number}
    return _answer(request, "_choose.html", title, context, status=422 if error else 200)


def _answer(
    request: HttpRequest, body: str, title: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    whole = "_dialog.html" if wants_piece(request) else "page.html"
    context = context | {"body": f"web/bulk/{body}", "title": title}
    answer = render(request, f"web/bulk/{whole}", context, status=status)
    if wants_piece(request):  # whatever of the page asked, also the dialog before
        answer["HX-Retarget"], answer["HX-Reswap"] = "#asking", "innerHTML"
    return answer


def _back(request: HttpRequest, chosen: Picked, *, error: str) -> HttpResponse:
    messages.error(request, error)
    if wants_piece(request):
        return render(request, "web/bulk/_over.html")
    return redirect(chosen.place.url)


def _own(request: HttpRequest, public_id: str) -> BulkAct:
    """Raises Http404 for another's."""
    teammate: Teammate = teammate_of(request)
    return get_object_or_404(bulk.of(teammate), public_id=public_id)


def _url(name: str, row: BulkAct, query: str = "") -> str:
    path = reverse(f"bulk:{name}", args=[row.public_id])
    return f"{path}?{query}" if query else path


def _query(request: HttpRequest) -> str:
    """The list one came from, on through every step."""
    return picking.place_of(request).query
