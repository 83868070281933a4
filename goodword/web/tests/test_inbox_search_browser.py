"""Searching in a real browser: suggestions by keyboard, chips, a view kept and opened."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.conversations import actions as conversations
from goodword.conversations import readings
from goodword.desk.search import saved
from goodword.web.inbox import viewing
from tests.factories import DAY, HOUR, MINUTE, PASSWORD, make_house, receive
from tests.servers.chromium import axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    viewing._counted.clear()
    now = timezone.now()
    house = make_house(at=now - 9 * DAY)
    house.ring = receive(house, "My gold ring broke.", at=now - 2 * HOUR).conversation
    conversations.tag(house.ring, "Very important", by=house.ben, at=now)
    receive(house, "Rings, please.", sender="tom@x.example", name="Tom Hill", at=now - HOUR)
    readings.read(house.ring, by=house.ben, to=house.ring.latest_key, at=now - MINUTE)
    return house


@pytest.fixture
def desk(page: Page, live_server, house: SimpleNamespace) -> Page:
    page.goto(f"{live_server.url}/account/login/?next=/inbox/all/")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("All")
    page.wait_for_load_state()  # with the modules that listen to what is typed
    return page


def faults_of(page: Page, name: str) -> list[str]:
    faults = []
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if shots := os.environ.get("GOODWORD_TEST_SHOTS_IN"):
                page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png")
            faults += [f"{name} at {width}, {scheme}: {fault}" for fault in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                faults.append(f"{name} at {width} scrolls sideways")
    page.set_viewport_size({"width": 1440, "height": 844})
    return faults


def test_by_keyboard_from_the_suggestions_to_a_view_with_its_count(desk: Page, house) -> None:
    desk.keyboard.press("/")
    field = desk.get_by_role("combobox", name="Search")
    options = desk.get_by_role("option")
    expect(options.filter(has_text="Grace Whitlow")).to_be_visible()  # what he looked at last
    faults = faults_of(desk, "suggestions")

    field.focus()  # narrow, the sidebar was not there
    desk.keyboard.type("ring ta")
    expect(options.first).to_contain_text("tag:")
    desk.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(field).to_have_value("ring tag:")
    expect(options).to_have_count(1)
    expect(options.first).to_contain_text("Very important")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(field).to_have_value('ring tag:"Very important" ')
    desk.keyboard.press("Enter")

    rows = desk.locator("#rows > [data-row]")
    expect(rows).to_have_count(1)
    expect(rows.locator("mark")).to_have_text("ring")
    faults += faults_of(desk, "found")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("#conversation")).to_contain_text("My gold ring broke.")
    expect(rows).to_have_count(1)

    desk.get_by_role("link", name="Leave it out").click()
    expect(desk.locator("#rows > [data-row]")).to_have_count(2)
    desk.get_by_role("link", name="Keep as a view").click()
    desk.get_by_label("Name").fill("Rings")
    faults += faults_of(desk, "view-form")
    desk.get_by_role("button", name="Keep the view").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Rings")
    link = desk.locator("#nav").get_by_role("link", name="Rings")
    expect(link).to_have_text("Rings 2")
    faults += faults_of(desk, "view")

    desk.get_by_role("link", name="Change the view").click()
    desk.get_by_role("button", name="Delete the view").click()
    expect(link).to_have_count(0)
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Rings")
    assert faults == []


def test_a_view_with_a_long_name_keeps_to_its_line_and_can_be_brought_back(
    desk: Page, live_server, house
) -> None:
    name = "Every ring of last week that somebody of us still has to look at"[:60].strip()
    wanted = saved.Wanted(name=name, asked="ring", columns=["subject", "due"])
    view = saved.keep(wanted, by=house.ben, at=timezone.now())
    desk.goto(f"{live_server.url}/inbox/view/{view.public_id}/")

    heading = desk.get_by_role("heading", level=1)
    expect(heading).to_have_attribute("title", name)
    line, bar = heading.bounding_box(), desk.locator("#list > .bar").bounding_box()
    assert line and bar and line["height"] < bar["height"]
    assert line["height"] < 1.5 * float(
        heading.evaluate("e => parseFloat(getComputedStyle(e).lineHeight)")
    )
    words = desk.locator("#list .row-words").first
    expect(words).to_be_hidden()  # no hole where a row shows no last words

    desk.get_by_role("link", name="Change the view").click()
    desk.get_by_role("button", name="Delete the view").click()
    toast = desk.locator(".toast")
    said, undo = toast.locator("p").bounding_box(), toast.get_by_role("button", name="Undo")
    assert said and said["width"] > 200  # and not a word a line
    undo.click()
    expect(heading).to_have_text(name)
