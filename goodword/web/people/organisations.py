"""Organisations: the list, the page of one, and what is written down of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.desk.persons import organisations, seeing
from goodword.fields import queries as fields
from goodword.fields.models import Field
from goodword.people import belonging, filling
from goodword.people.models import Organisation, OrganisationDomain, Person
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece
from goodword.web.people import directory, finding, forms, said
from goodword.web.people.asking import ask, lead
from goodword.web.people.written import facts

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    url: str
    domains: str
    people: int


@inside
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """By name, keyset; with how many of their people one may see."""
    asked, by = typed(request.GET, "q"), teammate_of(request)
    rows = seeing.organisations_seen_by(by)
    if asked:
        at_domain = OrganisationDomain.objects.filter(domain__icontains=asked)
        rows = rows.filter(Q(name__icontains=asked) | Q(pk__in=at_domain.values("organisation")))
    found = list(_after(rows, typed(request.GET, "after")).prefetch_related("domains")[: _PAGE + 1])
    counts = _people_in(found[:_PAGE], by)
    context = {
        "rows": [_row(each, counts.get(each.pk, 0)) for each in found[:_PAGE]],
        "older_url": _older(asked, found[_PAGE - 1]) if len(found) > _PAGE else "",
        "asked": asked,
        "may_answer": rights.may_answer(by),
    }
    if not wants_piece(request):
        return render(request, "web/people/organisations.html", context)
    is_more = request.GET.get("fragment") == "more"
    piece = "_organisation_rows" if is_more else "_organisations_found"
    return render(request, f"web/people/{piece}.html", context)


def _after(rows: QuerySet[Organisation], public_id: str) -> QuerySet[Organisation]:
    last = Organisation.objects.filter(public_id=public_id).first()
    if last is None:
        return rows
    rows, name = rows.annotate(folded=Lower("name")), Lower(Value(last.name))
    return rows.filter(Q(folded__gt=name) | Q(folded=name, pk__gt=last.pk))


def _older(asked: str, last: Organisation) -> str:
    said = {"q": asked} if asked else {}
    return f"{reverse('people:organisations')}?{urlencode({**said, 'after': last.public_id})}"


def _row(found: Organisation, people: int) -> Row:
    domains = sorted(each.domain for each in found.domains.all())
    return Row(found.name, _url(found), ", ".join(domains), people)


def _people_in(found: Sequence[Organisation], by: Teammate) -> dict[int, int]:
    seen = seeing.visible_to(by).filter(organisation__in=found).order_by()
    return dict(seen.values_list("organisation").annotate(Count("pk")))


def _url(found: Organisation) -> str:
    return reverse("people:organisation", args=[found.public_id])


@inside
@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its people and what was said with them, as far as one may see it."""
    found, by = finding.organisation(request, public_id), teammate_of(request)
    now, after = moment_of(request), typed(request.GET, "after")
    theirs = Person.objects.filter(organisation=found).values("pk")
    rows = conversations.visible_to(by).filter(person__in=theirs, side_of__isnull=True)
    lines = said.page_of(rows, after=after, by=by, now=now)
    context: dict[str, Any] = {
        "said": lines,
        "shows_who": True,
        "older_url": f"{_url(found)}?after={lines.after}" if lines.after else "",
    }
    piece = request.GET.get("fragment", "") if wants_piece(request) else ""
    if piece == "more":
        return render(request, "web/people/_said_rows.html", context)
    people = seeing.directory(by, organisation=found, after=typed(request.GET, "people"))
    context |= {
        "rows": directory.rows_of(people.entries, by=by, now=now),
        "more_people": f"{_url(found)}?people={people.after}" if people.after else "",
        "organisation": found,
        "domains": found.domains.order_by("domain"),
        "facts": facts(filling.values_of_organisation(found)),
        "may_answer": rights.may_answer(by),
        "may_forget": organisations.may_forget(found, by),
    }
    return render(request, "web/people/organisation.html", context)


