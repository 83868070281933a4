"""A client registered at the tests' token server, and a person who agrees there."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest

from goodword.bench.servers.token_server import TokenServer
from goodword.channels.email import oauth


def client_at(server: TokenServer, **changed: str) -> oauth.Client:
    return oauth.Client(
        **{
            "provider": "other",
            "client_id": server.client_id,
            "client_secret": server.client_secret,
            "authorize_url": server.authorize_url,
            "token_url": server.token_url,
            "scopes": server.scopes,
        }
        | changed
    )


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def agree(address: str) -> dict[str, str]:
    """Follow the link as a person's browser would; returns what they come back with."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays)
    with pytest.raises(urllib.error.HTTPError) as sent:
        opener.open(address, timeout=5)
    with sent.value as answer:
        assert answer.code == 302
        return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
