"""Ben and Lea at two desks: what one makes of a conversation, the other sees as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import OWNER, PASSWORD, hand_in, mail, run_code
from tests.servers.chromium import Chromium, axe
from tests.servers.fixtures import Mould

pytestmark = pytest.mark.browser
# Ben answers in both inboxes, Lea in the first alone, where Lou reads and writes notes.
_HOUSE = f"""
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
from goodword.desk.models import SavedView
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
ana, at = Teammate.objects.get(email="{OWNER}"), timezone.now()
ben, lea, lou = (
    accounts.join(name=name, email=name.split()[0].lower() + "@shop.example",
                  password="{PASSWORD}", role=role, by=ana, at=at)
    for name, role in (("Ben Okri", Role.AGENT), ("Lea Sommer", Role.AGENT),
                       ("Lou Field", Role.LIGHT))
)
front = accounts.make_team(name="Front", members=[ben, lea, lou], by=ana, at=at)
trade = accounts.make_team(name="Trade", members=[ben], by=ana, at=at)
Inbox.objects.get().teams.add(front)
inboxes.make(name="Trade", addresses=["trade@shop.example"], team=trade, by=ana, at=at)
SavedView.objects.create(name="Gifts", owner=lea, shown_to="me", asked="subject:gift", made_at=at)
"""


@pytest.fixture(scope="module")
def goodword(shop_goodword: Mould) -> Iterator[GoodwordProcess]:
    with shop_goodword.cast() as process:
        run_code(process, _HOUSE)
        yield process


@pytest.fixture(scope="module")
def people(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[dict[str, Page]]:
    """Each signed in, at a browser of their own; Lou at a phone."""
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with ExitStack() as stack:
        pages = {}
        for name in ("ben", "lea", "lou"):
            options = phone if name == "lou" else {}
            page = stack.enter_context(chromium.context(goodword.url, **options)).new_page()
            page.goto("/account/login/?next=/inbox/all/")
            page.fill("#id_login", f"{name}@shop.example")
            page.fill("#id_password", PASSWORD)
            page.keyboard.press("Enter")
            page.locator("#list h1").wait_for()
            pages[name] = page
        yield pages


@pytest.fixture
def faults(people: dict[str, Page]) -> Iterator[None]:
    """An error in a page's script fails the test."""
    found: list[str] = []
    for page in people.values():
        page.on("pageerror", lambda error: found.append(str(error)))
    yield
    assert found == []


pytestmark = [pytestmark, pytest.mark.usefixtures("faults")]


def written(goodword: GoodwordProcess, subject: str, *texts: str) -> None:
    """Grace writes this, and then the rest in answer to it; of a clasp Hugo gets a copy."""
    first = mail(texts[0], subject=subject)
    hand_in(goodword, first)
    known = {"In_Reply_To": first["Message-ID"], "References": first["Message-ID"]}
    for text in texts[1:]:
        copied = {"Cc": "Hugo Finch <hugo@finch.example>"} if "clasp" in text else {}
        hand_in(goodword, mail(text, subject=f"Re: {subject}", **known, **copied))


def opened(page: Page, subject: str) -> None:
    """From the list of what is found under it, with the last message shown."""
    page.goto(f'/search/?q=subject:"{subject}"')
    row = page.locator(".row", has_text=subject).first
    for _look in range(20):  # it is taken in beside us
        if row.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    row.locator(".row-who").click()
    page.locator("#timeline .message").first.wait_for()


def shape(page: Page, words: str) -> None:
    page.locator("#head details.menu > summary[title=More]").click()
    page.get_by_role("link", name="Join, move, rename").click()
    page.locator("#ask").get_by_role("link", name=words).click()


def undo_by_key(page: Page) -> None:
    expect(page.locator(".toast [data-undo]")).to_have_count(1)
    page.keyboard.press("z")


def messages(page: Page):
    return page.locator("#timeline .message")


