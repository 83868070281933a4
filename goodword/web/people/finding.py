"""Whom and what one may see here; everything else is a 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.desk.persons import seeing
from goodword.people.models import Organisation, Person
from goodword.web.inside import teammate_of, typed

_MOST_NAMES = 200


def person(request: HttpRequest, public_id: str) -> Person:
    """Who goes by this name, or whom that one was merged into. Raises Http404."""
    found = seeing.found(teammate_of(request), public_id)
    if found is None:
        raise Http404
    return found


def answerable(request: HttpRequest, public_id: str) -> Person:
    """As `person`, for who may change what is known of them. Raises Http404."""
    if not rights.may_answer(teammate_of(request)):
        raise Http404
    return person(request, public_id)


def organisation(request: HttpRequest, public_id: str) -> Organisation:
    """Raises Http404."""
    rows = seeing.organisations_seen_by(teammate_of(request))
    return get_object_or_404(rows, public_id=public_id)


def organisation_names(teammate: Teammate) -> list[str]:
    rows = seeing.organisations_seen_by(teammate).values_list("name", flat=True)
    return list(rows[:_MOST_NAMES])


def page_of(found: Person) -> str:
    return reverse("people:person", args=[found.public_id])


def back(request: HttpRequest, found: Person) -> str:
    """Where the question was asked: beside a conversation, or on the page of the person."""
    asked = typed(request.GET, "back")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if asked.startswith("/") and is_ours else page_of(found)


def sees(request: HttpRequest, found: Person) -> bool:
    return seeing.is_visible(found, to=teammate_of(request))
