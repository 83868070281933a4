"""While an answer is on its way: nothing is typed that would be left behind, and no file is left
behind either.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import rows
from tests.servers.chromium import Chromium
from tests.servers.desk import Held, at_desk, filled, opened, write

pytestmark = pytest.mark.browser
_NAMES = ("First", "Second", "Third", "Fourth", "Fifth")
_DESK = f"""
from datetime import timedelta
from tests.factories import make_house, receive
house = make_house(timezone.now() - timedelta(days=9))
for n, name in enumerate({_NAMES}):
    receive(house, f"Words of {{name}}", sender=f"{{name.lower()}}@x.example", name=name,
            subject=f"About {{name}}", at=timezone.now() - timedelta(hours=20 - n))
"""
FILE: FilePayload = {"name": "ring.txt", "mimeType": "text/plain", "buffer": b"A ring."}


class Lost(Held):
    """They wait, and then they are lost on their way."""

    def fail(self) -> None:
        for each in self._waiting:
            each.abort()


@pytest.fixture(scope="module")
def goodword() -> Iterator[GoodwordProcess]:
    with filled(_DESK) as (process, _said):
        yield process


@pytest.fixture
def lea(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[Page]:
    with at_desk(chromium, goodword, "lea", "/inbox/all/?order=newest") as page:
        yield page


_DRAFTS = """
SELECT draft.text FROM conversations_draft draft
JOIN conversations_conversation here ON here.id = draft.conversation_id
WHERE here.subject = 'About First'
"""


def test_what_is_typed_while_the_answer_is_out_goes_nowhere_and_no_draft_is_left(
    goodword: GoodwordProcess, lea: Page
) -> None:
    opened(lea, "First")
    late = Held(lea, "**/reply/**")
    write(lea, "It left.")
    lea.keyboard.press("Control+Enter")
    late.wait()
    expect(lea.locator("#composer-text")).not_to_be_editable()
    lea.keyboard.type(" And more #")  # no shortcut either: the focus is still where one writes
    lea.keyboard.press("Control+Enter")
    lea.keyboard.press("Control+b")
    expect(lea.locator("#composer-text")).to_have_value("It left.")
    late.let_go()

    expect(lea.locator("#timeline [data-leaves]")).to_contain_text("Leaves in")
    expect(lea.locator("#composer-text")).to_have_value("")
    expect(lea.locator("#composer-text")).to_be_editable()
    assert lea.locator("#timeline .message-ours").count() == 1
    assert rows(goodword, _DRAFTS) == []


def test_an_answer_that_did_not_get_through_is_open_again_with_its_words(lea: Page) -> None:
    opened(lea, "Second")
    lea.route("**/reply/**", lambda route: route.abort())
    write(lea, "It left.")
    lea.keyboard.press("Control+Enter")
    expect(lea.locator(".toast")).to_be_visible()
    expect(lea.locator("#composer-text")).to_be_editable()
    expect(lea.locator("#composer-text")).to_be_focused()
    lea.keyboard.type(" Today.")
    lea.unroute("**/reply/**")
    lea.keyboard.press("Control+Enter")

    expect(lea.locator("#timeline .message-ours")).to_contain_text("It left. Today.")


def test_an_answer_that_is_refused_comes_back_open(lea: Page) -> None:
    opened(lea, "Third")
    write(lea, "It left.")
    lea.locator(".recipients > summary").click()
    lea.fill("#composer-to", "nonsense")
    lea.keyboard.press("Control+Enter")

    expect(lea.locator("#composer-to-errors")).to_contain_text("nonsense")
    expect(lea.locator("#composer-text")).to_be_editable()
    expect(lea.locator("#composer-to")).to_be_editable()


def test_sending_waits_for_a_file_that_goes_up_and_says_so(lea: Page) -> None:
    opened(lea, "Fourth")
    write(lea, "Here it is.")
    late = Held(lea, "**/draft/**")
    lea.set_input_files("[data-uploads]", [FILE])
    late.wait()
    lea.keyboard.press("Control+Enter")

    state = lea.get_by_role("status").filter(has_text="Sends as soon as the file is up")
    expect(state).to_be_visible()
    expect(lea.locator("#composer-text")).not_to_be_editable()
    late.let_go()
    expect(lea.locator("#timeline .message-ours")).to_contain_text("ring.txt")


def test_an_answer_does_not_leave_without_the_file_that_could_not_go_up(
    goodword: GoodwordProcess, lea: Page
) -> None:
    opened(lea, "Fifth")
    write(lea, "Here it is.")
    late = Lost(lea, "**/draft/**")
    lea.set_input_files("[data-uploads]", [FILE])
    late.wait()
    lea.keyboard.press("Control+Enter")
    expect(lea.locator("#composer-state")).to_contain_text("Sends as soon as")
    late.fail()

    expect(lea.locator("#composer-errors")).to_contain_text("Not saved")
    expect(lea.locator("#composer-text")).to_be_editable()
    expect(lea.locator("#composer-text")).to_have_value("Here it is.")
    assert lea.locator("#timeline .message-ours").count() == 0
    lea.unroute("**/draft/**")
    lea.keyboard.press("Control+Enter")  # without it, as one decides
    expect(lea.locator("#timeline .message-ours")).to_contain_text("Here it is.")
