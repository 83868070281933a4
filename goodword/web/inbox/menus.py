"""What the menus of a conversation and of its messages hold.

It is fetched when somebody reaches for a menu; without script a menu's link leads to it as a page.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.desk import queries as desk
from goodword.inboxes.models import Inbox
from goodword.promises.models import REPLY
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import marks, promised, showing, snoozing
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece


@inside
@require_GET
def more(request: HttpRequest, public_id: str) -> HttpResponse:
    """All that can be done with a conversation but giving it away and snoozing."""
    found = pages.visible(request, public_id)
    rows = prepared.objects("promises between", promised.between, found.pk, found.person_id)
    owed = any(each.kind == REPLY and each.is_open for each in promised.here(found, rows))
    aside = pages.put_aside(found, teammate_of(request))
    return show(request, found, "more", is_owed=owed, **aside)


@inside
@require_GET
def of_message(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?newest=1`: it is what they said last, which a key forwards."""
    message = pages.visible_message(request, public_id)
    found = pages.visible(request, message.conversation.public_id)
    return show(
        request,
        found,
        "message",
        message=message,
        confirmed=marks.confirmed(message),
        is_newest=request.GET.get("newest") == "1",
        may_split=found.is_live and not found.side_of_id,
    )


_PAGES = {
    "assign": ("web/inbox/assign.html", "web/inbox/_assign_choices.html"),
    "snooze": ("web/inbox/snooze.html", "web/inbox/_snooze_choices.html"),
    "more": ("web/inbox/more.html", "web/inbox/_more_choices.html"),
    "message": ("web/inbox/message_menu.html", "web/inbox/_message_choices.html"),
}


def show(
    request: HttpRequest, found: Conversation, menu: str, *, status: int = 200, **also: Any
) -> HttpResponse:
    """The choices as a page, or alone for the menu that asks for them."""
    teammate = teammate_of(request)
    page, piece = _PAGES[menu]
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "who": showing.name_of(found.person),
        "may_answer": rights.may_answer(teammate),
        "may_reassign": pages.may_reassign(found, teammate),
    }
    if menu == "assign" and context["may_reassign"]:
        context["answerers"] = prepared.objects("answerers", _answerers, found.inbox_id)
        context["inbox_teams"] = prepared.objects("inbox teams", _inbox_teams, found.inbox_id)
    elif menu == "snooze":
        context["snooze_choices"] = snoozing.choices(moment_of(request))
    template = piece if wants_piece(request) and status == 200 else page
    return render(request, template, context | also, status=status)


def _answerers(inbox: int) -> QuerySet[Teammate]:
    return desk.who_may_answer(Inbox(pk=inbox))


def _inbox_teams(inbox: int) -> QuerySet[Team]:
    return Inbox(pk=inbox).teams.order_by("name")
