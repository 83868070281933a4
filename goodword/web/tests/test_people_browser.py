"""From the directory to a person and back, by keys and in dialogs; and with no script at all."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import Chromium
from tests.servers.desk import Held, make_ready_for_routes

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    now = timezone.now()
    house = make_house(at=now - DAY)
    house.grace = receive(house, at=now - HOUR).conversation.person
    receive(house, sender="joe@petty.example", name="Joe Petty", subject="Clasp", at=now - HOUR)
    return house


def signed_in(page: Page, live_server, path: str) -> Page:
    page.goto(f"{live_server.url}/account/login/?next={path}")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#nav").wait_for(state="attached")
    page.wait_for_load_state("load")  # keys and dialogs are there
    return page


def test_what_is_typed_before_the_scripts_are_there_is_searched_for(
    page: Page, live_server, house
) -> None:
    make_ready_for_routes(page)
    signed_in(page, live_server, "/promises/")
    scripts = Held(page, "**/web*.js")
    page.goto(f"{live_server.url}/people/", wait_until="commit")
    page.get_by_role("searchbox", name="Search people").type("whit")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    scripts.let_go()
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_by_keys_to_a_person_whose_name_note_and_organisation_are_written_down(
    page: Page, live_server, house
) -> None:
    signed_in(page, live_server, "/promises/")
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")

    page.get_by_role("searchbox", name="Search people").type("whit")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("link", name="Grace Whitlow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Grace Whitlow")

    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("Evenings suit her.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".who-note")).to_contain_text("Evenings suit her.")

    page.wait_for_load_state()  # its scripts hear keys from then on
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Organisation").fill("Whitlow & Co")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Whitlow & Co").first).to_be_visible()
    page.get_by_role("link", name="Whitlow & Co").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Whitlow & Co")


def test_two_become_one_in_a_dialog_and_z_makes_them_two_again(
    page: Page, live_server, house
) -> None:
    signed_in(page, live_server, f"/people/{house.grace.public_id}/same/?q=joe")
    page.get_by_role("link", name=re.compile("The same.*Joe Petty")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 conversation comes along")

    dialog.get_by_role("button", name="They are one").click()
    expect(page.locator("#toasts")).to_contain_text("Joe Petty is Grace Whitlow from now on.")
    expect(page.get_by_role("link", name="Clasp")).to_be_visible()

    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("are two again")
    expect(page.get_by_role("link", name="Clasp")).to_have_count(0)


def test_without_script_the_directory_is_searched_and_a_person_described(
    chromium: Chromium, live_server, house
) -> None:
    with chromium.context(live_server.url, java_script_enabled=False) as context:
        page = signed_in(context.new_page(), live_server, "/people/")
        page.get_by_role("searchbox", name="Search people").fill("grace")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Grace Whitlow").click()
        page.get_by_role("link", name="Change", exact=True).click()
        page.get_by_label("Name").fill("Grace M. Whitlow")
        page.get_by_role("button", name="Save").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Grace M. Whitlow")
