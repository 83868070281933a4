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


def conversation_of(goodword) -> str:
    connect(goodword)
    hand_in(goodword, mail(ASKED, subject="The gift card"))
    wait_for_messages(goodword, 1)
    [(number,)] = rows(goodword, "SELECT public_id FROM conversations_conversation")
    return f"{goodword.url}/conversations/{number}/"


def promised(goodword) -> list[str]:
    found = rows(goodword, "SELECT what FROM promises_promise WHERE kind <> 'reply' ORDER BY id")
    return [what for (what,) in found]


def test_what_they_asked_and_what_one_promises_is_seen_put_right_sent_and_taken_back(
    page, start_shop
):
    goodword = start_shop()
    address = conversation_of(goodword)
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
    assert promised(goodword) == ["Send the new link"]

    page.locator(".message").get_by_role("button", name=re.compile("Undo")).click()
    expect(page.locator("#composer-text")).to_have_value(ANSWER)
    assert promised(goodword) == []
    assert check(goodword)["violations"] == []


def test_without_script_what_one_promises_is_a_step_before_sending(chromium, start_shop):
    goodword = start_shop()
    address = conversation_of(goodword)
    with chromium.context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, goodword.url, OWNER)
        page.goto(address)
        page.locator("#composer-text").fill(ANSWER)
        page.get_by_role("button", name="Send", exact=False).last.click()
        page.get_by_text("You promise something here", exact=False).first.wait_for()
        assert promised(goodword) == []

        page.get_by_role("checkbox", name="Track").nth(1).uncheck()
        page.get_by_role("button", name="Send", exact=False).last.click()
        page.locator("blockquote.said").first.wait_for()
        assert len(promised(goodword)) == 1
    assert check(goodword)["violations"] == []
