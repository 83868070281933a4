"""Who reaches which page of setup, settings and sign-in. A new URL without a line here fails."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.accounts import signing_in
from goodword.accounts.models import Role
from goodword.channels.email import trials
from goodword.channels.email.accounts import AccountSettings
from goodword.desk.intake import arriving
from goodword.desk.models import Arrival
from goodword.web.settings import account_pages
from goodword.web.settings import urls as settings_urls
from goodword.web.setup import urls as setup_urls
from tests.factories import MONDAY_NOON, make_house

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
# What a GET answers: to the owner, to any other teammate, to a stranger.
OWNERS = (200, 404, 302)
OWNERS_POST = (405, 404, 302)  # an owner has to send the form; GET changes nothing
MINE = (200, 200, 302)
ALL = (200, 200, 200)
GONE = (410, 410, 410)
NOWHERE = (404, 404, 404)
ON = (302, 302, 302)

EXPECTED = {
    "settings:start": ON,
    "settings:business": OWNERS,
    "settings:roles": OWNERS,
    "settings:profile": MINE,
    "settings:told": MINE,
    "settings:canned": MINE,
    "settings:sessions": MINE,
    "settings:end_session": (405, 405, 302),
    "settings:end_others": (405, 405, 302),
    "settings:signing_in": OWNERS,
    "settings:require_factor": OWNERS_POST,
    "settings:new_provider": OWNERS,
    "settings:provider": OWNERS,
    "settings:remove_provider": OWNERS_POST,
    "settings:sign_out_teammate": OWNERS_POST,
    "settings:take_factor": OWNERS_POST,
    "settings:fields": OWNERS,
    "settings:inboxes": OWNERS,
    "settings:new_inbox": OWNERS,
    "settings:inbox": OWNERS,
    "settings:signature": OWNERS,
    "settings:assigning": OWNERS,
    "settings:acknowledgement": OWNERS,
    "settings:ready_words": OWNERS,
    "settings:mailbox": OWNERS,
    "settings:disconnect": OWNERS_POST,
    "settings:connect_again": OWNERS_POST,
    "settings:consent": (302, 404, 302),  # an answer to no question
    "settings:trial": OWNERS,
    "settings:use_trial": OWNERS_POST,
    "settings:teammates": OWNERS,
    "settings:invite": OWNERS,
    "settings:invite_again": OWNERS_POST,
    "settings:withdraw": OWNERS_POST,
    "settings:teammate": OWNERS,
    "settings:deactivate": OWNERS_POST,
    "settings:reactivate": OWNERS_POST,
    "settings:password_link": OWNERS_POST,
    "settings:teams": OWNERS,
    "settings:new_team": OWNERS,
    "settings:team": OWNERS,
    "settings:senders": OWNERS,
    "settings:sender_remove": (405, 405, 302),
    "settings:audit": OWNERS,
    "settings:arrivals": OWNERS,
    "settings:arrival_raw": OWNERS,
    "settings:arrival_again": OWNERS_POST,
    "settings:join": ALL,
    "setup:begin": ON,
    "setup:business": (302, 404, 302),  # the owner is past it
    "setup:hours": (302, 404, 302),
    "setup:inbox": (302, 404, 302),
    "setup:mailbox": OWNERS,
    "setup:trial": OWNERS,
    "setup:use_trial": OWNERS_POST,
    "setup:done": OWNERS,
    "setup:owner": GONE,
    "account_login": (302, 302, 200),
    "account_logout": MINE,
    "account_inactive": ALL,
    "account_reauthenticate": MINE,
    "account_change_password": MINE,
    "account_reset_password": ALL,
    "account_reset_password_done": ALL,
    "account_reset_password_from_key_done": ALL,
    "account_reset_password_from_key": ALL,
    "mfa_index": ON,
    "mfa_authenticate": ON,
    "mfa_reauthenticate": ON,
    "mfa_activate_totp": ON,  # asks for the password once more first
    "mfa_deactivate_totp": (404, 404, 302),  # there is none
    "mfa_view_recovery_codes": (404, 404, 302),
    "mfa_generate_recovery_codes": ON,
    "mfa_download_recovery_codes": (404, 404, 302),
    "mfa_list_webauthn": ON,
    "mfa_add_webauthn": ON,  # as above
    "mfa_login_webauthn": ON,
    "mfa_reauthenticate_webauthn": ON,
    "mfa_edit_webauthn": ON,
    "mfa_remove_webauthn": ON,
    "openid_connect_login": NOWHERE,  # no such server
    "openid_connect_callback": NOWHERE,
    "socialaccount_connections": NOWHERE,
    "account_signup": NOWHERE,
    "account_email": NOWHERE,
    "account_set_password": NOWHERE,
    "account_email_verification_sent": NOWHERE,
}


def _names() -> list[str]:
    def of(patterns: list[URLPattern], space: str) -> list[str]:
        return [f"{space}{pattern.name}" for pattern in patterns]

    return [
        *of(settings_urls.urlpatterns, "settings:"),
        *of(setup_urls.urlpatterns, "setup:"),
        *of(account_pages.urlpatterns, ""),
    ]


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()  # of tries that are counted
    house = make_house()
    arrival = arriving.take_in(
        b"Subject: broken\r\n\r\n",
        road="email",
        source="smtp",
        inbox=house.hello,
        said_at=MONDAY_NOON,
        at=MONDAY_NOON,
    )
    Arrival.objects.filter(pk=arrival.pk).update(state=Arrival.State.FAILED, due_at=None)
    house.arrival = arrival
    house.provider = signing_in.keep_provider(
        None,
        name="Directory",
        server_url="https://id.shop.example",
        client_id="goodword",
        secret="",
        vouches_for_addresses=False,
        is_second_factor=False,
        by=house.ana,
        at=MONDAY_NOON,
    )
    house.trial = trials.ask(AccountSettings(imap_host="a.example"), by=house.ana, at=MONDAY_NOON)
    return house


def _url(name: str, house: SimpleNamespace) -> str:
    invitation, token = accounts.invite(
        email="new@shop.example", role=Role.AGENT, teams=[], by=house.ana, at=timezone.now()
    )
    inbox, ben, trial = house.hello.public_id, house.ben.public_id, house.trial.public_id
    by_beginning = {
        "settings:trial": [inbox, trial],
        "settings:use_trial": [inbox, trial],
        "setup:trial": [trial],
        "setup:use_trial": [trial],
        "setup:owner": ["no-such-token"],
        "settings:join": [token],
        "settings:team": [house.front.public_id],
        "account_reset_password_from_key": ["1", "set-password"],
        "settings:end_session": [1],
        "settings:sender_remove": [1],
        "mfa_edit_webauthn": [1],
        "mfa_remove_webauthn": [1],
        "openid_connect_login": ["4mkd2"],
        "openid_connect_callback": ["4mkd2"],
    }
    if name in by_beginning:
        return reverse(name, args=by_beginning[name])
    about_ben = {"teammate", "deactivate", "reactivate", "password_link", "sign_out_teammate"}
    about_ben.add("take_factor")
    if name.split(":")[-1] in about_ben:
        return reverse(name, args=[ben])
    if name in {"settings:provider", "settings:remove_provider"}:
        return reverse(name, args=[house.provider.public_id])
    if name.split(":")[-1] in {"invite_again", "withdraw"}:
        return reverse(name, args=[invitation.pk])
    if name.split(":")[-1] in {"arrival_raw", "arrival_again"}:
        return reverse(name, args=[house.arrival.pk])
    if name == "settings:ready_words":
        return reverse(name, args=[inbox, "holding"])
    if name in {"settings:inbox", "settings:signature", "settings:acknowledgement"} | {
        "settings:assigning",
        "settings:mailbox",
        "settings:disconnect",
        "settings:connect_again",
    }:
        return reverse(name, args=[inbox])
    return reverse(name)


def test_every_address_has_its_line():
    assert set(_names()) == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_page_opens_to_whom_it_should(name: str, house: SimpleNamespace):
    url = _url(name, house)
    to_owner, to_others, to_stranger = EXPECTED[name]
    others = (house.ben, house.lea, house.lou, house.carl)
    expected = {None: to_stranger, house.ana: to_owner} | dict.fromkeys(others, to_others)
    if name == "settings:senders":  # leads look after it too
        expected[house.lea] = 200
    if name == "settings:canned":  # who sends nothing has none
        expected[house.lou] = 404
    for who, status in expected.items():
        client = Client()
        if who is not None:
            client.force_login(who)
        answer = client.get(url)
        if answer.streaming:
            list(answer.streaming_content)  # read to the end, which closes the file
        assert answer.status_code == status, (name, who)


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(n for n in EXPECTED if EXPECTED[n][1] == 404))
def test_no_form_is_taken_from_who_may_not_settle(name: str, house: SimpleNamespace):
    url = _url(name, house)
    for who in (None, house.ben, house.lea, house.lou, house.carl):
        client = Client()
        if who is not None:
            client.force_login(who)
        answer = client.post(url, {"name": "taken over", "role": "owner"})
        if name == "settings:senders" and who == house.lea:
            assert answer.status_code == 422  # no sender is named
            continue
        assert answer.status_code in {404, 405, *(() if who else (302,))}, (name, who)
    house.ben.refresh_from_db()
    assert house.ben.is_active and house.ben.role == Role.AGENT


def test_given_a_deactivated_owner_then_their_session_opens_nothing(house: SimpleNamespace):
    accounts.change_role(house.ben, Role.OWNER, by=house.ana, at=MONDAY_NOON)
    client = Client()
    client.force_login(house.ana)
    accounts.deactivate(house.ana, by=house.ben, at=MONDAY_NOON)
    answer = client.get("/settings/business/")
    assert answer.status_code == 302 and answer.url.startswith(LOGIN)


def test_nobody_watches_the_trial_of_another_owner(house: SimpleNamespace):
    accounts.change_role(house.ben, Role.OWNER, by=house.ana, at=MONDAY_NOON)
    client = Client()
    client.force_login(house.ben)
    path = [house.hello.public_id, house.trial.public_id]
    assert client.get(reverse("settings:trial", args=path)).status_code == 404
    assert client.post(reverse("settings:use_trial", args=path)).status_code == 404
