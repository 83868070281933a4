"""OAuth 2 with the provider of a mailbox: consent asked for, tokens made and renewed.

RFC 6749 with PKCE (RFC 7636). The libraries for it follow redirects with the secrets in hand, take
no http even on loopback, and cost 5 MB; what is needed of the protocol is one address and one form.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from goodword.core.text import clean_line

Code = Literal[
    "consent",  # withdrawn, or ended by the provider
    "denied",  # the person said no
    "client",  # the client id or secret is refused
    "redirect",  # the address to come back to isn't registered
    "scope",  # a permission that the provider doesn't know, or that isn't granted to the client
    "offline",  # consent without a refresh token: good for an hour alone
    "code",  # the answer was used before, or is too old
    "token",  # the mail server refuses what the provider granted
    "token_server",  # no answer, or a broken one: it may pass
    "oauth",  # any other refusal
]

_TIMEOUT_SECONDS = 10.0
_WHOLE_SECONDS = 20.0
_LARGEST_ANSWER = 256 * 1024
_USUAL_LIFE_SECONDS = 3600  # where the provider does not tell
_LONGEST_LIFE_SECONDS = 10 * 365 * 24 * 3600
_PASSING = {"temporarily_unavailable", "server_error", "slow_down"}
_CODES: Mapping[str, Code] = {
    "access_denied": "denied",
    "consent_required": "consent",
    "interaction_required": "consent",
    "login_required": "consent",
    "invalid_grant": "consent",
    "invalid_client": "client",
    "unauthorized_client": "client",
    "deleted_client": "client",  # Google's
    "redirect_uri_mismatch": "redirect",  # Google's
    "invalid_scope": "scope",
}


class Trouble(Exception):
    """The provider gave no token, or the mail server refused it. `words`: the other side's."""

    def __init__(self, code: Code, words: str = "") -> None:
        super().__init__(code)
        self.code: Code = code
        self.words = words

    @property
    def passes(self) -> bool:
        """Whether it may mend by itself."""
        return self.code == "token_server"


@dataclass(frozen=True, slots=True)
class Client:
    """What we are registered as at a provider, and where it is asked."""

    provider: str  # a key of providers.CONSENTS
    client_id: str
    authorize_url: str
    token_url: str
    scopes: str  # separated by spaces
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime  # of the access token


def new_verifier() -> str:
    return secrets.token_urlsafe(48)


def authorize_address(
    client: Client,
    *,
    redirect_uri: str,
    state: str,
    verifier: str,
    extra: Mapping[str, str],
) -> str:
    """Where a person gives consent. `extra`: what this provider wants besides."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": client.scopes,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        **extra,
    }
    joint = "&" if urlsplit(client.authorize_url).query else "?"
    return f"{client.authorize_url}{joint}{urlencode(asked)}"


def refusal(error: str, description: str = "") -> Trouble:
    """The trouble behind the `error` of an answer (RFC 6749, 4.1.2.1 and 5.2)."""
    words = clean_line(f"{error}: {description}" if description else error, most=300)
    if error in _PASSING:
        return Trouble("token_server", words)
    return Trouble(_CODES.get(error, "oauth"), words)


def exchange(
    client: Client, *, code: str, verifier: str, redirect_uri: str, at: datetime
) -> Tokens:
    """Tokens for the code that came back with the consent. Raises Trouble."""
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    try:
        answer = _ask(client, given)
    except Trouble as trouble:
        if trouble.code != "consent":
            raise
        # The grant that is invalid here is the code itself.
        mismatch = "redirect" in trouble.words.lower()
        raise Trouble("redirect" if mismatch else "code", trouble.words) from None
    tokens = _tokens(answer, before="", at=at)
    if not tokens.refresh:
        raise Trouble("offline")
    return tokens


def renew(client: Client, refresh_token: str, *, at: datetime) -> Tokens:
    """A new access token; the refresh token stays unless the provider changed it.

    Raises Trouble.
    """
    answer = _ask(client, {"grant_type": "refresh_token", "refresh_token": refresh_token})
    return _tokens(answer, before=refresh_token, at=at)


def is_safe_address(url: str, *, loopback: bool) -> bool:
    """Whether secrets may go there: https, or this very machine (`loopback`: its host is).

    Raises ValueError for what is no address.
    """
    parts = urlsplit(url)
    known_port = parts.port is None or parts.port > 0
    plain = parts.scheme == "http" and loopback
    return bool(parts.hostname) and known_port and (parts.scheme == "https" or plain)


def _ask(client: Client, given: dict[str, str]) -> dict[str, Any]:
    """The token server's answer as JSON. Raises Trouble, without a secret in its words."""
    form = {**given, "client_id": client.client_id}
    if client.client_secret:
        form["client_secret"] = client.client_secret
    try:
        status, body = _post(client.token_url, form)
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Not the error's words: they may name the address with all that was asked.
        raise Trouble("token_server", type(error).__name__) from None
    answer = _parsed(body)
    if status == 200 and isinstance(answer.get("access_token"), str):
        return answer
    named, description = answer.get("error"), answer.get("error_description")
    if status >= 500 or status == 429 or not isinstance(named, str):
        raise Trouble("token_server", f"HTTP {status}")
    trouble = refusal(named, description if isinstance(description, str) else "")
    hidden = (given.get("code"), given.get("refresh_token"), client.client_secret)
    for secret in filter(None, hidden):
        trouble.words = trouble.words.replace(secret, "…")
    raise trouble


def _post(url: str, form: dict[str, str]) -> tuple[int, bytes]:
    """Status and body, both bounded in time and size. No redirect is followed."""
    ends = time.monotonic() + _WHOLE_SECONDS
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    line = (
        http.client.HTTPSConnection(
            host, port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    try:
        line.request("POST", path, urlencode(form), headers)
        with line.getresponse() as answer:
            body = b""
            while chunk := answer.read1(8192):
                body += chunk
                if len(body) > _LARGEST_ANSWER or time.monotonic() > ends:
                    raise http.client.HTTPException("an answer without end")
            return answer.status, body
    finally:
        line.close()


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _tokens(answer: dict[str, Any], *, before: str, at: datetime) -> Tokens:
    try:
        life = int(answer.get("expires_in") or _USUAL_LIFE_SECONDS)
    except (TypeError, ValueError, OverflowError):
        life = _USUAL_LIFE_SECONDS
    fresh = answer.get("refresh_token")
    return Tokens(
        access=answer["access_token"],
        refresh=fresh if isinstance(fresh, str) and fresh else before,
        expires_at=at + timedelta(seconds=min(max(life, 0), _LONGEST_LIFE_SECONDS)),
    )
