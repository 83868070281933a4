"""Lists of conversations: the folders and the teams."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from goodword.conversations.models import Conversation
from goodword.desk import lists
from goodword.desk import queries as desk
from goodword.web.inbox import drawing, showing
from goodword.web.inbox.places import NoSuchPlace, Place, place
from goodword.web.inside import inside, moment_of, teammate_of


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
    teammate = teammate_of(request)
    try:
        here = place(teammate, key, order=request.GET.get("order", ""))
    except NoSuchPlace as error:
        raise Http404 from error
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
    teammate = teammate_of(request)
    page = lists.page_of(teammate, here.folder, team=here.team, order=here.order, after=after)
    older = ""
    if page.after:
        older = f"{here.path}?{urlencode({'order': here.order, 'after': page.after})}"
    now = moment_of(request)
    rows = showing.rows_of(page.rows, place=here, by=teammate, now=now)
    return {
        "place": here,
        "rows": rows,
        "drawn_rows": drawing.rows(rows, now=now, opened=opened),
        "older_url": older,
        "is_later_page": bool(after),
        "opened": opened,
        "owed_by_me": desk.owed_by(teammate) if here.key == "mine" else 0,
    }
