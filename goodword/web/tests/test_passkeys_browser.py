"""Passkeys in a browser, with an authenticator that the browser plays."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.channels.email.models import Notice
from tests.factories import PASSWORD, make_house
from tests.servers.chromium import axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server, settings) -> Iterator[SimpleNamespace]:
    """Ben's browser at the sign-in page, with an authenticator in the machine."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # as for every house at localhost
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"
    cache.clear()
    make_house(at=timezone.now())
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield SimpleNamespace(
        page=page, url=live_server.url, devices=devices, device=device["authenticatorId"]
    )
    cache.clear()


def test_a_passkey_is_added_lets_in_alone_and_is_removed_again(desk: SimpleNamespace) -> None:
    page = desk.page
    page.goto(f"{desk.url}/account/login/?next=/settings/profile/")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("[name=password]", PASSWORD)  # is it you?
    page.keyboard.press("Enter")
    page.get_by_label("What do you call it?").fill("My phone")
    assert axe(page) == []
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto(f"{desk.url}/settings/profile/")
    expect(page.get_by_text("Passkey: My phone")).to_be_visible()
    expect(page.get_by_text("Lets you in alone")).to_be_visible()
    assert Notice.objects.get().subject == "A passkey was added"

    page.context.clear_cookies()
    page.goto(f"{desk.url}/account/login/?next=/settings/sessions/")
    assert axe(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where you are signed in")

    # As a second factor after the password, too.
    page.context.clear_cookies()
    page.goto(f"{desk.url}/account/login/?next=/settings/profile/")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The second factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Use a passkey").click()  # is it you?
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    assert not Authenticator.objects.exists()


def test_a_passkey_put_away_is_said_and_changes_nothing(desk: SimpleNamespace) -> None:
    page = desk.page
    verified = {"authenticatorId": desk.device, "isUserVerified": False}
    desk.devices.send("WebAuthn.setUserVerified", verified)
    page.goto(f"{desk.url}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
