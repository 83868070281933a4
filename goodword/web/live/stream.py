"""The stream of topics that one open page hears; plain ASGI, past Django's middleware."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.db.models import QuerySet
from django.http import HttpRequest

from goodword.accounts import queries as accounts
from goodword.accounts import signing_in
from goodword.accounts.models import Teammate
from goodword.accounts.signed_in import SessionStore
from goodword.conversations import queries as conversations
from goodword.conversations.models import AlsoIn
from goodword.core import prepared
from goodword.core.text import clean_line
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.web import presence
from goodword.web.live.hub import BEAT_SECONDS, Listener, hub
from goodword.web.live.news import News, missed
from goodword.web.presence import Page

PATH = "/events/"

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
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
    for news in await sync_to_async(missed, thread_sensitive=False)(since):
        await _write(send, news, visible, teammate)
    looked = time.monotonic()
    while True:
        heard: News | None = None
        try:
            heard = await asyncio.wait_for(listener.queue.get(), timeout=BEAT_SECONDS)
        except TimeoutError:
            pass
        # Who listens is asked again when the house changes, and now and then also on a busy day.
        if not heard or heard.inboxes is None or time.monotonic() - looked > BEAT_SECONDS:
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
