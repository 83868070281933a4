"""What all pages of the plan share: who may do what here, the tabs on top."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Role, Teammate
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.web.inside import View, inside, teammate_of

TABS: list[tuple[str, str | Promise]] = [
    ("week", _("Who is there")),
    ("hours", _("Hours and holidays")),
    ("answers", _("Answer times")),
    ("absences", _("Absences")),
]


def may_plan(teammate: Teammate) -> bool:
    """Say who answers when: owners for every inbox, leads for those of their teams."""
    return teammate.is_active and teammate.role in {Role.OWNER, Role.LEAD}


def may_send_away(teammate: Teammate) -> QuerySet[Teammate]:
    """For whom they may say so: themselves; an owner everyone, a lead the members of their teams.

    Of those who may answer: a light one owes nothing.
    """
    answering = accounts.active().exclude(role=Role.LIGHT)
    if teammate.is_owner:
        return answering
    mine = Q(pk=teammate.pk)
    if teammate.role == Role.LEAD:
        mine |= Q(~Q(role=Role.OWNER), teams__in=teammate.teams.all())
    return answering.filter(mine).distinct()


def settles_only(view: View) -> View:
    """Calendars and answer times are of the whole house: owners change them."""
    return _guarded(view, rights.may_settle)


def plans_only(view: View) -> View:
    return _guarded(view, may_plan)


def answers_only(view: View) -> View:
    return _guarded(view, rights.may_answer)


def _guarded(view: View, may: Any) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not may(teammate_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return inside(guarded)


def planned_inboxes(teammate: Teammate) -> QuerySet[Inbox]:
    """Those whose duty they may change: none for agents and light ones, who read."""
    found = inboxes.open_to(teammate)
    return found if may_plan(teammate) else found.none()


def colleagues_of(teammate: Teammate) -> QuerySet[Teammate]:
    """Who could be on duty, or stand in, as far as they see: active ones who may answer."""
    answering = accounts.active().exclude(role=Role.LIGHT)
    if teammate.is_owner:
        return answering
    return answering.filter(Q(role=Role.OWNER) | Q(teams__in=teammate.teams.all())).distinct()


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    here: str,
    status: int = 200,
) -> HttpResponse:
    me = teammate_of(request)
    shared = {
        "tabs": TABS,
        "here": here,
        "may_plan": may_plan(me),
        "may_settle": rights.may_settle(me),
        "may_answer": rights.may_answer(me),
    }
    return render(request, f"web/plan/{template}", shared | context, status=status)
