"""Sending a transcript by keyboard, in a real browser: aside with a comment, and with an answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.conversations.models import Conversation
from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    house = make_house(at=timezone.now() - 9 * DAY)
    house.ring = receive(house, "My gold ring broke.", at=timezone.now() - HOUR).conversation
    return house


@pytest.fixture
def desk(page: Page, live_server, house: SimpleNamespace) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    place = f"/conversations/{house.ring.public_id}/"
    page.goto(f"{live_server.url}/account/login/?next={place}")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#composer")).to_be_attached()
    page.wait_for_load_state()
    return page


def ask(desk: Page) -> None:
    """By keyboard, from the menu of the conversation."""
    desk.get_by_title("More", exact=True).focus()
    desk.keyboard.press("Enter")
    entry = desk.get_by_role("link", name="Send the transcript")
    expect(entry).to_be_visible()
    entry.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog", name="Send the transcript")).to_be_visible()


def test_from_the_menu_it_goes_to_somebody_else_or_stands_in_the_answer(desk: Page, house) -> None:
    name = f"{house.ring.reference}.pdf"
    ask(desk)
    assert axe(desk) == []
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("To", exact=True).fill("tax@books.example")
    dialog.get_by_label("What you write to them").fill("For your files.")
    dialog.get_by_role("button", name="Send the transcript").press("Enter")
    expect(desk.get_by_text("Aside with tax@books.example")).to_be_visible()
    sent = Conversation.objects.get(side_of=house.ring).messages.get()
    assert sent.attachments.get().name == name

    ask(desk)
    desk.get_by_role("button", name="Attach it to an answer to Grace Whitlow").press("Enter")
    expect(desk.locator("#composer").get_by_text(name)).to_be_visible()
