"""News of what was done, with a button that takes it back.

    undoing.offer(request, _("Closed."), reverse("…:undo", args=[…]), {"token": token})

The button is a form of its own, so it works without script, and the key `z` presses the newest.
What it posts to decides whether it still can be undone, and says so where it can't.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest


def offer(
    request: HttpRequest, words: str, url: str, fields: Mapping[str, str] | None = None
) -> None:
    """Say `words`, and offer to post `fields` to `url`, which undoes what was done."""
    # A message carries text alone; `undo_form` in ui/templatetags reads it for the toast.
    messages.success(request, words, extra_tags=json.dumps({"url": url, "fields": fields or {}}))
