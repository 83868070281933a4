"""Ana and Ben on one conversation, each in a browser of their own, at a real Goodword."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, Route, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import OWNER, PASSWORD, hand_in, mail, rows, run_code
from tests.servers.chromium import Chromium, axe
from tests.servers.desk import eventually
from tests.servers.fixtures import Mould

pytestmark = pytest.mark.browser
_PEOPLE = f"""
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.inboxes.models import Inbox
ana, at = Teammate.objects.get(email="{OWNER}"), timezone.now()
ben = accounts.join(name="Ben Okri", email="ben@shop.example", password="{PASSWORD}",
                    role=Role.AGENT, by=ana, at=at)
team = accounts.make_team(name="Front", members=[ana, ben], by=ana, at=at)
Inbox.objects.get().teams.add(team)
"""


@pytest.fixture(scope="module")
def goodword(shop_goodword: Mould) -> Iterator[GoodwordProcess]:
    with shop_goodword.cast() as process:
        run_code(process, _PEOPLE)
        yield process


@pytest.fixture
def desks(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[tuple[Page, Page]]:
    """Two people who have signed in and see the list, with Grace's mail in it."""
    before = rows(goodword, "SELECT count(*) FROM conversations_message")[0][0]
    hand_in(goodword, mail("Where is my card?", subject=f"The card {before}"))
    with ExitStack() as stack:
        pages = []
        for email in (OWNER, "ben@shop.example"):
            context = stack.enter_context(chromium.context(goodword.url))
            page = context.new_page()
            page.goto("/account/login/?next=/inbox/unassigned/%3Forder=newest")
            page.fill("#id_login", email)
            page.fill("#id_password", PASSWORD)
            page.keyboard.press("Enter")
            expect(page.locator("#list h1")).to_have_text("Unassigned")
            expect(page.locator(".row").first).to_contain_text(f"The card {before}")
            pages.append(page)
        yield pages[0], pages[1]


def open_first(page: Page) -> None:
    page.locator(".row-who").first.click()
    expect(page.locator("#composer-text")).to_be_visible()


def test_who_writes_before_it_was_heard_that_they_look_is_seen_to_write(desks: tuple[Page, Page]):
    ana, ben = desks
    open_first(ben)
    looks: list[Route] = []
    ana.route("**/here/", lambda route: looks.append(route), times=1)
    open_first(ana)
    eventually(ana, lambda: bool(looks))
    ana.locator("#composer-text").type("We look")
    expect(ana.locator("#composer-state")).to_contain_text("Saved")
    with ana.expect_response("**/here/"):
        looks[0].continue_()
    ben.reload()
    expect(ben.get_by_role("img", name="Ana Ruiz is writing an answer")).to_be_visible()


def test_ben_sees_ana_look_and_write_and_his_answer_stops_hers(desks: tuple[Page, Page]):
    ana, ben = desks
    for page in desks:
        expect(page.locator(".row").first.get_by_role("img", name="unread")).to_be_visible()
        open_first(page)
        seen = page.locator(".row[aria-current]")
        expect(seen.locator(".dot")).to_have_count(0)  # shown to me, so read by me
    expect(ben.get_by_role("img", name="Ana Ruiz is looking")).to_be_visible()
    expect(ana.get_by_role("img", name="Ben Okri is looking")).to_be_visible()
    marked = ben.locator(".row", has_text="The card").get_by_role("img", name="A colleague")
    expect(marked).to_have_count(0)
    ana.locator("#composer-text").type("We look")
    expect(marked.first).to_be_visible()  # in the list as well
    expect(ana.get_by_role("img", name="A colleague is writing here")).to_have_count(0)
    expect(ben.get_by_role("img", name="Ana Ruiz is writing an answer")).to_be_visible()
    expect(ben.locator("#announcer")).to_contain_text("Ana Ruiz is writing an answer")
    assert axe(ben) == []

    ben.locator("#composer-text").fill("We found it in the drawer.")
    ben.keyboard.press("Control+Enter")
    expect(ben.locator(".message-ours")).to_contain_text("We found it in the drawer.")
    expect(ana.locator(".message-ours")).to_contain_text("We found it in the drawer.")

    ana.locator("#composer-text").type(" for it.")
    ana.keyboard.press("Control+Enter")
    stale = ana.get_by_role("alert", name="Said since you began to write")
    expect(stale).to_contain_text("We found it in the drawer.")
    expect(ana.locator("#composer-text")).to_have_value("We look for it.")
    assert axe(ana) == []
    with ana.expect_response("**/reply/**"):
        ana.keyboard.press("Control+Enter")  # once more without having read it: it stays
    expect(stale).to_be_visible()
    ana.get_by_role("button", name="Keep writing").click()
    expect(stale).to_have_count(0)
    expect(ana.locator("#composer-text")).to_be_focused()
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".message-ours").last).to_contain_text("We look for it.")

    expect(marked).to_have_count(0)
    ana.goto("/inbox/closed/")
    expect(ben.locator("#here [data-colleague]")).to_have_count(0)


