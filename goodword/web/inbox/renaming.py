"""What a conversation is called, with whom it is, and which others belong to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts.models import Teammate
from goodword.accounts.rights import MayNot, may_answer
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation
from goodword.desk.persons import seeing
from goodword.desk.shaping import naming
from goodword.people import actions as people
from goodword.people.models import Person
from goodword.web import undoing
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import showing
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inbox.questions import SEARCHED, Choice, Field, Question, ask, on_to
from goodword.web.inbox.shaping import act_url, choices_for
from goodword.web.inside import inside, moment_of, teammate_of, typed

_MOST = 8
_NEW = "new:"  # before an address that nobody is known at


@inside
@require_http_methods(["GET", "POST"])
def subject(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    if request.method == "GET":
        hint = _("Mails that were sent keep theirs; answers from now on have this one.")
        line = Field("subject", _("Subject"), found.subject, hint)
        return ask(
            request, found, Question(_("Change the subject"), line=line, verb=_("Change it"))
        )
    try:
        before = naming.change_subject(
            found, request.POST.get("subject", ""), by=teammate_of(request), at=moment_of(request)
        )
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        url = act_url(request, "subject", found)
        undoing.offer(request, _("The subject is changed."), url, {"subject": before})
    return on_to(request, pages.address_of(request, found))


@inside
@require_http_methods(["GET", "POST"])
def with_whom(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by, at = pages.visible(request, public_id), teammate_of(request), moment_of(request)
    chosen = typed(request.POST, "person")
    person = None
    if request.method == "POST" and not may_answer(by):
        messages.error(request, sentence(MayNot()))
        return on_to(request, pages.address_of(request, found))
    if chosen.startswith(_NEW) and _is_address(chosen.removeprefix(_NEW)):
        person, _address = people.meet(chosen.removeprefix(_NEW), at=at)
    elif chosen:
        person = _known_to(by, found).filter(public_id=chosen).first()
    if person is None and request.method == "POST":
        messages.error(request, _("Nothing was changed: choose a person, or write an address."))
    if person is None:
        return ask(request, found, _who(request, found))
    try:
        before = naming.change_person(found, person, by=by, at=at)
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        words = _("It is with %(who)s now: answers go there, and what is open is owed to them.")
        url = act_url(request, "with_whom", found)
        who = {"who": showing.name_of(person)}
        undoing.offer(request, words % who, url, {"person": before.public_id})
    return on_to(request, pages.address_of(request, found))


def _known_to(by: Teammate, found: Conversation) -> QuerySet[Person]:
    """Those they may see: who is in a conversation open to them, and who wrote in this one."""
    return seeing.visible_to(by) | _wrote_in(found)


def _wrote_in(found: Conversation) -> QuerySet[Person]:
    wrote = found.messages.exclude(person=None)
    standing = wrote.values(who=Coalesce("person__redirect_to", "person"))
    return Person.objects.filter(redirect_to__isnull=True, pk__in=standing)


def _who(request: HttpRequest, found: Conversation) -> Question:
    q = typed(request.GET, SEARCHED)
    rows = _known_to(teammate_of(request), found).filter(seeing.matching(q))
    rows = (rows if q else _wrote_in(found)).exclude(pk=found.person.standing_id)
    rows = rows.order_by("sorts_as", "pk")
    shown = rows.prefetch_related("holdings__address")[:_MOST]
    choices = [Choice(each.public_id, showing.name_of(each), _address_of(each)) for each in shown]
    if _is_address(q) and people.normalised(q) not in {each.meta.lower() for each in choices}:
        choices.append(Choice(_NEW + people.normalised(q), q, _("somebody new")))
    return Question(
        _("With whom is it?"),
        lead=[
            _("What was said keeps its authors. Answers to it go to whom you choose, and what is "
              "open is owed to them."),
        ],
        name="person",
        choices=choices,
        search=_("A name or a mail address"),
        verb=_("It is with them"),
    )  # fmt: skip


def _address_of(person: Person) -> str:
    return next((each.address.written for each in person.holdings.all()), "")


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


@inside
@require_http_methods(["GET", "POST"])
def relate(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    other = _other(request)
    if other is None:
        return ask(request, found, _which(request, found))
    try:
        naming.relate(found, other, by=teammate_of(request), at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        url = act_url(request, "unrelate", found)
        undoing.offer(request, _("Linked. Each shows the other."), url, {"other": other.public_id})
    return on_to(request, pages.address_of(request, found))


def _which(request: HttpRequest, found: Conversation) -> Question:
    return Question(
        _("Link it with which conversation?"),
        lead=[_("Both stay as they are, and each shows the other.")],
        name="other",
        choices=choices_for(request, found),
        search=_("Words, a name, an address or a reference"),
        verb=_("Link them"),
    )


@inside
@require_POST
def unrelate(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    other = _other(request)
    if other is not None:
        try:
            naming.part(found, other, by=teammate_of(request), at=moment_of(request))
        except REFUSALS as error:
            messages.error(request, sentence(error))
        else:
            url = act_url(request, "relate", found)
            words = _("They are linked no more.")
            undoing.offer(request, words, url, {"other": other.public_id})
    return redirect(pages.address_of(request, found))


def _other(request: HttpRequest) -> Conversation | None:
    seen = said.visible_to(teammate_of(request))
    return seen.filter(public_id=typed(request.POST, "other")).first()
