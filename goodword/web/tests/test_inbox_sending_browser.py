"""An answer on its way, in a real browser: what it holds fast, and the file it waits for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from goodword.conversations.models import Attachment, Conversation, Draft
from goodword.desk.models import Dispatch
from goodword.inboxes.models import InboxAddress
from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.desk import make_ready_for_routes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SALES = "sales@shop.example"


@pytest.fixture
def asked() -> Conversation:
    cache.clear()
    house = make_house(at=timezone.now() - 9 * DAY)
    InboxAddress.objects.create(inbox=house.hello, value=SALES)
    return receive(house, to=SALES, at=timezone.now() - HOUR).conversation


@pytest.fixture
def ana(page: Page, live_server, asked: Conversation) -> Iterator[Page]:
    make_ready_for_routes(page)
    page.goto(f"{live_server.url}/account/login/?next=/conversations/{asked.public_id}/")
    page.fill("#id_login", "ana@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_visible()
    page.wait_for_load_state()
    yield page
    # What is written is saved before the tables go.
    page.evaluate(
        """() => import(
          document.querySelector('script[src*="js/web.js"]').src.replace("web.js", "composer.js")
        ).then((composer) => Promise.race([
          composer.saveIfDirty(),
          new Promise((_, reject) => setTimeout(() => reject(new Error("never saved")), 20000)),
        ]))"""
    )
    page.goto("about:blank")


def hold_back(page: Page, address: str) -> list[Route]:
    """The next that the page asks of `address`, for the test to let go."""
    held: list[Route] = []
    page.route(address, lambda route: route.continue_() if held else held.append(route))
    return held


def wait_for(page: Page, held: list[Route]) -> Route:
    while not held:
        page.wait_for_timeout(20)  # the page goes on meanwhile
    return held[0]


def test_while_an_answer_is_on_its_way_nothing_else_can_be_chosen_to_leave_from(ana: Page) -> None:
    ana.click(".recipients > summary")
    ana.fill("#composer-text", "It left today.")
    held = hold_back(ana, "**/reply/**")
    ana.click("#composer .composer-send .button-filled")
    way = wait_for(ana, held)

    ana.focus("#composer-sender")
    ana.keyboard.press("h")
    ana.keyboard.press("ArrowDown")

    expect(ana.locator("#composer-sender option:checked")).to_have_text(SALES)
    way.continue_()
    expect(ana.locator(".delivery")).to_be_visible()
    assert Dispatch.objects.get().sender == SALES
    expect(ana.locator("#composer-sender option:disabled")).to_have_count(0)
    assert not Draft.objects.exists()


def test_refused_it_can_be_chosen_again_what_it_leaves_from(ana: Page) -> None:
    ana.click(".recipients > summary")
    ana.fill("#composer-text", "It left today.")
    ana.route("**/reply/**", lambda route: route.fulfill(status=500))
    ana.click("#composer .composer-send .button-filled")
    ana.select_option("#composer-sender", "hello@shop.example")  # once it is let go
    expect(ana.locator("#composer-whom")).to_contain_text("from hello@shop.example")


def begin_upload(page: Page) -> Route:
    """Of a file, with an act that ends while it is under way and draws the conversation anew."""
    page.fill("#composer-text", "Here.")
    expect(page.locator("#composer-state")).to_contain_text("Saved")
    held = hold_back(page, "**/draft/**")
    ring = {"name": "ring.txt", "mimeType": "text/plain", "buffer": b"a ring"}
    page.set_input_files("#composer [data-uploads]", [ring])
    upload = wait_for(page, held)
    page.get_by_label("New tag").fill("gift")
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_contain_text("gift")
    expect(page.locator(".draft-files")).to_have_count(0)
    return upload


def test_an_act_that_ends_while_a_file_goes_up_keeps_no_answer_from_leaving_with_it(
    ana: Page,
) -> None:
    upload = begin_upload(ana)
    ana.click("#composer .composer-send .button-filled")
    upload.continue_()

    expect(ana.locator(".delivery")).to_be_visible()
    assert Attachment.objects.get().name == "ring.txt"
    assert not Draft.objects.exists()


def test_an_act_that_ends_while_a_file_goes_up_shows_it_where_it_was_drawn_anew(ana: Page) -> None:
    upload = begin_upload(ana)
    upload.continue_()

    expect(ana.locator(".draft-files .file")).to_contain_text("ring.txt")
    expect(ana.locator("#composer-text")).to_have_value("Here.")


def test_an_act_that_ends_while_words_are_saved_says_that_the_answer_did_not_leave(
    ana: Page,
) -> None:
    held = hold_back(ana, "**/draft/**")
    ana.fill("#composer-text", "Here.")
    save = wait_for(ana, held)
    ana.click("#composer .composer-send .button-filled")
    ana.get_by_label("New tag").fill("gift")
    ana.keyboard.press("Enter")
    expect(ana.locator("#person")).to_contain_text("gift")
    save.continue_()

    expect(ana.locator(".toast-error")).to_contain_text("Not sent: the page was drawn anew")
    expect(ana.locator("#composer-text")).to_have_value("Here.")
    assert not ana.locator(".delivery").count()
    ana.click("#composer .composer-send .button-filled")
    expect(ana.locator(".delivery")).to_be_visible()
