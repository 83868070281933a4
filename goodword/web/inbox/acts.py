"""What teammates do with a conversation, each a POST that leads back to it.

Where an answer is owed, closing and the trash ask first what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation
from goodword.desk import handling
from goodword.desk.intake import joining
from goodword.desk.shaping import undoing as back_again
from goodword.desk.together import giving
from goodword.people import actions as people
from goodword.people import queries as holders
from goodword.people.models import Address
from goodword.promises import queries as promises
from goodword.promises.models import Promise
from goodword.web.inbox import asides, menus, promised, showing, snoozing, undoing
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inbox.forms import SnoozeForm, TagForm
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece

Act = Callable[[Conversation, Teammate, datetime], object]
_MOST_TAGS = 200


class NobodySuch(Exception):
    """The teammate or team a page named isn't there."""


def do(
    request: HttpRequest, public_id: str, act: Act, *, done: str = "", undoes: bool = False
) -> HttpResponse:
    """Find, act, lead back; a refusal is said in a sentence and changes nothing.

    `undoes`: offer the way back with what is said.
    """
    found, by = pages.visible(request, public_id), teammate_of(request)
    # Where the list stands beside it is decided before the act: it may leave the folder by it.
    back = pages.address_of(request, found)
    before = back_again.picture(found, by=by) if undoes else {}
    try:
        act(found, by, moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        if undoes:
            undoing.offer(request, found, done, before=before)
        elif done:
            messages.success(request, done)
    return redirect(back)


@inside
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    if request.method == "GET":
        return menus.show(request, pages.visible(request, public_id), "assign")

    try:
        to = _whom(typed(request.POST, "to"), teammate_of(request))
    except NobodySuch:
        found = pages.visible(request, public_id)
        messages.error(request, _("Nothing was changed: whom you named isn't here any more."))
        return redirect(pages.address_of(request, found))

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        giving.hand_over(found, to=to, word=request.POST.get("word", ""), by=by, at=at)

    done = _given(to, by=teammate_of(request))
    return do(request, public_id, act, done=done, undoes=True)


def _given(to: Teammate | Team | None, *, by: Teammate) -> str:
    if to is None:
        return _("It is nobody's now.")
    return _("It is yours now.") if to == by else _("Given to %(whom)s.") % {"whom": to.name}


def _whom(name: str, by: Teammate) -> Teammate | Team | None:
    """ "me", "nobody", "teammate:7hq2…" or "team:4mkd…". Raises NobodySuch."""
    kind, _colon, public_id = name.partition(":")
    if kind == "nobody":
        return None
    if kind == "me":
        return by
    rows = {"teammate": accounts.active(), "team": accounts.teams()}.get(kind)
    found = rows.filter(public_id=public_id).first() if rows is not None else None
    if not isinstance(found, Teammate | Team):
        raise NobodySuch(name)
    return found


@inside
@require_GET
def known_tags(request: HttpRequest, public_id: str) -> HttpResponse:
    """The choices below the line for a tag, fetched when somebody goes there."""
    pages.visible(request, public_id)
    names = said.tags_seen_by(teammate_of(request)).values_list("name", flat=True)[:_MOST_TAGS]
    return HttpResponse(format_html_join("", '<option value="{}"></option>', zip(names)))


@inside
@require_POST
def tag(request: HttpRequest, public_id: str) -> HttpResponse:
    form = TagForm(request.POST)

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        if form.is_valid():
            conversations.tag(found, form.cleaned_data["name"], by=by, at=at)

    return do(request, public_id, act, done=_("Tagged.") if form.is_valid() else "", undoes=True)


@inside
@require_POST
def untag(request: HttpRequest, public_id: str) -> HttpResponse:
    name = typed(request.POST, "name")

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        for each in said.tags().filter(conversations=found, name=name):
            conversations.untag(found, each, by=by, at=at)

    return do(request, public_id, act, done=_("The tag is off."), undoes=True)


@inside
@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    if request.method == "GET":
        found = pages.visible(request, public_id)
        return menus.show(request, found, "snooze", form=SnoozeForm())
    form = SnoozeForm(request.POST)
    until = _until(form, moment_of(request)) if form.is_valid() else None
    if until is None:
        if form.is_valid():
            form.add_error("moment", _("Choose a day and a time."))
        found = pages.visible(request, public_id)
        return menus.show(request, found, "snooze", form=form, status=422)

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.snooze(found, until=until, by=by, at=at)

    done = _("Snoozed. What is owed stays owed, at its time.")
    return do(request, public_id, act, done=done, undoes=True)


def _until(form: SnoozeForm, now: datetime) -> datetime | None:
    offered = {choice.code: choice.until for choice in snoozing.choices(now)}
    moment: datetime | None = form.cleaned_data["moment"]
    return offered.get(form.cleaned_data["until"]) or moment


@inside
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.close(found, fates=_fates(request), by=by, at=at)
        _say_who_is_awaited(request, found)

    try:
        return do(request, public_id, act, done=_("Closed."), undoes=True)
    except handling.AnswerOwed as error:
        return _ask(request, public_id, error.promise, "closing")
    except handling.PromisesOpen as error:
        return _ask_fates(request, public_id, error.promises, "close")


def _say_who_is_awaited(request: HttpRequest, found: Conversation) -> None:
    if who := asides.who_is_awaited(found, by=teammate_of(request)):
        words = _("Asked aside, and not answered yet: %(who)s.")
        messages.info(request, words % {"who": ", ".join(who)})


def _fates(request: HttpRequest) -> dict[str, str]:
    """What a page says becomes of each open promise: "fate-7hq2…" has its name."""
    named = (name for name in request.POST if name.startswith("fate-"))
    return {name.removeprefix("fate-"): typed(request.POST, name) for name in named}


@inside
@require_POST
def trash(request: HttpRequest, public_id: str) -> HttpResponse:
    """Over an owed answer it asks once, and says what becomes of it."""
    promise = promises.owed_reply(pages.visible(request, public_id))
    if promise is not None and request.POST.get("sure") != "yes":
        return _ask(request, public_id, promise, "trashing")

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.trash(found, fates=_fates(request), by=by, at=at)

    try:
        return do(request, public_id, act, done=_("Moved to the trash."), undoes=True)
    except handling.PromisesOpen as error:
        return _ask_fates(request, public_id, error.promises, "trash")


@inside
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """From wherever it was: closed, snoozed, spam or trash."""

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.reopen(found, by=by, at=at)

    return do(request, public_id, act)


@inside
@require_POST
def spam(request: HttpRequest, public_id: str) -> HttpResponse:
    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.mark_spam(found, by=by, at=at)

    done = _("Marked as spam. Nobody owes it an answer.")
    return do(request, public_id, act, done=done, undoes=True)


@inside
@require_POST
def no_answer_needed(request: HttpRequest, public_id: str) -> HttpResponse:
    """`then=close` closes as well: it is one of the answers to what closing asks."""
    closes = request.POST.get("then") == "close"

    @transaction.atomic
    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.no_answer_needed(found, by=by, at=at)
        if closes:
            handling.close(found, fates=_fates(request), by=by, at=at)
            _say_who_is_awaited(request, found)

    try:
        done = _("Closed.") if closes else _("Noted: it needs no answer.")
        return do(request, public_id, act, done=done, undoes=True)
    except handling.PromisesOpen as error:
        return _ask_fates(request, public_id, error.promises, "no_answer_needed")


@inside
@require_POST
def answer_needed(request: HttpRequest, public_id: str) -> HttpResponse:
    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        handling.take_back_no_answer(found, by=by, at=at)

    return do(request, public_id, act)


@inside
@require_POST
def works_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """A teammate knows better: mail to this address doesn't come back any more."""
    value = people.normalised(typed(request.POST, "address"))

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        rights.require_answer(by)
        for address in Address.objects.filter(kind=Address.Kind.EMAIL, value=value):
            holds = holders.holdings_of(found.person).filter(address=address).exists()
            if holds or said.took_part(found, address):
                people.works_again(address, by=by, at=at)

    return do(request, public_id, act, done=_("Noted: mail is sent there as before."))


# Two conversations that may be one; to join them is in `shaping`


@inside
@require_POST
def keep_apart(request: HttpRequest, public_id: str) -> HttpResponse:
    found, other = _two(request, public_id)
    if other is not None:
        try:
            joining.keep_apart(found, other, by=teammate_of(request), at=moment_of(request))
        except REFUSALS as error:
            messages.error(request, sentence(error))
        else:
            messages.success(request, _("They stay apart. You won't be asked again."))
    return redirect(pages.address_of(request, found))


def _two(request: HttpRequest, public_id: str) -> tuple[Conversation, Conversation | None]:
    """The conversation and the other that was asked about; None once it was decided."""
    found = pages.visible(request, public_id)
    asked = said.linked_to(found, visible=said.visible_to(teammate_of(request)))
    other = asked.filter(public_id=typed(request.POST, "other")).first()
    if other is None and found.public_id == public_id:
        messages.error(request, sentence(joining.CannotJoin()))
    return found, other


# Questions, as a dialog where htmx asks and as a page of their own without it


def _ask(request: HttpRequest, public_id: str, promise: Promise, about: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    owed = showing.owed_of(promise, by=teammate_of(request), now=moment_of(request))
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "owed": owed,
        "promise": promise,
        "about": about,
        "back": pages.address_of(request, found),
    }
    if not wants_piece(request):
        return render(request, "web/inbox/ask.html", context, status=422)
    answer = render(request, "web/inbox/_ask_dialog.html", context, status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#asking", "innerHTML"
    return answer


def _ask_fates(
    request: HttpRequest, public_id: str, still_open: list[Promise], act: str
) -> HttpResponse:
    """What becomes of what is still promised here? `act`: the URL that is asked for again."""
    found = pages.visible(request, public_id)
    by, now = teammate_of(request), moment_of(request)
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "act": act,
        "words": [promised.word_of(each, by=by, now=now) for each in still_open],
        "fates": handling.Fate.choices,
        "back": pages.address_of(request, found),
    }
    if not wants_piece(request):
        return render(request, "web/inbox/fates.html", context, status=422)
    answer = render(request, "web/inbox/_fates_dialog.html", context, status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#asking", "innerHTML"
    return answer