def test_ben_splits_a_message_off_and_lea_who_writes_there_sees_it_go_and_come_back(
    goodword: GoodwordProcess, people: dict[str, Page]
) -> None:
    ben, lea = people["ben"], people["lea"]
    written(goodword, "Two matters", "A ring.", "And a clasp.", "The ring is small.")
    for page in (ben, lea):
        opened(page, "Two matters")
    expect(messages(ben)).to_have_count(3)
    lea.locator("#composer-text").type("About the ring")

    messages(ben).nth(1).locator("summary").first.click()
    ben.get_by_role("link", name="Split it off").click()
    expect(ben.locator("#ask")).to_contain_text("This and the 1 message after it")
    assert axe(ben) == []
    ben.get_by_role("button", name="Split it off").click()

    expect(messages(ben)).to_have_count(1)
    expect(messages(ben)).to_contain_text("And a clasp.")
    ben.locator(".toast").hover()  # so it stays, however long the rest takes
    ben.keyboard.press("a")  # Hugo was in that mail alone
    expect(ben.locator("#composer-whom")).to_contain_text("Hugo Finch")
    expect(ben.locator("#list h2")).to_have_text("Search")  # the list that one came from
    expect(messages(lea)).to_have_count(2)
    expect(lea.locator("#composer-text")).to_have_value("About the ring")
    expect(lea.get_by_role("button", name="Reply to all")).to_have_count(0)

    ben.locator("#timeline").focus()
    undo_by_key(ben)
    expect(messages(ben)).to_have_count(3)
    expect(ben.locator("#list h2")).to_have_text("Search")
    expect(messages(lea)).to_have_count(3)
    expect(lea.locator("#composer-text")).to_have_value("About the ring")


def test_ben_moves_it_out_of_leas_sight_and_nothing_of_it_stays_on_her_screen(
    goodword: GoodwordProcess, people: dict[str, Page]
) -> None:
    ben, lea, lou = people["ben"], people["lea"], people["lou"]
    written(goodword, "For the trade", "Ten rings, please.")
    for page in (ben, lea, lou):
        opened(page, "For the trade")
    lea.locator("#composer-text").type("Ten rings are on")
    expect(lea.locator("#composer-state")).to_contain_text("Saved")
    expect(ben.get_by_role("img", name="Lea Sommer is writing")).to_be_visible()

    shape(ben, "Move it to another inbox")
    ben.get_by_role("radio", name="Trade").check()
    ben.get_by_role("button", name="Move it").click()

    expect(lea.locator("#gone")).to_contain_text("You don't see this conversation any more")
    expect(lea.get_by_label("What you were writing")).to_have_value("Ten rings are on")
    for page in (lea, lou):
        expect(page.locator("#gone")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("Ten rings, please.")
        expect(page.locator("main")).not_to_contain_text("whitlow")
        assert axe(page) == []
    expect(ben.locator("#here [data-colleague]")).to_have_count(0)

    undo_by_key(ben)
    expect(ben.locator("#toasts")).to_contain_text("Undone.")
    expect(ben.locator("#list h2")).to_have_text("Search")
    opened(lea, "For the trade")
    expect(lea.locator("#composer-text")).to_have_value("Ten rings are on")  # her draft was kept


def test_ben_joins_two_and_lea_who_reads_the_younger_is_led_on(
    goodword: GoodwordProcess, people: dict[str, Page]
) -> None:
    ben, lea = people["ben"], people["lea"]
    written(goodword, "Older matter", "The first.")
    written(goodword, "Younger matter", "The second.")
    opened(ben, "Older matter")
    opened(lea, "Younger matter")
    lea.locator("#composer-text").type("We know")

    shape(ben, "Join it with another")
    ben.locator("#ask label", has_text="Younger matter").click()
    ben.get_by_role("button", name="Go on").click()
    ben.get_by_role("button", name="Join them").dblclick()

    for page in (ben, lea):
        expect(messages(page)).to_have_count(2)
        expect(page.locator("#head h1")).to_have_text("Older matter")
    expect(lea.locator("#composer-text")).to_have_value("We know")
    expect(ben.locator(".toast")).to_have_count(1)  # and no word of a second try

    undo_by_key(ben)
    for page in (ben, lea):
        expect(messages(page)).to_have_count(1)
    expect(ben.locator("#list h2")).to_have_text("Search")


def test_the_subject_and_the_person_change_under_leas_eyes(
    goodword: GoodwordProcess, people: dict[str, Page]
) -> None:
    ben, lea = people["ben"], people["lea"]
    written(goodword, "No name yet", "Hello?")
    for page in (ben, lea):
        opened(page, "No name yet")

    shape(ben, "Change the subject")
    ben.locator("#ask [name=subject]").fill("The birthday gift")
    ben.keyboard.press("Enter")
    expect(lea.locator("#head h1")).to_have_text("The birthday gift")
    # Her view, live; a busy server is asked for it seldom.
    expect(lea.locator("[data-view-count]").first).to_have_text("1", timeout=90_000)

    shape(ben, "Change whom it is with")
    ben.locator("#ask [name=find]").fill("hugo@finch.example")
    ben.keyboard.press("Enter")
    ben.locator("#ask label", has_text="hugo@finch.example").first.click()
    ben.get_by_role("button", name="It is with them").click()
    expect(lea.locator("#head p").first).to_contain_text("ugo")
    undo_by_key(ben)
    expect(lea.locator("#head p").first).to_contain_text("Grace Whitlow")