def test_news_comes_in_after_an_answer_was_refused(
    goodword: GoodwordProcess, desks: tuple[Page, Page]
) -> None:
    ana, ben = desks
    for page in desks:
        open_first(page)
    ana.locator("#composer-text").type("We look for it.")
    ana.locator("details.recipients summary").click()
    to, copy, wrong = (ana.locator(f"#composer-{part}") for part in ("to", "cc", "to-errors"))
    to.fill("nobody at all")
    ana.keyboard.press("Control+Enter")
    expect(wrong).to_be_visible()
    copy.fill("tom@reed.example")
    expect(wrong).to_contain_text("nobody at all")
    to.fill("grace@whitlow.example")
    expect(wrong).to_have_count(0)
    assert to.get_attribute("aria-invalid") is to.get_attribute("aria-describedby") is None

    ben.locator("#composer-text").fill("It is on its way.")
    ben.keyboard.press("Control+Enter")
    expect(ana.locator(".message-ours")).to_contain_text("It is on its way.")
    hand_in(goodword, mail("And the bill?", subject="The bill"))
    expect(ana.locator("#rows")).to_contain_text("The bill")


def test_what_is_written_while_goodword_is_away_is_saved_once_it_is_back(
    goodword: GoodwordProcess, desks: tuple[Page, Page]
) -> None:
    ana, ben = desks
    for page in desks:
        open_first(page)
    goodword.stop()
    ana.locator("#composer-text").type("We look for it.")
    state = ana.locator("#composer-state")
    expect(state).to_contain_text("Not saved")
    goodword.start()
    expect(state).to_contain_text("Saved")
    ben.reload()
    ana.reload()
    expect(ana.locator("#composer-text")).to_have_value("We look for it.")


def test_a_page_that_nobody_looks_at_asks_for_no_news_until_somebody_does(
    goodword: GoodwordProcess, desks: tuple[Page, Page]
) -> None:
    ana, ben = desks
    asked: list[str] = []
    ben.on("request", lambda request: asked.append(request.url))
    ben.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")

    hand_in(goodword, mail("Is anybody there?", subject="A knock"))
    expect(ana.locator("#rows")).to_contain_text("A knock")
    open_first(ana)
    assert not [each for each in asked if "fragment=list" in each]

    ben.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(ben.locator("#rows")).to_contain_text("A knock")


def test_a_head_that_somebody_uses_is_brought_up_to_date_once_they_have_left_it(
    desks: tuple[Page, Page],
) -> None:
    ana, ben = desks
    for page in desks:
        open_first(page)
    menu = ben.locator("#head details[data-acts]").first
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    ana.locator("#timeline").focus()
    ana.keyboard.press("w")
    expect(ana.locator("#head .menu-body :focus")).to_contain_text("Me")
    ana.keyboard.press("Enter")
    expect(ben.locator("#timeline")).to_contain_text("Ana Ruiz took this")
    owed = ben.locator("#head .chip").first
    expect(owed).to_have_attribute("title", re.compile("Everyone owes"))
    expect(menu).to_have_attribute("open", "")

    ben.keyboard.press("Escape")  # the focus is at its button by now
    ben.locator("#timeline").focus()
    expect(owed).to_have_attribute("title", re.compile("Ana Ruiz owes"))
