"""The home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.inboxes import queries as inboxes
from goodword.plan import queries as plan
from goodword.plan.service_plan import ServicePlan
from goodword.promises import day as promises
from goodword.promises.models import Promise
from goodword.ui import marks
from goodword.ui.times import Clock
from goodword.web.inbox.showing import SOON
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece
from goodword.web.ledger import drawing, showing
from goodword.web.ledger.showing import Shown
from goodword.web.today import dayline, owed, rail

_MOST_AT_RISK = 4
_MOST_KEPT = 100
_HERE = "/"


@inside
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in; setting up goes on where an owner left it."""
    teammate, now = teammate_of(request), moment_of(request)
    if getattr(request, "business", None) is None and teammate.is_owner:
        return redirect("setup:begin")
    piece = wants_piece(request) and request.GET.get("fragment") == "live"
    template = "web/today/_news.html" if piece else "web/today/today.html"
    return render(request, template, _context(teammate, now))


def _context(teammate: Teammate, now: datetime) -> dict[str, Any]:
    service_plan, seen = plan.current(), list(inboxes.open_to(teammate))
    before = owed.of(teammate, now=now)
    risky = promises.at_risk(teammate, until=now + SOON, most=_MOST_AT_RISK)
    hours = dayline.hours_of(
        service_plan,
        teammate,
        [inbox.pk for inbox in seen],
        day=timezone.localtime(now).date(),
    )
    first = _first(before)
    return {
        "owed": before,
        "first_row": first,
        "groups": [
            (group, drawing.owed_rows(group.rows, now=now, first=first)) for group in before.groups
        ],
        "stepping_in": _stepping_in(service_plan, before, now),
        "lines": dayline.lines(_moments(teammate, before.rows, now), hours, now=now),
        "coverage": rail.coverage(service_plan, seen, by=teammate, now=now),
        "at_risk": showing.shown(risky, by=teammate, now=now),
        "week": rail.week(teammate, now=now),
        "icons": marks.symbols(showing.icons()),
        "back": _HERE,
    }


def _first(before: owed.Owed) -> str:
    """The row whose button is filled: the first that is late, else the first."""
    rows = before.rows
    first = next((row for row in rows if row.is_late), rows[0] if rows else None)
    return first.promise.public_id if first else ""


def _moments(teammate: Teammate, rows: Sequence[Shown], now: datetime) -> list[dayline.Moment]:
    """What of today stands on the line: kept behind now, owed ahead of it."""
    here = timezone.localtime(now)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    over = midnight + timedelta(days=1)
    kept = promises.kept_by(teammate, since=midnight, until=over, most=_MOST_KEPT)
    done = [
        dayline.Moment(each.ended_at or each.due_at, each.state, "check", each.what)
        for each in kept
    ]
    ahead = [
        dayline.Moment(row.promise.due_at, row.state, _icon(row), row.words)
        for row in rows
        if midnight <= row.promise.due_at < over
    ]
    return [*done, *ahead]


def _icon(row: Shown) -> str:
    return "triangle-alert" if row.is_late else row.act.icon


def _stepping_in(service_plan: ServicePlan, before: owed.Owed, now: datetime) -> str:
    """Who is asked next to step in for what is late, and when."""
    late = next((group.rows for group in before.groups if group.key == "late"), [])
    waiting = [row.promise for row in late if _asks_backup(row.promise, now)]
    if not waiting:
        return ""
    first = min(waiting, key=lambda each: each.look_at or now)
    assert first.look_at is not None and first.inbox_id is not None  # as `_asks_backup` says
    key = service_plan.backup_of(first.owner_id, first.inbox_id, first.look_at)
    backup = accounts.active().filter(pk=key).first() if key is not None else None
    if backup is None:
        return ""
    when = Clock(now).short(first.look_at)
    return _("%(who)s is asked to step in at %(when)s") % {"who": backup.name, "when": when}


def _asks_backup(promise: Promise, now: datetime) -> bool:
    """Whether the next thing that happens to it is that its backup is told."""
    return (
        promise.looked in ("", "reminded")
        and promise.inbox_id is not None
        and promise.look_at is not None
        and promise.look_at > now
    )
