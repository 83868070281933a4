"""What is done with a promise, each a POST that leads back to where it was pressed.

What needs a word more (a new time, to whom) is asked in a dialog where htmx fetches it, and on a
page of its own without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.desk.keeping import promising, unkeeping
from goodword.promises import queries as promises
from goodword.promises.models import Promise
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece
from goodword.web.ledger import drawing, showing
from goodword.web.ledger.errors import REFUSALS, sentence
from goodword.web.ledger.forms import MoveForm, WhomForm

Act = Callable[[Promise, Teammate, datetime], object]


def found(request: HttpRequest, public_id: str) -> Promise:
    """The promise, as far as this teammate may see it. Raises Http404."""
    return get_object_or_404(promises.found(teammate_of(request), public_id))


@inside
@require_POST
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    promise = found(request, public_id)

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        promising.keep(promise, by=by, at=at)

    return _do(request, promise, act, done=_("Kept."))


@inside
@require_POST
def not_kept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Undo."""
    promise = found(request, public_id)

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        unkeeping.not_kept(promise, by=by, at=at)

    return _do(request, promise, act, done=_("It is owed again."))


@inside
@require_POST
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """On their page, or off it."""
    promise, shown = found(request, public_id), request.POST.get("shown") == "yes"

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        promising.show(promise, shown, by=by, at=at)

    done = _("They see it on their page.") if shown else _("They don't see it on their page.")
    return _do(request, promise, act, done=done)


def _do(request: HttpRequest, promise: Promise, act: Act, *, done: str) -> HttpResponse:
    """Act; by htmx the row comes back as it stands now, else one is led back."""
    by, now = teammate_of(request), moment_of(request)
    try:
        act(promise, by, now)
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return _lead_back(request, promise)
    if not wants_piece(request):
        messages.success(request, done)
        return _lead_back(request, promise)
    promise.refresh_from_db()
    row = showing.shown([promise], by=by, now=now)[0]
    if promise.is_open:
        return HttpResponse(drawing.owed_rows([row], now=now))
    may_undo = unkeeping.may_take_back(promise, by)
    return HttpResponse(drawing.kept_row(row, now=now, may_undo=may_undo))


@inside
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Another time; once it has passed, the promise is given anew."""
    promise, now = found(request, public_id), moment_of(request)
    zone = promise.person.zone if promise.person else ""
    late = now > promise.due_at
    form = MoveForm(_sent(request), now=now, zone=zone)

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        due, why = form.due(promise.inbox), form.cleaned_data["why"]
        if late:
            promising.promise_anew(promise, due=due, why=why, by=by, at=at)
        else:
            promising.move(promise, due=due, why=why, by=by, at=at)

    done = _("Promised anew. Now tell them.") if late else _("Moved. Now tell them the new time.")
    if promise.direction != Promise.Direction.OURS:
        done = _("Moved.")
    return _ask_and_do(request, promise, form, act, done=done, about="anew" if late else "move")


@inside
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    promise = found(request, public_id)
    if promise.direction == Promise.Direction.THEIRS:
        raise Http404
    form = WhomForm(_sent(request), inbox=promise.inbox)

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        why = form.cleaned_data["why"]
        promising.hand_over(promise, to=form.whom(), why=why, by=by, at=at)

    return _ask_and_do(request, promise, form, act, done=_("Handed over."), about="hand_over")


@inside
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """They let us off, or it isn't needed any more."""
    promise = found(request, public_id)
    form = forms.Form(_sent(request))

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        promising.release(promise, by=by, at=at)

    done = _("Let go: nobody owes it any more.")
    return _ask_and_do(request, promise, form, act, done=done, about="release")


class _WhyForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For colleagues."),
    )


@inside
@require_http_methods(["GET", "POST"])
def break_(request: HttpRequest, public_id: str) -> HttpResponse:
    """It won't be kept."""
    promise = found(request, public_id)
    form = _WhyForm(_sent(request))

    def act(promise: Promise, by: Teammate, at: datetime) -> None:
        promising.break_(promise, why=form.cleaned_data["why"], by=by, at=at)

    done = _("It stands as broken. Make it good with them.")
    return _ask_and_do(request, promise, form, act, done=done, about="break")


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask_and_do(
    request: HttpRequest,
    promise: Promise,
    form: forms.Form,
    act: Act,
    *,
    done: str,
    about: str,
) -> HttpResponse:
    by, now = teammate_of(request), moment_of(request)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, promise, form, about)
    try:
        act(promise, by, now)
    except ValidationError as error:
        form.add_error("day", error)
        return _ask(request, promise, form, about)
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, done)
    return _lead_back(request, promise)


def _ask(request: HttpRequest, promise: Promise, form: forms.Form, about: str) -> HttpResponse:
    by, now = teammate_of(request), moment_of(request)
    may = promise.is_open and (
        rights.may_reassign(by, now_with=promise.owner)
        if about == "hand_over"
        else rights.may_answer(by)
    )
    context: dict[str, Any] = {
        "row": showing.shown([promise], by=by, now=now)[0],
        "form": form,
        "about": about,
        "may": may,
        "action": request.path,
        "in_dialog": wants_piece(request),
        "zone": getattr(form, "zone", ""),
        "house_zone": timezone.get_current_timezone_name(),
        "back": _back(request, promise),
    }
    template = "web/ledger/_ask_dialog.html" if wants_piece(request) else "web/ledger/ask.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _back(request: HttpRequest, promise: Promise) -> str:
    """Where one was, a page of ours; else the promise's own."""
    asked = typed(request.POST, "back") or typed(request.GET, "back")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("promises:promise", args=[promise.public_id])


def _lead_back(request: HttpRequest, promise: Promise) -> HttpResponse:
    back = _back(request, promise)
    if not wants_piece(request):
        return redirect(back)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = back
    return answer
