"""The pages below Settings: everybody's own canned replies, and what is shared with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.canned import actions as canned
from goodword.canned import queries, steps
from goodword.canned.models import CannedReply
from goodword.conversations.models import Message
from goodword.core.text import one_line
from goodword.desk import variables
from goodword.web.canned import words
from goodword.web.canned.forms import CannedForm, initial_of
from goodword.web.inbox import conversation as inbox
from goodword.web.inside import View, inside, moment_of, teammate_of, typed
from goodword.web.settings import pages

_MOST = 500


def answering(view: View) -> View:
    """For who sends nothing there are no such pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not rights.may_answer(teammate_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return inside(guarded)


@answering
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    by, asked = teammate_of(request), typed(request.GET, "q")
    put_away = "archived" in request.GET
    rows = queries.visible_to(by).filter(archived_at__isnull=not put_away)
    rows = queries.in_folders(queries.matching(rows, asked)).select_related("team", "owner")
    found = list(rows.prefetch_related("texts", "inboxes")[:_MOST])
    worded = words.of(*(steps.read(each.steps) for each in found))
    lines = [_line(reply, does, by) for reply, does in zip(found, worded, strict=True)]
    folders = [(name, list(group)) for name, group in groupby(lines, lambda line: line["folder"])]
    context = {"folders": folders, "asked": asked, "put_away": put_away}
    return pages.show(request, "web/canned/listed.html", context, here="canned")


def _line(reply: CannedReply, does: list[words.Worded], by: Teammate) -> dict[str, Any]:
    texts = [each.text for each in reply.texts.all()]
    return {
        "reply": reply,
        "folder": reply.folder,
        "excerpt": one_line(texts[0], most=90) if texts else "",
        "does": does,
        "may_change": queries.may_change(reply, by),
    }


@answering
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Empty, or made of an answer: `from` is one of our messages."""
    by = teammate_of(request)
    initial, texts = _of_answer(request)
    form = CannedForm(request.POST or None, by=by, texts=texts, initial=initial)
    if request.method == "POST" and form.is_valid() and not _asks(request, form):
        try:
            reply = canned.make(form.written(), by=by, at=moment_of(request))
        except rights.MayNot as error:
            form.add_error("shared", str(error))
        else:
            return _saved(request, reply, form)
    return _show(request, form)


def _of_answer(request: HttpRequest) -> tuple[dict[str, Any], dict[str, str]]:
    public_id = typed(request.GET, "from")
    if not public_id:
        return {}, {}
    message = inbox.visible_message(request, public_id)
    if message.direction != Message.Direction.OUT:
        raise Http404
    found = message.conversation
    language = found.person.language or found.inbox.language
    text = variables.generalised(message.text, found)
    return {"name": one_line(found.subject, most=70)}, {language: text}


@answering
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    by = teammate_of(request)
    reply = _seen(request, public_id)
    texts = dict(reply.texts.values_list("language", "text"))
    form = CannedForm(
        request.POST or None, by=by, texts=texts, reply=reply, initial=initial_of(reply)
    )
    if request.method == "POST" and form.is_valid() and not _asks(request, form):
        try:
            canned.change(reply, form.written(), by=by, at=moment_of(request))
        except rights.MayNot as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, reply, form)
    return _show(request, form, reply=reply, texts=texts)


def _asks(request: HttpRequest, form: CannedForm) -> bool:
    """Whether only the page is wanted: to look at, or with a field for another language."""
    return "preview" in request.POST or form.asks_for_another()


def _saved(request: HttpRequest, reply: CannedReply, form: CannedForm) -> HttpResponse:
    messages.success(request, _("The canned reply is saved."))
    if any(variables.doubts(text) for text in form.texts.values()):
        return redirect("canned:one", reply.public_id)  # which says what nobody knows
    return redirect("settings:canned")


def _show(
    request: HttpRequest,
    form: CannedForm,
    *,
    reply: CannedReply | None = None,
    texts: dict[str, str] | None = None,
) -> HttpResponse:
    by = teammate_of(request)
    does = steps.read(reply.steps) if reply else []
    if form.is_bound:
        texts, does = form.texts, getattr(form, "steps", [])
    shown = texts or {}
    context = {
        "form": form,
        "reply": reply,
        "may_change": reply is None or queries.may_change(reply, by),
        "folders": queries.folders(by),
        "variables": [(f"{{{{ {name} }}}}", each.means) for name, each in variables.KNOWN.items()],
        "doubts": [words for text in shown.values() for words in variables.doubts(text)],
        "previews": [
            (code, variables.as_example(text, by=by)) for code, text in shown.items() if text
        ],
        "does": words.of(does)[0],
    }
    status = pages.status_of(form)
    return pages.show(request, "web/canned/one.html", context, here="canned", status=status)


@answering
@require_POST
def copy(request: HttpRequest, public_id: str) -> HttpResponse:
    copied = canned.copy(_seen(request, public_id), by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("Copied. This one is yours alone."))
    return redirect("canned:one", copied.public_id)


@answering
@require_POST
def archive(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, canned.archive, _("Put away. It is offered no more."))


@answering
@require_POST
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, canned.restore, _("It is offered again."))


@answering
@require_POST
def up(request: HttpRequest, public_id: str) -> HttpResponse:
    def act(reply: CannedReply, *, by: Teammate, at: datetime) -> None:
        canned.move_up(reply, by=by)

    return _do(request, public_id, act, "")


def _do(request: HttpRequest, public_id: str, act: Callable[..., None], done: str) -> HttpResponse:
    try:
        act(_seen(request, public_id), by=teammate_of(request), at=moment_of(request))
    except rights.MayNot as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)
    return redirect("settings:canned")


def _seen(request: HttpRequest, public_id: str) -> CannedReply:
    rows: QuerySet[CannedReply] = queries.visible_to(teammate_of(request))
    return get_object_or_404(rows.select_related("team", "owner"), public_id=public_id)
