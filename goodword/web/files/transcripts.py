"""What was said in a conversation, sent as PDF: with an answer to whom it is with, or aside of it
to somebody else. The first is a draft, which is looked at before it leaves. So can the second be,
but it is made as it is sent: what was said in between goes along.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Draft
from goodword.desk.answering.queueing import answer_subject
from goodword.web.files import printing
from goodword.web.inbox import asides, asking, showing
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of


@inside
@require_http_methods(["GET", "POST"])
def transcript(request: HttpRequest, public_id: str) -> HttpResponse:
    """To somebody else with a comment; of what was said aside, aside of its conversation."""
    found = pages.visible(request, public_id)
    query = request.META.get("QUERY_STRING", "")
    attach_url = reverse("files:attach_transcript", args=[found.public_id])
    enclosed = asking.Enclosed(
        name=_name(found),
        url=reverse("files:print", args=[found.public_id]),
        attach_url=f"{attach_url}?{query}" if query else attach_url,
        who=showing.name_of(found.person),
        make=lambda: printing.made_of(found, notes=False, at=moment_of(request)),
    )
    parent = asides.around(found, by=teammate_of(request)) or found
    subject = answer_subject(found.subject).removeprefix("Re:").strip() or found.reference
    return asking.ask(request, parent, {"subject": subject}, enclosed=enclosed)


@inside
@require_POST
def attach(request: HttpRequest, public_id: str) -> HttpResponse:
    """To what one is writing to the person, which is looked at and sent as ever."""
    found, by = pages.visible(request, public_id), teammate_of(request)
    if not rights.may_answer(by) or not found.is_live:
        raise PermissionDenied
    at = moment_of(request)
    data = printing.made_of(found, notes=False, at=at)
    held = _attach(found, data, by=by, at=at)
    if held != found:
        found = pages.visible(request, held.public_id)
    return redirect(pages.address_of(request, found, compose="reply"))


@transaction.atomic
def _attach(found: Conversation, data: bytes, *, by: Teammate, at: datetime) -> Conversation:
    """In place of an older one. Gives the conversation in which the draft stands."""
    held = locking.lock(found)
    mine = Draft.objects.filter(conversation=held, teammate=by, kind=Draft.Kind.REPLY)
    draft = mine.first() or conversations.save_draft(
        held, by=by, kind=Draft.Kind.REPLY, text="", at=at
    )
    name = _name(found)
    for older in draft.files.filter(name=name):
        conversations.detach_from_draft(older)
    conversations.attach_to_draft(
        draft, name=name, content_type="application/pdf", data=data, at=at
    )
    return held


def _name(conversation: Conversation) -> str:
    return f"{conversation.reference}.pdf"
