"""The addresses of a person: what they are to them, what is wrong, whose new mail is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.people import actions as people
from goodword.people import holding, queries
from goodword.people.models import Address, Holding, Person
from goodword.web.inbox import marks
from goodword.web.inbox.marks import AddressMark
from goodword.web.inbox.showing import name_of
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.people import finding
from goodword.web.people.asking import ask, lead
from goodword.web.people.forms import AddressForm, LabelForm

_ICONS = {
    Address.Kind.EMAIL.value: "mail",
    Address.Kind.PHONE.value: "phone",
    Address.Kind.POSTAL.value: "map-pin",
    Address.Kind.CHAT.value: "message-circle",
    Address.Kind.SOCIAL.value: "at-sign",
}


@dataclass(frozen=True, slots=True)
class Shown:
    pk: int
    written: str
    icon: str
    label: str
    preferred: bool
    primary: bool  # new mail from it is theirs
    is_verified: bool
    marks: list[AddressMark]
    bounces: bool
    complained: bool


def shown(held: Iterable[Holding], *, now: datetime) -> list[Shown]:
    return [
        Shown(
            pk=each.pk,
            written=each.address.written or each.address.value,
            icon=_ICONS[each.address.kind],
            label=each.label,
            preferred=each.preferred and not place,  # each of two who were merged had one
            primary=each.primary,
            is_verified=each.address.verified_at is not None,
            marks=marks.of_address(each.address, now=now),
            bounces=each.address.bouncing_since is not None,
            complained=each.address.complained_at is not None,
        )
        for place, each in enumerate(held)
    ]


@inside
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    person = finding.answerable(request, public_id)
    form = AddressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given, by, at = form.cleaned_data, teammate_of(request), moment_of(request)
        try:
            held = holding.add_address(person, given["address"], label=given["label"], by=by, at=at)
        except holding.NotAnAddress:
            form.add_error("address", _("This is no e-mail address."))
        except holding.IsOurs:
            words = _("This is an address of ours: colleagues write from there.")
            form.add_error("address", words)
        except holding.HeldAlready:
            form.add_error("address", _("They have it already."))
        else:
            messages.success(request, _added(held, person))
            return lead(request, finding.page_of(person))
    title = _("An address of %(who)s") % {"who": name_of(person)}
    back = finding.page_of(person)
    return ask(request, title=title, form=form, verb=_("Add address"), back=back)


def _added(held: Holding, person: Person) -> str:
    if held.primary:
        return _("Added. What comes from it is theirs.")
    return _("Added. Somebody else has it as well, and new mail from it stays with them.")


@inside
@require_http_methods(["GET", "POST"])
def label(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    person, held = _found(request, public_id, pk)
    form = LabelForm(request.POST or None, initial={"label": held.label})
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["label"]

        def act(held: Holding, by: Teammate, at: datetime) -> None:
            holding.label(held, words, by=by, at=at)

        return _do(request, person, held, act, _("Saved."))
    back = finding.page_of(person)
    return ask(request, title=held.address.written, form=form, verb=_("Save"), back=back)


@inside
@require_POST
def prefer(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    person, held = _found(request, public_id, pk)

    def act(held: Holding, by: Teammate, at: datetime) -> None:
        holding.prefer(held, by=by, at=at)

    return _do(request, person, held, act, _("They are written to there first from now on."))


@inside
@require_http_methods(["GET", "POST"])
def become_primary(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """New mail from it is theirs, and nobody else's who has it."""
    person, held = _found(request, public_id, pk)

    def act(held: Holding, by: Teammate, at: datetime) -> None:
        holding.become_primary(held, by=by, at=at)

    now = _now_of(person, held)
    if now is not None and not finding.sees(request, now):  # their mail would go to another team
        words = _("There is more between them and us than you may see. An owner can decide it.")
        messages.error(request, words)
        return lead(request, finding.page_of(person))
    if request.method == "POST":
        return _do(request, person, held, act, _("What comes from it is theirs from now on."))
    return ask(
        request,
        title=_("Whose is new mail from %(address)s?") % {"address": held.address.written},
        form=None,
        words=_whose_now(person, now),
        verb=_("It is theirs"),
        back=finding.page_of(person),
    )


def _now_of(person: Person, held: Holding) -> Person | None:
    """Whose new mail from that address is so far, if it is somebody else's."""
    other = queries.other_holders(held.address, person).filter(primary=True).first()
    return queries.standing(other.person) if other else None


def _whose_now(person: Person, now: Person | None) -> str:
    if now is None:
        return _("It is nobody's so far.")
    words = _("So far it is of %(other)s. What was said stays where it is; what comes from now on is of %(who)s.")  # fmt: skip  # noqa: E501
    return words % {"other": name_of(now), "who": name_of(person)}


@inside
@require_http_methods(["GET", "POST"])
def take_away(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    person, held = _found(request, public_id, pk)

    def act(held: Holding, by: Teammate, at: datetime) -> None:
        holding.take_away(held, by=by, at=at)

    if request.method == "POST":
        return _do(request, person, held, act, _("It is theirs no more."))
    return ask(
        request,
        title=_("Is %(address)s theirs no more?") % {"address": held.address.written},
        form=None,
        words=_(
            "What was said stays with them. What comes from it from now on is of whoever else has "
            "it, or of somebody new."
        ),
        verb=_("It is theirs no more"),
        back=finding.page_of(person),
        danger=True,
    )


@inside
@require_POST
def works_again(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    person, held = _found(request, public_id, pk)
    people.works_again(held.address, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("Mail goes there again."))
    return redirect(finding.page_of(person))


@inside
@require_http_methods(["GET", "POST"])
def take_complaint_back(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """For owners: who complained to their provider and is glad to hear from us after all."""
    if not rights.may_settle(teammate_of(request)):
        raise Http404
    person, held = _found(request, public_id, pk)
    back = finding.page_of(person)
    if request.method == "POST":
        people.take_complaint_back(held.address, by=teammate_of(request), at=moment_of(request))
        messages.success(request, _("Taken back. Acknowledgements and notices go there again."))
        return lead(request, back)
    return ask(
        request,
        title=_("Take the complaint back?"),
        form=None,
        words=_(
            "Their provider told us that mail of ours to %(address)s was called abuse, so nothing "
            "automatic goes there. Take it back only if they say that they want it: a provider "
            "that hears it again may refuse all our mail."
        )
        % {"address": held.address.written},
        verb=_("They want our mail"),
        back=back,
    )


def _do(
    request: HttpRequest,
    person: Person,
    held: Holding,
    act: Callable[[Holding, Teammate, datetime], None],
    done: str,
) -> HttpResponse:
    try:
        act(held, teammate_of(request), moment_of(request))
    except holding.NotHeld:
        messages.error(request, _("It was taken away before; nothing was changed."))
    else:
        messages.success(request, done)
    return lead(request, finding.page_of(person))


def _found(request: HttpRequest, public_id: str, pk: int) -> tuple[Person, Holding]:
    """Raises Http404, also for who may only read."""
    person = finding.answerable(request, public_id)
    return person, get_object_or_404(queries.holdings_of(person), pk=pk)
