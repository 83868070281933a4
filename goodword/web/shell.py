"""What the shell around every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    teammate = request.user if getattr(request, "user", None) else None
    return {
        "now": getattr(request, "now", None),
        "business": getattr(request, "business", None),
        "theme": getattr(teammate, "theme", ""),
    }
