"""What pages are told of an event: its topics, for those who may see where it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from goodword.conversations.models import AlsoIn, Conversation
from goodword.events.models import Event

_REPLAY = 500


@dataclass(frozen=True, slots=True)
class News:
    """`inboxes`: whose people are told; None: everyone, as when teams or inboxes change.

    `teammate_id`: who has news of their own, their notices.
    """

    event_id: int
    inboxes: frozenset[int] | None
    conversations: tuple[str, ...] = ()  # by public id
    teammate_id: int | None = None
    here: str = ""  # a conversation in which colleagues came, went or write
    row: str = ""  # a conversation in which `writers` write now, for the rows of lists
    writers: frozenset[int] = frozenset()

    def topics(self, visible: set[int], *, teammate_id: int | None = None) -> list[str]:
        """What someone is told who sees the inboxes `visible`; nothing of any other."""
        if self.inboxes is None:
            return ["house"]
        if self.teammate_id is not None:
            return ["notices"] if self.teammate_id == teammate_id else []
        if self.here:
            return [f"presence:{self.here}"] if self.inboxes & visible else []
        if self.row:
            word = "writing" if self.writers - {teammate_id} else "quiet"
            return [f"{word}:{self.row}"] if self.inboxes & visible else []
        seen = sorted(self.inboxes & visible)
        return [f"inbox:{each}" for each in seen] + [
            f"conversation:{each}" for each in self.conversations if seen
        ]


def news_of(events: Iterable[Event]) -> list[News]:
    """What the pages are told of these events."""
    events = list(events)
    ids = {key for event in events for key in _conversations_of(event)}
    # What happens aside of a conversation shows on its page as well.
    rows = Conversation.objects.filter(pk__in=ids)
    named = rows.values_list("pk", "public_id", "side_of__public_id")
    names = {pk: [name for name in each if name] for pk, *each in named}
    also: defaultdict[int, set[int]] = defaultdict(set)
    for key, inbox_id in AlsoIn.objects.filter(conversation__in=ids).values_list(
        "conversation", "inbox"
    ):
        also[key].add(inbox_id)
    found = []
    for event in events:
        inbox_id = event.data.get("inbox_id")
        if inbox_id is not None:
            keys = _conversations_of(event)
            left = event.data.get("from_inbox_id", inbox_id)  # its people see it go
            inboxes_told = frozenset({inbox_id, left}.union(*(also[key] for key in keys[:1])))
            told = tuple(name for key in keys for name in names.get(key, ()))
            found.append(News(event.pk, inboxes_told, told))
        elif event.kind.startswith("notices."):
            found.append(News(event.pk, frozenset(), teammate_id=event.data["teammate_id"]))
        elif event.kind.startswith(("accounts.", "inboxes.")):
            found.append(News(event.pk, None))
    return found


def _conversations_of(event: Event) -> list[int]:
    """Where it happened, and the one that was joined into that: its pages are open somewhere."""
    keys = (event.data.get("conversation_id"), event.data.get("joined_id"))
    return [key for key in keys if key is not None]


def missed(since: str) -> list[News]:
    """What happened after the event a page last knew."""
    if not since.isdecimal() or len(since) > 18:  # an event's id is shorter
        return []
    return news_of(Event.objects.filter(id__gt=int(since)).order_by("id")[:_REPLAY])
