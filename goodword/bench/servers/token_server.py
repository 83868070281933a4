"""A throw-away OAuth 2 provider: authorize with PKCE, token, introspect. Misbehaves when told."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from goodword.bench.servers import LOOPBACK, spare_port

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a code was given out for."""

    user: str
    redirect_uri: str
    challenge: str


class Refused(Exception):
    """`error` of RFC 6749, 5.2."""


class TokenServer:
    """Everybody who comes to `authorize_url` agrees at once, as the user of `login_hint`.

    `life_seconds`: of access tokens. `rotates`: each renewal gives a new refresh token and ends
    the old one. `answer_next` scripts the next answers of the token endpoint.
    """

    host: str = LOOPBACK
    client_id = "goodword-client"
    client_secret = "client-secret-7hq2"
    scopes = "mail.read mail.send offline_access"

    def __init__(self, *, life_seconds: int = 3600, rotates: bool = True) -> None:
        self.port = spare_port()
        self.redirect_uri = ""  # the only one registered; empty: any
        self.life_seconds, self.rotates = life_seconds, rotates
        self.gives_refresh_tokens = True
        self.denies = ""  # an `error` that people come back with instead of a code
        self.renewals = 0  # asked for, granted or not
        self._scripted: list[tuple[int, bytes]] = []
        self._lock = threading.Lock()
        self._codes: dict[str, _Asked] = {}
        self._refresh: dict[str, str] = {}  # token: user
        self._access: dict[str, tuple[str, datetime]] = {}
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def authorize_url(self) -> str:
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def introspect_url(self) -> str:
        return f"{self.url}/introspect"

    # The script

    def withdraw(self, user: str) -> None:
        """The person takes the consent back: every token of theirs ends at once."""
        with self._lock:
            self._refresh = {t: u for t, u in self._refresh.items() if u != user}
        self.end_access(user)

    def end_access(self, user: str) -> None:
        """The access tokens end before their time; the consent stays."""
        with self._lock:
            self._access = {t: row for t, row in self._access.items() if row[0] != user}

    def answer_next(self, status: int, body: bytes) -> None:
        self._scripted.append((status, body))

    def grant(self, user: str) -> tuple[str, str]:
        """An access and a refresh token, as after a consent."""
        with self._lock:
            return self._new_access(user), self._new_refresh(user)

    def accepts(self, user: str, token: str) -> bool:
        return self.user_of(token) == user

    def user_of(self, token: str) -> str:
        """Whose valid access token this is, or ""."""
        with self._lock:
            user, until = self._access.get(token, ("", datetime.min.replace(tzinfo=UTC)))
        return user if datetime.now(UTC) < until else ""

    # The endpoints

    def authorize(self, asked: Form) -> str:
        """Where the browser is sent back to. Raises Refused before that is known to be safe."""
        registered = self.redirect_uri in {"", asked.get("redirect_uri", "")}
        if asked.get("client_id") != self.client_id or not registered:
            raise Refused("redirect_uri_mismatch" if not registered else "invalid_client")
        answer = {"state": asked.get("state", "")}
        if self.denies:
            answer |= {"error": self.denies, "error_description": "The person said no."}
        elif asked.get("code_challenge_method") != "S256" or asked.get("response_type") != "code":
            answer |= {"error": "invalid_request"}
        else:
            code = secrets.token_urlsafe(16)
            self._codes[code] = _Asked(
                asked.get("login_hint", ""), asked["redirect_uri"], asked["code_challenge"]
            )
            answer |= {"code": code}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: Form) -> dict[str, object]:
        if (form.get("client_id"), form.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            raise Refused("invalid_client")
        with self._lock:
            if form.get("grant_type") == "authorization_code":
                return self._exchanged(form)
            self.renewals += 1
            return self._renewed(form)

    def _exchanged(self, form: Form) -> dict[str, object]:
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or asked.challenge != proof
            or asked.redirect_uri != form.get("redirect_uri")
        ):
            raise Refused("invalid_grant")
        answer = self._answer(asked.user)
        if self.gives_refresh_tokens:
            answer["refresh_token"] = self._new_refresh(asked.user)
        return answer

    def _renewed(self, form: Form) -> dict[str, object]:
        token = form.get("refresh_token", "")
        user = self._refresh.get(token)
        if user is None:
            raise Refused("invalid_grant")
        answer = self._answer(user)
        if self.rotates:
            del self._refresh[token]
            answer["refresh_token"] = self._new_refresh(user)
        return answer

    def _answer(self, user: str) -> dict[str, object]:
        return {
            "access_token": self._new_access(user),
            "token_type": "Bearer",
            "expires_in": self.life_seconds,
            "scope": self.scopes,
        }

    def _new_access(self, user: str) -> str:
        token = f"access-{secrets.token_urlsafe(24)}"
        self._access[token] = (user, datetime.now(UTC) + timedelta(seconds=self.life_seconds))
        return token

    def _new_refresh(self, user: str) -> str:
        token = f"refresh-{secrets.token_urlsafe(24)}"
        self._refresh[token] = user
        return token

    def introspect(self, form: Form) -> dict[str, object]:
        user = self.user_of(form.get("token", ""))
        return {"active": True, "email": user} if user else {"active": False}

    def next_scripted(self) -> tuple[int, bytes] | None:
        with self._lock:
            return self._scripted.pop(0) if self._scripted else None

    # The server

    def start(self) -> Self:
        """Start, also again after `stop`: same port, same tokens."""
        self._server = ThreadingHTTPServer((self.host, self.port), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _handler_of(server: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path != "/authorize":
                self._say(404, b"{}")
                return
            try:
                back = server.authorize(_flat(parts.query))
            except Refused as refused:
                self._say(400, f"Error 400: {refused}".encode())
                return
            self.send_response(302)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = _flat(self.rfile.read(length).decode())
            if self.path == "/introspect":
                self._say_json(lambda: server.introspect(form))
            elif (scripted := server.next_scripted()) is not None:
                self._say(*scripted)
            else:
                self._say_json(lambda: server.token(form))

        def _say_json(self, answer: Callable[[], dict[str, object]]) -> None:
            try:
                self._say(200, json.dumps(answer()).encode())
            except Refused as refused:
                told = {"error": str(refused), "error_description": "Said by the tests."}
                self._say(400, json.dumps(told).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests look at what was asked."""

    return Handler


def _flat(query: str) -> Form:
    return {name: values[0] for name, values in parse_qs(query).items()}
