"""The style guide in Chromium: readable by all, within the width, and by keyboard."""

import mimetypes
from pathlib import Path

import axe_playwright_python
import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from goodword.ui.tests.styleguide import page as styleguide

pytestmark = pytest.mark.browser
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FLAGS += ["--disable-component-update", "--disable-sync"]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [(1440, "light"), (1440, "dark"), (1100, "light"), (768, "dark"), (390, "light")]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Open the style guide at a width and theme, served without a network; no error allowed."""
    faults, contexts = [], []

    def open_at(width, *, show="inbox", theme="light", **context):
        html = styleguide(show, **context)

        def answer(route):
            path = route.request.url.removeprefix("http://guide.test").split("?")[0]
            if not path.startswith("/static/"):
                headers = {"Content-Security-Policy": POLICY}
                route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
            elif found := finders.find(path.removeprefix("/static/")):
                route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0])
            else:
                faults.append(f"not found: {path}")
                route.fulfill(status=404)

        size = {"width": width, "height": 900}
        contexts.append(
            browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
        )
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: faults.append(message.text))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.route("**/*", answer)
        tab.goto("http://guide.test/", wait_until="load")
        return tab

    yield open_at
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("show", ["inbox", "parts"])
@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_no_part_has_an_accessibility_fault_or_runs_over_the_edge(opened, width, show, theme):
    tab = opened(width, show=show, theme=theme)
    tab.evaluate(AXE)
    result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)

    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in result["violations"]] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_j_and_k_move_the_row_cursor_and_letters_typed_do_not(opened):
    tab = opened(1440)
    tab.evaluate("document.querySelector('.row[aria-current]').removeAttribute('aria-current')")
    for key in "jjk":
        tab.keyboard.press(key)
    assert tab.locator(".row-cursor").get_attribute("id") == "r1"

    tab.locator("textarea.draft").focus()
    tab.keyboard.type("jj")
    assert tab.locator(".row-cursor").get_attribute("id") == "r1"
    assert tab.locator("textarea.draft").input_value().startswith("jj")


def test_the_question_mark_lists_the_keys_of_the_page(opened):
    tab = opened(1440)
    tab.keyboard.press("?")
    listed = tab.locator("#keys-help[open] dd").all_inner_texts()
    assert "Open the inbox" in listed
    assert "Next row" in listed

    tab.keyboard.press("Escape")
    assert tab.locator("#keys-help[open]").count() == 0


def test_a_slash_goes_to_the_search_and_a_sequence_opens_its_page(opened):
    tab = opened(1440)
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.name") == "q"

    tab.evaluate("document.activeElement.blur()")
    tab.evaluate("addEventListener('click', e => { window.last = e.target.textContent.trim() })")
    tab.keyboard.press("g")
    tab.keyboard.press("i")
    assert tab.evaluate("window.last").startswith("Inbox")


def test_escape_closes_a_menu_and_the_focus_goes_back_to_it(opened):
    tab = opened(1440)
    summary = tab.locator(".pane-conversation summary[title=More]")
    summary.click()
    tab.keyboard.press("ArrowDown")
    assert "Snooze" in tab.evaluate("document.activeElement.textContent")

    tab.keyboard.press("Escape")
    assert tab.locator("details.menu[open]").count() == 0
    assert tab.evaluate("document.activeElement.title") == "More"


def test_the_person_slides_over_on_a_narrow_screen_and_goes_again(opened):
    tab = opened(1100)
    person = tab.locator("#person")
    assert not person.is_visible()

    tab.keyboard.press("i")
    person.wait_for(state="visible")
    tab.locator(".person-close").click()
    person.wait_for(state="hidden")
