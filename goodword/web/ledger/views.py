"""The ledger of promises, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.core.counting import capped
from goodword.desk.keeping import promising, unkeeping
from goodword.promises import queries as promises
from goodword.promises.ledger import COUNT_TO, Ledger
from goodword.promises.models import REPLY, Promise
from goodword.ui import marks
from goodword.web import spreadsheets
from goodword.web.inbox.showing import name_of
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece
from goodword.web.ledger import acts, drawing, exporting, filters, picture, showing, steps
from goodword.web.ledger.filters import Filters

_WEEKS = 5  # of the picture: three before this one, and the next
_PHONE_DAYS = (7, 3)  # back, and ahead


@inside
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    teammate, now = teammate_of(request), moment_of(request)
    here = filters.read(request.GET, by=teammate, now=now)
    whole = Ledger(teammate, here.asked, now=now)
    rows = _rows(request, here, whole)
    piece = request.GET.get("fragment", "") if wants_piece(request) else ""
    if piece == "more":
        return render(request, "web/ledger/_more.html", rows)
    context = rows | {
        "filters": here,
        "with_whom": name_of(here.person) if here.person else "",
        "choices": filters.choices(here, by=teammate),
        "icons": marks.symbols(showing.icons()),
        "may_promise": rights.may_answer(teammate),
        "csv_url": here.url(name="promises:csv"),
        **_counted(here, whole),
        **_pictured(here, teammate, now),
    }
    template = "web/ledger/_news.html" if piece == "live" else "web/ledger/ledger.html"
    return render(request, template, context)


def _rows(request: HttpRequest, here: Filters, whole: Ledger) -> dict[str, Any]:
    """One page of rows, and where the line that says now stands among them."""
    after = typed(request.GET, "after")
    page = whole.page(after=after)
    rows = showing.shown(page.rows, by=whole.teammate, now=whole.now)
    line = _now_before(page.rows, whole.now, is_first=not after)
    return {
        "rows": rows,
        "drawn_rows": drawing.ledger_rows(rows, now=whole.now, now_before=line),
        "older_url": here.url(after=page.after) if page.after else "",
        "is_later_page": bool(after),
    }


def _now_before(rows: Sequence[Promise], now: datetime, *, is_first: bool) -> str:
    """The first row that is due before now, where some page turns from ahead to behind."""
    for number, row in enumerate(rows):
        if row.due_at < now:
            return row.public_id if number or is_first else ""
    return ""


def _counted(here: Filters, ledger: Ledger) -> dict[str, Any]:
    counts = ledger.counts()
    came = sum(counts[state] for state in ("kept", "kept_late", "broken", "late"))
    whole = sum(counts.values())
    start = here.reach[0]
    links = filters.state_links(here)
    return {
        "states": [(link, capped(counts.get(link.key, whole), COUNT_TO)) for link in links],
        "whole": whole,
        "given": capped(whole, COUNT_TO),
        "came": came,
        "came_words": capped(came, COUNT_TO),
        "kept": counts["kept"],
        "kept_words": capped(counts["kept"], COUNT_TO),
        "since": start if here.period != "ahead" and not here.day else None,
    }


def _pictured(here: Filters, teammate: Teammate, now: datetime) -> dict[str, Any]:
    """The weeks around now, of the same people and kinds, whatever else is filtered."""
    first = here.monday - timedelta(weeks=3)
    days = picture.spans(first, _WEEKS * 7)
    asked = filters.around(here, start=days[0][0], end=days[-1][1])
    counts = Ledger(teammate, asked, now=now).by_day(days, most=picture.MOST)

    def url_of(day: date) -> str:
        return here.url(day="" if day == here.day else day.isoformat(), state="", period="")

    at = (here.today - first).days - _PHONE_DAYS[0] + 1
    near = counts[at : at + sum(_PHONE_DAYS)]
    seen = picture.Seen(here.today, here.day, url_of)
    wide = picture.of_weeks(counts, first, seen)
    phone = picture.of_days(near, first + timedelta(days=at), seen)
    return {"pictures": [wide, phone], "twin": [each for each in wide.columns if each.counts]}


@inside
@require_GET
def csv(request: HttpRequest) -> HttpResponseBase:
    teammate, now = teammate_of(request), moment_of(request)
    here = filters.read(request.GET, by=teammate, now=now)
    whole = Ledger(teammate, here.asked, now=now)
    rows = exporting.rows(whole, by=teammate, now=now)
    return spreadsheets.streamed(rows, name=_("promises"))


@inside
@require_GET
def promise(request: HttpRequest, public_id: str) -> HttpResponse:
    """One promise: what, to whom, by when, where it was said, and all that became of it."""
    teammate, now = teammate_of(request), moment_of(request)
    found = acts.found(request, public_id)
    row = showing.shown([found], by=teammate, now=now)[0]
    context = {
        "row": row,
        "promise": found,
        "steps": steps.lines(found, promises.steps_of(found), by=teammate, now=now),
        "may_hand_over": found.is_open
        and found.direction != Promise.Direction.THEIRS
        and rights.may_reassign(teammate, now_with=found.owner),
        "may_break": row.may_act and found.kind != REPLY,
        "may_choose_shown": promising.may_choose_shown(found),
        "may_show": rights.may_answer(teammate),
        "may_undo": unkeeping.may_take_back(found, teammate),
        "came_from": found.successor_of,
        "went_on": getattr(found, "successor", None),
        "back": request.path,
    }
    return render(request, "web/ledger/promise.html", context)
