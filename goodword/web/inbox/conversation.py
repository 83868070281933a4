"""One conversation: what was said, the composer, and the person beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import AlsoIn, Conversation, Draft, Following, Message, Tag
from goodword.core import prepared
from goodword.desk.keeping import owing
from goodword.desk.shaping import emptying
from goodword.inboxes.models import InboxAddress
from goodword.language import thanks
from goodword.people import queries as people
from goodword.people.models import Address, Person
from goodword.promises.models import REPLY, Promise
from goodword.tasks.models import ChecklistItem, TimeSpent
from goodword.tasks.queries import is_there
from goodword.web import presence
from goodword.web.inbox import (
    asides,
    belonging,
    beside,
    listing,
    marks,
    promised,
    senders,
    shared,
    showing,
    tasks,
    timeline,
    writing,
)
from goodword.web.inbox.asides import Aside
from goodword.web.inbox.places import NoSuchPlace, Place, place, place_of
from goodword.web.inbox.timeline import Timeline
from goodword.web.inbox.writing import Composer
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece

_OTHERS = 6  # conversations with the same person that stand beside this one


@inside
@require_GET
def conversation(request: HttpRequest, public_id: str) -> HttpResponse:
    piece = request.GET.get("fragment", "") if wants_piece(request) else ""
    try:
        found = visible(request, public_id)
    except Http404:
        if piece != "timeline":
            raise
        return render(request, "web/inbox/_gone.html", status=404)
    if found.public_id != public_id:
        query = request.META.get("QUERY_STRING", "")
        path = reverse("inbox:conversation", args=[found.public_id])
        return redirect(f"{path}?{query}" if query else path)
    if piece == "composer":
        context = {
            "conversation": found,
            "composer": _composer(request, found, seen=typed(request.GET, "seen")),
            "place": place_beside(request, found),
        }
        return render(request, "web/inbox/_composer.html", context)
    return show(request, found, template=_PIECES.get(piece, ""))


_PIECES = {"timeline": "web/inbox/_conversation_news.html"}


def visible(request: HttpRequest, public_id: str) -> Conversation:
    """The conversation as far as this teammate may see it, or the one it was joined into.

    So what a page sends that was open while they were joined still arrives. Raises Http404.
    """
    teammate = teammate_of(request)

    def build(key: int, public_id: str) -> QuerySet[Conversation]:
        return _whole(accounts.like(teammate, key)).filter(public_id=public_id)

    shape = ("conversation", teammate.role, teammate.is_active)
    for found in prepared.objects(shape, build, teammate.pk, public_id):
        return found
    joined = conversations.redirected_to(public_id, visible=_whole(teammate))
    if joined is None:
        raise Http404
    return joined


def _whole(teammate: Teammate) -> QuerySet[Conversation]:
    rows = conversations.visible_to(teammate)
    mine = Following.objects.filter(conversation=OuterRef("pk"), teammate=teammate.pk)
    shared = Draft.objects.filter(conversation=OuterRef("pk"), shared_at__isnull=False)
    others = InboxAddress.objects.filter(inbox=OuterRef("inbox"), preferred=False)
    rows = rows.annotate(
        has_senders=Exists(others),
        is_followed=Exists(mine),
        has_shared=Exists(shared),
        has_checklist=is_there(ChecklistItem),
        has_time=is_there(TimeSpent),
        is_merged=Exists(people.merged_with(OuterRef("person"))),
    )
    return rows.select_related("person", "inbox__team", "assignee", "team", "closed_by")


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
        return place(teammate, key, order=order, text=request.GET.get("q", ""))
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


def _composer(request: HttpRequest, found: Conversation, *, seen: str = "") -> Composer:
    mode = request.GET.get("compose", "")
    made = writing.of(found, by=teammate_of(request), mode=mode, now=moment_of(request))
    made.seen = seen or made.seen
    return made


def opened_context(request: HttpRequest, found: Conversation, here: Place) -> dict[str, Any]:
    teammate = teammate_of(request)
    # Most people are one row, and this knows it without asking.
    is_merged = getattr(found, "is_merged", True)
    person = people.keys_of(found.person) if is_merged else [found.person_id]
    apart = asides.of(found, by=teammate)
    said = _what_is_said(request, found, person, apart)
    return {
        "place": here,
        "conversation": found,
        **said,
        **_who_it_is(request, found, person, said["timeline"]),
        **_around(found, apart, teammate),
        "colleagues": presence.everybody.colleagues(found.public_id, but=teammate),
        "shared_drafts": shared.of(found, by=teammate),
        "tags": prepared.objects("tags of", _tags, found.pk),
        "tasks": tasks.of(found, by=teammate),
        "beside": beside.of(found),
        "may_answer": rights.may_answer(teammate),
        "may_reassign": may_reassign(found, teammate),
        **put_aside(found, teammate),
    }


def _what_is_said(
    request: HttpRequest, found: Conversation, person: Sequence[int], apart: Sequence[Aside]
) -> dict[str, Any]:
    """Also what is promised in it, and what is owed for it."""
    teammate, now = teammate_of(request), moment_of(request)
    rows = prepared.objects(("promises between", len(person)), promised.between, found.pk, *person)
    replies = [each for each in promised.here(found, rows) if each.kind == REPLY]
    promise = next((each for each in replies if each.is_open), None)
    words = promised.of(found, rows=rows, by=teammate, now=now)
    whole = "all" in request.GET
    said = timeline.of(
        found, replies=replies, words=words, asides=apart, by=teammate, now=now, whole=whole
    )
    return {
        "owed": showing.owed_of(promise, by=teammate, now=now) if promise else None,
        "answer_waived": not promise and owing.waived(found),
        "timeline": said,
        "promised": words,
        "may_be_thanks": promise is not None and _only_thanks(promise, said),
    }


def _who_it_is(
    request: HttpRequest, found: Conversation, person: Sequence[int], said: Timeline
) -> dict[str, Any]:
    others = _others(found, person, teammate_of(request))
    addresses = prepared.objects("addresses", _addresses, person[0])
    written = [each.written for each in addresses if each.written]
    return {
        "who": found.person.name or (written[0] if written else showing.name_of(found.person)),
        "addresses": written,
        "address_marks": marks.of_addresses([*addresses, *said.addresses], now=moment_of(request)),
        "others": others[:_OTHERS],
        "has_more_others": len(others) > _OTHERS,
    }


def _around(found: Conversation, apart: Sequence[Aside], teammate: Teammate) -> dict[str, Any]:
    """The conversations beside it, and the inboxes that see it too."""
    return {
        "asides": [each for each in apart if each.state == Conversation.State.OPEN],
        "aside_of": asides.around(found, by=teammate),
        "suspected": belonging.suspected(found, by=teammate),
        "linked": belonging.linked(found, by=teammate),
        "also_in": [row.inbox for row in prepared.objects("also in", also_in, found.pk)],
    }


def put_aside(found: Conversation, teammate: Teammate) -> dict[str, Any]:
    """What spam and trash alone show."""
    if found.is_live:
        return {}
    offers = senders.offers(found, by=teammate)
    return {
        "kept_until": emptying.gone_at(found),
        "may_purge": found.state == found.State.TRASH
        and emptying.may_empty(teammate)
        and emptying.trash_of(teammate).filter(pk=found.pk).exists(),
        "block_offers": offers,
        "may_block": not all(each.is_made for each in offers),
    }


def _only_thanks(owed: Promise, said: Timeline) -> bool:
    """Whether the message that awaits an answer only thanks or takes leave, as far as one sees."""
    asked = (each for each in said.messages if each.pk == owed.message_id)
    return any(thanks.only_thanks(each.shown_text) for each in asked)


def may_reassign(found: Conversation, teammate: Teammate) -> bool:
    # What is said aside goes with its conversation, whoever has that.
    return found.side_of_id is None and rights.may_reassign(teammate, now_with=found.assignee)


# The queries of one conversation, by keys, for `prepared`: with some twenty of them the ORM's
# writing of their SQL is half of the page.


def _addresses(person: int) -> QuerySet[Address]:
    return people.addresses_of(Person(pk=person))[:5]


def also_in(key: int) -> QuerySet[AlsoIn]:
    return AlsoIn.objects.filter(conversation=key).select_related("inbox")


def _tags(key: int) -> QuerySet[Tag]:
    return Conversation(pk=key).tags.order_by("name")


def _others(found: Conversation, person: Sequence[int], teammate: Teammate) -> list[Conversation]:
    def build(key: int, conversation: int, *person: int) -> QuerySet[Conversation]:
        seen = conversations.visible_to(accounts.like(teammate, key))
        rows = conversations.with_same(person, visible=seen).exclude(pk=conversation)
        return rows.only("public_id", "subject", "reference", "state")[: _OTHERS + 1]

    shape = ("others", teammate.role, teammate.is_active, len(person))
    return prepared.objects(shape, build, teammate.pk, found.pk, *person)
