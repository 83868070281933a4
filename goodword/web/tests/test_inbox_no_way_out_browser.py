"""Writing where nothing can leave, in a real browser: said beside the words, on a phone as well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.conversations.models import Conversation, Draft
from goodword.desk.answering import delivering
from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import axe
from tests.servers.desk import make_ready_for_routes

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
SAYS = "Hello has no outgoing mail server yet"


@pytest.fixture
def asked() -> Conversation:
    cache.clear()
    return receive(make_house(at=timezone.now() - 9 * DAY), at=timezone.now() - HOUR).conversation


@pytest.fixture
def ana(page: Page, live_server, asked: Conversation) -> Page:
    make_ready_for_routes(page)
    page.goto(f"{live_server.url}/account/login/?next=/conversations/{asked.public_id}/")
    page.fill("#id_login", "ana@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_visible()
    page.wait_for_load_state()
    return page


def test_it_is_said_of_an_answer_and_not_of_a_note_and_what_is_sent_waits_below_it(
    ana: Page,
) -> None:
    said = ana.locator("#composer", has_text=SAYS)
    expect(said).to_be_visible()
    ana.keyboard.press("n")
    expect(ana.locator("#composer.composer-note")).to_be_visible()
    expect(said).to_have_count(0)
    ana.keyboard.press("Escape")
    ana.keyboard.press("r")
    expect(said).to_be_visible()

    ana.fill("#composer-text", "It left today.")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".delivery")).to_be_visible()
    expect(said).to_be_visible()
    # Once the time for taking it back is over.
    delivering.deliver_due(clock=lambda: timezone.now() + timedelta(minutes=1))
    ana.reload()
    waits = ana.locator(".delivery", has_text="Not yet taken for grace@whitlow.example")
    expect(waits).to_contain_text("This inbox has no outgoing mail server yet.")


def test_the_way_to_mend_it_keeps_what_is_being_written_and_fits_a_phone(
    ana: Page, asked: Conversation
) -> None:
    ana.set_viewport_size({"width": 320, "height": 640})
    ana.fill("#composer-text", "It left today.")
    way = ana.locator("#composer").get_by_role("link", name="Name a server")
    expect(way).to_be_in_viewport()
    expect(ana.locator("#composer .composer-send button.button-filled")).to_be_in_viewport()
    assert axe(ana) == []
    assert not ana.evaluate("document.documentElement.scrollWidth > innerWidth")

    way.click()
    ana.wait_for_url("**/mailbox/")
    while not Draft.objects.exists():
        ana.wait_for_timeout(20)  # it is saved while the page goes
    assert Draft.objects.get(conversation=asked).text == "It left today."