@inside
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    _require_answer(request)
    form = forms.OrganisationForm(request.POST or None)
    form.add_own([(each, "") for each in fields.of(Field.About.ORGANISATION)])
    if form.is_bound and form.is_valid() and (made := _write_down(request, form, None)):
        messages.success(request, _("The organisation is made."))
        is_seen = teammate_of(request).is_owner  # by others as soon as somebody belongs to it
        return lead(request, _url(made) if is_seen else reverse("people:organisations"))
    title, back = _("New organisation"), reverse("people:organisations")
    return ask(request, title=title, form=form, verb=_("Make organisation"), back=back, body=_BODY)


@inside
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    _require_answer(request)
    found = finding.organisation(request, public_id)
    title = found.name
    form = forms.OrganisationForm(request.POST or None, initial=forms.known_of(found))
    form.add_own(filling.values_of_organisation(found))
    if form.is_bound and form.is_valid() and _write_down(request, form, found):
        messages.success(request, _("The organisation is saved."))
        return lead(request, _url(found))
    back = _url(found)
    return ask(request, title=title, form=form, verb=_("Save"), back=back, body=_BODY)


_BODY = "web/people/_remembering.html"


def _write_down(
    request: HttpRequest, form: forms.OrganisationForm, found: Organisation | None
) -> Organisation | None:
    """None: something was refused, and the form says what; nothing was written then."""
    by, at = teammate_of(request), moment_of(request)
    given = form.changed(forms.known_of(found) if found else {"domains": ""})
    try:
        with transaction.atomic():
            if found is None:
                found = belonging.name_organisation(given["name"], by=by, at=at)
            elif "name" in form.changed_data:
                organisations.rename(found, given["name"], by=by, at=at)
            if "domains" in form.changed_data:
                organisations.have_domains(found, given["domains"].split(), by=by, at=at)
            for field, text in form.written().items():
                filling.set_value(found, field, text, by=by, at=at)
    except belonging.NoName:
        form.add_error("name", _("An organisation needs a name that can be seen."))
    except belonging.NameTaken:
        form.add_error("name", _("There is another organisation of this name."))
    except organisations.SeenInPart:
        words = _("People belong to it whom you may not see. An owner can change this.")
        form.add_error("name" if "name" in form.changed_data else "domains", words)
    except belonging.NotADomain as error:
        form.add_error("domains", _("This is no mail domain: %(text)s") % {"text": error})
    except belonging.PublicProvider as error:
        words = _("Anybody gets an address at %(domain)s, so it tells of no organisation.")
        form.add_error("domains", words % {"domain": error})
    except belonging.DomainTaken as error:
        words = _("%(domain)s is of another organisation.")
        form.add_error("domains", words % {"domain": error})
    else:
        return found
    return None


@inside
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by = finding.organisation(request, public_id), teammate_of(request)
    if not organisations.may_forget(found, by):
        raise Http404
    if request.method == "POST":
        organisations.forget(found, by=by, at=moment_of(request))
        messages.success(request, _("The organisation is gone; its people are still here."))
        return lead(request, reverse("people:organisations"))
    return ask(
        request,
        title=_("Forget %(name)s?") % {"name": found.name},
        form=None,
        words=_goes_along(_people_in([found], by).get(found.pk, 0)),
        verb=_("Forget the organisation"),
        back=_url(found),
        danger=True,
    )


def _goes_along(people: int) -> str:
    if not people:
        return _("Nobody belongs to it. What stands in its fields goes with it.")
    words = ngettext(
        "%(n)d person belongs to it, and to none then. What stands in its fields goes with it.",
        "%(n)d people belong to it, and to none then. What stands in its fields goes with it.",
        people,
    )
    return words % {"n": people}


def _require_answer(request: HttpRequest) -> None:
    """Raises Http404."""
    if not rights.may_answer(teammate_of(request)):
        raise Http404
