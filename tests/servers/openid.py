"""A server of OpenID Connect for tests: it lets in whom the test names."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit


class OpenIdServer:
    """Use: `with OpenIdServer() as server: server.claims = {"sub": "1", "email": …}`."""

    client_id, client_secret = "goodword", "client-secret-of-goodword"

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.asked: list[str] = []  # paths, in order
        self._challenges: dict[str, str] = {}  # by code
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def agree(self, authorize_url: str) -> str:
        """What a person's browser does there: the query that it comes back with."""
        asked = {
            name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()
        }
        assert asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._challenges)}"
        self._challenges[code] = asked["code_challenge"]
        return urlencode({"code": code, "state": asked["state"]})

    def _answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/me",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/token":
            verifier = form.get("code_verifier", "")
            digest = hashlib.sha256(verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            secret_fits = form.get("client_secret") == self.client_secret
            code_fits = self._challenges.pop(form.get("code", ""), None) == challenge
            return (
                {"access_token": "a", "token_type": "Bearer"} if secret_fits and code_fits else None
            )
        return self.claims if path == "/me" else None

    def _handler(server) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(server._answer(self.path, {}))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._say(server._answer(self.path, form))

            def _say(self, answer: dict[str, Any] | None) -> None:
                body = json.dumps({"error": "invalid_grant"} if answer is None else answer).encode()
                self.send_response(400 if answer is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        return Handler

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
