"""Lists of conversations: the folders, the teams, and what a search found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.conversations import readings
from goodword.conversations.models import Conversation
from goodword.desk import lists
from goodword.desk import queries as desk
from goodword.desk.search import asking, finding, saved
from goodword.web import presence
from goodword.web.inbox import drawing, excerpts, filters, showing
from goodword.web.inbox.places import NoSuchPlace, Place, place
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
    most = BESIDE if opened or typed(request.GET, "most") == str(BESIDE) else lists.PAGE
    search = _search_context(request, here, after=after, most=most) if here.asks else {}
    found = excerpts.of(search["found"], search["asked"]) if here.asks else {}
    page = _page(here, search, by=teammate, after=after, most=most)
    lists.note_unread(page.rows, by=teammate)
    rows = showing.rows_of(page.rows, place=here, by=teammate, now=now, excerpts=found)
    return search | {
        "most": BESIDE if opened else 0,
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
        "older_url": here.page_url(page.after) if page.after else "",
        "is_later_page": bool(after),
        "opened": opened,
        "owed_by_me": desk.owed_by(teammate) if here.key == "mine" else 0,
    }


def _page(
    here: Place, search: Mapping[str, Any], *, by: Teammate, after: str, most: int
) -> lists.Page:
    if here.asks:
        found = search["found"]
        return lists.Page(lists.listed([hit.conversation for hit in found.hits]), found.after)
    if here.folder == "recent":
        seen = readings.recently_viewed(by, most=most)
        return lists.Page(lists.listed([each.pk for each in seen]), "")
    order: desk.Order = "due" if here.order == "due" else "newest"
    return lists.page_of(by, here.folder, team=here.team, order=order, after=after, most=most)


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
