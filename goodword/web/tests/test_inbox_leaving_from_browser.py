"""Choosing what an answer leaves from, in a real browser: by keyboard, on a phone, in the dark."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.conversations.models import Conversation, Draft
from goodword.desk.models import Dispatch
from goodword.inboxes.models import InboxAddress
from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import axe
from tests.servers.desk import Answered, Held, make_ready_for_routes

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
SALES = "sales@shop.example"
LONG = "everything-that-is-about-invoices-and-reminders@accounts.shop.example"


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    house = make_house(at=timezone.now() - 9 * DAY)
    for value in (SALES, LONG):
        InboxAddress.objects.create(inbox=house.hello, value=value)
    return house


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    return receive(house, to=SALES, at=timezone.now() - HOUR).conversation


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


def test_by_keyboard_another_address_is_chosen_said_kept_over_a_reload_and_left_from(
    ana: Page,
) -> None:
    expect(ana.locator("#composer-whom")).to_have_text("To Grace Whitlow")
    ana.fill("#composer-text", "It left today.")
    ana.focus(".recipients > summary")
    ana.keyboard.press("Enter")
    for _field in range(4):
        ana.keyboard.press("Tab")
    expect(ana.locator("#composer-sender")).to_be_focused()
    expect(ana.locator("#composer-sender option:checked")).to_have_text(SALES)
    ana.keyboard.press("h")  # of the select, and no shortcut of the page
    words = "To Grace Whitlow, from hello@shop.example"
    expect(ana.locator("#composer-whom")).to_have_text(words)
    assert axe(ana) == []

    ana.reload()
    expect(ana.locator("#composer-whom")).to_have_text(words)
    ana.keyboard.press("n")  # to a note and back
    expect(ana.locator("#composer.composer-note")).to_be_visible()
    ana.keyboard.press("Escape")
    ana.keyboard.press("r")
    expect(ana.locator("#composer-whom")).to_have_text(words)
    assert Draft.objects.get().sender == "hello@shop.example"

    ana.focus("#composer-text")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".delivery")).to_be_visible()
    assert Dispatch.objects.get().sender == "hello@shop.example"


def test_what_is_chosen_while_an_act_is_under_way_is_still_chosen_after_it(ana: Page) -> None:
    acts, saves = Held(ana, "**/tag/**"), Held(ana, "**/draft/**")
    ana.get_by_label("New tag").fill("gift")
    ana.keyboard.press("Enter")
    acts.wait()
    ana.fill("#composer-text", "It left today.")
    ana.click(".recipients > summary")
    saves.wait()  # of the words alone
    ana.select_option("#composer-sender", "hello@shop.example")
    ana.focus("#composer-text")
    acts.let_go()

    expect(ana.locator("#person")).to_contain_text("gift")
    saves.let_go()
    expect(ana.locator("#composer-whom")).to_contain_text("from hello@shop.example")
    expect(ana.locator("#composer-text")).to_have_value("It left today.")
    ana.focus("#composer-text")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".delivery")).to_be_visible()
    assert Dispatch.objects.get().sender == "hello@shop.example"


def test_what_is_chosen_after_an_act_was_done_and_before_it_is_shown_is_still_chosen(
    ana: Page,
) -> None:
    ana.fill("#composer-text", "It left today.")
    ana.locator("#composer-text").blur()
    expect(ana.locator("#composer-state")).to_contain_text("Saved")
    act = Answered(ana, "**/tag/**")
    ana.get_by_label("New tag").fill("gift")
    ana.keyboard.press("Enter")
    act.wait()
    ana.locator(".recipients > summary").click()
    with ana.expect_response("**/draft/**"):
        ana.select_option("#composer-sender", "hello@shop.example")
        ana.locator("#composer-text").focus()
    act.let_go()

    expect(ana.locator("#person")).to_contain_text("gift")
    expect(ana.locator("#composer-sender option:checked")).to_have_text("hello@shop.example")
    expect(ana.locator("#composer-text")).to_have_value("It left today.")


def test_on_a_phone_in_the_dark_a_long_address_runs_over_nothing(ana: Page) -> None:
    ana.set_viewport_size({"width": 390, "height": 844})
    ana.emulate_media(color_scheme="dark")
    ana.fill("#composer-text", "It left today.")
    ana.click(".recipients > summary")
    ana.select_option("#composer-sender", LONG)
    expect(ana.locator("#composer-whom")).to_contain_text(f"from {LONG}")
    box = ana.locator("#composer-sender").bounding_box()
    assert box is not None and box["x"] + box["width"] <= 390
    assert ana.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(ana) == []


def test_given_it_is_gone_meanwhile_the_answer_comes_back_with_all_its_words(
    ana: Page, house: SimpleNamespace
) -> None:
    ana.fill("#composer-text", "It left today.")
    ana.click(".recipients > summary")
    ana.select_option("#composer-sender", LONG)
    expect(ana.locator("#composer-whom")).to_contain_text("from everything")
    InboxAddress.objects.filter(value=LONG).delete()

    ana.click("#composer .composer-send .button-filled")

    error = ana.locator("#composer-to-errors")
    expect(error).to_contain_text(f"{LONG} is no address of this inbox any more")
    expect(error).to_contain_text(f"leaves from {SALES}")
    expect(ana.locator("#composer-sender")).to_be_visible()
    assert ana.input_value("#composer-text") == "It left today."
    ana.click("#composer .composer-send .button-filled")
    expect(ana.locator(".delivery")).to_be_visible()
    assert Dispatch.objects.get().sender == SALES
