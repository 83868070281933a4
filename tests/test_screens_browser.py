"""Every page for teammates, in one running Goodword full of mail: seen wide and narrow, light and
dark; nothing scrolls sideways, axe finds no fault, the browser has nothing to complain about.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.factories import PASSWORD
from tests.servers.chromium import Chromium, Theme, axe, look_at, shot
from tests.servers.desk import filled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[GoodwordProcess, dict[str, str]]]:
    code = "import json\nfrom tests.furnishing import furnish\nprint(json.dumps(furnish()))"
    with filled(code) as (process, said):
        yield process, json.loads(said)


@pytest.fixture(scope="module")
def goodword(furnished: tuple[GoodwordProcess, dict[str, str]]) -> GoodwordProcess:
    return furnished[0]


@pytest.fixture(scope="module")
def places(furnished: tuple[GoodwordProcess, dict[str, str]]) -> dict[str, str]:
    """Where everything stands that `furnish` made."""
    return furnished[1]


@contextmanager
def signed_in(
    chromium: Chromium, goodword: GoodwordProcess, **options: object
) -> Iterator[tuple[Page, list[str]]]:
    """Ana at her desk, and the complaints of her browser."""
    with chromium.context(goodword.url, **options) as context:
        page = context.new_page()
        page.goto("/account/login/?next=/inbox/mine/")
        page.fill("[name=login]", "ana@shop.example")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.locator("#nav").wait_for(state="attached")
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: _note(complaints, said))
        yield page, complaints


def _note(complaints: list[str], said: ConsoleMessage) -> None:
    if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
        complaints.append(f"{said.location.get('url')}: {said.text}")


def faults_of(page: Page, name: str, sizes: Sequence[tuple[int, Theme]]) -> list[str]:
    """What is wrong with the page in these sizes; `make shots` keeps a picture of each."""
    found = []
    now = page.viewport_size or {}
    # First as it is already: to lay out all of it anew costs as much as to load it.
    for width, theme in sorted(sizes, key=lambda size: size[0] != now.get("width")):
        if os.environ.get("GOODWORD_TEST_SHOTS") == "1":
            shot(page, name, width, theme)
        else:
            look_at(page, width, theme)
        found += [f"{name} at {width}, {theme}: {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name} at {width} scrolls sideways")
    return found


ALL: Sequence[tuple[int, Theme]] = (
    (1440, "light"),
    (1440, "dark"),
    (390, "light"),
    (390, "dark"),
)
# Every page wide and narrow, light and dark; but not all four, which would take minutes.
BOTH: Sequence[tuple[int, Theme]] = ((1440, "light"), (390, "dark"))
# The tests of settings look at them wide.
NARROW: Sequence[tuple[int, Theme]] = ((390, "dark"),)

DAILY = {
    "today": "/",
    "promises": "/promises/",
    "promises-nothing": "/promises/?state=kept&who=me&kind=send",
    "promises-person": "/promises/?person={who}&period=all",
    "promise-late": "{promise-late}",
    "promise-anew": "{promise-anew}",
    "promise-kept": "{promise-kept}",
    "promise-move": "{promise-late}move/",
    "promise-hand-over": "{promise-anew}hand-over/",
    "promise-new": "/promises/new/",
    "inbox-mine": "/inbox/mine/",
    "inbox-all": "/inbox/all/",
    "inbox-unsent": "/inbox/unsent/",
    "inbox-later": "/inbox/later/",
    "inbox-empty": "/inbox/team/{workshop}/",
    "search": "/search/",
    "search-found": "/search/?q=gift+card",
    "search-nothing": "/search/?q=zeppelin+from:nobody+odd:part",
    "search-filters": "/search/filters/?q=gift",
    "conversation": "{long}",
    "conversation-whole": "{long}?all=1",
    "conversation-html": "{html}",
    "conversation-unknown": "{unknown}",
    "conversation-refused": "{refused}",
    "conversation-held": "{held}",
    "conversation-closed": "{closed}",
    "conversation-snoozed": "{snoozed}",
    "conversation-spam": "{spam}",
    "conversation-trash": "{trash}",
    "conversation-doubtful": "{doubtful}",
    "conversation-invited": "{invited}",
    "conversation-returned": "{returned}",
    "conversation-passed-on": "{passed_on}",
    "conversation-aside-of": "{aside_of}",
    "conversation-aside": "{aside}",
    "files": "{long}files/",
    "print": "{long}print/?notes=1",
    "aside-new": "{aside_of}aside/",
    "transcript": "{long}transcript/",
    "assign": "{long}assign/",
    "snooze": "{long}snooze/",
    "more": "{long}more/",
    "shape": "{long}shape/",
    "join-which": "{long}join/?find=ring",
    "inbox-spam": "/inbox/spam/",
    "spam-sweep": "/inbox/spam/sweep/",
    "people": "/people/",
    "people-nobody": "/people/?q=zeppelin",
    "person": "{person}",
    "person-describe": "{person}describe/",
    "person-same": "{person}same/?q=lund",
    "organisations": "/organisations/",
    "organisation": "{organisation}",
    "lost": "/nothing/here/",
}
SETTINGS = {
    "profile": "/settings/profile/",
    "business": "/settings/business/",
    "sessions": "/settings/sessions/",
    "signing-in": "/settings/signing-in/",
    "provider-new": "/settings/signing-in/new/",
    "canned": "/settings/canned/",
    "canned-new": "/settings/canned/new/",
    "fields": "/settings/fields/",
    "field": "/settings/fields/{field}/",
    "inboxes": "/settings/inboxes/",
    "inbox": "/settings/inboxes/{hello}/",
    "inbox-new": "/settings/inboxes/new/",
    "mailbox": "/settings/inboxes/{hello}/mailbox/",
    "mailbox-failing": "/settings/inboxes/{repairs}/mailbox/",
    "signature": "/settings/inboxes/{hello}/signature/",
    "assigning": "/settings/inboxes/{hello}/assigning/",
    "acknowledgement": "/settings/inboxes/{hello}/acknowledgement/",
    "teammates": "/settings/teammates/",
    "teammate": "/settings/teammates/{ben}/",
    "invite": "/settings/teammates/invite/",
    "teams": "/settings/teams/",
    "team": "/settings/teams/{front}/",
    "roles": "/settings/roles/",
    "senders": "/settings/spam/",
    "audit": "/settings/audit/",
    "arrivals": "/settings/arrivals/",
    "password": "/account/password/change/",
    "two-factor": "/account/2fa/totp/activate/",
    "sign-out": "/account/logout/",
}
OUTSIDE = {
    "sign-in": "/account/login/",
    "forgotten": "/account/password/reset/",
    "join": "{invitation}",
    "setup-over": "/setup/an-old-link/",
}


@pytest.mark.long
@pytest.mark.once
def test_daily_pages_are_open_to_everyone(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    with signed_in(chromium, goodword) as (page, complaints):
        faults = []
        for name, path in DAILY.items():
            page.goto(path.format(**places))
            faults += faults_of(page, name, ALL if name == "conversation" else BOTH)
        assert faults == []
        assert complaints == []


@pytest.mark.once
def test_settings_and_doors_are_open_to_everyone(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    with signed_in(chromium, goodword) as (page, complaints):
        faults = []
        for name, path in SETTINGS.items():
            page.goto(path.format(**places))
            faults += faults_of(page, f"settings-{name}", NARROW)
        page.context.clear_cookies()
        for name, path in OUTSIDE.items():
            page.goto(path.format(**places))
            faults += faults_of(page, f"outside-{name}", BOTH)
        assert faults == []
        assert complaints == []


@pytest.mark.once
def test_what_opens_over_a_page_is_open_to_everyone(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    """Menus, questions and the list of keys, each opened by its key."""
    with signed_in(chromium, goodword) as (page, complaints):
        faults = []
        for key, name, seen in (
            ("w", "menu-assign", "Ben Okri"),
            ("s", "menu-snooze", "Tomorrow morning"),  # offered on every day
            ("e", "ask-close", "They still wait for an answer"),
            ("#", "ask-trash", "Move it to the trash?"),
            ("?", "keys", "Send the answer"),
            ("n", "note", "Seen by colleagues only"),
        ):
            page.goto(places["long"])
            page.keyboard.press(key)
            expect(page.get_by_text(seen).locator("visible=true").first).to_be_visible()
            faults += faults_of(page, name, BOTH[:1])
        page.goto(places["long"])
        page.locator(".file-picture").click()
        viewer = page.locator("dialog.viewer")
        expect(viewer.get_by_role("heading")).to_have_text("the ring.png")
        faults += faults_of(page, "viewer", BOTH)
        page.keyboard.press("ArrowRight")
        expect(viewer.locator("pre")).to_contain_text("ring;640")
        page.keyboard.press("Escape")
        expect(viewer).to_be_hidden()
        page.goto(places["long"])
        page.fill("#composer-text", "It comes.")
        page.locator(".recipients > summary").click()
        page.fill("#composer-to", "nonsense")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#composer-to-errors")).to_contain_text("nonsense")
        faults += faults_of(page, "composer-wrong", BOTH)
        assert faults == []
        assert complaints == []


def test_an_hour_of_work_by_keys_alone(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    with signed_in(chromium, goodword) as (page, complaints):
        keys = page.keyboard
        page.goto("/inbox/unassigned/")
        keys.press("j")
        expect(page.locator(".row-cursor")).to_contain_text("Bea Lindqvist")
        keys.press("Enter")
        expect(page.locator("#head")).to_contain_text("Valuation")
        keys.press("w")
        expect(page.locator("#head .menu-body :focus")).to_contain_text("Me")
        keys.press("Enter")
        expect(page.locator("#timeline")).to_contain_text("You took this")
        keys.press("n")
        keys.type("She called on Monday.")
        keys.press("Control+Enter")
        expect(page.locator(".message-note")).to_contain_text("She called on Monday.")
        keys.press("r")
        keys.type("Forty pounds, Bea.")
        keys.press("Control+Enter")
        expect(page.locator("[data-leaves]")).to_contain_text("Leaves in")
        keys.press("z")
        expect(page.locator("#composer-text")).to_have_value("Forty pounds, Bea.")
        keys.press("Escape")
        keys.press("s")
        keys.press("ArrowDown")
        keys.press("Enter")
        expect(page.locator("#head")).to_contain_text("Snoozed until")
        keys.press("u")
        keys.press("/")
        keys.type("valuation")
        keys.press("Enter")
        expect(page.locator("#rows")).to_contain_text("Bea Lindqvist")
        assert complaints == []


def test_who_writes_in_what_a_colleague_joins_goes_on_where_everything_stands(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    with signed_in(chromium, goodword) as (page, complaints):
        page.goto(places["doubtful"])
        page.fill("#composer-text", "Dear Ida, is it y")
        colleague = page.context.new_page()
        colleague.goto(places["doubtful"])
        colleague.get_by_role("button", name="Join them").click()
        expect(colleague.locator("#timeline")).to_contain_text("Is it insured on its way to me?")
        expect(colleague.locator(".toast")).to_contain_text("Joined.")
        assert places["doubtful"] not in colleague.url  # it can be kept and passed on

        expect(page.locator("#timeline")).to_contain_text("Is it insured on its way to me?")
        expect(page.locator("#composer-text")).to_have_value("Dear Ida, is it y")
        assert page.url == colleague.url
        assert complaints == []


def test_a_phone_reads_answers_and_asks(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with signed_in(chromium, goodword, **options) as (page, complaints):
        page.goto("/inbox/mine/")
        page.get_by_role("link", name="Amara Obi").tap()
        expect(page.locator("#list")).to_be_hidden()
        page.locator("#composer-text").tap()
        expect(page.locator(".tabbar")).to_be_hidden()
        page.fill("#composer-text", "Until then, Amara.")
        page.get_by_role("button", name="Send").tap()
        # A thumb that comes down above the word has it as well.
        page.get_by_role("button", name="Undo").tap(position={"x": 16, "y": -9})
        expect(page.locator("#composer-text")).to_have_value("Until then, Amara.")
        small = page.evaluate(_SMALL_TARGETS)
        assert small == []
        page.locator("#back").tap()
        expect(page.locator("#list")).to_be_visible()
        assert complaints == []


def test_today_and_the_ledger_hear_what_colleagues_do(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    with signed_in(chromium, goodword) as (page, complaints):
        page.goto("/")
        row = page.locator(".owed-row", has_text="Ring fitting, in the shop")
        address = row.locator(".owed-chip").get_attribute("href")
        other = page.context.new_page()
        other.goto("/promises/?who=me&state=kept")
        page.bring_to_front()
        colleague = page.context.new_page()
        colleague.goto(address or "")
        colleague.get_by_role("button", name="Kept").click()
        expect(colleague.locator("h1 + .page-lead")).to_contain_text("Kept")

        page.bring_to_front()
        expect(row).to_have_count(0)
        other.bring_to_front()
        expect(other.locator(".ledger-table")).to_contain_text("Ring fitting, in the shop")
        assert complaints == []


# Controls that a thumb would miss: not within a line of text, and under 44 px either way.
_SMALL_TARGETS = """() => [...document.querySelectorAll('button, summary, a[href], input, select')]
  .filter((e) => e.checkVisibility() && e.matches('.icon-button, .button, .tabbar *, .tabs *'))
  .map((e) => [e.textContent.trim() || e.title, e.getBoundingClientRect()])
  .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
  .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)"""


def test_the_main_job_without_script(
    chromium: Chromium, goodword: GoodwordProcess, places: dict[str, str]
) -> None:
    with signed_in(chromium, goodword, java_script_enabled=False) as (page, _):
        page.goto("/inbox/mine/")
        page.get_by_role("link", name="Henrik Lund").click()
        page.fill("#composer-text", "It is, Henrik.")
        page.get_by_role("button", name="Save draft").locator("visible=true").click()
        expect(page.locator("#composer-text")).to_have_value("It is, Henrik.")
        page.locator(".composer-send button.button-filled").click()
        expect(page.locator(".message-ours")).to_contain_text("It is, Henrik.")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#composer-text")).to_have_value("It is, Henrik.")
        page.locator("#composer-tabs, .tabs").get_by_role("button", name="Note").click()
        page.fill("#composer-text", "He asked twice.")
        page.get_by_role("button", name="Keep note").click()
        expect(page.locator(".message-note")).to_contain_text("He asked twice.")
        page.locator("#head button[data-key=e]").click()
        expect(page.locator("h1")).to_have_text("They still wait for an answer")
        page.get_by_role("button", name="No answer needed, close").click()
        expect(page.locator("#head")).to_contain_text("Closed by Ana Ruiz")
        page.fill(".sidebar-search input", "henrik")
        page.keyboard.press("Enter")
        expect(page.locator("#rows")).to_contain_text("Henrik Lund")
        page.goto("/settings/profile/")
        page.get_by_label("Dark").check()
        page.get_by_role("button", name="Save profile").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.get_by_label("As the system").check()
        page.get_by_role("button", name="Save profile").click()
