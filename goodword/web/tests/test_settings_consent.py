"""Connecting a mailbox by a provider's consent, as its owner does on the page."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from goodword.accounts import actions as teammates
from goodword.accounts.models import Role
from goodword.bench.servers.token_server import TokenServer
from goodword.channels.email import accounts, diagnosing, trials
from goodword.channels.email.failures import Finding
from goodword.channels.email.models import Grant, MailAccount, Trial
from goodword.channels.email.tests.consent import agree, client_at
from goodword.inboxes import queries as inboxes
from goodword.web.settings import consenting
from tests.factories import DAY, make_house

pytestmark = pytest.mark.django_db

BACK = "/settings/mailboxes/consent/"
SERVERS = {
    "user": "hello@shop.example",
    "imap_host": "imap.shop.example",
    "imap_port": "993",
    "imap_security": "tls",
    "smtp_host": "smtp.shop.example",
    "smtp_port": "465",
    "smtp_security": "tls",
    "imap_folder": "INBOX",
}
REGISTERED = {
    "user": "hello@shop.example",
    "client_id": "app-7hq2",
    "client_secret": "hush-hush-hush",
    "imap_folder": "INBOX",
}


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(at=timezone.now())


@pytest.fixture
def owner(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


@pytest.fixture
def both_work(monkeypatch: pytest.MonkeyPatch, token_server: TokenServer) -> list[str]:
    """The mail servers let in whoever has a valid token; gives the users they saw."""
    seen: list[str] = []

    def tried(server) -> Finding:
        user = token_server.user_of(server.token(""))
        seen.append(user)
        good = user == server.user
        return Finding(ok=good, code="ok" if good else "token")

    monkeypatch.setattr(diagnosing, "try_imap", tried)
    monkeypatch.setattr(diagnosing, "try_smtp", tried)
    return seen


def page_of(house: SimpleNamespace, rest: str = "") -> str:
    return f"/settings/inboxes/{house.hello.public_id}/mailbox/{rest}"


def given(server: TokenServer, **changed: str) -> dict[str, str]:
    at = client_at(server)
    return {
        **SERVERS,
        "client_id": at.client_id,
        "client_secret": at.client_secret,
        "authorize_url": at.authorize_url,
        "token_url": at.token_url,
        "scopes": at.scopes,
        **changed,
    }


def ask(owner: Client, house: SimpleNamespace, server: TokenServer, **changed: str) -> str:
    """Fill in the form; returns the page on which the provider's question waits."""
    answer = owner.post(page_of(house, "?with=other"), given(server, **changed))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url)


def link_on(owner: Client, watching: str) -> str:
    found = re.search(r'href="([^"]*code_challenge[^"]*)"', owner.get(watching).content.decode())
    assert found
    return html.unescape(found[1])


def connect(owner: Client, house: SimpleNamespace, server: TokenServer) -> str:
    watching = ask(owner, house, server)
    owner.get(BACK, agree(link_on(owner, watching)))
    trials.try_due(clock=timezone.now)
    owner.post(f"{watching}use/")
    return watching


def test_from_the_form_to_the_provider_and_back_to_a_mailbox_that_works(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, both_work: list[str]
):
    watching = ask(owner, house, token_server)
    link = link_on(owner, watching)
    asked = parse_qs(urlsplit(link).query)
    assert asked["redirect_uri"] == [consenting.redirect_uri()]
    assert asked["login_hint"] == ["hello@shop.example"]
    assert trials.try_due(clock=timezone.now) == 0  # nothing to try before the provider agreed

    came = agree(link)
    back = owner.get(BACK, came)
    assert back.status_code == 302 and back.url == watching  # the code stays behind
    assert "Connecting, signing in…" in owner.get(watching).content.decode()
    assert trials.try_due(clock=timezone.now) == 1
    page = owner.get(watching).content.decode()
    assert "All of it works" in page and both_work == ["hello@shop.example"] * 2
    for secret in (token_server.client_secret, came["code"], "access-", "refresh-"):
        assert secret not in page

    done = owner.post(f"{watching}use/")
    assert done.url == page_of(house)
    account = MailAccount.objects.get()
    tokens = accounts.settings_of(account).tokens
    assert tokens and token_server.accepts("hello@shop.example", tokens.access)
    page = owner.get(page_of(house)).content.decode()
    assert "by consent of 127.0.0.1" in page and token_server.client_secret not in page
    assert 'value="goodword-client"' in page
    # Once more, as after going back in the browser: old tokens don't come in place of new ones.
    Grant.objects.update(scopes="newer")
    assert owner.post(f"{watching}use/").status_code == 302
    assert Grant.objects.get().scopes == "newer"


def test_an_answer_counts_once(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, both_work: list[str]
):
    watching = ask(owner, house, token_server)
    came = agree(link_on(owner, watching))
    owner.get(BACK, came)
    trials.try_due(clock=timezone.now)
    for later in (came, came | {"code": "another"}, {"state": came["state"], "error": "no"}):
        owner.get(BACK, later)
        assert trials.try_due(clock=timezone.now) == 0
    assert "All of it works" in owner.get(watching).content.decode()


