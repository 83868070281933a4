"""A1 and the tickler of B3: reminded, handed up, held, answered, promised and kept; nobody waits
without somebody who owes, and a matter comes back on its day. The clock is moved.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers import wait_until
from tests.doors.house import (
    OWNER,
    PASSWORD,
    check,
    connect,
    hand_in,
    hours_pass,
    let_time_pass,
    mail,
    rows,
    wait_for_messages,
)

pytestmark = [pytest.mark.browser]

# Ana owns the shop; Ben answers, Lea is his backup and leads.
TEAM = """
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.accounts.queries import business
from goodword.inboxes.models import Inbox
from goodword.plan import actions as plans
now = timezone.now()
ana = Teammate.objects.get()
ben, lea = (
    accounts.join(
        name=name, email=mail, password="correct horse battery", role=role, by=ana, at=now
    )
    for name, mail, role in (
        ("Ben Okri", "ben@shop.example", Role.AGENT), ("Lea Sommer", "lea@shop.example", Role.LEAD)
    )
)
team = Team.objects.get()
accounts.change_team(team, name=team.name, members=[ana, ben, lea], by=ana, at=now)
calendar = plans.found_calendar(business(), by=ana, at=now)
plans.change_calendar(
    calendar, name="Always", zone="Europe/Berlin", periods=[(day, 0, 1440) for day in range(7)],
    by=ana, at=now,
)
for day in range(7):
    plans.add_duty(teammate=ben, backup=lea, period=(day, 0, 1440), by=ana, at=now)
"""


def sign_in(page: Page, url: str, email: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/account/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")


def told(goodword) -> set[tuple[str, str]]:
    return set(
        rows(
            goodword,
            "SELECT t.name, n.kind FROM notices_notice n JOIN accounts_teammate t"
            " ON t.id = n.teammate_id WHERE n.ended_at IS NULL",
        )
    )


def wait_told(goodword, *expected: tuple[str, str]) -> None:
    wait_until(
        lambda: set(expected) <= told(goodword),
        seconds=20,
        what=f"{expected}, not {told(goodword)}",
    )


def test_the_unanswered_is_reminded_handed_up_and_answered_and_a_word_given_with_it_is_kept(
    page, start_shop, smtp_sink
):
    goodword = start_shop()
    connect(goodword, sink=smtp_sink, and_then=TEAM)
    hand_in(goodword, mail("Could you quote me a logo card?", subject="A logo card"))
    wait_for_messages(goodword, 1)

    # Ben takes it; before it is due he is reminded, in the app and by mail.
    sign_in(page, goodword.url, "ben@shop.example")
    page.get_by_text("You owe", exact=False).first.wait_for()
    page.goto(f"{goodword.url}/inbox/unassigned/")
    with page.expect_response(re.compile("/here/$")):  # what he has before his eyes he has seen
        page.get_by_role("link", name="Grace Whitlow").first.click()
    page.keyboard.press("w")
    page.get_by_role("button", name=re.compile("Ben Okri|me|Take", re.I)).first.click()
    expect(page.locator("#person")).to_contain_text("Ben Okri")
    hours_pass(goodword, 23.2)
    wait_told(goodword, ("Ben Okri", "due_soon"))
    hours_pass(goodword, 0.1)
    [reminder] = smtp_sink.wait_for(1, timeout=60)
    assert list(reminder.recipients) == ["ben@shop.example"]
    page.goto(goodword.url)
    expect(page.get_by_text("Due soon").first).to_be_visible()

    # At its time the backup hears of it, an hour later the lead; nobody hears of it twice.
    hours_pass(goodword, 1)
    wait_told(goodword, ("Ben Okri", "due_soon"), ("Lea Sommer", "backup"))
    hours_pass(goodword, 1)
    wait_until(
        lambda: rows(goodword, "SELECT 1 FROM promises_step WHERE kind = 'lead_told'") != [],
        seconds=20,
        what="the lead to be told",
    )
    assert rows(goodword, "SELECT count(*) FROM notices_notice WHERE ended_at IS NULL") == [
        (len(told(goodword)),)
    ]
    page.goto(goodword.url)
    expect(page.get_by_text(re.compile("^Late")).first).to_be_visible()

    # He answers from Today, and gives his word with it.
    page.get_by_role("link", name=re.compile("Reply")).first.click()
    page.locator("#composer-text").fill("Yes, gladly. I'll send you the quote by Friday.")
    page.locator(".promise-bar").wait_for()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name=re.compile("Undo")).first.wait_for(timeout=20_000)
    let_time_pass(goodword)
    page.get_by_text(re.compile("^Kept late")).first.wait_for()
    expect(page.locator("blockquote.said").first).to_contain_text("the quote by Friday")
    to_grace = [each for each in smtp_sink.received if "grace" in str(each.recipients)]
    assert "the quote by Friday" in str(to_grace[0].message)

    # What was said is owed now, and is kept from the ledger.
    page.goto(f"{goodword.url}/promises/")
    page.get_by_role("link", name=re.compile("quote")).first.click()
    page.get_by_role("button", name="Kept").click()
    page.get_by_role("button", name="It was not kept after all").wait_for()
    wait_until(lambda: not told(goodword), seconds=20, what="the old notices to end")
    states = rows(goodword, "SELECT state FROM promises_promise ORDER BY id")
    assert states == [("kept_late",), ("kept",)]
    assert check(goodword)["violations"] == []


def test_a_matter_put_aside_for_three_months_survives_ok_thanks_and_comes_back_on_its_day(
    page, start_shop
):
    goodword = start_shop()
    hand_in(goodword, mail("Not possible now? Then later.", subject="The engraving"))
    wait_for_messages(goodword, 1)
    sign_in(page, goodword.url, OWNER)
    page.goto(f"{goodword.url}/inbox/unassigned/")
    page.get_by_role("link", name="Grace Whitlow").first.click()
    page.get_by_role("heading", name="The engraving").first.wait_for()
    here = page.url
    number = rows(goodword, "SELECT public_id FROM conversations_conversation")[0][0]

    page.goto(f"{goodword.url}/conversations/{number}/come-back/")
    day = page.evaluate("new Date(Date.now() + 90 * 864e5).toISOString().slice(0, 10)")
    page.locator("[name=why]").fill("Ask whether the engraver is back")
    page.locator("[name=day]").fill(day)
    page.get_by_role("button", name="Come back then").click()
    page.get_by_text("It comes back on its day", exact=False).first.wait_for()
    close_as_answered(page, here)

    hand_in(goodword, mail("ok, thanks", subject="Re: The engraving"))
    wait_for_messages(goodword, 2)
    hours_pass(goodword, 24 * 91)
    wait_told(goodword, ("Ana Ruiz", "come_back"))
    page.goto(goodword.url)
    expect(page.get_by_text("Ask whether the engraver is back").first).to_be_visible()
    states = rows(goodword, "SELECT state FROM conversations_conversation ORDER BY id")
    assert states[0] == ("open",)
    assert check(goodword)["violations"] == []


def close_as_answered(page: Page, url: str) -> None:
    """Close it without an answer, with the promise to ourselves staying."""
    page.goto(url)
    page.keyboard.press("e")
    page.get_by_role("button", name="No answer needed, close").click()
    page.locator("#ask input[value=stays]").first.check()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_text("Closed by").first).to_be_visible()
