"""A6: what they asked is listed beside the answer, what one promises is seen before it is sent, and
both come back with an undo; also where no script runs.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.doors.house import OWNER, check, connect, hand_in, mail, rows, wait_for_messages
from tests.servers.chromium import axe
from tests.stories.test_the_unanswered import sign_in

pytestmark = [pytest.mark.browser]
ASKED = "Is the link still coming? Until when is it good?"
ANSWER = "It is good until May. I'll send the link by Friday. I'll call you tomorrow at ten."
# In words of its own: what one has once said is no promise isn't asked about again.
OTHER_ANSWER = "It is good until May. I'll send the code by Friday. I'll call you on Monday at ten."


@pytest.fixture(scope="module")
def goodword(shop_goodword):
    with shop_goodword.cast() as process:
        connect(process)
        yield process


@pytest.fixture
def address(goodword) -> str:
    """Of a new conversation."""
    [(before,)] = rows(goodword, "SELECT count(*) FROM conversations_message")
    hand_in(goodword, mail(ASKED, sender=f"p{before}@home.example", subject="The gift card"))
    wait_for_messages(goodword, before + 1)
    newest = "SELECT public_id FROM conversations_conversation ORDER BY id DESC LIMIT 1"
    [(number,)] = rows(goodword, newest)
    return f"{goodword.url}/conversations/{number}/"


def promised(goodword) -> list[str]:
    found = rows(goodword, "SELECT what FROM promises_promise WHERE kind <> 'reply' ORDER BY id")
    return [what for (what,) in found]


def test_what_they_asked_and_what_one_promises_is_seen_put_right_sent_and_taken_back(
    page, goodword, address
):
    before = promised(goodword)
    sign_in(page, goodword.url, OWNER)
    page.goto(address)
    asked = page.locator("#asked > section")
    expect(asked.get_by_text("not yet")).to_have_count(2)

    page.locator("#composer-text").fill(ANSWER)
    bars = page.locator(".promise-bar")
    expect(bars).to_have_count(2)
    expect(asked.get_by_text("answered")).to_have_count(1)
    expect(page.locator("#composer-text")).to_be_focused()
    assert axe(page) == []

    # The first is put right by its chip, the second is none.
    bars.nth(0).locator(".promise-bar-what").fill("Send the new link")
    bars.nth(1).get_by_role("button", name="Not a promise").click()
    page.locator("#composer-text").press("Control+Enter")
    expect(page.locator("blockquote.said")).to_have_count(1)
    assert promised(goodword) == [*before, "Send the new link"]

    page.locator(".message").get_by_role("button", name=re.compile("Undo")).click()
    expect(page.locator("#composer-text")).to_have_value(ANSWER)
    assert promised(goodword) == before
    assert check(goodword)["violations"] == []


def test_without_script_what_one_promises_is_a_step_before_sending(chromium, goodword, address):
    before = promised(goodword)
    with chromium.context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, goodword.url, OWNER)
        page.goto(address)
        page.locator("#composer-text").fill(OTHER_ANSWER)
        page.get_by_role("button", name="Send", exact=False).last.click()
        page.get_by_text("You promise something here", exact=False).first.wait_for()
        assert promised(goodword) == before

        page.get_by_role("checkbox", name="Track").nth(1).uncheck()
        page.get_by_role("button", name="Send", exact=False).last.click()
        page.locator("blockquote.said").first.wait_for()
        assert len(promised(goodword)) == len(before) + 1
    assert check(goodword)["violations"] == []
