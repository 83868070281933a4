"""What Goodword refuses and what breaks: a page says why and leads on, and no act is silent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import run_code
from tests.servers.chromium import Chromium
from tests.servers.desk import at_desk, filled
from tests.test_screens_browser import BOTH, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.once]
_DESK = """
from datetime import timedelta
from tests.factories import make_house, receive
house = make_house(timezone.now() - timedelta(days=9))
receive(house, at=timezone.now() - timedelta(hours=1))
"""
_TOO_MUCH = str(10**12)


@pytest.fixture(scope="module")
def goodword() -> Iterator[GoodwordProcess]:
    with filled(_DESK) as (process, _said):
        yield process


@pytest.fixture
def ben(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[Page]:
    with at_desk(chromium, goodword, "ben", "/inbox/all/") as page:
        yield page


@contextmanager
def database_away(goodword: GoodwordProcess) -> Iterator[None]:
    """As good as: what every page asks first is gone."""

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(goodword.data / "goodword.sqlite3", timeout=20)) as file:
            file.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename("accounts_teammate", "away")
    try:
        yield
    finally:
        rename("away", "accounts_teammate")


def too_large(goodword: GoodwordProcess) -> str:
    """What the front door answers before it has read anything."""
    with closing(HTTPConnection(goodword.host, goodword.port, timeout=20)) as line:
        line.putrequest("POST", "/inbox/all/")
        line.putheader("Content-Length", _TOO_MUCH)
        line.endheaders()
        return line.getresponse().read().decode()


@pytest.fixture(scope="module")
def pages(goodword: GoodwordProcess) -> dict[str, str]:
    """As they are answered; for some of them one would have to try very often."""
    code = """
import json
from django.template.loader import render_to_string
names = ("403", "403_csrf", "429")
print(json.dumps({name: render_to_string(f"{name}.html") for name in names}))
"""
    return {**json.loads(run_code(goodword, code)), "413": too_large(goodword)}


def test_every_refusal_is_a_page_that_says_why_and_what_to_do(
    goodword: GoodwordProcess, pages: dict[str, str], ben: Page
) -> None:
    faults = []
    for name, heading in (
        ("403", "Your role does not allow this"),
        ("403_csrf", "This page had grown old"),
        ("413", "That is too large"),
        ("429", "Too many tries"),
    ):
        with answered_by(ben, f"**/refused-{name}/", int(name[:3]), pages[name]):
            ben.goto(f"/refused-{name}/")
            expect(ben.get_by_role("heading", level=1)).to_have_text(heading)
            faults += faults_of(ben, f"refused-{name}", BOTH)
    ben.goto("/nothing/here/")
    expect(ben.get_by_role("heading", level=1)).to_have_text("Nothing here")
    faults += faults_of(ben, "refused-404", BOTH)
    ben.get_by_role("link", name="Go to the inbox").click()
    ben.wait_for_url("**/inbox/**")
    with database_away(goodword):
        answer = ben.goto("/inbox/all/")
        assert answer is not None and answer.status == 500
        expect(ben.get_by_role("heading", level=1)).to_have_text("Something broke here")
        faults += faults_of(ben, "refused-500", BOTH)
    ben.goto("/inbox/all/")
    expect(ben.locator("#list h1")).to_have_text("All")
    assert faults == []


@contextmanager
def answered_by(page: Page, url: str, status: int, body: str) -> Iterator[None]:
    page.route(url, lambda way: way.fulfill(status=status, body=body, content_type="text/html"))
    yield
    page.unroute(url)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Your role does not allow this. Nothing was changed."),
        (429, "Too many tries. To keep strangers out"),
        (413, "That is too large. Goodword takes up to"),
        (502, "That didn't work. Nothing was changed; reload the page"),
    ],
)
def test_an_act_that_is_refused_says_what_its_page_would_have_said(
    pages: dict[str, str], ben: Page, status: int, words: str
) -> None:
    opened(ben)
    with answered_by(ben, "**/close/**", status, pages.get(str(status), "<h1>Bad gateway</h1>")):
        ben.keyboard.press("e")
        toast = ben.locator("#toasts .toast")
        expect(toast).to_contain_text(words)
        ben.keyboard.press("e")  # what is said again is said once
        expect(toast).to_have_count(1)
    expect(ben.locator("#head h1")).to_have_text("The spring gift card")


def test_an_act_on_what_somebody_moved_out_of_sight_or_from_an_old_page_says_so(
    ben: Page,
) -> None:
    opened(ben)
    toast = ben.locator("#toasts .toast")
    with answered_by(ben, "**/close/**", 404, ben.request.get("/nothing/here/").text()):
        ben.keyboard.press("e")
        expect(toast).to_contain_text("Nothing here. This page does not exist, or it belongs to")
    ben.context.clear_cookies(name="goodword_csrf")
    ben.keyboard.press("e")
    expect(toast).to_contain_text("This page had grown old.")


def opened(page: Page) -> None:
    page.locator(".row-who").first.click()
    expect(page.locator("#composer-text")).to_be_visible()
    page.locator("#timeline").focus()


def test_an_act_while_the_database_is_away_says_so_and_works_once_it_is_back(
    goodword: GoodwordProcess, ben: Page
) -> None:
    opened(ben)
    field = ben.locator("#composer-text")
    field.fill("It left on Friday.")
    field.focus()
    with database_away(goodword):
        ben.keyboard.press("Control+Enter")
        expect(ben.locator(".toast")).to_contain_text("Something broke here. The fault is Goodword")
        expect(field).to_have_value("It left on Friday.")
    field.press("Control+Enter")
    expect(ben.locator(".message-ours")).to_contain_text("It left on Friday.")


def test_an_act_without_a_network_says_so(ben: Page) -> None:
    opened(ben)
    ben.context.set_offline(True)
    ben.keyboard.press("e")

    expect(ben.locator(".toast")).to_contain_text("Goodword can't be reached just now.")
