"""What the web server's door turns away before any page is asked."""

import asyncio
from pathlib import Path

import pytest


@pytest.fixture
def door(settings, monkeypatch):
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # as a real start has done
    from goodword import asgi

    monkeypatch.setattr(asgi, "MOST_BYTES", 1000)
    return asgi.application


def answered(door, headers, chunks=()):
    """Status and page that a POST with `headers` is answered; the body is `chunks`."""
    waiting, said = list(chunks), []

    async def receive():
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/account/login/", "headers": headers}
    asyncio.run(door(scope, receive, send))
    return said[0]["status"], said[1]["body"].decode()


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_larger_than_any_form_of_ours_is_refused_unread(door, declared):
    if declared:
        status, page = answered(door, [(b"content-length", b"1001")])
    else:
        chunked = [(b"transfer-encoding", b"chunked")]
        status, page = answered(door, chunked, [b"x" * 600, b"x" * 600])
    assert status == 413
    assert "That is too large" in page