def test_an_answer_is_taken_only_in_the_session_that_asked(
    owner: Client, house: SimpleNamespace, token_server: TokenServer
):
    came = agree(link_on(owner, ask(owner, house, token_server)))
    teammates.change_role(house.ben, Role.OWNER, by=house.ana, at=timezone.now())
    same_person, other_owner = Client(), Client()
    same_person.force_login(house.ana)
    other_owner.force_login(house.ben)
    forged = came | {"state": signing.dumps({"trial": "x", "session": "y"}, salt="mine")}
    tries = [
        (same_person, came),
        (other_owner, came),
        (owner, forged),
        (owner, came | {"state": came["state"] + "x"}),
        (owner, {"code": came["code"]}),
        (owner, came | {"state": "\0"}),
    ]
    for client, answer in tries:
        back = client.get(BACK, answer)
        assert back.url == "/settings/inboxes/"
    trial = Trial.objects.get()
    assert trials.waits_for_consent(trial)
    assert "begun in this browser" in owner.get("/settings/inboxes/").content.decode()


def test_who_has_been_signed_out_meanwhile_does_not_carry_the_code_to_the_sign_in_page(
    owner: Client, house: SimpleNamespace, token_server: TokenServer
):
    came = agree(link_on(owner, ask(owner, house, token_server)))
    back = Client().get(BACK, came)
    assert back.status_code == 302 and came["code"] not in back.url and "state" not in back.url


@pytest.mark.parametrize(
    ("denied", "words"),
    [
        ("access_denied", "The provider was told no"),
        ("invalid_scope", "did not grant the permissions"),
        ("<script>", "for the reason it gives"),
    ],
)
def test_given_a_no_it_is_said_in_words_and_what_was_given_is_kept(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, denied: str, words: str
):
    token_server.denies = denied
    watching = ask(owner, house, token_server)
    owner.get(BACK, agree(link_on(owner, watching)))
    page = owner.get(watching).content.decode()
    assert words in page and "The person said no." in page and "<script>:" not in page
    assert "Connect it all the same" not in page and "Receiving" not in page
    assert owner.post(f"{watching}use/").status_code == 302
    assert not MailAccount.objects.exists()

    token_server.denies = ""
    again = page_of(house, f"?trial={Trial.objects.get().public_id}")
    assert token_server.client_secret not in owner.get(again).content.decode()
    watching = owner.post(again, given(token_server, client_secret="")).url
    came = agree(link_on(owner, watching))
    owner.get(BACK, came)
    trials.try_due(clock=timezone.now)
    assert trials.findings(Trial.objects.order_by("-pk")[0])["consent"].ok


def test_a_wrong_secret_is_said_and_a_wrong_id_stops_at_the_provider(
    owner: Client, house: SimpleNamespace, token_server: TokenServer
):
    watching = ask(owner, house, token_server, client_secret="typed wrong")
    owner.get(BACK, agree(link_on(owner, watching)))
    trials.try_due(clock=timezone.now)
    page = owner.get(watching).content.decode()
    assert "refused the client id or the client secret" in page and "typed wrong" not in page

    watching = ask(owner, house, token_server, client_id="other")
    with pytest.raises(AssertionError):
        agree(link_on(owner, watching))
    assert "Go on to" in owner.get(watching).content.decode()  # and can be tried once more


def test_without_a_refresh_token_it_is_not_connected(
    owner: Client, house: SimpleNamespace, token_server: TokenServer
):
    token_server.gives_refresh_tokens = False
    watching = ask(owner, house, token_server)
    owner.get(BACK, agree(link_on(owner, watching)))
    trials.try_due(clock=timezone.now)
    page = owner.get(watching).content.decode()
    assert "access for an hour only" in page and "Connect it all the same" not in page


def test_the_kept_secret_is_never_sent_to_another_place(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, both_work: list[str]
):
    connect(owner, house, token_server)
    for changed in ({"token_url": "https://evil.example/token"}, {"client_id": "theirs"}):
        watching = ask(owner, house, token_server, client_secret="", **changed)
        trial = Trial.objects.order_by("-pk")[0]
        client = trials.settings_of(trial).client
        assert client and client.client_secret == "" and trial.public_id in watching


@pytest.mark.parametrize(
    "wrong",
    [
        {"authorize_url": "http://id.shop.example/authorize"},
        {"token_url": "http://id.shop.example/token"},
        {"token_url": "javascript:alert(1)"},
        {"token_url": "https://[::1/token"},
        {"token_url": "https://id.example:99999/token"},
        {"authorize_url": "https://id.example/#frag"},
        {"imap_security": "none"},
        {"user": ""},
        {"imap_host": "https://imap.shop.example/"},
    ],
)
def test_what_would_send_tokens_in_the_open_or_nowhere_is_refused(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, wrong: dict[str, str]
):
    answer = owner.post(page_of(house, "?with=other"), given(token_server, **wrong))
    assert answer.status_code == 422 and token_server.client_secret not in answer.content.decode()
    assert not Trial.objects.exists()


