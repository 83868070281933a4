"""The open pages of this process, and the thread that looks for new events, whoever wrote them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import QuerySet

from goodword.core import prepared
from goodword.events import waking
from goodword.events.models import Event
from goodword.web import presence
from goodword.web.carrying import Carrier
from goodword.web.live.news import News, news_of
from goodword.web.presence import Page

MOST_A_TEAMMATE = 12  # open pages; a browser shares six connections over HTTP/1 anyway
BEAT_SECONDS = 15.0  # a stream says that often that it is there
_LOOK_SECONDS = 0.5
_OVERLAP = 200  # PostgreSQL's ids commit out of order: look back that far


@dataclass(eq=False, slots=True)
class Listener:
    """One open page."""

    teammate_id: int
    loop: asyncio.AbstractEventLoop
    page: Page | None = None
    visible: set[int] | None = None  # inboxes, once they are known
    queue: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(maxsize=1000))

    def is_meant(self, news: News) -> bool:
        """Whether it has to be woken: most of what happens is said to few."""
        if self.visible is None or news.inboxes is None:
            return True
        return bool(news.topics(self.visible, teammate_id=self.teammate_id))

    def put(self, news: News) -> None:
        if not self.queue.full():  # a page that doesn't read reconnects and is replayed
            self.queue.put_nowait(news)


def _tell_all(told: Iterable[tuple[Listener, News]]) -> None:
    """From any thread; each loop is woken once, however many listen."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[tuple[Listener, News]]]
    by_loop = defaultdict(list)
    for listener, news in told:
        if listener.is_meant(news):
            by_loop[listener.loop].append((listener, news))
    for loop, meant in by_loop.items():
        with suppress(RuntimeError):  # it has ended, and its pages with it
            loop.call_soon_threadsafe(_put_all, meant)


def _put_all(told: Iterable[tuple[Listener, News]]) -> None:
    for listener, news in told:
        listener.put(news)


class Hub:
    """Looks for new events and tells every open page of this process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._kept = 0.0
        self._written: dict[str, tuple[frozenset[int], frozenset[int]]] = {}  # by whom, seen where
        self._carrier = Carrier(presence.everybody)

    def start(self) -> None:
        self._stop.clear()
        presence.everybody.changed = self.tell_here
        self._carrier.start()
        self._thread = threading.Thread(target=self._look, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._carrier.stop()
        waking.wake()
        if self._thread is not None:
            self._thread.join()

    def join(self, listener: Listener) -> bool:
        """False when this teammate has too many pages open."""
        with self._lock:
            open_now = Counter(each.teammate_id for each in self._listeners)
            if open_now[listener.teammate_id] >= MOST_A_TEAMMATE:
                return False
            self._listeners.add(listener)
            return True

    def leave(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)

    def tell_here(self, conversation: str) -> None:
        """Colleagues came, went or write: that is told where the conversation is shown."""
        pages = presence.everybody.pages_at(conversation)
        with self._lock:
            there = [(each, pages[each.page]) for each in self._listeners if each.page in pages]
        _tell_all((each, News(0, here.inboxes, here=conversation)) for each, here in there)
        self._tell_rows(conversation, frozenset().union(*(each.inboxes for each in pages.values())))

    def _tell_rows(self, conversation: str, inboxes: frozenset[int]) -> None:
        """Who shows a list marks the row. Told when another writes, not with each key: nothing is
        fetched for it.
        """
        writers = presence.everybody.writers_in(conversation)
        with self._lock:
            before, known = self._written.pop(conversation, (frozenset[int](), inboxes))
            if writers:
                self._written[conversation] = (writers, inboxes)
            listeners = list(self._listeners)
        if writers != before:
            news = News(0, inboxes | known, row=conversation, writers=writers)
            _tell_all((each, news) for each in listeners)

    def _keep_here(self) -> None:
        """Say that the pages with a stream in this process are still there; forget who faded."""
        if time.monotonic() - self._kept > BEAT_SECONDS:
            self._kept = time.monotonic()
            with self._lock:
                pages = [each.page for each in self._listeners if each.page]
            presence.everybody.keep(pages)
        presence.everybody.sweep()

    def _look(self) -> None:
        seen: OrderedDict[int, None] = OrderedDict()
        self._fresh(seen)  # what is there already is no news
        woken = 0
        while not self._stop.is_set():
            woken = waking.wait(woken, seconds=_LOOK_SECONDS)
            self._keep_here()
            try:
                self._tell(self._fresh(seen))
            except DatabaseError:
                self._stop.wait(2)
            close_old_connections()
        connection.close()

    def _fresh(self, seen: OrderedDict[int, None]) -> list[int]:
        """Ids of events not seen before, also those that were committed out of order."""

        def after(key: int) -> QuerySet[Event, tuple[int]]:
            return Event.objects.filter(id__gt=key).order_by("id").values_list("id")

        newest = max(seen) if seen else waking.latest()
        ids = prepared.rows("events after", after, newest - _OVERLAP)
        fresh = [key for (key,) in ids if key not in seen]
        seen.update(dict.fromkeys(fresh))
        while len(seen) > 4 * _OVERLAP:
            seen.popitem(last=False)
        return fresh

    def _tell(self, fresh: list[int]) -> None:
        with self._lock:
            listeners = list(self._listeners)
        if not fresh or not listeners:
            return
        happened = news_of(Event.objects.filter(pk__in=fresh).order_by("id"))
        _tell_all((listener, news) for news in happened for listener in listeners)


hub = Hub()
