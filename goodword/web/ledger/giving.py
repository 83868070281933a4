"""A new promise that no conversation holds: given on the phone, at the counter, to ourselves."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.desk import queries as desk
from goodword.desk.keeping import promising
from goodword.people import actions as people
from goodword.people.models import Address, Person
from goodword.promises.models import Promise
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.ledger.errors import REFUSALS, sentence
from goodword.web.ledger.forms import NewPromiseForm, name_and_address

_FEWEST_DIGITS = 5


@inside
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    teammate, now = teammate_of(request), moment_of(request)
    if request.method == "GET":
        form = NewPromiseForm(now=now, by=teammate)
        return _page(request, form)
    form = NewPromiseForm(request.POST, now=now, by=teammate)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        promise = _give(form, by=teammate, at=now)
    except ValidationError as error:
        form.add_error("person" if error.code == "person" else "day", error)
        return _page(request, form, status=422)
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return redirect("promises:ledger")
    messages.success(request, _("Noted. It comes up in time."))
    return redirect("promises:promise", promise.public_id)


def _page(request: HttpRequest, form: NewPromiseForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "may_promise": rights.may_answer(teammate_of(request))}
    return render(request, "web/ledger/new.html", context, status=status)


def _give(form: NewPromiseForm, *, by: Teammate, at: datetime) -> Promise:
    """Raises ValidationError, and what `promising.give` raises."""
    rights.require_answer(by)
    given, inbox = form.cleaned_data, form.inbox_chosen
    due = form.due(inbox)
    person = _whom(given["person"], by=by, at=at) if given["person"] else None
    return promising.give(
        what=given["what"],
        due=due,
        inbox=inbox,
        person=person,
        kind=form.kind_chosen,
        direction=given["direction"],
        is_shown=given["is_shown"],
        by=by,
        at=at,
    )


def _whom(typed: str, *, by: Teammate, at: datetime) -> Person:
    """Whom a name, a mail address or a number names; a new one is met. Raises ValidationError."""
    name, value = name_and_address(typed)
    if "@" in value:
        return people.meet(value, name=name, at=at)[0]
    digits = sum(each.isdigit() for each in value)
    if digits >= _FEWEST_DIGITS and not any(each.isalpha() for each in value):
        return people.meet(value, kind=Address.Kind.PHONE, at=at)[0]
    named = list(desk.people_named(by, value)[:2])
    if len(named) == 1:
        return named[0]
    words = (
        _("Several people have this name. Give the mail address instead.")
        if named
        else _("Nobody of this name has written to us. Give a mail address or a phone number.")
    )
    raise ValidationError(words, code="person")
