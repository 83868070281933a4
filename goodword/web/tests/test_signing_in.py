"""Other ways in than the password: an identity provider, a second factor for all, and sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from goodword.accounts import queries, signing_in
from goodword.accounts.models import Business, IdentityProvider
from goodword.core import sealing
from goodword.events.models import Event
from goodword.web.settings.browsers import browser_of
from goodword.web.tests.test_signin import BEN, LOGIN, turn_on
from tests.factories import MONDAY_NOON, PASSWORD
from tests.servers.openid import OpenIdServer

pytestmark = pytest.mark.django_db
ANA = {"login": "ana@shop.example", "password": PASSWORD}


@pytest.fixture(autouse=True)
def fresh(settings) -> Iterator[None]:
    cache.clear()
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield
    cache.clear()


@pytest.fixture(scope="module")
def server() -> Iterator[OpenIdServer]:
    with OpenIdServer() as server:
        yield server


def written_down(server: OpenIdServer, house: SimpleNamespace, **more: bool) -> IdentityProvider:
    return signing_in.keep_provider(
        None,
        **{
            "name": "Shop directory",
            "server_url": server.url,
            "client_id": server.client_id,
            "secret": server.client_secret,
            "vouches_for_addresses": False,
            "is_second_factor": False,
            **more,
        },
        by=house.ana,
        at=MONDAY_NOON,
    )


def come_from(server: OpenIdServer, provider: IdentityProvider, client: Client, to: str = ""):
    """Press the button of the sign-in page, agree there, and come back."""
    begin = f"/account/from/{provider.public_id}/"
    away = client.get(f"{begin}?next={to}" if to else begin)
    assert away.status_code == 302 and away.url.startswith(f"{server.url}/authorize")
    return client.get(f"{begin}back/?{server.agree(away.url)}")


def claims(email: str = "ben@shop.example", *, sub: str = "42", verified: bool = True):
    return {"sub": sub, "email": email, "email_verified": verified, "name": "Whoever"}


# Identity providers


def test_a_teammate_comes_in_from_the_directory_and_is_known_there_by_more_than_the_address(
    house: SimpleNamespace, server: OpenIdServer
):
    provider = written_down(server, house)
    assert "Sign in with Shop directory" in Client().get(LOGIN).content.decode()
    server.claims = claims()
    ben = Client()
    back = come_from(server, provider, ben, to="/settings/profile/")
    assert back.url == "/settings/profile/"
    assert "ben@shop.example" in ben.get("/settings/profile/").content.decode()
    house.ben.refresh_from_db()
    assert house.ben.check_password(PASSWORD)  # it stays his

    server.claims = claims("other.name@shop.example")  # the directory renamed him
    again = Client()
    come_from(server, provider, again)
    assert again.get("/settings/profile/").status_code == 200


@pytest.mark.parametrize(
    "came",
    [
        claims("stranger@shop.example"),
        claims(verified=False),
        {"sub": "42"},
        claims("ben@shop.example.evil.example"),
    ],
    ids=["nobody here", "not verified", "no address", "another domain"],
)
def test_nobody_comes_in_who_is_no_teammate_or_whose_address_nobody_vouches_for(
    house: SimpleNamespace, server: OpenIdServer, came: dict[str, object]
):
    provider = written_down(server, house)
    server.claims = came
    client = Client()
    refused = come_from(server, provider, client)
    assert refused.url == LOGIN
    assert "Nobody here signs in with the address" in client.get(LOGIN).content.decode()
    assert client.get("/settings/profile/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_directory_of_ones_own_is_believed_without_a_word_about_the_address(
    house: SimpleNamespace, server: OpenIdServer
):
    provider = written_down(server, house, vouches_for_addresses=True)
    server.claims = {"sub": "7", "email": "BEN@shop.example"}
    ben = Client()
    come_from(server, provider, ben)
    assert ben.get("/settings/profile/").status_code == 200


def test_who_has_left_the_house_does_not_come_back_by_the_directory(
    house: SimpleNamespace, server: OpenIdServer
):
    provider = written_down(server, house)
    server.claims = claims()
    come_from(server, provider, Client())
    type(house.ben).objects.filter(pk=house.ben.pk).update(is_active=False)
    ben = Client()
    come_from(server, provider, ben)
    assert ben.get("/settings/profile/").status_code == 302


def test_a_code_of_another_browser_opens_nothing(house: SimpleNamespace, server: OpenIdServer):
    provider = written_down(server, house)
    server.claims = claims()
    begin = f"/account/from/{provider.public_id}/"
    ben, other = Client(), Client()
    query = server.agree(ben.get(begin).url)
    assert other.get(f"{begin}back/?{query}").url == LOGIN
    assert other.get("/settings/profile/").status_code == 302
    assert other.get(f"{begin}back/?error=access_denied").url == LOGIN
    assert ben.get(f"{begin}back/?{query}wrong").url == LOGIN


def move_to(server: OpenIdServer, provider: IdentityProvider, house: SimpleNamespace) -> None:
    """An owner writes another address down for the same provider."""
    written = {"name": provider.name, "secret": "", "client_id": provider.client_id}
    flags = {"vouches_for_addresses": False, "is_second_factor": False}
    signing_in.keep_provider(
        provider, server_url=server.url, **written, **flags, by=house.ana, at=MONDAY_NOON
    )


def test_at_another_server_nobody_is_taken_for_whom_the_first_one_called_the_same(
    house: SimpleNamespace, server: OpenIdServer
):
    provider = written_down(server, house)
    server.claims = claims()
    come_from(server, provider, Client())
    move_to(server, provider, house)
    assert SocialAccount.objects.count() == 1  # the same address is the same server

    with OpenIdServer() as second:
        move_to(second, provider, house)
        second.claims = claims("mallory@evil.example")  # with Ben's sub
        mallory = Client()
        assert come_from(second, provider, mallory).url == LOGIN
        assert mallory.get("/settings/profile/").status_code == 302

        second.claims = claims(sub="another")
        ben = Client()
        come_from(second, provider, ben)
        assert ben.get("/settings/profile/").status_code == 200


def test_given_the_server_is_changed_while_somebody_comes_from_it_they_are_not_connected(
    house: SimpleNamespace, server: OpenIdServer, monkeypatch: pytest.MonkeyPatch
):
    provider = written_down(server, house)
    server.claims = claims()
    real = queries.teammates_at

    def change_meanwhile(said: list[str]):
        IdentityProvider.objects.update(server_url="https://other.example")
        return real(said)

    monkeypatch.setattr(queries, "teammates_at", change_meanwhile)
    client = Client()
    assert come_from(server, provider, client).url == LOGIN
    assert "has just been changed" in client.get(LOGIN).content.decode()
    assert not SocialAccount.objects.exists()


def test_who_asks_again_and_again_lets_us_ask_the_other_server_no_more(
    house: SimpleNamespace, server: OpenIdServer
):
    provider = written_down(server, house)
    server.asked.clear()
    client = Client()
    for _ in range(25):
        answer = client.get(f"/account/from/{provider.public_id}/")
    assert answer.url == LOGIN
    assert "Too many tries from here" in client.get(LOGIN).content.decode()
    assert len(server.asked) == 20
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.get(f"/account/from/{provider.public_id}/").url.startswith(server.url)


def test_a_server_that_is_away_is_said_and_the_password_still_works(house: SimpleNamespace):
    gone = SimpleNamespace(url="http://127.0.0.1:9", client_id="x", client_secret="y")
    provider = written_down(gone, house)  # type: ignore[arg-type]
    client = Client()
    assert client.get(f"/account/from/{provider.public_id}/").url == LOGIN
    assert "can&#x27;t be reached just now" in client.get(LOGIN).content.decode()
    assert client.post(LOGIN, BEN).url == "/"
    assert client.get("/account/from/nothere/").status_code == 404


def test_an_owner_writes_a_server_down_changes_it_and_takes_it_away(
    house: SimpleNamespace, server: OpenIdServer
):
    ana = Client()
    ana.force_login(house.ana)
    page = "/settings/signing-in/new/"
    given = {"name": "Directory", "server_url": server.url, "client_id": "c", "secret": "s3cret"}
    bad = ana.post(page, given | {"server_url": "http://directory.example"})
    assert bad.status_code == 422 and "must begin with https" in bad.content.decode()
    assert ana.post(page, given).status_code == 302
    kept = IdentityProvider.objects.get()
    assert "s3cret" not in kept.secret and sealing.unseal(kept.secret) == "s3cret"
    shown = ana.get(f"/settings/signing-in/{kept.public_id}/").content.decode()
    assert "s3cret" not in shown and f"/account/from/{kept.public_id}/back/" in shown
    assert ana.post(page, given).status_code == 422  # the name is taken
    ana.post(f"/settings/signing-in/{kept.public_id}/", given | {"secret": "", "name": "Ours"})
    kept.refresh_from_db()
    assert (kept.name, sealing.unseal(kept.secret)) == ("Ours", "s3cret")
    ana.post(f"/settings/signing-in/{kept.public_id}/remove/")
    assert not IdentityProvider.objects.exists()
    said = Event.objects.filter(kind="accounts.sign_in_way_changed").order_by("id")
    assert [each.data["what"] for each in said] == ["added", "changed", "removed"]
    assert "changed which servers" in ana.get("/settings/audit/").content.decode()


# A second factor for everybody


def test_who_has_none_cannot_ask_it_of_all(house: SimpleNamespace):
    with pytest.raises(signing_in.NoFactorOfOnesOwn):
        signing_in.require_second_factor(True, by=house.ana, at=MONDAY_NOON)
    ana = Client()
    ana.force_login(house.ana)
    ana.post("/settings/signing-in/factor/", {"required": "yes"})
    assert not Business.objects.get().requires_second_factor


def test_asked_of_all_everybody_sets_one_up_before_anything_else(house: SimpleNamespace):
    ben = Client()
    ben.post(LOGIN, BEN)
    ana = Client()
    ana.post(LOGIN, ANA)
    turn_on(ana)
    assert ana.post("/settings/signing-in/factor/", {"required": "yes"}).status_code == 302
    page = ana.get("/settings/signing-in/").content.decode()
    assert "Everybody is asked for one" in page and "Ben" in page

    assert ben.get("/inbox/mine/").url == "/account/second-factor/"
    assert ben.post("/settings/profile/", {"name": "X"}).url == "/account/second-factor/"
    assert ben.get("/inbox/mine/", headers={"HX-Request": "true"}).status_code == 401
    assert (
        "asks everybody for more than a password"
        in ben.get("/account/second-factor/").content.decode()
    )
    cache.clear()
    turn_on(ben)
    assert ben.get("/inbox/mine/").status_code == 200
    assert ben.get("/account/second-factor/").url == "/"
    assert Client().get("/account/second-factor/").url.startswith(LOGIN)

    ana.post("/settings/signing-in/factor/", {"required": "no"})
    assert Event.objects.filter(kind="accounts.second_factor_required").count() == 2


# Where nobody is inside yet, or where one goes to set a factor up.
OPEN = ("account/", "yours/", "house/", "hours/", "healthz", "setup/", "join/", "example/")
ELSEWHERE = {"settings/mailboxes/consent/"}  # it asks for what a page behind the door signed


def addresses(patterns, before: str = "") -> Iterator[str]:
    for each in patterns:
        path = f"{before}{each.pattern}"
        yield from addresses(each.url_patterns, path) if hasattr(each, "url_patterns") else [path]


def test_asked_of_all_no_address_of_the_house_lets_anybody_by_without_one(house: SimpleNamespace):
    Business.objects.update(requires_second_factor=True)
    ben = Client()
    ben.force_login(house.ben)
    asked = [path for path in addresses(get_resolver().url_patterns) if not path.startswith(OPEN)]
    assert len(asked) > 150
    for path in set(asked) - ELSEWHERE:
        url = "/" + re.sub(r"<int:\w+>", "1", path)
        url = re.sub(r"<[^>]+>", "a" * 16, url)
        answer = ben.get(url)
        assert (answer.status_code, answer.url) == (302, "/account/second-factor/"), path


def test_who_comes_from_a_server_with_a_factor_of_its_own_needs_no_other(
    house: SimpleNamespace, server: OpenIdServer
):
    provider = written_down(server, house, is_second_factor=True)
    Business.objects.update(requires_second_factor=True)
    server.claims = claims()
    ben = Client()
    come_from(server, provider, ben)
    assert ben.get("/inbox/mine/").status_code == 200
    by_password = Client()
    by_password.post(LOGIN, BEN)
    assert by_password.get("/inbox/mine/").url == "/account/second-factor/"


# Sessions


def test_one_sees_where_one_is_signed_in_and_ends_the_others(house: SimpleNamespace):
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) AppleWebKit CriOS/140 Safari"})
    phone.post(LOGIN, BEN)
    desk = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Gecko Firefox/140.0"})
    desk.post(LOGIN, BEN)
    page = desk.get("/settings/sessions/").content.decode()
    assert "Chrome on iPhone" in page and "Firefox on Linux" in page and "this one" in page

    theirs = UserSession.objects.get(user_agent__contains="iPhone")
    carl = Client()
    carl.force_login(house.carl)
    assert carl.post(f"/settings/sessions/{theirs.pk}/end/").status_code == 404
    assert desk.post(f"/settings/sessions/{theirs.pk}/end/").status_code == 302
    assert phone.get("/settings/profile/").status_code == 302
    assert desk.get("/settings/profile/").status_code == 200

    phone.post(LOGIN, BEN)
    desk.post("/settings/sessions/others/end/")
    assert phone.get("/settings/profile/").status_code == 302
    assert desk.get("/settings/profile/").status_code == 200


def test_an_owner_signs_a_teammate_out_everywhere(house: SimpleNamespace):
    ben, ana = Client(), Client()
    ben.post(LOGIN, BEN)
    ana.post(LOGIN, ANA)
    path = f"/settings/teammates/{house.ben.public_id}/sign-out/"
    assert ben.post(path).status_code == 404
    ana.post(path)
    assert ben.get("/settings/profile/").status_code == 302
    ana.post(f"/settings/teammates/{house.ana.public_id}/sign-out/")
    assert ana.get("/settings/profile/").status_code == 200  # not here, where they act
    assert Event.objects.filter(kind="accounts.signed_out_elsewhere").count() == 1


def test_when_a_session_was_used_is_noted_now_and_then_and_not_with_every_page(
    house: SimpleNamespace,
):
    with time_machine.travel(MONDAY_NOON, tick=False) as clock:
        ben = Client()
        ben.post(LOGIN, BEN)
        ben.get("/settings/profile/")
        clock.shift(timedelta(minutes=5))
        ben.get("/settings/profile/")
        assert UserSession.objects.get().last_seen_at == MONDAY_NOON
        clock.shift(timedelta(minutes=15))
        ben.get("/settings/profile/")
        assert UserSession.objects.get().last_seen_at == MONDAY_NOON + timedelta(minutes=20)


def test_what_a_browser_calls_itself_is_said_as_far_as_it_can_be_told():
    edge = "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140"
    assert browser_of(edge) == "Edge on Windows"
    assert browser_of("curl/8") == "A program that doesn't say what it is"


def test_a_forged_passkey_opens_nothing(client: Client, house: SimpleNamespace):
    assert client.get("/account/passkeys/sign-in/").url == LOGIN
    for credential in ("", "[]", "{}", '{"id": 7}', '{"response": {"userHandle": "MQ"}}', "null"):
        answer = client.post("/account/passkeys/sign-in/", {"credential": credential})
        assert answer.status_code in {302, 429}
    assert client.get("/settings/profile/").status_code == 302
    assert not Authenticator.objects.exists()
