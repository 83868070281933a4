"""A whole day at the inbox without a mouse: keys, the palette, several at once, and undo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.servers.chromium import Chromium, axe, look_at
from tests.servers.desk import at_desk, filled

pytestmark = [pytest.mark.browser, pytest.mark.once]

_DESK = """
from datetime import timedelta
from django.utils import timezone
from goodword.desk import handling
from tests.factories import make_house, receive
now = timezone.now()
house = make_house(now - timedelta(days=9))
NAMES = ["Ada Byron", "Bo Diddley", "Cy Twombly", "Di Prima", "Ed Lee", "Flo Rida", "Gil Evans", "Hal Ashby", "Ivy Li", "Jo March", "Kit Marlowe", "Lou Reed"]
for n, name in enumerate(NAMES):
    word = name.split()[0].lower()
    at = now - timedelta(hours=20 - n)
    got = receive(house, f"Words of {name}", sender=f"{word}@x.example", name=name, subject=f"About {word}", at=at)
    if n >= 4:
        handling.no_answer_needed(got.conversation, by=house.ben, at=now)
"""  # noqa: E501 -- a program of its own


@pytest.fixture(scope="module")
def goodword() -> Iterator[GoodwordProcess]:
    with filled(_DESK) as (process, _said):
        yield process


@contextmanager
def ben_at(
    chromium: Chromium, goodword: GoodwordProcess, path: str, **options: object
) -> Iterator[tuple[Page, list[str]]]:
    with at_desk(chromium, goodword, "ben", path, **options) as page:
        complaints: list[str] = []

        def note(said: ConsoleMessage) -> None:
            if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
                complaints.append(said.text)

        page.on("console", note)
        yield page, complaints


def test_a_day_by_keys_alone(chromium: Chromium, goodword: GoodwordProcess) -> None:
    with ben_at(chromium, goodword, "/inbox/unassigned/") as (page, complaints):
        keys, head, cursor = page.keyboard, page.locator("#head"), page.locator(".row-cursor")
        # Into the search, and out of it again: what follows are keys, not words to look for.
        keys.press("/")
        expect(page.locator(".sidebar-search input")).to_be_focused()
        keys.press("Escape")
        expect(page.locator("#main")).to_be_focused()
        # Open the first, go on to the second with it open beside, and back.
        keys.press("j")
        keys.press("o")
        expect(head).to_contain_text("About ada")
        keys.press("j")
        expect(head).to_contain_text("About bo")
        expect(cursor).to_contain_text("Bo Diddley")
        keys.press("k")
        expect(head).to_contain_text("About ada")
        # Answer, think again, send after all; leave a note.
        keys.press("r")
        keys.type("On Friday, Ada.")
        keys.press("Control+Enter")
        expect(page.locator("[data-leaves]")).to_contain_text("Leaves in")
        keys.press("z")
        expect(page.locator("#composer-text")).to_have_value("On Friday, Ada.")
        keys.press("Escape")
        expect(page.locator("#timeline")).to_be_focused()
        keys.press("n")
        keys.type("She is in no hurry.")
        keys.press("Control+Enter")
        expect(page.locator(".message-note")).to_contain_text("She is in no hurry.")
        # Close over an owed answer asks; answered it is by saying that it needs none.
        keys.press("e")
        expect(page.locator("#ask")).to_be_visible()
        page.get_by_role("button", name="No answer needed, close").press("Enter")
        expect(page.locator(".toast")).to_contain_text("Closed.")
        expect(page.locator("#rows")).not_to_contain_text("Ada Byron")
        assert complaints == []


def test_put_aside_the_next_one_opens_and_undone_it_is_back(
    chromium: Chromium, goodword: GoodwordProcess
) -> None:
    with ben_at(chromium, goodword, "/inbox/unassigned/?order=newest") as (page, complaints):
        keys, head, rows = page.keyboard, page.locator("#head"), page.locator("#rows")
        first, second = rows.locator(".row-who").all_inner_texts()[:2]
        keys.press("j")
        keys.press("Enter")
        expect(head).to_contain_text(first)
        for act in (["e"], ["#"], ["s", "ArrowDown", "Enter"]):
            for key in act:
                keys.press(key)
            expect(head).to_contain_text(second)
            expect(rows).not_to_contain_text(first)
            expect(page.locator(".row-cursor")).to_contain_text(second)
            keys.press("z")
            expect(page.locator(".toast", has_text="Undone.").last).to_be_visible()  # it goes soon
            expect(head).to_contain_text(first)
            expect(rows).to_contain_text(first)
            assert "/conversations/" in page.url
        assert complaints == []


def test_a_double_click_puts_one_aside_and_not_the_next(
    chromium: Chromium, goodword: GoodwordProcess
) -> None:
    with ben_at(chromium, goodword, "/inbox/unassigned/?order=newest") as (page, complaints):
        head, rows, mouse = page.locator("#head"), page.locator("#rows"), page.mouse
        first, second = rows.locator(".row-who").all_inner_texts()[:2]
        rows.locator(".row-who").first.click()
        expect(head).to_contain_text(first)
        head.locator("[data-key=e]").click()
        expect(head).to_contain_text(second)
        mouse.down(click_count=2)  # the second click of the same double click
        mouse.up(click_count=2)
        page.locator("#timeline").focus()
        page.keyboard.press("z")
        expect(head).to_contain_text(first)
        expect(page.locator(".toast", has_text="Closed.")).to_have_count(0)
        expect(rows).to_contain_text(second)
        assert complaints == []


def test_three_are_picked_and_closed_and_come_back(
    chromium: Chromium, goodword: GoodwordProcess
) -> None:
    with ben_at(chromium, goodword, "/inbox/unassigned/?order=newest") as (page, complaints):
        keys, rows = page.keyboard, page.locator("#rows > [data-row]")
        before = rows.count()
        keys.press("j")
        for _each in range(3):
            keys.press("x")
        expect(page.locator("#bulk-count")).to_have_text("3 selected")
        assert axe(page) == []
        keys.press("e")
        expect(page.locator(".toast")).to_contain_text("3 closed.")
        expect(rows).to_have_count(before - 3)
        expect(page.locator(".bulk")).to_be_hidden()
        assert page.evaluate("document.activeElement !== document.body")
        keys.press("z")
        expect(page.locator(".toast", has_text="3 are as they were.")).to_be_visible()
        expect(rows).to_have_count(before)
        # Where some would stay open it asks first; put away, the focus is where it was.
        page.locator(".row-check").first.focus()
        keys.press("Space")
        page.get_by_role("button", name="All shown").click()
        keys.press("e")
        dialog = page.locator("#ask")
        expect(dialog).to_contain_text("await an answer and stay as they are")
        look_at(page, 390, "dark")
        assert axe(page) == []
        look_at(page, 1440, "light")
        keys.press("Escape")
        expect(dialog).to_be_hidden()
        keys.press("s")
        expect(page.locator("#ask")).to_contain_text("Snooze them until")
        assert axe(page) == []
        keys.press("Escape")
        keys.press("Escape")
        expect(page.locator(".row-check:checked")).to_have_count(0)
        # A range with Shift.
        boxes = page.locator(".row-check")
        boxes.nth(1).check(force=True)
        boxes.nth(4).click(modifiers=["Shift"], force=True)
        expect(page.locator("#bulk-count")).to_have_text("4 selected")
        assert complaints == []


def test_the_palette_reaches_pages_people_conversations_and_acts(
    chromium: Chromium, goodword: GoodwordProcess
) -> None:
    with ben_at(chromium, goodword, "/inbox/unassigned/?order=newest") as (page, complaints):
        keys, options = page.keyboard, page.locator("#palette-list [role=option]")
        field = page.locator("#palette-field")
        keys.press("j")
        keys.press("Enter")
        expect(page.locator("#head")).to_contain_text("About")
        keys.press("Control+k")
        expect(field).to_be_focused()
        expect(options.first).to_be_visible()
        assert axe(page) == []
        keys.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", "palette-1")
        keys.press("Escape")
        expect(page.locator("#palette")).to_be_hidden()
        expect(page.locator("#palette-field")).not_to_be_focused()
        assert page.evaluate("document.activeElement !== document.body")

        keys.press("Control+k")
        keys.type("tomorrow")
        expect(options.first).to_contain_text("Tomorrow morning")
        keys.press("Enter")
        expect(page.locator(".toast")).to_contain_text("Snoozed.")
        keys.press("z")
        expect(page.locator(".toast", has_text="Undone.")).to_be_visible()

        keys.press("Control+k")
        keys.type("keys")
        shown = options.filter(has=page.locator("b", has_text=re.compile("^Keys$")))
        expect(shown.locator(".palette-more")).to_have_text("")  # of no menu: they are everybody's
        keys.press("Escape")
        keys.press("Control+k")
        keys.type("ivy")
        expect(options).to_contain_text(["Ivy Li", "About ivy"])
        keys.press("ArrowDown")
        keys.press("Enter")
        expect(page.locator("#head")).to_contain_text("About ivy")
        keys.press("Control+k")
        keys.type("today")
        keys.press("Enter")
        expect(page).to_have_url(re.compile(r"/$"))
        page.wait_for_load_state("load")
        keys.press("g")
        keys.press("i")
        expect(page).to_have_url(re.compile(r"/inbox/mine/"))
        page.wait_for_load_state("load")
        keys.press("?")
        help_dialog = page.locator("#keys-help")
        for group in ("In the list", "Going places", "Everywhere"):
            expect(help_dialog).to_contain_text(group)
        assert complaints == []


def test_on_a_phone_rows_are_picked_by_touch_and_putting_aside_leads_back_to_the_list(
    chromium: Chromium, goodword: GoodwordProcess
) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with ben_at(chromium, goodword, "/inbox/unassigned/?order=newest", **options) as (page, _c):
        page.locator("label:has(.select-mode)").tap()
        page.locator(".row-check").nth(0).tap()
        page.locator(".row-check").nth(1).tap()
        expect(page.locator("#bulk-count")).to_have_text("2 selected")
        page.locator(".row-check").nth(1).tap()
        page.locator(".row-check").nth(0).tap()
        page.locator("label:has(.select-mode)").tap()
        page.get_by_role("link", name="Lou Reed").tap()
        expect(page.locator("#list")).to_be_hidden()
        page.get_by_title("More").locator("visible=true").first.tap()
        page.get_by_role("button", name="Move to trash").locator("visible=true").tap()
        expect(page.locator("#list")).to_be_visible()
        page.get_by_role("button", name="Undo").tap()
        expect(page.locator(".toast", has_text="Undone.")).to_be_visible()
        expect(page.locator("#head")).to_contain_text("About lou")


def test_several_at_once_without_script(chromium: Chromium, goodword: GoodwordProcess) -> None:
    start = "/inbox/unassigned/?order=newest"
    with ben_at(chromium, goodword, start, java_script_enabled=False) as (page, _complaints):
        page.locator(".row-check").nth(0).check(force=True)
        page.locator(".row-check").nth(1).check(force=True)
        page.locator(".bulk").get_by_role("button", name="More", exact=True).click()
        expect(page.locator("h1")).to_have_text("2 conversations")
        page.get_by_role("textbox", name="Tag").fill("spring")
        page.get_by_role("button", name="Put it on").click()
        expect(page.locator(".toast")).to_contain_text("2 tagged.")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".toast")).to_contain_text("2 are as they were.")
