"""`GET /healthz`: web, database and worker, for a monitor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from goodword.desk.models import Arrival, Dispatch
from goodword.events.models import Pulse

_ALIVE = timedelta(seconds=60)
_WORKING = timedelta(minutes=15)  # a lane may have one slow mail server in hand


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 when not; the body says which part. Tells no customer's data."""
    try:
        found = look(timezone.now())
    except DatabaseError:
        return JsonResponse({"web": "ok", "database": "unreachable", "worker": "?"}, status=503)
    well = found["worker"] == "ok"
    return JsonResponse(found, status=200 if well else 503)


def look(at: datetime) -> dict[str, Any]:
    """What `healthz` tells, as of `at`; `goodword doctor` asks too. Raises DatabaseError."""
    beats = dict(Pulse.objects.values_list("lane", "at"))
    alive = any(at - beat < _ALIVE for beat in beats.values())
    stuck = sorted(lane for lane, beat in beats.items() if at - beat > _WORKING)
    return {
        "web": "ok",
        "database": "ok",
        "worker": "ok" if alive and not stuck else "stopped" if not alive else "stuck",
        "stuck_lanes": stuck,
        "oldest_arrival_seconds": _waiting(
            # Not by state: only what is due is indexed, and anyone may ask this page.
            Arrival.objects.filter(due_at__isnull=False),
            "arrived_at",
            at,
        ),
        "oldest_queued_seconds": _waiting(
            Dispatch.objects.filter(due_at__isnull=False), "queued_at", at
        ),
    }


def _waiting(rows: Any, column: str, at: datetime) -> int:
    """How long the oldest row has been waiting, in seconds; 0 when none is."""
    oldest = rows.order_by(column).values_list(column, flat=True).first()
    return max(0, int((at - oldest).total_seconds())) if oldest else 0