def test_google_and_microsoft_are_asked_at_their_own_addresses(
    owner: Client, house: SimpleNamespace
):
    page = owner.get(page_of(house, "?with=google")).content.decode()
    assert "Google Cloud console" in page and "https://mail.google.com/" in page
    assert f"<code>{consenting.redirect_uri()}</code>" in page
    google = link_on(owner, owner.post(page_of(house, "?with=google"), REGISTERED).url)
    assert google.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert "access_type=offline" in google and "prompt=consent" in google

    page = owner.get(page_of(house, "?with=microsoft")).content.decode()
    assert "SMTP.Send" in page and "Directory (tenant) ID" in page
    without = owner.post(page_of(house, "?with=microsoft"), REGISTERED)
    assert without.status_code == 422
    wrong = owner.post(page_of(house, "?with=microsoft"), REGISTERED | {"tenant": "a/../b"})
    assert wrong.status_code == 422
    watching = owner.post(page_of(house, "?with=microsoft"), REGISTERED | {"tenant": "t-1"}).url
    microsoft = link_on(owner, watching)
    assert microsoft.startswith("https://login.microsoftonline.com/t-1/oauth2/v2.0/authorize?")
    settings = trials.settings_of(Trial.objects.order_by("-pk")[0])
    assert (settings.imap_host, settings.smtp_host, settings.smtp_port) == (
        "outlook.office365.com",
        "smtp.office365.com",
        587,
    )
    assert (
        'value="t-1"'
        in owner.get(
            page_of(house, f"?trial={Trial.objects.order_by('-pk')[0].public_id}")
        ).content.decode()
    )


def test_given_a_withdrawn_consent_the_page_offers_to_connect_again_with_what_it_knows(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, both_work: list[str]
):
    connect(owner, house, token_server)
    MailAccount.objects.update(uidvalidity=7, last_uid=99)
    token_server.withdraw("hello@shop.example")
    later = timezone.now() + DAY
    accounts.renew_due(clock=lambda: later)
    for path in (page_of(house), "/settings/inboxes/"):
        page = owner.get(path).content.decode()
        assert "no longer lets Goodword into this mailbox" in page
    assert "Connect again" in owner.get(page_of(house)).content.decode()

    watching = owner.post(page_of(house, "again/")).url
    owner.get(BACK, agree(link_on(owner, watching)))
    trials.try_due(clock=timezone.now)
    owner.post(f"{watching}use/")
    account = MailAccount.objects.get()
    assert (account.uidvalidity, account.last_uid, account.failing_since) == (7, 99, None)
    assert "Connect again" not in owner.get(page_of(house)).content.decode()
    assert both_work == ["hello@shop.example"] * 4


def test_setup_offers_the_same_and_comes_back_to_its_own_steps(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, both_work: list[str]
):
    page = owner.get("/setup/mailbox/").content.decode()
    assert "/setup/mailbox/?with=google" in page and "app password" in page
    watching = owner.post("/setup/mailbox/?with=other", given(token_server)).url
    back = owner.get(BACK, agree(link_on(owner, watching)))
    assert back.url == watching and watching.startswith("/setup/mailbox/")
    trials.try_due(clock=timezone.now)
    assert owner.post(f"{watching}use/").url == "/setup/done/"
    assert MailAccount.objects.get().grant


def test_given_another_key_than_it_was_sealed_with_the_page_asks_for_the_settings_anew(
    owner: Client, house: SimpleNamespace, token_server: TokenServer, settings: object
):
    watching = ask(owner, house, token_server)
    came = agree(link_on(owner, watching))
    settings.MAILBOX_KEY = "another key"
    assert owner.get(BACK, came).url == watching
    page = owner.get(watching).content.decode()
    assert "Check the settings and try again" in page and "Connecting" not in page


def test_the_address_suggests_how_to_sign_in_and_the_choice_decides(
    owner: Client, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    chosen = '" aria-current="page">{}</a>'
    for address, name in (
        ("hello@shop.example", "Password"),
        ("hello@gmail.com", "Password"),
        ("hello@marlow.onmicrosoft.com", "Microsoft 365"),
    ):
        monkeypatch.setattr(inboxes, "sender_address", lambda inbox, a=address: a)
        assert chosen.format(name) in owner.get(page_of(house)).content.decode()
    there = owner.get(page_of(house, "?with=google")).content.decode()
    assert chosen.format("Google") in there
    odd = owner.get(page_of(house, "?with=nobody")).content.decode()
    assert chosen.format("Microsoft 365") in odd


@pytest.mark.parametrize(
    ("url", "refused", "localhost"),
    [
        ("https://desk.shop.example", False, False),
        ("http://desk.shop.example", True, False),
        ("http://127.0.0.1:8000", False, True),
        ("http://localhost:8000", False, False),
    ],
)
def test_the_page_says_when_no_provider_would_send_people_back_here(
    owner: Client,
    house: SimpleNamespace,
    settings: object,
    url: str,
    refused: bool,
    localhost: bool,
):
    settings.URL = url
    page = owner.get(page_of(house, "?with=microsoft")).content.decode()
    assert f"<code>{url}{BACK}</code>" in page
    assert ("to https addresses only" in page) == refused
    assert ("GOODWORD_URL=http://localhost:8000" in page) == localhost
