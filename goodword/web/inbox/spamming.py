"""The spam folder swept on screen, and what becomes of mail from somewhere."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.core import ids
from goodword.desk import handling, queries
from goodword.desk.intake import screening
from goodword.desk.models import SenderRule
from goodword.promises import queries as promises
from goodword.web import undoing
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import senders, showing
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inbox.questions import Question, ask, on_to
from goodword.web.inbox.shaping import act_url
from goodword.web.inside import inside, moment_of, teammate_of, typed

_MOST = 50  # that are swept together


@inside
@require_POST
def block(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mail from who wrote it goes to spam from now on, or from all of their domain."""
    found, by, value = pages.visible(request, public_id), teammate_of(request), ""
    try:
        value = screening.read(typed(request.POST, "value"))
        if value not in {each.value for each in senders.offers(found, by=by)}:
            raise rights.MayNot
        sure = request.POST.get("sure") == "yes"
        rule = screening.block(value, sure=sure, by=by, at=moment_of(request))
    except screening.WouldMiss as error:
        return ask(request, found, _sure_to_block(value, str(error)))
    except (*REFUSALS, screening.NotASender) as error:
        messages.error(request, sentence(error))
    else:
        words = _("Mail from %(value)s goes to spam from now on.") % {"value": rule.value}
        url = act_url(request, "unblock", found)
        undoing.offer(request, words, url, {"value": rule.value})
    return on_to(request, pages.address_of(request, found))


def why_not(why: str) -> str:
    """What speaks against blocking."""
    return {
        "ours": _("This is an address of ours: colleagues write from there."),
        "owed": _("Something is still promised to somebody who writes from there."),
        "provider": _("Very many people have their address there, customers too."),
    }[why]


def _sure_to_block(value: str, why: str) -> Question:
    lead = _("What comes from %(value)s is stored, but nobody is told, and nobody owes an answer.")
    return Question(
        _("Send it to spam all the same?"),
        lead=[why_not(why), lead % {"value": value}],
        hidden={"value": value, "sure": "yes"},
        verb=_("Send it to spam"),
        danger=True,
    )


@inside
@require_POST
def unblock(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by = pages.visible(request, public_id), teammate_of(request)
    rule = SenderRule.objects.filter(value=typed(request.POST, "value")).first()
    try:
        if rule is not None:
            screening.forget(rule, by=by, at=moment_of(request))
            messages.success(request, _("Undone."))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    return redirect(pages.address_of(request, found))


@inside
@require_http_methods(["GET", "POST"])
def sweep(request: HttpRequest) -> HttpResponse:
    """What lies in spam on one page: what is ticked is none, the rest goes to the trash."""
    by, at = teammate_of(request), moment_of(request)
    if not rights.may_answer(by):
        raise Http404
    spam = queries.in_folder(by, "spam").order_by("-latest_key")
    if request.method == "GET":
        rows = list(spam.prefetch_related("person__holdings__address")[: _MOST + 1])
        shown = [(row, showing.name_of(row.person), _address(row)) for row in rows[:_MOST]]
        context = {"rows": shown, "has_more": len(rows) > _MOST}
        return render(request, "web/inbox/sweep.html", context)
    good, all_shown = _named(request, "good"), _named(request, "shown")
    rest = request.POST.get("rest") == "trash"
    back, gone = 0, 0
    for row in spam.filter(public_id__in=[*all_shown, *good]):
        if row.public_id in good:
            handling.reopen(row, by=by, at=at)
            back += 1
        elif rest:
            _throw_away(row, by=by, at=at)
            gone += 1
    words = []
    if back:
        words.append(ngettext("%(n)d is not spam.", "%(n)d are not spam.", back) % {"n": back})
    if gone:
        moved = ngettext("%(n)d moved to the trash.", "%(n)d moved to the trash.", gone)
        words.append(moved % {"n": gone})
    messages.success(request, " ".join(words) or _("Nothing was changed."))
    return redirect("inbox:spam_sweep")


def _named(request: HttpRequest, name: str) -> set[str]:
    return set(filter(ids.is_public_id, request.POST.getlist(name)[:_MOST]))


def _throw_away(row: Conversation, *, by: Teammate, at: datetime) -> None:
    """What is promised in it all the same stays owed."""
    still_open = promises.open_in(row).values_list("public_id", flat=True)
    fates = dict.fromkeys(still_open, str(handling.Fate.STAYS))
    handling.trash(row, fates=fates, by=by, at=at)


def _address(row: Conversation) -> str:
    return next((each.address.written for each in row.person.holdings.all()), "")
