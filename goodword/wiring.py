"""Who listens to what, which roads there are, which kinds of promise: the one page that tells."""

from __future__ import annotations

from goodword.channels.email.road import EmailRoad
from goodword.desk import acknowledging, roads
from goodword.events import actions as events

LISTENERS: dict[str, list[events.Listener]] = {
    # Never a promise: that is made in the message's own transaction.
    "conversations.message_received": [acknowledging.on_received],
}


def wire() -> None:
    """Called once, when Django is ready (goodword/apps.py)."""
    events.listen(LISTENERS)
    roads.register(EmailRoad())
