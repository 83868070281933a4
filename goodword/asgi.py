"""The web server's door: pages as WSGI in a thread pool, the event stream as plain ASGI.

Django's own ASGI handler costs twice the CPU a page and a thread for each stream (stack.md).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

django.setup(set_prefix=False)

from goodword.web.live import stream  # noqa: E402  # needs Django ready
from goodword.web.live.hub import hub  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PAGE_THREADS = 16
_MB = 1024 * 1024
MOST_BYTES = 60 * _MB  # of a request: two files as large as may be attached

_pages = WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS)  # type: ignore[arg-type]  # two spellings of WSGI


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
    elif scope["type"] == "http" and scope["path"] == stream.PATH:
        await stream.answer(scope, receive, send)
    elif scope["type"] == "http":
        await _page(scope, receive, send)


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    headers = dict(scope["headers"])
    # Django lays every file of a form on the disk before anyone is asked who they are.
    if int(headers.get(b"content-length", b"0")) > MOST_BYTES:
        await _refuse_as_too_large(send, headers)
        return
    if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = await _whole_body(receive)
        if body is None:
            await _refuse_as_too_large(send, headers)
            return
        # WSGI knows no chunks: give it the length instead.
        kept = [(k, v) for k, v in scope["headers"] if k != b"transfer-encoding"]
        scope = {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
        receive = _given(body, receive)

    # a2wsgi answers 500 to a POST when these are not plain coroutine functions.
    async def _receive() -> Message:
        return await receive()

    async def _send(message: Message) -> None:
        await send(message)

    await _pages(scope, _receive, _send)  # type: ignore[arg-type]  # a2wsgi's own TypedDicts


async def _whole_body(receive: Receive) -> bytes | None:
    """The body of a chunked request; None when it is too large."""
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def _given(body: bytes, after: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else await after()

    return receive


async def _refuse_as_too_large(send: Send, sent: dict[bytes, bytes]) -> None:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = sent.get(b"accept-language", b"").decode("latin-1")
    with translation.override(translation.get_language_from_request(request)):
        page = render_to_string("413.html", {"most_mb": MOST_BYTES // _MB}).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(page)).encode()),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": page})


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
