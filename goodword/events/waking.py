"""Wake whoever waits for news in this process.

News from other processes is found by looking every half second (`latest`): one indexed read, the
same on both databases (docs/adr/0003-looking-for-news.md).
"""

from __future__ import annotations

import threading

from goodword.core import prepared
from goodword.events.models import Event

_condition = threading.Condition()
_count = 0


def wake() -> None:
    """Something was committed: end every `wait` of this process."""
    global _count
    with _condition:
        _count += 1
        _condition.notify_all()


def wait(seen: int, *, seconds: float) -> int:
    """Wait until something happened after `seen`, or for `seconds`; returns the new `seen`."""
    with _condition:
        _condition.wait_for(lambda: _count != seen, timeout=seconds)
        return _count


def latest() -> int:
    """The highest event id, 0 when there is none."""
    keys = Event.objects.order_by("-id").values_list("id")
    newest = prepared.rows("newest event", lambda: keys[:1])
    return newest[0][0] if newest else 0
