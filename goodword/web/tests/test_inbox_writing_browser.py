"""Writing an answer in a real browser: marks, keys, pictures, emoji, and when it leaves."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from goodword.conversations.models import Conversation, DraftFile, Message
from goodword.desk.models import Dispatch
from tests.factories import DAY, HOUR, PASSWORD, deliver, make_house, receive
from tests.servers.chromium import axe
from tests.servers.desk import Held, make_ready_for_routes

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

RING: FilePayload = {"name": "ring.txt", "mimeType": "text/plain", "buffer": b"A ring."}


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    return make_house(at=timezone.now() - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    # A day to answer in is nearly over: tomorrow morning lies after it at any hour of the day.
    return receive(house, at=timezone.now() - 20 * HOUR).conversation


@pytest.fixture
def ana(page: Page, live_server, asked: Conversation) -> Iterator[Page]:
    """Signed in, writing an answer; her browser has nothing to complain about."""
    make_ready_for_routes(page)
    page.goto(f"{live_server.url}/account/login/?next=/conversations/{asked.public_id}/")
    page.fill("#id_login", "ana@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_visible()
    page.wait_for_load_state()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.click("#composer-text")
    yield page
    # What is written is saved before the tables go.
    page.evaluate(
        """() => import(
          document.querySelector('script[src*="js/web.js"]').src.replace("web.js", "composer.js")
        ).then((composer) => composer.saveIfDirty())"""
    )
    page.goto("about:blank")
    assert complaints == []


def _text(page: Page) -> str:
    return page.input_value("#composer-text")


def test_marks_by_keys_a_list_that_goes_on_and_how_they_will_see_it(ana: Page) -> None:
    keys = ana.keyboard
    keys.type("It left ")
    keys.press("Control+b")
    keys.type("today")
    keys.press("Control+b")  # at the mark's end: nothing is doubled
    keys.press("End")
    keys.type(":")
    keys.press("Enter")
    keys.type("- ring")
    keys.press("Enter")
    keys.type("box")
    keys.press("Enter")
    keys.press("Enter")  # an empty item ends the list
    keys.type("Ana")
    assert _text(ana).startswith("It left **today")
    assert _text(ana).endswith("\n- ring\n- box\nAna")

    ana.click("#formatting > summary")
    ana.click("[data-previews]")
    seen = ana.locator(".preview")
    expect(seen.locator("strong")).to_have_text("today")
    expect(seen.locator("li")).to_have_count(2)
    assert axe(ana) == []
    keys.press("Escape")
    expect(seen).to_have_count(0)
    expect(ana.locator("#composer-text")).to_be_focused()


def test_a_picture_is_pasted_stands_in_the_text_and_goes_with_its_mark(ana: Page) -> None:
    _give(ana, "paste", "shop.png", "image/png", PNG)
    expect(ana.locator(".draft-files [data-mark]")).to_be_visible()
    file = DraftFile.objects.get()
    assert _text(ana) == f"![shop.png](cid:{file.content_id})"

    _give(ana, "drop", "price.pdf", "application/pdf", b"%PDF-1.4")
    expect(ana.locator(".draft-files .file")).to_have_count(2)
    assert "price" not in _text(ana)

    ana.locator("[data-mark] [data-removes]").click()
    expect(ana.locator(".draft-files .file")).to_have_count(1)
    assert _text(ana) == ""


def test_what_is_too_large_is_said_before_it_goes_up_and_nothing_is_lost(ana: Page) -> None:
    ana.keyboard.type("See here")
    ana.evaluate("document.querySelector('[data-uploads]').dataset.most = '0.00001'")
    _give(ana, "drop", "big.pdf", "application/pdf", b"x" * 2000)

    expect(ana.locator("#composer-errors")).to_contain_text("big.pdf is larger than")
    assert _text(ana) == "See here"
    assert not DraftFile.objects.exists()


def _give(page: Page, how: str, name: str, kind: str, data: bytes) -> None:
    """Paste or drop a file, as the browser tells the page of it."""
    page.evaluate(
        """([how, name, kind, data]) => {
          const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type: kind }));
          const field = document.getElementById("composer-text");
          const told = { bubbles: true, cancelable: true };
          field.dispatchEvent(
            how === "paste"
              ? new ClipboardEvent("paste", { ...told, clipboardData: transfer })
              : new DragEvent("drop", { ...told, dataTransfer: transfer }),
          );
        }""",
        [how, name, kind, base64.b64encode(data).decode()],
    )


def test_an_answer_drawn_anew_while_it_waits_for_its_file_says_that_it_did_not_leave(
    ana: Page, asked: Conversation
) -> None:
    ana.keyboard.type("Here it is.")
    late, act = Held(ana, "**/draft/**"), Held(ana, "**/tag/**")
    ana.set_input_files("[data-uploads]", [RING])
    late.wait()
    ana.get_by_label("New tag").fill("gift")
    ana.keyboard.press("Enter")
    act.wait()
    ana.locator("#composer-text").press("Control+Enter")
    expect(ana.locator("#composer-text")).not_to_be_editable()
    act.let_go()
    expect(ana.locator("#timeline")).to_contain_text("You added the tag gift")
    expect(ana.locator("#composer-text")).to_be_editable()
    late.let_go()

    expect(ana.locator(".toast-error")).to_contain_text("Not sent: the page was drawn anew")
    expect(ana.locator(".draft-files")).to_contain_text("ring.txt")
    expect(ana.locator("#composer-text")).to_have_value("Here it is.")
    assert not asked.messages.filter(direction=Message.Direction.OUT).exists()
    ana.locator("#composer-text").press("Control+Enter")
    expect(ana.locator("#timeline .message-ours")).to_contain_text("ring.txt")
    expect(ana.locator("#timeline .message-ours")).to_contain_text("Here it is.")


def test_emoji_by_a_colon_and_by_the_picker_without_a_mouse(ana: Page) -> None:
    keys = ana.keyboard
    keys.type("Thanks :part")
    expect(ana.locator("#emoji-offer [aria-selected=true]")).to_contain_text("party")
    keys.press("Enter")
    expect(ana.locator("#emoji-offer")).to_have_count(0)
    assert _text(ana) in {"Thanks 🥳", "Thanks 🎉"}

    ana.focus("#emoji-button")
    keys.press("Enter")
    expect(ana.locator("#emoji input")).to_be_focused()
    assert axe(ana) == []
    keys.type("kuchen")
    expect(ana.locator(".emoji")).to_have_count(1)
    keys.press("Enter")
    assert _text(ana).endswith("🍰")
    expect(ana.locator("#composer-text")).to_be_focused()


def test_it_leaves_tomorrow_and_then_at_once(ana: Page, asked: Conversation) -> None:
    ana.keyboard.type("It leaves tomorrow.")
    ana.click("[data-sending=later] > summary")
    choice = ana.get_by_role("button", name="Tomorrow morning")
    expect(choice).to_be_visible()
    assert axe(ana) == []
    choice.click()

    # The answer is owed before: the page says so, and what was chosen stays ticked.
    expect(ana.locator("#composer-errors")).to_contain_text("this leaves after it")
    expect(ana.locator(".composer-wish input[name=later]")).to_be_checked()
    ana.locator(".composer-send .button-filled").first.click()
    expect(ana.locator(".delivery-later")).to_contain_text("Leaves")
    assert Dispatch.objects.get().due_at > timezone.now() + timedelta(hours=1)

    ana.get_by_role("link", name="Another time").click()
    expect(ana.get_by_role("heading", name="When does it leave?")).to_be_visible()
    assert axe(ana) == []
    ana.get_by_role("button", name="In an hour").click()

    ana.get_by_role("button", name="Send now").click()
    expect(ana.locator(".delivery-later")).to_have_count(0)
    assert len(deliver(at=timezone.now() + timedelta(seconds=1)).sent) == 1


def test_send_and_close_beside_send(ana: Page, asked: Conversation) -> None:
    ana.keyboard.type("Done.")
    ana.click("[data-sending=then] > summary")
    expect(ana.get_by_role("button", name="Send, snooze until").first).to_be_visible()
    ana.get_by_role("button", name="Send and close").click()
    expect(ana.locator(".delivery")).to_contain_text("Then the conversation is closed.")


def test_on_a_phone_a_tap_reaches_what_it_was_aimed_at_also_as_the_bar_gives_way(ana: Page):
    ana.set_viewport_size({"width": 390, "height": 844})
    bar, formatting = ana.locator(".tabbar"), ana.locator("#formatting")
    ana.evaluate("document.activeElement.blur()")
    expect(bar).to_be_visible()
    formatting.locator("summary").click()
    expect(formatting).to_have_attribute("open", "")
    ana.keyboard.press("Escape")

    ana.click("#composer-text")
    expect(bar).to_be_hidden()
    formatting.locator("summary").click()
    expect(formatting).to_have_attribute("open", "")
    expect(bar).to_be_hidden()
    ana.keyboard.press("Escape")
    ana.locator(".message .message-menu > summary").first.click()
    expect(ana.locator(".message .message-menu[open]")).to_be_visible()
    expect(bar).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_words_that_could_not_be_saved_say_so_in_full(ana: Page, width: int):
    ana.set_viewport_size({"width": width, "height": 844})
    ana.route("**/draft/*", lambda route: route.abort())
    ana.locator("#composer-text").press_sequentially("Dear Grace")
    said = ana.locator("#composer-state")
    expect(said).to_contain_text("Your words are still here.")
    assert said.evaluate(
        "place => place.scrollWidth <= place.clientWidth && place.clientWidth > 100"
    )

    ana.unroute("**/draft/*")
    ana.locator("#composer-text").press_sequentially(",")
    expect(said).to_contain_text("Saved")
    expect(said).not_to_have_class(re.compile("composer-unsaved"))


def test_words_written_from_right_to_left_are_read_so(
    ana: Page, live_server, house: SimpleNamespace
):
    asked = receive(house, "שלום,\nמתי?", subject="שאלה:", sender="david@cohen.example")
    url = f"{live_server.url}/conversations/{asked.conversation.public_id}/"
    ana.goto(f"{url}print/")
    runs_left(ana, "h1", ".paper-text")
    ana.goto(url)
    runs_left(ana, ".message-text", "#head h1", ".row[aria-current] .row-words")
    runs_left(ana, ".asked-whole .asked-open > span")


def test_a_long_name_leaves_what_is_owed_in_sight(ana: Page, live_server, house: SimpleNamespace):
    name = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
    asked = receive(house, "When?", sender="hubert@blaine.example", name=name)
    ana.goto(f"{live_server.url}/conversations/{asked.conversation.public_id}/")
    head = ana.locator("#person .ruled", has_text=name)
    assert head.evaluate("(place) => place.scrollWidth <= place.clientWidth")


def runs_left(page: Page, *places: str) -> None:
    for place in places:
        letter, sign = page.locator(place).first.evaluate(_FIRST_AND_SIGN)
        assert sign < letter, f"the sign after the word stands before it in {place}"


# How far from the left the first letter stands, and the sign after its word.
_FIRST_AND_SIGN = """(place) => {
  const text = document.createTreeWalker(place, NodeFilter.SHOW_TEXT).nextNode();
  const begin = text.data.search(/\\S/), sign = text.data.search(/[,:?]/);
  return [begin, sign].map((at) => {
    const range = new Range();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  });
}"""
