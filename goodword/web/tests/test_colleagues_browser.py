"""Two colleagues at one conversation, in real browsers: called by name, told, and asked."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.desk import handling
from tests.factories import HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> SimpleNamespace:
    """Ben has a conversation with Grace."""
    cache.clear()
    now = timezone.now()
    house = make_house(at=now - HOUR)
    house.conversation = receive(house, at=now - HOUR).conversation
    handling.assign(house.conversation, to=house.ben, by=house.ben, at=now - HOUR)
    return house


def sign_in(page: Page, server: str, name: str, path: str) -> None:
    page.goto(f"{server}/account/login/?next={path}")
    page.fill("#id_login", f"{name}@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}{path}")
    page.wait_for_load_state()


def test_called_by_name_told_and_asked_to_approve(page: Page, live_server, house):
    path = f"/conversations/{house.conversation.public_id}/"
    sign_in(page, live_server.url, "ben", path)
    page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Your note")
    expect(note).to_be_focused()
    page.keyboard.type("Ask @l")
    expect(page.get_by_role("option", name="Lea Sommer")).to_have_attribute("aria-selected", "true")
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.type("please")
    expect(note).to_have_value("Ask @Lea please")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".mention")).to_have_text("@Lea")

    page.keyboard.press("r")
    page.get_by_role("textbox", name="Your answer").fill("It left on Friday.")
    page.locator("summary[title='More to write with']").click()
    page.get_by_role("button", name="Show it to colleagues").click()
    dialog = page.get_by_role("dialog", name="Show your draft to colleagues")
    dialog.get_by_label("Ask").select_option("Lea Sommer")
    dialog.get_by_label("What for").select_option("approve")
    assert axe(page) == []
    dialog.get_by_role("button", name="Show it").click()
    expect(page.locator(".shared-draft")).to_contain_text("Lea Sommer is asked to approve it.")

    lea = page.context.browser.new_page()
    sign_in(lea, live_server.url, "lea", "/notices/")
    expect(lea.get_by_role("button", name="Ben Okri calls you")).to_be_visible()
    lea.get_by_role("button", name="Ben Okri asks you to approve an answer").click()
    card = lea.get_by_role("article", name="The draft of Ben Okri")
    expect(card).to_contain_text("It left on Friday.")
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            lea.set_viewport_size({"width": width, "height": 844})
            lea.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert axe(lea) == []
            if folder := os.environ.get("GOODWORD_TEST_LOOK"):
                lea.screenshot(path=f"{folder}/card-{width}-{scheme}.png")
    card.get_by_role("button", name="Approve").click()
    expect(lea.get_by_text("Approved. Ben Okri is told and can send it.")).to_be_visible()
    lea.close()

    page.reload()
    expect(page.locator(".shared-draft")).to_contain_text("Lea Sommer approved it.")
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.locator(".shared-draft")).to_have_count(0)
    expect(page.locator(".message-ours")).to_contain_text("It left on Friday.")
