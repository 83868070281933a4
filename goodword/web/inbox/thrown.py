"""The trash, and what is thrown away for good."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from goodword.desk.shaping import emptying
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inbox.questions import Question, ask, on_to
from goodword.web.inside import inside, moment_of, teammate_of

_AT_ONCE = 25  # that go while one waits; the sweep goes on with the rest
_COUNT_TO = 999


@inside
@require_http_methods(["GET", "POST"])
def purge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete one for good."""
    found, by = pages.visible(request, public_id), teammate_of(request)
    if not emptying.trash_of(by).filter(pk=found.pk).exists() or not emptying.may_empty(by):
        raise Http404
    if request.method == "GET":
        return ask(request, found, _sure())
    back = pages.place_beside(request, found).url
    try:
        emptying.purge(found, by=by, at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("It is gone for good."))
    return on_to(request, back)


def _sure() -> Question:
    return Question(
        _("Delete it for good?"),
        lead=[
            _("Its mails, notes, files and drafts are gone then, and nobody can bring them back."),
            _("What was promised stays in the ledger. A mail of it that comes again stays away."),
        ],
        verb=_("Delete for good"),
        danger=True,
    )


@inside
@require_http_methods(["GET", "POST"])
def empty(request: HttpRequest) -> HttpResponse:
    """Empty the trash now."""
    by, at = teammate_of(request), moment_of(request)
    if not emptying.may_empty(by):
        raise Http404
    back = reverse("inbox:folder", args=["trash"])
    if request.method == "GET":
        return ask(request, None, _sure_of_all(_count(request)), back=back)
    number = emptying.empty(by=by, at=at)
    emptying.empty_due(at=at, most=_AT_ONCE)
    words = ngettext("%(n)d conversation is gone for good.", "%(n)d are gone for good.", number)
    if number > _AT_ONCE:
        words = _("%(n)d conversations go for good, within minutes.")
    messages.success(request, words % {"n": number})
    return on_to(request, back)


def _count(request: HttpRequest) -> int:
    trash = emptying.trash_of(teammate_of(request)).order_by().values("pk")
    return len(trash[: _COUNT_TO + 1])


def _sure_of_all(number: int) -> Question:
    if not number:
        return Question(_("Empty the trash?"), lead=[_("There is nothing in it.")])
    words = ngettext(
        "%(n)s conversation is gone then, with its mails, notes, files and drafts.",
        "%(n)s conversations are gone then, with their mails, notes, files and drafts.",
        number,
    )
    shown = str(number) if number <= _COUNT_TO else _("More than %(n)d") % {"n": _COUNT_TO}
    return Question(
        _("Empty the trash?"),
        lead=[
            words % {"n": shown},
            _("Nobody can bring them back. What was promised stays in the ledger."),
        ],
        verb=_("Empty the trash"),
        danger=True,
    )
