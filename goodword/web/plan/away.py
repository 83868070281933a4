"""Who is away: one switch for oneself, and what becomes of what falls due meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.desk import handling
from goodword.plan import actions
from goodword.plan import queries as plan
from goodword.plan.models import Absence
from goodword.promises import actions as promises
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.plan import leaving, pages
from goodword.web.plan.forms import AwayForm
from goodword.web.plan.leaving import HAND, MOST, MOVE, FatesForm
from goodword.web.settings.pages import status_of


@inside
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Who is away or will be, of the people one works with."""
    me, now = teammate_of(request), moment_of(request)
    found = plan.absences(at=now).filter(
        Q(teammate__in=pages.colleagues_of(me).values("pk")) | Q(teammate=me)
    )
    context = {
        "absences": changeable(found, by=me),
        "others": pages.may_send_away(me).exclude(pk=me.pk),
        "mine": plan.absence_of(me, at=now),
    }
    return pages.show(request, "absences.html", context, here="absences")


def changeable(absences: Any, *, by: Teammate) -> Sequence[Absence]:
    """With the mark of those that `by` may change."""
    found: list[Absence] = list(absences)
    theirs = set(pages.may_send_away(by).values_list("pk", flat=True)) if found else set()
    for each in found:
        each.may_change = each.teammate_id in theirs  # type: ignore[attr-defined]
    return found


@pages.answers_only
@require_http_methods(["GET", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    """Say that someone is away: oneself, or whom `who` names."""
    who = _who(request)
    form = _form(request, who)
    if request.method == "POST" and form.is_valid():
        absence = actions.be_absent(
            who, **_given(form, request), by=teammate_of(request), at=moment_of(request)
        )
        return redirect("plan:absence", absence.public_id)
    context = {"form": form, "who": who, "is_me": who == teammate_of(request)}
    return pages.show(request, "away.html", context, here="absences", status=status_of(form))


@pages.answers_only
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    absence = _absence(request, public_id)
    form = _form(request, absence.teammate, initial=_initial(absence))
    if request.method == "POST" and form.is_valid():
        given = _given(form, request, begun=absence)
        actions.change_absence(absence, **given, by=teammate_of(request), at=moment_of(request))
        return redirect("plan:absence", public_id)
    who = absence.teammate
    context = {
        "form": form, "who": who, "is_me": who == teammate_of(request), "absence": absence,
    }  # fmt: skip
    return pages.show(request, "away.html", context, here="absences", status=status_of(form))


@pages.answers_only
@require_POST
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """One click, and they are there again."""
    absence = _absence(request, public_id)
    me = teammate_of(request)
    actions.come_back_from(absence, by=me, at=moment_of(request))
    messages.success(
        request,
        _("Welcome back.")
        if absence.teammate == me
        else _("%(who)s is back.") % {"who": absence.teammate.name},
    )
    return redirect("plan:week")


@pages.answers_only
@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every promise that falls due meanwhile, and a choice for each."""
    found = _absence(request, public_id)
    me, now = teammate_of(request), moment_of(request)
    due = leaving.falling_due(found, seen_by=me, now=now)
    form = FatesForm(
        request.POST or None,
        absence=found,
        promises=list(due.prefetch_related("person__holdings__address")[:MOST]),
        others=_others(request, found.teammate),
        by=me,
        now=now,
    )
    if request.method == "POST" and form.is_valid() and _decide(request, form):
        return redirect("plan:absence", public_id)
    context = {
        "absence": found,
        "form": form,
        "is_me": found.teammate == me,
        "has_begun": found.since <= now,
        "more": max(due.count() - MOST, 0),
    }
    return pages.show(request, "absence.html", context, here="absences", status=status_of(form))


def _decide(request: HttpRequest, form: FatesForm) -> bool:
    try:
        done = leaving.decide(form, at=moment_of(request))
    except handling.CannotSee as error:
        form.add_error(None, _("%(who)s does not see the inbox of one of these.") % {"who": error})
    except (promises.AlreadyEnded, handling.NothingOwed):
        form.add_error(None, _("One of these was decided meanwhile. Look again, and choose anew."))
    except rights.MayNot:
        form.add_error(None, _("One of these is a colleague's, and only a lead may give it away."))
    else:
        messages.success(request, _done_words(done))
        return True
    return False


def _done_words(done: dict[str, int]) -> str:
    parts = []
    if done[HAND]:
        parts.append(
            ngettext("%(n)d was handed over.", "%(n)d were handed over.", done[HAND])
            % {"n": done[HAND]}
        )
    if done[MOVE]:
        parts.append(
            ngettext("%(n)d was moved.", "%(n)d were moved.", done[MOVE]) % {"n": done[MOVE]}
        )
    if done["told"]:
        parts.append(
            ngettext("%(n)d person is told.", "%(n)d people are told.", done["told"])
            % {"n": done["told"]}
        )
    return " ".join(parts) or _("All of it stays as it is.")


def _who(request: HttpRequest) -> Teammate:
    me, asked = teammate_of(request), typed(request.GET, "who")
    if not asked:
        return me
    return get_object_or_404(pages.may_send_away(me), public_id=asked)


def _absence(request: HttpRequest, public_id: str) -> Absence:
    """One that is not over yet, of someone whom one may send away."""
    now = moment_of(request)
    theirs = pages.may_send_away(teammate_of(request)).values("pk")
    return get_object_or_404(plan.absences(at=now).filter(teammate__in=theirs), public_id=public_id)


def _others(request: HttpRequest, who: Teammate) -> Any:
    return pages.colleagues_of(teammate_of(request)).exclude(pk=who.pk)


def _form(request: HttpRequest, who: Teammate, **kwargs: Any) -> AwayForm:
    today = timezone.localtime(moment_of(request)).date()
    return AwayForm(request.POST or None, others=_others(request, who), today=today, **kwargs)


def _given(form: AwayForm, request: HttpRequest, begun: Absence | None = None) -> dict[str, Any]:
    """From this moment on where no later day is named; what has begun began when it did."""
    now, given = moment_of(request), form.cleaned_data
    first, back_on = given["first_day"], given["back_on"]
    earliest = min(begun.since, now) if begun else now
    return {
        "since": max(leaving.midnight(first), earliest) if first else earliest,
        "until": leaving.midnight(back_on) if back_on else None,
        "stand_in": given["stand_in"],
        "text": given["text"],
    }


def _initial(absence: Absence) -> dict[str, Any]:
    return {
        "first_day": timezone.localtime(absence.since).date(),
        "back_on": timezone.localtime(absence.until).date() if absence.until else None,
        "stand_in": absence.stand_in_id,
        "text": absence.text,
    }
