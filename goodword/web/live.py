"""Live screens: server-sent events that name what changed, never what it says.

A line carries a topic (`inbox:3`, `conversation:7hq2…`) and the event's id; the page fetches again
through `visible_to`. One thread a process looks for new events, whoever wrote them.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import QuerySet
from django.http import HttpRequest

from goodword.accounts import queries as accounts
from goodword.accounts import signing_in
from goodword.accounts.models import Teammate
from goodword.accounts.signed_in import SessionStore
from goodword.conversations import queries as conversations
from goodword.conversations.models import AlsoIn, Conversation
from goodword.core import prepared
from goodword.core.text import clean_line
from goodword.events import waking
from goodword.events.models import Event
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.web import presence
from goodword.web.carrying import Carrier
from goodword.web.presence import Page

PATH = "/events/"
MOST_A_TEAMMATE = 12  # open pages; a browser shares six connections over HTTP/1 anyway
_LOOK_SECONDS = 0.5
_BEAT_SECONDS = 15.0
_OVERLAP = 200  # PostgreSQL's ids commit out of order: look back that far
_REPLAY = 500

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


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
        if time.monotonic() - self._kept > _BEAT_SECONDS:
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


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one GET of `PATH` until the page goes, the session ends or the server stops."""
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    teammate = await sync_to_async(_whose, thread_sensitive=False)(headers)
    if scope["method"] != "GET" or not _same_origin(headers):
        await _refuse(send, 403)
        return
    if teammate is None:
        await _refuse(send, 401)
        return
    asked = _asked(scope)
    page = presence.page_of(teammate, asked("page"))
    listener = Listener(teammate.pk, asyncio.get_running_loop(), page)
    if not hub.join(listener):
        await _refuse(send, 429)
        return
    try:
        await _open(send)
        since = headers.get("last-event-id") or asked("since")
        if page and (at := asked("at")):
            await sync_to_async(_come, thread_sensitive=False)(teammate, page, at)
        telling = asyncio.create_task(_tell(listener, teammate, headers, since, send))
        leaving = asyncio.create_task(_gone(receive))
        done, rest = await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        if telling in done and telling.exception() is None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        hub.leave(listener)
        if page:  # not awaited: it may speak to the database, and here everything ends
            asyncio.get_running_loop().run_in_executor(None, presence.everybody.go, page)


async def _tell(
    listener: Listener, teammate: Teammate, headers: dict[str, str], since: str, send: Send
) -> None:
    visible = await sync_to_async(_visible, thread_sensitive=False)(teammate)
    listener.visible = visible
    for news in await sync_to_async(_missed, thread_sensitive=False)(since):
        await _write(send, news, visible, teammate)
    looked = time.monotonic()
    while True:
        heard: News | None = None
        try:
            heard = await asyncio.wait_for(listener.queue.get(), timeout=_BEAT_SECONDS)
        except TimeoutError:
            pass
        # Who listens is asked again when the house changes, and now and then also on a busy day.
        if not heard or heard.inboxes is None or time.monotonic() - looked > _BEAT_SECONDS:
            now = await sync_to_async(_whose, thread_sensitive=False)(headers)
            if now is None:
                return  # signed out, or left the house
            listener.visible = visible = await sync_to_async(_visible, thread_sensitive=False)(now)
            looked = time.monotonic()
        if heard:
            await _write(send, heard, visible, teammate)
        else:
            await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})


async def _write(send: Send, news: News, visible: set[int], teammate: Teammate) -> None:
    topics = news.topics(visible, teammate_id=teammate.pk)
    key = f"id: {news.event_id}\n" if news.event_id else ""  # who is here is not replayed
    lines = "".join(f"{key}event: topic\ndata: {topic}\n\n" for topic in topics)
    if lines:
        await send({"type": "http.response.body", "body": lines.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _open(send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _same_origin(headers: dict[str, str]) -> bool:
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc in {
        headers.get("host"),
        urlsplit(settings.URL).netloc,
    }


def _whose(headers: dict[str, str]) -> Teammate | None:
    """The signed-in teammate behind the cookie; this path goes past Django's middleware."""
    close_old_connections()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if cookie is None:
        return None
    request = HttpRequest()
    request.session = SessionStore(cookie.value)
    user = get_user(request)
    if not isinstance(user, Teammate) or not user.is_active:
        return None
    business = accounts.business()
    if business and signing_in.lacks_second_factor(request, user, business):
        return None
    return user


def _visible(teammate: Teammate) -> set[int]:
    def build(key: int) -> QuerySet[Inbox, tuple[int]]:
        return inboxes.open_to(accounts.like(teammate, key)).order_by().values_list("pk")

    shape = ("inboxes open to", teammate.role, teammate.is_active)
    return {row[0] for row in prepared.rows(shape, build, teammate.pk)}


def _asked(scope: Scope) -> Callable[[str], str]:
    """`since`: the newest event the page knew when it was made; `page`: its own name; `at`: the
    conversation it shows.
    """
    query: bytes = scope.get("query_string", b"")
    values = parse_qs(query.decode("latin-1"))
    return lambda name: values.get(name, [""])[0]


def _come(teammate: Teammate, page: Page, public_id: str) -> None:
    seen = conversations.visible_to(teammate).filter(public_id=clean_line(public_id, most=24))
    # By the row's own name: of what a page asked for only its clean beginning was looked up.
    for key, name, inbox_id in seen.values_list("pk", "public_id", "inbox"):
        also = AlsoIn.objects.filter(conversation=key).values_list("inbox", flat=True)
        presence.everybody.come(page, by=teammate, conversation=name, inboxes=[inbox_id, *also])


def _missed(since: str) -> list[News]:
    """What happened after the event a page last knew."""
    if not since.isdecimal() or len(since) > 18:  # an event's id is shorter
        return []
    return news_of(Event.objects.filter(id__gt=int(since)).order_by("id")[:_REPLAY])
