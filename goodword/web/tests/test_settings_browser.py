"""Settings in a real browser: access, narrow screens, and the trial that reports by itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.accounts import actions as accounts
from goodword.accounts import queries
from goodword.bench.servers.token_server import TokenServer
from goodword.channels.email import diagnosing, trials
from goodword.channels.email.failures import Finding
from goodword.desk.intake import screening
from goodword.files import actions as files
from tests.factories import PASSWORD, make_house
from tests.servers.chromium import axe
from tests.test_frames_browser import png

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    return make_house(at=timezone.now())


@pytest.fixture
def desk(page: Page, live_server, house: SimpleNamespace) -> Page:
    """Ana has signed in."""
    page.goto(f"{live_server.url}/account/login/?next=/settings/profile/")
    page.fill("#id_login", "ana@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    return page


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page, wide and light and narrow and dark."""
    faults = []
    for width, scheme in ((1440, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        faults += [f"{page.url} at {width}: {fault}" for fault in axe(page)]
        page.set_viewport_size({"width": width - 20, "height": 800})  # a scroll bar takes the rest
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            faults.append(f"{page.url} at {width} scrolls sideways")
    return faults


def test_pages_of_settings_are_open_to_everyone(desk: Page, live_server, house: SimpleNamespace):
    logo = files.keep(png(600, 48), at=timezone.now())
    accounts.dress(queries.business(), accent="", logo=logo, by=house.ana, at=timezone.now())
    # Wider than the page, with a button that is read aloud with it.
    rule = "a-rather-long-mailbox-name@of-an-even-longer-name.example"
    screening.block(rule, sure=True, by=house.ana, at=timezone.now())
    faults = []
    for path in (
        "settings/business/",
        "settings/inboxes/",
        f"settings/inboxes/{house.hello.public_id}/",
        f"settings/inboxes/{house.hello.public_id}/mailbox/",
        f"settings/inboxes/{house.hello.public_id}/mailbox/?with=google",
        f"settings/inboxes/{house.hello.public_id}/mailbox/?with=microsoft",
        f"settings/inboxes/{house.hello.public_id}/mailbox/?with=other",
        f"settings/inboxes/{house.hello.public_id}/signature/",
        "settings/teammates/",
        f"settings/teammates/{house.ben.public_id}/",
        "settings/teammates/invite/",
        f"settings/teams/{house.front.public_id}/",
        "settings/roles/",
        "settings/spam/",
        "settings/audit/",
        "settings/arrivals/",
        "account/password/change/",
        "setup/done/",
    ):
        desk.goto(f"{live_server.url}/{path}")
        faults += looked_at(desk)
    assert faults == []


def test_the_trial_of_a_mailbox_reports_by_itself(
    desk: Page, live_server, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(diagnosing, "try_imap", lambda server: Finding(ok=True, code="ok"))
    monkeypatch.setattr(
        diagnosing,
        "try_smtp",
        lambda server: Finding(ok=False, code="certificate", server_words="expired"),
    )
    desk.goto(f"{live_server.url}/settings/inboxes/{house.hello.public_id}/mailbox/")
    assert not desk.locator("#id_smtp_user").is_visible()  # as for receiving
    desk.fill("#id_imap_password", "s3cret")
    desk.get_by_role("button", name="Try these settings").click()
    expect(desk.get_by_text("Connecting, signing in…").first).to_be_visible()
    trials.try_due(clock=timezone.now)
    expect(desk.get_by_text("Not all of it works yet")).to_be_visible()
    assert "certificate" in desk.inner_text("#trial")
    expect(desk.get_by_role("link", name="Change the settings")).to_be_focused()
    assert looked_at(desk) == []


def test_the_way_to_a_provider_and_back_is_open_under_our_own_policy(
    desk: Page, live_server, house: SimpleNamespace, token_server: TokenServer, settings: object
):
    settings.URL = live_server.url
    desk.goto(f"{live_server.url}/settings/inboxes/{house.hello.public_id}/mailbox/")
    desk.get_by_role("link", name="Another by OAuth 2").click()
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("button", name="Copy").click()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied == f"{live_server.url}/settings/mailboxes/consent/"
    token_server.redirect_uri = copied
    for name, value in (
        ("user", "hello@shop.example"),
        ("client_id", token_server.client_id),
        ("client_secret", token_server.client_secret),
        ("authorize_url", token_server.authorize_url),
        ("token_url", token_server.token_url),
        ("scopes", token_server.scopes),
        ("imap_host", "imap.shop.example"),
        ("smtp_host", "smtp.shop.example"),
    ):
        desk.fill(f"#id_{name}", value)
    desk.get_by_role("button", name="Connect", exact=True).click()
    expect(desk.get_by_role("heading", name="Now 127.0.0.1 asks you")).to_be_visible()
    assert looked_at(desk) == []
    desk.get_by_role("link", name="Go on to 127.0.0.1").click()
    expect(desk.get_by_text("Connecting, signing in…").first).to_be_visible()
    assert "code=" not in desk.url
