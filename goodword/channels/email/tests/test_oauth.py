"""The words of OAuth 2 with a real token server: consent asked for, exchanged, refused."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from goodword.bench.servers.token_server import TokenServer
from goodword.channels.email import oauth
from goodword.channels.email.failures import explain, words_for
from goodword.channels.email.providers import CONSENTS
from goodword.channels.email.tests.consent import agree, client_at

USER = "hello@shop.example"
BACK = "https://desk.shop.example/settings/mailboxes/consent/"


def ask(server: TokenServer, verifier: str, **changed: str) -> str:
    return oauth.authorize_address(
        client_at(server, **changed),
        redirect_uri=BACK,
        state="s",
        verifier=verifier,
        extra={"login_hint": USER},
    )


# Consent


def test_the_code_is_exchanged_once_and_only_by_who_asked(token_server: TokenServer):
    verifier, now = oauth.new_verifier(), timezone.now()
    came = agree(ask(token_server, verifier))
    assert came["state"] == "s"
    asked = {"code": came["code"], "redirect_uri": BACK, "at": now}
    tokens = oauth.exchange(client_at(token_server), verifier=verifier, **asked)
    assert token_server.accepts(USER, tokens.access)
    assert tokens.expires_at == now + timedelta(hours=1)
    with pytest.raises(oauth.Trouble) as used:
        oauth.exchange(client_at(token_server), verifier=verifier, **asked)
    assert used.value.code == "code"

    came = agree(ask(token_server, verifier))
    with pytest.raises(oauth.Trouble) as stolen:
        oauth.exchange(
            client_at(token_server),
            code=came["code"],
            redirect_uri=BACK,
            at=now,
            verifier=oauth.new_verifier(),
        )
    assert stolen.value.code == "code"


def test_an_address_with_a_query_of_its_own_keeps_it():
    client = oauth.Client("other", "c", "https://id.example/go?realm=shop", "https://x/", "a b")
    address = oauth.authorize_address(
        client, redirect_uri=BACK, state="s", verifier="v", extra={"prompt": "consent"}
    )
    asked = parse_qs(urlsplit(address).query)
    assert asked["realm"] == ["shop"] and asked["scope"] == ["a b"]
    assert asked["code_challenge_method"] == ["S256"] and asked["code_challenge"] != ["v"]


def test_google_is_asked_for_access_that_lasts_and_microsoft_for_imap_and_smtp():
    assert dict(CONSENTS["google"].extra) == {"access_type": "offline", "prompt": "consent"}
    assert CONSENTS["google"].scopes == "https://mail.google.com/"
    assert CONSENTS["microsoft"].scopes.split() == [
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"error": "invalid_client"}, 401, "client"),
        ({"error": "unauthorized_client"}, 400, "client"),
        ({"error": "invalid_grant", "error_description": "Expired."}, 400, "code"),
        ({"error": "invalid_grant", "error_description": "bad redirect_uri"}, 400, "redirect"),
        ({"error": "redirect_uri_mismatch"}, 400, "redirect"),
        ({"error": "invalid_scope"}, 400, "scope"),
        ({"error": "interaction_required"}, 400, "code"),
        ({"error": "something_new"}, 400, "oauth"),
        ({"error": "temporarily_unavailable"}, 400, "token_server"),
        ({"error": "invalid_grant"}, 500, "token_server"),
        ({"error": ["no", "text"]}, 400, "token_server"),
        ({"access_token": "a", "expires_in": 3600}, 200, "offline"),
        ({"access_token": 7}, 200, "token_server"),
        ([], 200, "token_server"),
        ("<html>", 200, "token_server"),
    ],
)
def test_each_refusal_is_told_apart_and_said_in_words(
    token_server: TokenServer, body: object, status: int, code: str
):
    token_server.answer_next(status, json.dumps(body).encode())
    with pytest.raises(oauth.Trouble) as refused:
        oauth.exchange(
            client_at(token_server), code="c0de", verifier="v", redirect_uri=BACK, at=timezone.now()
        )
    assert refused.value.code == code
    assert refused.value.passes == (code == "token_server")
    assert explain(refused.value).words == words_for(code) != words_for("other")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP is no JSON \xff",
        b'{"access_token": "a"' + b" " * 300_000 + b"}",
        b"[" * 100_000,
    ],
)
def test_a_broken_answer_is_an_outage_and_never_a_withdrawal(
    token_server: TokenServer, answer: bytes
):
    token_server.answer_next(200, answer)
    with pytest.raises(oauth.Trouble) as broken:
        oauth.renew(client_at(token_server), "r", at=timezone.now())
    assert broken.value.code == "token_server"


def test_nobody_answers_and_nothing_secret_is_told(token_server: TokenServer):
    token_server.stop()
    with pytest.raises(oauth.Trouble) as nobody:
        oauth.renew(client_at(token_server), "refresh-secret", at=timezone.now())
    assert nobody.value.code == "token_server"
    told = f"{nobody.value!r} {nobody.value.words} {client_at(token_server)!r}"
    assert "secret" not in told


def test_a_server_that_repeats_our_secrets_does_not_bring_them_on_screen(
    token_server: TokenServer,
):
    echo = {"error": "invalid_client", "error_description": f"{token_server.client_secret} r3fr3sh"}
    token_server.answer_next(400, json.dumps(echo).encode())
    with pytest.raises(oauth.Trouble) as refused:
        oauth.renew(client_at(token_server), "r3fr3sh", at=timezone.now())
    assert refused.value.words == "invalid_client: … …"


def test_secrets_are_not_carried_on_by_a_redirect(token_server: TokenServer):
    token_server.answer_next(307, b"")
    with pytest.raises(oauth.Trouble) as elsewhere:
        oauth.renew(client_at(token_server), "r", at=timezone.now())
    assert elsewhere.value.code == "token_server"


@pytest.mark.parametrize(
    ("url", "loopback", "safe"),
    [
        ("https://id.example/token", False, True),
        ("http://id.example/token", False, False),
        ("http://127.0.0.1:8080/token", True, True),
        ("ftp://127.0.0.1/token", True, False),
        ("https:///token", False, False),
        ("token", False, False),
    ],
)
def test_tokens_travel_by_https_or_not_beyond_this_machine(url: str, loopback: bool, safe: bool):
    assert oauth.is_safe_address(url, loopback=loopback) == safe
