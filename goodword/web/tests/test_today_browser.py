"""Today and the ledger in a real browser: by keys, in place, by thumb, and for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.plan import actions as plan
from goodword.plan import queries as plans
from goodword.promises import actions as promises
from goodword.promises.models import Promise
from goodword.web.tests.promised import promise
from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import Chromium, axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def house() -> SimpleNamespace:
    """A late promise, one due soon, and one in three hours; each Ana's, to somebody else."""
    cache.clear()
    now = timezone.now().replace(second=0, microsecond=0)
    house = make_house(at=now - 9 * DAY)
    promise(house, "Call back about the clasp", due=now - 22 * MINUTE, to="Joe Petty")
    promise(house, "Send the gift-card link", due=now + 48 * MINUTE)
    promise(house, "Have the pearls restrung", due=now + 3 * HOUR, to="David Okonkwo")
    return house


@pytest.fixture
def ana(page: Page, live_server, house: SimpleNamespace) -> Iterator[Page]:
    """Signed in, at Today; her browser has nothing to complain about."""
    page.goto(f"{live_server.url}/account/login/")
    page.fill("#id_login", "ana@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#today-sentence")).to_contain_text("You owe three people a word.")
    page.wait_for_load_state()  # keys are known once the scripts have run
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def _row(page: Page, words: str):
    return page.locator(".owed-row", has_text=words)


def test_a_morning_by_keys_alone(ana: Page) -> None:
    keys = ana.keyboard
    expect(ana.locator(".row-cursor")).to_contain_text("Call back about the clasp")
    keys.press("j")
    keys.press("j")
    expect(ana.locator(".row-cursor")).to_contain_text("Have the pearls restrung")
    keys.press("k")
    keys.press("e")
    expect(_row(ana, "Send the gift-card link")).to_contain_text("Kept")
    keys.press("z")
    expect(_row(ana, "Send the gift-card link")).to_contain_text("Due soon")
    assert Promise.objects.filter(state="open").count() == 3

    ana.locator(".row-cursor").first.wait_for()
    keys.press("m")
    dialog = ana.locator("dialog[open]")
    expect(dialog).to_be_visible()
    ana.fill("dialog [name=day]", f"{timezone.localtime(timezone=BERLIN):%Y-%m-%d}")
    ana.fill("dialog [name=clock]", "00:00")
    keys.press("Enter")
    expect(dialog).to_contain_text("That moment has passed")
    ana.get_by_role("link", name="Leave it as it is").click()
    expect(dialog).to_have_count(0)
    keys.press("g")
    keys.press("p")
    expect(ana.locator("h1")).to_have_text("Promises")


def test_a_kept_promise_stays_a_moment_and_then_closes(ana: Page) -> None:
    row = _row(ana, "Have the pearls restrung")
    row.hover()
    row.get_by_role("button", name="Keep").click()
    expect(row).to_contain_text("Kept")
    expect(row.get_by_role("button", name="Undo")).to_be_visible()

    ana.mouse.move(5, 5)
    expect(row).to_have_count(0)
    expect(ana.locator("#today-sentence")).to_contain_text("You owe two people a word.")


def test_a_new_time_is_asked_in_a_dialog_and_the_row_goes_where_it_belongs(ana: Page) -> None:
    row = _row(ana, "Have the pearls restrung")
    row.hover()
    row.get_by_role("link", name="Move the time").click()
    tomorrow = timezone.localtime() + 2 * DAY
    ana.fill("dialog [name=day]", f"{tomorrow:%Y-%m-%d}")
    ana.fill("dialog [name=clock]", "12:00")
    ana.get_by_role("button", name="Move the promise").click()

    expect(ana.locator(".toast")).to_contain_text("Moved. Now tell them the new time.")
    moved = Promise.objects.get(what="Have the pearls restrung")
    assert moved.times_moved == 1


