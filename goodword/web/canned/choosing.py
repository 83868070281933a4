"""Choosing a canned reply while one answers: what is offered, filled in for this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodword.accounts import rights
from goodword.canned import applying, queries, steps
from goodword.canned.models import CannedReply
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Draft
from goodword.core.text import one_line
from goodword.desk import wording
from goodword.web import undoing
from goodword.web.canned import words
from goodword.web.canned.words import Worded
from goodword.web.inbox import conversation as inbox
from goodword.web.inbox import writing
from goodword.web.inside import inside, moment_of, teammate_of, typed

MOST = 50
_MOST_BYTES = 9_000  # of whole texts in one list; the rest is fetched when it is chosen


@dataclass(frozen=True, slots=True)
class Offer:
    """A canned reply as it would be said here."""

    reply: CannedReply
    text: str
    does: list[Worded]


@inside
@require_GET
def offered(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list behind "/", as JSON: asked for once by a page, and again for words beyond it."""
    found = _answerable(request, public_id)
    offers, more = _offers(request, found)
    room, rows = _MOST_BYTES, []
    for each in offers:
        room -= len(each.text.encode())
        said = {"text": each.text} if room >= 0 else {"excerpt": one_line(each.text, most=60)}
        rows.append(_as_json(each) | said)
    told = {
        "found": _("%(n)s canned replies"),
        "more": _("There are more: type a word of it."),
        "put_in": _("Put in: %(name)s"),
    }
    listed = {"replies": rows, "more": more, "words": told}
    return JsonResponse(listed, json_dumps_params={"ensure_ascii": False})


@inside
@require_GET
def text(request: HttpRequest, public_id: str, reply_id: str) -> HttpResponse:
    """The whole text of one."""
    found = _answerable(request, public_id)
    offer = _offer(request, found, reply_id)
    return JsonResponse(_as_json(offer) | {"text": offer.text})


@inside
@require_GET
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same list as a page, for who works without script."""
    found = _answerable(request, public_id)
    offers, more = _offers(request, found)
    context = {
        "conversation": found,
        "place": inbox.place_beside(request, found),
        "offers": offers,
        "more": more,
        "asked": typed(request.GET, "q"),
        "back": inbox.address_of(request, found, compose="reply"),
    }
    return render(request, "web/canned/choose.html", context)


@inside
@require_POST
def insert(request: HttpRequest, public_id: str, reply_id: str) -> HttpResponse:
    """Behind what is written in the draft; what it does waits with the draft."""
    found = _answerable(request, public_id)
    offer = _offer(request, found, reply_id)
    by, at = teammate_of(request), moment_of(request)
    with transaction.atomic():
        found = locking.lock(found)  # what is being saved beside it comes before or after
        draft = writing.draft_of(found, by, "reply")
        before = draft.text.rstrip() if draft else ""
        headed = ("to", "cc", "bcc", "sender")
        to = {name: getattr(draft, name) for name in headed} if draft else {}
        written = f"{before}\n\n{offer.text}" if before else offer.text
        kept = conversations.save_draft(
            found, by=by, kind=Draft.Kind.REPLY, text=written, at=at, **to
        )
        waiting = queries.after_sending(found.pk, by.pk)
        used = [*(waiting.used if waiting else []), offer.reply.public_id]
        earlier = steps.read(waiting.steps if waiting else [])
        does = steps.together(earlier, steps.read(offer.reply.steps))
        applying.keep_for(kept, does, used=used)
    return redirect(inbox.address_of(request, found, compose="reply"))


@inside
@require_POST
def apply(request: HttpRequest, public_id: str, reply_id: str) -> HttpResponse:
    """Do at once what it does; what it says isn't sent."""
    found = _answerable(request, public_id)
    reply = get_object_or_404(_usable(request, found), public_id=reply_id)
    back = inbox.address_of(request, found)
    by, at = teammate_of(request), moment_of(request)
    try:
        applied = applying.apply(reply, found, by=by, at=at)
    except words.REFUSALS as error:
        messages.error(request, words.sentence(error))
    else:
        query = inbox.place_beside(request, found).query
        url = f"{reverse('canned:undo', args=[found.public_id, applied.public_id])}?{query}"
        undoing.offer(request, _("Done: %(name)s.") % {"name": reply.name}, url)
    return redirect(back)


@inside
@require_POST
def undo(request: HttpRequest, public_id: str, applied_id: str) -> HttpResponse:
    found = inbox.visible(request, public_id)
    by, at = teammate_of(request), moment_of(request)
    mine = queries.applied_by(by).filter(conversation=found, message_key__isnull=True)
    applied = get_object_or_404(mine, public_id=applied_id)
    back = inbox.address_of(request, found)
    try:
        applying.undo(applied, by=by, at=at)
    except words.REFUSALS as error:
        messages.error(request, words.sentence(error))
    else:
        messages.success(request, _("Undone."))
    return redirect(back)


def _answerable(request: HttpRequest, public_id: str) -> Conversation:
    """Raises Http404; for who sends nothing there is nothing here."""
    found = inbox.visible(request, public_id)
    if not rights.may_answer(teammate_of(request)):
        raise Http404
    return found


def _usable(request: HttpRequest, found: Conversation) -> Any:
    return queries.usable_in(found, teammate_of(request)).prefetch_related("texts")


def _offers(request: HttpRequest, found: Conversation) -> tuple[list[Offer], bool]:
    """The first that match what is asked for, and whether there are more."""
    rows = queries.matching(_usable(request, found), typed(request.GET, "q"))
    listed = list(rows[: MOST + 1])
    return _filled(request, found, listed[:MOST]), len(listed) > MOST


def _offer(request: HttpRequest, found: Conversation, reply_id: str) -> Offer:
    reply = get_object_or_404(_usable(request, found), public_id=reply_id)
    return _filled(request, found, [reply])[0]


def _filled(request: HttpRequest, found: Conversation, replies: list[CannedReply]) -> list[Offer]:
    by, at = teammate_of(request), moment_of(request)
    worded = words.of(*(steps.read(each.steps) for each in replies))
    wanted = queries.languages_for(found)
    said = []
    for reply in replies:
        texts = {each.language: each.text for each in reply.texts.all()}
        said.append(queries.text_in(texts, wanted))
    filled = wording.all_filled(said, found, by=by, at=at)
    return [Offer(*each) for each in zip(replies, filled, worded, strict=True)]


def _as_json(offer: Offer) -> dict[str, Any]:
    reply = offer.reply
    return {
        "id": reply.public_id,
        "name": reply.name,
        "folder": reply.folder,
        "shortcut": reply.shortcut,
        "does": [[each.written, each.words] for each in offer.does],
        "says": bool(offer.text),
    }
