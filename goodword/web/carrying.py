"""Who is here, carried between the processes of a house on PostgreSQL: by NOTIFY, so that nothing
is written. LISTEN needs a direct connection; behind a pooler in transaction mode each process
shows those whose pages it serves itself.
"""

from __future__ import annotations

import json
import secrets
import threading
from itertools import islice
from time import monotonic

from django.db import DatabaseError, connection

from goodword.web.presence import Here, Page, Presence

_CHANNEL = "goodword_here"
_ME = secrets.token_hex(4)
_AT_ONCE = 10  # pages in one word: PostgreSQL carries 8000 bytes
_LISTEN_SECONDS = 1.0
_AGAIN_SECONDS = 2.0


class Carrier:
    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if connection.vendor != "postgresql":
            return
        self._stop.clear()
        self._presence.say = say
        self._thread = threading.Thread(target=self._listen, name="who is here", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                self._hear()
            except DatabaseError:
                self._stop.wait(_AGAIN_SECONDS)
            connection.close()

    def _hear(self) -> None:
        """Until the connection breaks or Goodword stops."""
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {_CHANNEL}")
        line = connection.connection
        with connection.wrap_database_errors:
            while not self._stop.is_set():
                for word in line.notifies(timeout=_LISTEN_SECONDS):
                    self._presence.learn(read(word.payload))


def say(pages: dict[Page, Here | None]) -> None:
    """Tell the other processes."""
    rest = iter(pages.items())
    try:
        while some := dict(islice(rest, _AT_ONCE)):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [_CHANNEL, written(some)])
    except DatabaseError:
        pass  # the next beat says it again


def written(pages: dict[Page, Here | None], *, by: str = _ME) -> str:
    """Moments go as what is left of them: each process has its own clock."""
    now = monotonic()
    told = [
        [*page, None]
        if here is None
        else [
            *page,
            [here.who[:60], here.conversation, sorted(here.inboxes)[:20], here.doing,
             round(here.writes_until - now, 1), round(here.until - now, 1)],
        ]
        for page, here in pages.items()
    ]  # fmt: skip
    return json.dumps([by, told], ensure_ascii=False, separators=(",", ":"))


def read(payload: str) -> dict[Page, Here | None]:
    """What another process said; nothing of what this one said itself."""
    by, told = json.loads(payload)
    if by == _ME:
        return {}
    now = monotonic()
    pages: dict[Page, Here | None] = {}
    for teammate_id, name, here in told:
        pages[Page(teammate_id, name)] = None
        if here is not None:
            who, conversation, inboxes, doing, writes, fades = here
            pages[Page(teammate_id, name)] = Here(
                who, conversation, frozenset(inboxes), doing, now + writes, now + fades
            )
    return pages
