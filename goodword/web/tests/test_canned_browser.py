"""Canned replies in a real browser: "/", a few letters, Enter, and what a macro does is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.factories import PASSWORD
from tests.servers.chromium import Chromium, axe, look_at, shot
from tests.servers.desk import filled

pytestmark = [pytest.mark.browser, pytest.mark.once]

FURNISH = """
from django.utils import timezone
from goodword.canned import actions as canned
from goodword.canned.actions import Written
from goodword.canned.steps import parse
from tests.factories import DAY, HOUR, make_house, receive

now = timezone.now()
house = make_house(at=now - 10 * DAY)

def make(name, text, *does, **more):
    texts = {"en": text} if text else {}
    written = Written(name=name, texts=texts, steps=tuple(parse(does)), **more)
    return canned.make(written, by=house.ana, at=now)

reply = make(
    "Rückerstattung", "Dear {{ person.first_name }},\\n\\nyour refund is on its way.",
    "tag:Refund", "close:", folder="Money", shortcut="re", shared_with="all",
)
make("Repair done", "Dear {{ person.first_name }}, {{ persn.x }} is ready.", "snooze:2")
make("No answer", "", "no_answer:", "close:")
print(reply.public_id)
for name in ("grace", "ida", "jon"):
    sender = f"{name}@whitlow.example"
    message = receive(house, sender=sender, name=f"{name.title()} Whitlow", at=now - HOUR)
    print(message.conversation.public_id)
"""


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[GoodwordProcess, list[str]]]:
    """A running Goodword: the key of one canned reply, then those of three conversations."""
    with filled(FURNISH) as (process, said):
        yield process, said.split()


@contextmanager
def at_desk(
    chromium: Chromium, furnished: tuple[GoodwordProcess, list[str]], number: int
) -> Iterator[Page]:
    """Ana reads one of the conversations."""
    process, keys = furnished
    with chromium.context(process.url) as context:
        page = context.new_page()
        page.goto(f"/account/login/?next=/conversations/{keys[number]}/")
        page.fill("#id_login", "ana@shop.example")
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.locator("#composer-text").wait_for()
        page.wait_for_load_state()  # with the modules that listen to what is typed
        yield page


def seen(page: Page, name: str) -> list[str]:
    """What axe finds, wide and light and narrow and dark; `make shots` keeps a picture of each."""
    faults = []
    for width, theme in ((1440, "light"), (390, "dark")):
        if os.environ.get("GOODWORD_TEST_SHOTS") == "1":
            shot(page, name, width, theme)
        else:
            look_at(page, width, theme)
        faults += [f"{name} at {width}: {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{name} at {width} scrolls sideways")
    return faults


def test_a_macro_is_typed_filled_in_sent_and_taken_back(
    chromium: Chromium, furnished: tuple[GoodwordProcess, list[str]]
) -> None:
    with at_desk(chromium, furnished, 1) as desk:
        keys, text = desk.keyboard, desk.locator("#composer-text")
        options = desk.get_by_role("option")
        text.focus()
        keys.type("Hello and/or /")
        expect(options).to_have_count(3)
        keys.press("Escape")
        expect(options).to_have_count(0)
        expect(text).to_be_focused()
        keys.press("Control+A")
        keys.type("/re")
        expect(options).to_have_count(2)
        expect(options.first).to_contain_text("Rückerstattung")  # its shortcut is just this
        expect(desk.locator(".canned-shown")).to_contain_text("Dear Grace,")
        expect(desk.locator(".canned-shown")).to_be_in_viewport()
        assert seen(desk, "canned-list") == []
        keys.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        keys.press("ArrowUp")
        keys.press("Enter")
        expect(text).to_have_value("Dear Grace,\n\nyour refund is on its way.")
        expect(desk.locator("#canned-does")).to_contain_text("tag Refund")
        assert seen(desk, "canned-chosen") == []
        keys.press("Control+Z")  # the browser's own undo knows it
        expect(text).to_have_value("/re")
        keys.press("Control+Y")
        desk.set_viewport_size({"width": 1440, "height": 900})
        keys.press("Control+Enter")

        expect(desk.locator("[data-leaves]")).to_contain_text("close")
        expect(desk.locator("#timeline")).to_contain_text("You added the tag Refund")
        desk.locator("[data-leaves]").get_by_role("button", name="Undo").click()
        expect(desk.locator("#canned-does")).to_contain_text("tag Refund")
        expect(text).to_have_value("Dear Grace,\n\nyour refund is on its way.")


def test_a_step_is_taken_out_kept_with_the_draft_and_an_open_place_is_marked(chromium, furnished):
    with at_desk(chromium, furnished, 2) as desk:
        desk.locator("summary[title='More to write with']").click()
        desk.get_by_role("button", name="Canned replies").click()
        desk.get_by_role("option", name="Repair done").click()
        marked = desk.evaluate("""() => { const f = document.getElementById('composer-text');
            return f.value.slice(f.selectionStart, f.selectionEnd) }""")
        assert marked == "{{ persn.x }}"
        desk.keyboard.type("the ring")
        expect(desk.locator("#composer-text")).to_have_value("Dear Ida, the ring is ready.")
        expect(desk.locator("#composer-state")).to_contain_text("Saved")

        desk.reload()
        desk.get_by_role("button", name="Take out: snooze 2 days").click()
        expect(desk.locator("#canned-does")).to_be_hidden()
        expect(desk.locator("#composer-state")).to_contain_text("Saved")
        desk.locator("#composer-text").press("Control+End")
        desk.keyboard.type(" x/y /zz")
        expect(desk.get_by_role("option")).to_have_count(0)  # no such reply: it is just text
        desk.keyboard.press("Enter")
        expect(desk.locator("#composer-text")).to_have_value(
            "Dear Ida, the ring is ready. x/y /zz\n"
        )


def test_without_words_it_is_done_at_once_and_undone(chromium, furnished):
    with at_desk(chromium, furnished, 3) as desk:
        desk.locator("#composer-text").focus()
        desk.keyboard.type("/no")
        expect(desk.get_by_role("option")).to_have_count(1)
        desk.keyboard.press("Tab")

        expect(desk.locator("#timeline")).to_contain_text("You closed this")
        expect(desk.locator("#composer-text")).to_have_value("")
        desk.locator(".toast", has_text="Done: No answer.").get_by_role(
            "button", name="Undo"
        ).click()
        expect(desk.locator(".toast", has_text="Undone.")).to_be_visible()


def test_the_pages_to_write_and_to_choose_them_are_open_to_everyone(chromium, furnished):
    reply, conversation = furnished[1][:2]
    with at_desk(chromium, furnished, 1) as desk:
        faults = []
        for name, path in (
            ("listed", "/settings/canned/"),
            ("one", f"/settings/canned/{reply}/"),
            ("choose", f"/conversations/{conversation}/canned/"),
        ):
            desk.goto(path)
            faults += seen(desk, f"canned-{name}")
        assert faults == []
