"""What teammates do with an answer of ours on its way out: take it back, let it go, decide about
whom it didn't reach.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodword.accounts.models import Teammate
from goodword.canned import applying
from goodword.conversations.models import Conversation
from goodword.desk.answering import delivering
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.acts import do
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inside import inside, moment_of, teammate_of, typed


@inside
@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    message = pages.visible_message(request, public_id)
    found = message.conversation
    try:
        applying.take_back(message, by=teammate_of(request), at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return redirect(pages.address_of(request, found))
    return redirect(pages.address_of(request, found, compose="reply"))


@inside
@require_POST
def let_go(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send what was held back."""
    message = pages.visible_message(request, public_id)

    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        delivering.let_go(message, by=by, at=at)

    return do(request, message.conversation.public_id, act)


@inside
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a person decides about a recipient in trouble: received, again or leave; or about a
    message that was held back for all who haven't got it: unsent.
    """
    message = pages.visible_message(request, public_id)
    verbs = {
        "received": delivering.count_as_received,
        "again": delivering.send_again,
        "leave": delivering.leave_it,
    }
    verb = verbs.get(request.POST.get("choice", ""))
    rows = message.recipients.filter(address__value=typed(request.POST, "address"))

    @transaction.atomic
    def act(found: Conversation, by: Teammate, at: datetime) -> None:
        if request.POST.get("choice") == "unsent":
            delivering.leave_unsent(message, by=by, at=at)
            return
        if verb is None:
            raise delivering.NotInTrouble
        for row in rows.select_related("message__conversation"):
            verb(row, by=by, at=at)

    return do(request, message.conversation.public_id, act)
