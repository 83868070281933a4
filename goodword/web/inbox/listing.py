"""Lists of conversations: the folders, the teams, and what a search found."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from goodword.conversations import readings
from goodword.conversations.models import Conversation
from goodword.desk import lists
from goodword.desk import queries as desk
from goodword.desk.search import asking, finding, saved
from goodword.web import presence
from goodword.web.inbox import drawing, excerpts, filters, showing
from goodword.web.inbox.places import NoSuchPlace, Place, place
from goodword.web.inbox.showing import Excerpt
from goodword.web.inside import inside, moment_of, teammate_of, typed

BESIDE = 30  # rows beside a conversation that is opened as a page: no screen is that high


@inside
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    return redirect("inbox:folder", "mine")


@inside
@require_GET
def folder(request: HttpRequest, folder: str) -> HttpResponse:
    return _show(request, folder)


@inside
@require_GET
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    return _show(request, f"team-{public_id}")


def _show(request: HttpRequest, key: str) -> HttpResponse:
    try:
        here = place(teammate_of(request), key, order=request.GET.get("order", ""))
    except NoSuchPlace as error:
        raise Http404 from error
    return show(request, here)


def show(request: HttpRequest, here: Place) -> HttpResponse:
    """A list as a page, or as the piece of it that was asked for."""
    context = list_context(request, here, after=request.GET.get("after", ""))
    piece = request.GET.get("fragment", "")
    if piece == "more":
        return render(request, "web/inbox/_more.html", context)
    if piece == "list":
        return render(request, "web/inbox/_list_news.html", context)
    return render(request, "web/inbox/list.html", context)


def list_context(
    request: HttpRequest,
    here: Place,
    *,
    after: str = "",
    opened: Conversation | None = None,
) -> dict[str, Any]:
    """What the list pane shows: one page of `here`; `opened` is the marked row."""
    teammate, now = teammate_of(request), moment_of(request)
    found: dict[int, Excerpt] = {}
    context: dict[str, Any] = {"most": BESIDE if opened else 0}
    most = BESIDE if opened or typed(request.GET, "most") == str(BESIDE) else lists.PAGE
    if here.asks:
        context |= _search_context(request, here, after=after, most=most)
        hits = context["found"].hits
        found = excerpts.of(context["found"], context["asked"])
        listed, cursor = lists.listed([hit.conversation for hit in hits]), context["found"].after
    elif here.folder == "recent":
        seen = readings.recently_viewed(teammate, most=most)
        listed, cursor = lists.listed([each.pk for each in seen]), ""
    else:
        order: desk.Order = "due" if here.order == "due" else "newest"
        page = lists.page_of(
            teammate, here.folder, team=here.team, order=order, after=after, most=most
        )
        listed, cursor = page.rows, page.after
    lists.note_unread(listed, by=teammate)
    rows = showing.rows_of(listed, place=here, by=teammate, now=now, excerpts=found)
    return context | {
        "place": here,
        "rows": rows,
        "drawn_rows": drawing.rows(
            rows,
            columns=here.columns,
            now=now,
            opened=opened,
            written_in=presence.everybody.written_in(but=teammate),
        ),
        "row_writing": drawing.writing(),
        "row_icons": drawing.icons(),
        "older_url": here.page_url(cursor) if cursor else "",
        "is_later_page": bool(after),
        "opened": opened,
        "owed_by_me": desk.owed_by(teammate) if here.key == "mine" else 0,
    }


def _search_context(request: HttpRequest, here: Place, *, after: str, most: int) -> dict[str, Any]:
    teammate = teammate_of(request)
    at = timezone.localtime(moment_of(request))
    asked = finding.knowing_fields(asking.read(here.text, at=at))
    found = finding.find(asked, by=teammate, order=here.order, after=after, most=most)
    return {
        "asked": asked,
        "found": found,
        "typed": here.text,
        "chips": filters.chips(asked, here),
        "may_change_view": here.view is not None and saved.may_change(here.view, teammate),
        "gone": [filters.in_words(each) for each in found.gone],
    }
