"""What belongs to an answer that is being written: the canned replies in it, and what they do once
it is sent. The composer calls this; its page sends each step as `does`, each reply as `canned`.
"""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from goodword.canned import applying, steps
from goodword.canned.steps import Step
from goodword.conversations.models import Conversation, Draft, Message
from goodword.core import ids
from goodword.web.canned import words
from goodword.web.inbox import conversation as inbox
from goodword.web.inside import moment_of, teammate_of

_MOST_USED = 20


class Refused(Exception):
    """It can't be done along with the answer, so neither was done; `str()` says why."""


def choosing(request: HttpRequest, found: Conversation) -> HttpResponse:
    """To the page to choose from, once the draft is kept: the way without script."""
    query = inbox.place_beside(request, found).query
    return redirect(f"{reverse('canned:choose', args=[found.public_id])}?{query}")


def keep(kept: Draft | None, sent: QueryDict) -> None:
    """Remember with the draft what the page shows; `does_not` names a step that was taken out."""
    if kept is None or kept.kind != Draft.Kind.REPLY:
        return
    with suppress(steps.Malformed):
        applying.keep_for(kept, _steps(sent), used=_used(sent))


def do(request: HttpRequest, message: Message) -> None:
    """In the transaction that queues the answer. Raises Refused."""
    by, at, sent = teammate_of(request), moment_of(request), request.POST
    try:
        applying.after_answer(message, _steps(sent), used=_used(sent), by=by, at=at)
    except words.REFUSALS as error:
        raise Refused(words.sentence(error)) from error


def _steps(sent: QueryDict) -> list[Step]:
    out = set(sent.getlist("does_not"))
    return steps.parse(each for each in sent.getlist("does") if each not in out)


def _used(sent: QueryDict) -> list[str]:
    return [each for each in sent.getlist("canned") if ids.is_public_id(each)][:_MOST_USED]
