"""A teammate's own notices: the list, the bell, and what a browser may show."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.notices import actions as notices
from goodword.notices import mailing, queries
from goodword.notices.kinds import group_of
from goodword.notices.models import Notice
from goodword.web.inside import inside, moment_of, teammate_of

_IS_NEWS = timedelta(minutes=5)  # what a browser shows; the older stands in the list
_MOST_SHOWN, _MOST_LOOKED_AT = 3, 20
_ICONS = {
    "due_soon": "hourglass",
    "stand_in": "user-round-check",
    "late": "triangle-alert",
    "backup": "life-buoy",
    "lead": "megaphone",
    "missed": "calendar-x",
    "handed_over": "corner-down-right",
    "their_day": "message-circle-question-mark",
    "come_back": "alarm-clock",
    "other_time": "calendar-clock",
    "given": "corner-down-right",
    "mentioned": "at-sign",
    "followed": "bell-ring",
    "aside_answered": "message-circle",
    "answer_held": "circle-pause",
    "new": "inbox",
    "finish_draft": "file-pen",
    "approve_draft": "file-pen",
    "draft_approved": "badge-check",
    "draft_back": "undo-2",
    "draft_taken": "file-pen",
}


@inside
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Newest first. Looking at the list is not yet having seen each matter."""
    after = request.GET.get("after", "")
    page = queries.page_of(teammate_of(request), after=after)
    context = {
        "notices": [(notice, _ICONS.get(notice.kind, "bell")) for notice in page.rows],
        "older": page.after,
        "is_later_page": bool(after),
        "has_unseen": any(not (each.seen_at or each.ended_at) for each in page.rows),
    }
    return render(request, "web/notices/listed.html", context)


@inside
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The bells as they are now, and what this browser may show beside them."""
    teammate = teammate_of(request)
    now = moment_of(request)
    wants = queries.preference_of(teammate)
    fresh: list[Notice] = []
    if (wants.by_browser or wants.sounds) and mailing.may_be_reached(teammate, at=now):
        fresh = list(queries.unseen(teammate).filter(told_at__gt=now - _IS_NEWS)[:_MOST_LOOKED_AT])
    shown = [each for each in fresh if group_of(each.kind) not in wants.not_by_browser]
    context = {
        "shown": shown[:_MOST_SHOWN] if wants.by_browser else [],
        "sound": fresh[0] if fresh and wants.sounds else None,
    }
    return render(request, "web/notices/_news.html", context)


@inside
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to where it leads; whoever pressed it in the list has seen it."""
    mine = queries.of(teammate_of(request)).filter(pk=pk)
    notice = get_object_or_404(mine)
    if request.method == "POST":
        notices.see(mine, at=moment_of(request))
    return redirect(notice.url)


@inside
@require_POST
def see_all(request: HttpRequest) -> HttpResponse:
    notices.see(queries.unseen(teammate_of(request)), at=moment_of(request))
    return redirect("notices:listed")
