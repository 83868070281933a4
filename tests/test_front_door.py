"""What the web server's door turns away before any page is asked."""

import asyncio

import pytest

from goodword import asgi


def status_of(headers, chunks=()):
    """What a POST with `headers` is answered; the body is `chunks`."""
    waiting, said = list(chunks), []

    async def receive():
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/account/login/", "headers": headers}
    asyncio.run(asgi.application(scope, receive, send))
    return said[0]["status"]


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_larger_than_any_form_of_ours_is_refused_unread(monkeypatch, declared):
    monkeypatch.setattr(asgi, "MOST_BYTES", 1000)
    if declared:
        assert status_of([(b"content-length", b"1001")]) == 413
    else:
        assert status_of([(b"transfer-encoding", b"chunked")], [b"x" * 600, b"x" * 600]) == 413
