"""A desk that runs and somebody at it, for tests in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import run_code
from tests.factories import PASSWORD
from tests.servers import tables
from tests.servers.chromium import Chromium


@contextmanager
def filled(code: str) -> Iterator[tuple[GoodwordProcess, str]]:
    """A running Goodword on SQLite that this Python has filled, and what it printed.

    Before it starts: the worker of a running one would send what is queued.
    """
    process = tables.goodword(in_file=True)
    try:
        said = run_code(process, code)
        yield process.start(), said
    finally:
        process.remove()


@contextmanager
def at_desk(
    chromium: Chromium, goodword: GoodwordProcess, name: str, path: str, **options: object
) -> Iterator[Page]:
    """This teammate has signed in and reads `path`. A fault in the page's script fails the test."""
    with chromium.context(goodword.url, **options) as context:
        page = context.new_page()
        make_ready_for_routes(page)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.goto(f"/account/login/?next={path}")
        page.fill("[name=login]", f"{name}@shop.example")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.locator("#nav").wait_for(state="attached")
        page.wait_for_load_state("load")  # and with it every module
        yield page
        assert faults == []


def make_ready_for_routes(page: Page) -> None:
    """What is asked just when the first route is made can slip through: here is one."""
    page.route("**/none/", Route.abort)


def opened(page: Page, name: str) -> None:
    """Open the conversation "About <name>" of the list."""
    page.locator("#rows .row-who", has_text=name).click()
    expect(page.locator("#head h1")).to_have_text(f"About {name}")


def write(page: Page, words: str) -> None:
    page.locator("#composer-text").press_sequentially(words)


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    for _look in range(1000):
        if holds():
            return
        page.wait_for_timeout(20)  # what the page says of itself comes in meanwhile
    raise AssertionError("it never came to that")


class Held:
    """Requests to `url` wait until they are let go."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._waiting, self._is_open = page, list[Route](), False
        page.route(url, self._came)

    def _came(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self._waiting.append(route)

    def wait(self) -> None:
        eventually(self._page, lambda: bool(self._waiting))

    def let_go(self) -> None:
        self._is_open = True
        for each in self._waiting:
            each.continue_()


class Answered(Held):
    """They are answered at once, and the page hears it when they are let go."""

    def _came(self, route: Route) -> None:
        self._answer = route.fetch()
        super()._came(route)

    def let_go(self) -> None:
        for each in self._waiting:
            each.fulfill(response=self._answer)
