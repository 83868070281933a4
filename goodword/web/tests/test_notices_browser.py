"""The bell and the list in a real browser: live, by notification, wide and narrow."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.notices import actions as notices
from goodword.notices import queries
from goodword.notices.models import Notice
from tests.factories import HOUR, PASSWORD, make_house
from tests.servers.chromium import axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
TITLE = "Due soon: Answer · Grace Whitlow · The spring gift card (promised by Tue 24 Nov, 10:00)"


@pytest.fixture
def house() -> SimpleNamespace:
    cache.clear()
    return make_house(at=timezone.now())


@pytest.fixture
def desk(page: Page, live_server, house: SimpleNamespace) -> Page:
    """Ben has signed in, and looks at his notices."""
    page.goto(f"{live_server.url}/account/login/?next=/notices/")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notices")
    return page


def tell(who, number=1, *, kind="due_soon", title=TITLE, ago=0 * HOUR):
    notices.tell(
        who, matter=f"promise:{number}", kind=kind, title=title, url="/inbox/mine/",
        at=timezone.now() - ago,
    )  # fmt: skip


def faults_of(page: Page) -> list[str]:
    faults = []
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [f"{page.url} at {width}, {scheme}: {fault}" for fault in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                faults.append(f"{page.url} at {width} scrolls sideways")
    return faults


def test_list_and_settings_are_open_to_everyone_empty_and_full(desk: Page, live_server, house):
    faults = faults_of(desk)
    for number, kind in enumerate(("due_soon", "late", "backup", "lead", "missed", "handed_over")):
        tell(house.ben, number, kind=kind, ago=number * HOUR)
    notices.settle_matter("promise:2", at=timezone.now())
    notices.see(queries.of(house.ben).filter(matter="promise:3"), at=timezone.now())
    for path in ("notices/", "settings/told/"):
        desk.goto(f"{live_server.url}/{path}")
        faults += faults_of(desk)
    assert faults == []


def test_by_keyboard_to_the_bell_from_there_to_the_matter_and_it_is_seen(desk, live_server, house):
    tell(house.ben)
    desk.goto(f"{live_server.url}/inbox/all/")
    bell = desk.get_by_role("link", name="Notices, new: 1")
    bell.focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name=TITLE).focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/inbox/mine/")
    expect(desk.locator("#bell .bell-count")).to_have_count(0)
    assert Notice.objects.get().seen_at is not None


def test_news_from_the_stream_reaches_the_bell_without_a_new_page(desk: Page, house):
    desk.wait_for_load_state()
    tell(house.ben)
    desk.evaluate("document.dispatchEvent(new CustomEvent('goodword:notices'))")
    expect(desk.locator("#bell .bell-count")).to_have_text("1")


def test_hidden_the_page_lets_the_browser_show_it_and_asks_no_permission_by_itself(
    desk: Page, live_server, house
):
    notices.prefer(
        house.ben, by_mail=True, by_browser=True, quiet_from=0, quiet_until=0, quiet_weekends=False
    )
    desk.add_init_script(
        """
        window.shown = []; window.asked = 0;
        window.Notification = class {
          static permission = "granted";
          static async requestPermission() { window.asked += 1; return "granted"; }
          constructor(title, options) { window.shown.push(options.body); }
          addEventListener() {}
        };
        Object.defineProperty(document, "hidden", { get: () => true });
        """
    )
    desk.goto(f"{live_server.url}/notices/")
    tell(house.ben)
    desk.evaluate("document.dispatchEvent(new CustomEvent('goodword:notices'))")
    expect(desk.locator("#bell .bell-count")).to_have_text("1")
    assert desk.evaluate("window.shown") == [TITLE]
    assert desk.evaluate("window.asked") == 0

    desk.goto(f"{live_server.url}/settings/told/")
    box = desk.get_by_label("By the browser, while Goodword is open and out of sight")
    box.uncheck()
    assert desk.evaluate("window.asked") == 0
    box.check()
    expect(desk.get_by_text("This browser lets Goodword show notifications.")).to_be_visible()
    assert desk.evaluate("window.asked") == 1


def test_on_a_phone_the_menu_leads_to_the_notices(desk: Page, live_server, house):
    tell(house.ben)
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{live_server.url}/inbox/mine/")
    desk.locator(".tabbar").get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Notices 1").click()
    desk.wait_for_url("**/notices/")
