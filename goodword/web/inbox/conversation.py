"""One conversation: what was said, the composer, and the person beside it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message
from goodword.desk import owing
from goodword.desk import queries as desk
from goodword.people import queries as people
from goodword.promises import queries as promises
from goodword.web.inbox import belonging, listing, marks, showing, snoozing, timeline, writing
from goodword.web.inbox.places import NoSuchPlace, Place, place, place_of
from goodword.web.inbox.writing import Composer
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece

_OTHERS = 6  # conversations with the same person that stand beside this one


@inside
@require_GET
def conversation(request: HttpRequest, public_id: str) -> HttpResponse:
    found = visible(request, public_id)
    if found.public_id != public_id:
        query = request.META.get("QUERY_STRING", "")
        path = reverse("inbox:conversation", args=[found.public_id])
        return redirect(f"{path}?{query}" if query else path)
    piece = request.GET.get("fragment", "") if wants_piece(request) else ""
    if piece == "composer":
        context = {
            "conversation": found,
            "composer": _composer(request, found),
            "place": place_beside(request, found),
        }
        return render(request, "web/inbox/_composer.html", context)
    return show(request, found, template=_PIECES.get(piece, ""))


_PIECES = {"timeline": "web/inbox/_conversation_news.html"}


def visible(request: HttpRequest, public_id: str) -> Conversation:
    """The conversation as far as this teammate may see it, or the one it was joined into.

    So what a page sends that was open while they were joined still arrives. Raises Http404.
    """
    rows = conversations.visible_to(teammate_of(request)).select_related(
        "person", "inbox__team", "assignee", "team", "closed_by"
    )
    found = rows.filter(public_id=public_id).first() or conversations.redirected_to(
        public_id, visible=rows
    )
    if found is None:
        raise Http404
    return found


def visible_message(request: HttpRequest, public_id: str) -> Message:
    """Raises Http404."""
    rows = conversations.messages_visible_to(teammate_of(request)).select_related("conversation")
    return get_object_or_404(rows, public_id=public_id)


def place_beside(request: HttpRequest, found: Conversation) -> Place:
    """The list that stands beside a conversation: where the address says, else where it belongs.

    Raises Http404 for a place that isn't there.
    """
    teammate = teammate_of(request)
    key = typed(request.GET, "folder")
    if not key:
        return place_of(found, teammate)
    order = typed(request.GET, "order")
    try:
        return place(teammate, key, order=order)
    except NoSuchPlace as error:
        raise Http404 from error


def address_of(request: HttpRequest, found: Conversation, **more: str) -> str:
    """Where an act leads back to: the conversation, with its list beside it."""
    path = reverse("inbox:conversation", args=[found.public_id])
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    return f"{path}?{place_beside(request, found).query}{extra}"


def show(
    request: HttpRequest,
    found: Conversation,
    *,
    composer: Composer | None = None,
    template: str = "",
    status: int = 200,
) -> HttpResponse:
    """The conversation as a page, or as the piece that htmx swaps in."""
    here = place_beside(request, found)
    context = opened_context(request, found, here)
    context["composer"] = composer or _composer(request, found)
    if not template:
        template = "web/inbox/conversation.html"
        if wants_piece(request):
            template = "web/inbox/_opened.html"
        else:
            context |= listing.list_context(request, here, opened=found)
    return render(request, template, context, status=status)


def _composer(request: HttpRequest, found: Conversation) -> Composer:
    mode = request.GET.get("compose", "")
    return writing.of(found, by=teammate_of(request), mode=mode, now=moment_of(request))


def opened_context(request: HttpRequest, found: Conversation, here: Place) -> dict[str, Any]:
    teammate, now = teammate_of(request), moment_of(request)
    promise = promises.owed_reply(found)
    seen = conversations.visible_to(teammate)
    others = list(conversations.others_with(found, visible=seen)[: _OTHERS + 1])
    addresses = list(people.addresses_of(found.person)[:5])
    written = [each.written for each in addresses if each.written]
    said = timeline.of(found, by=teammate, now=now, whole="all" in request.GET)
    return {
        "place": here,
        "conversation": found,
        "who": found.person.name or (written[0] if written else showing.name_of(found.person)),
        "addresses": written,
        "owed": showing.owed_of(promise, by=teammate, now=now) if promise else None,
        "answer_waived": not promise and owing.waived(found),
        "timeline": said,
        "address_marks": marks.of_addresses([*addresses, *said.addresses], now=now),
        "suspected": belonging.suspected(found, visible=seen),
        "also_in": [row.inbox for row in found.also_in.select_related("inbox")],
        "tags": list(found.tags.order_by("name")),
        "known_tags": conversations.tags_seen_by(teammate)[:200],
        "others": others[:_OTHERS],
        "has_more_others": len(others) > _OTHERS,
        "snooze_choices": snoozing.choices(now),
        **_rights(found, teammate),
    }


def _rights(found: Conversation, teammate: Teammate) -> dict[str, Any]:
    reassigns = rights.may_reassign(teammate, now_with=found.assignee)
    return {
        "may_answer": rights.may_answer(teammate),
        "may_reassign": reassigns,
        "answerers": desk.who_may_answer(found.inbox) if reassigns else [],
        "inbox_teams": found.inbox.teams.order_by("name") if reassigns else [],
    }