def test_choosing_in_the_ledger_asks_at_once_and_a_day_of_the_picture_filters(
    ana: Page, live_server, house: SimpleNamespace
) -> None:
    promise(house, "Ben's word", due=timezone.now() + HOUR, by=house.ben)
    ana.goto(f"{live_server.url}/promises/")
    expect(ana.locator(".ledger-row")).to_have_count(4)

    ana.locator("select[name=who]").select_option(label="Ben Okri")
    expect(ana.locator(".ledger-row")).to_have_count(1)
    ana.get_by_role("link", name="Late 0", exact=True).click()
    expect(ana.locator("h2", has_text="Nothing of that kind")).to_be_visible()
    ana.get_by_role("link", name="Show all").click()
    ana.locator(".chart-wide a").nth(0).click(force=True)
    expect(ana.locator(".ledger-day")).to_be_visible()


def test_on_a_phone_everything_is_within_reach_of_a_thumb(
    chromium: Chromium, live_server, house: SimpleNamespace
) -> None:
    receive(house, at=timezone.now() - HOUR)
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with chromium.context(live_server.url, **options) as context:
        phone = context.new_page()
        phone.goto("/account/login/")
        phone.fill("#id_login", "ana@shop.example")
        phone.fill("#id_password", PASSWORD)
        phone.keyboard.press("Enter")
        row = _row(phone, "Have the pearls restrung")
        expect(row).to_be_visible()
        assert _too_small(phone) == []

        row.locator("summary").tap()
        row.get_by_role("link", name="Hand over").tap()
        expect(phone.locator("h1")).to_have_text("Who keeps it from now on?")
        phone.locator("[name=to]").select_option(label="Ben Okri")
        phone.get_by_role("button", name="Hand over").tap()
        phone.wait_for_url(f"{live_server.url}/")
        expect(row).to_have_count(0)
        phone.goto("/promises/")
        assert _too_small(phone) == []
        assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")


def _too_small(page: Page) -> list[str]:
    """Controls that a thumb would miss: under 44 px either way, and not within a line of text."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll(
        '.button, .icon-button, select, .filters > a, .tabbar > *')]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height)
      .map((e) => [e.textContent.trim().slice(0, 20) || e.name, e.getBoundingClientRect()])
      .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
      .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)""")
    return found


def test_what_opens_over_today_is_open_to_everyone(ana: Page) -> None:
    faults = []
    for theme in ("light", "dark"):
        ana.emulate_media(color_scheme=theme, reduced_motion="reduce")
        ana.keyboard.press("w")
        expect(ana.locator("dialog[open]")).to_contain_text("Who keeps it from now on?")
        faults += axe(ana)
        ana.keyboard.press("Escape")
        expect(ana.locator("dialog[open]")).to_have_count(0)
    assert faults == []


def test_no_word_is_cut_off_in_german_either(ana: Page, house) -> None:
    promise(house, "Call about the ring", due=timezone.now() + HOUR, kind="call")
    moved = promise(house, "Polish the ring", due=timezone.now() + HOUR)
    later = plans.current().moment_due(timezone.now() + 3 * DAY, zone="Europe/Berlin")
    promises.move(moved, due=later, by=house.ana, at=timezone.now())
    opens = (timezone.localtime(timezone=BERLIN) + 3 * DAY).weekday()
    plan.make_calendar(
        name="Hours", zone="Europe/Berlin", country="DE", periods=[(opens, 540, 1020)],
        by=house.ana, at=timezone.now() - DAY,
    )  # fmt: skip
    browser = ana.context.browser
    assert browser is not None
    state, size = ana.context.storage_state(), {"width": 1440, "height": 900}
    with browser.new_context(locale="de-DE", storage_state=state, viewport=size) as context:  # type: ignore[arg-type]
        german = context.new_page()
        german.goto(ana.url)
        closed = german.locator(".coverage span", has_text="Geschlossen").first
        expect(closed).to_be_visible()
        assert closed.evaluate("each => each.scrollWidth <= each.clientWidth")
        german.set_viewport_size({"width": 720, "height": 450})  # the same at 200 %
        back = german.locator(".owed-act .button", has_text="Zurückrufen").first
        expect(back).to_be_visible()
        assert back.evaluate("each => each.scrollWidth <= each.clientWidth")
        german.set_viewport_size({"width": 390, "height": 844})
        german.goto(f"{ana.url}promises/?period=all")
        chip = german.locator(".ledger-chip .chip", has_text="Verschoben auf")
        expect(chip).to_be_visible()
        assert chip.evaluate("each => each.scrollWidth <= each.clientWidth")
