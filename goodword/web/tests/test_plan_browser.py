"""The plan in a real browser: open to everyone, by keys, and without script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.desk import handling
from goodword.people import actions as people
from goodword.plan import actions as plan
from goodword.plan.models import Duty
from tests.factories import DAY, HOUR, PASSWORD, make_house, receive
from tests.servers.chromium import Chromium, axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> SimpleNamespace:
    """Open on all days but Sunday; Ben is on duty, and away from tomorrow on."""
    cache.clear()
    now = timezone.now()
    house = make_house(at=now - 10 * DAY)
    by = {"by": house.ana, "at": now - 10 * DAY}
    house.calendar = plan.make_calendar(
        name="Opening hours", zone="Europe/Berlin", country="DE", region="BE",
        periods=[(day, 540, 1020) for day in range(6)], **by,
    )  # fmt: skip
    house.closure = plan.close_days(
        house.calendar, first_day=(now + DAY).date(), last_day=(now + DAY).date(),
        text="Stocktaking", **by,
    )  # fmt: skip
    house.target = plan.set_target(first_minutes=480, next_minutes=960, **by)
    people.name_kind("Wholesale", **by)
    for weekday in range(7):
        house.duty = plan.add_duty(
            teammate=house.ben, period=(weekday, 540, 720), inbox=house.hello, backup=house.lea,
            **by,
        )  # fmt: skip
    message = receive(house, at=now - HOUR)
    handling.assign(message.conversation, to=house.ben, by=house.ana, at=now)
    house.absence = plan.be_absent(
        house.ben, since=now - HOUR, until=now + timedelta(days=30), **by
    )
    return house


@pytest.fixture
def desk(page: Page, live_server, house: SimpleNamespace) -> Page:
    """Ana has signed in."""
    return signed_in(page, live_server.url)


def signed_in(page: Page, url: str) -> Page:
    page.goto(f"{url}/account/login/?next=/plan/")
    page.fill("#id_login", "ana@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan")
    return page


BOTH = ((1440, "light"), (320, "dark"))


def looked_at(page: Page, sizes: Sequence[tuple[int, str]] = BOTH) -> list[str]:
    """What is wrong with the page in these sizes."""
    faults = []
    for width, scheme in sizes:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        faults += [f"{page.url} at {width}: {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            faults.append(f"{page.url} at {width} scrolls sideways")
    return faults


def test_pages_of_the_plan_are_open_to_everyone(desk: Page, live_server, house: SimpleNamespace):
    faults = looked_at(desk)
    for number, path in enumerate(
        (
            f"plan/absences/{house.absence.public_id}/",
            f"plan/duty/{house.duty.public_id}/",
            "plan/hours/",
            f"plan/hours/{house.calendar.public_id}/",
            f"plan/closures/{house.closure.public_id}/",
            "plan/answers/",
            f"plan/answers/{house.target.public_id}/",
            f"plan/inboxes/{house.hello.public_id}/",
            "plan/absences/",
            "plan/away/",
            "hours/",
        )
    ):
        desk.goto(f"{live_server.url}/{path}")
        faults += looked_at(desk, BOTH[number % 2 :][:1])  # both of each would take long
    assert faults == []


def test_on_a_narrow_screen_the_page_one_is_on_stands_among_the_tabs_in_sight(
    desk: Page, live_server
):
    desk.set_viewport_size({"width": 320, "height": 640})
    for path in ("plan/", "plan/hours/", "plan/answers/", "plan/absences/"):
        desk.goto(f"{live_server.url}/{path}")
        expect(desk.locator(".plan-tabs [aria-current]")).to_be_in_viewport(ratio=0.9)
        assert desk.evaluate("scrollY") == 0


def test_a_duty_is_made_by_keys_alone(desk: Page, live_server, house: SimpleNamespace):
    desk.locator("#duty > summary").focus()
    desk.keyboard.press("Enter")
    for typed in ("Lea", "", "Hello"):  # who, backup, inbox
        desk.keyboard.press("Tab")
        desk.keyboard.type(typed)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")  # Monday
    for _day in range(7):
        desk.keyboard.press("Tab")
    desk.keyboard.type("13")
    desk.keyboard.press("Tab")
    desk.keyboard.type("17")
    desk.keyboard.press("Enter")
    expect(desk.locator(".toast")).to_contain_text("They are on duty.")
    made = Duty.objects.get(teammate=house.lea)
    assert (made.inbox, made.weekday, made.from_minute, made.until_minute) == (
        house.hello,
        0,
        780,
        1020,
    )


def test_what_an_answer_time_means_is_said_while_it_is_chosen(
    desk: Page, live_server, house: SimpleNamespace
):
    desk.goto(f"{live_server.url}/plan/answers/{house.target.public_id}/")
    expect(desk.locator("#example")).to_contain_text(", 16:30 is answered by ")
    desk.get_by_label("By the clock").check()
    desk.get_by_label("First answer within", exact=True).fill("3")
    desk.get_by_label("First answer within: unit").select_option("hours")
    expect(desk.locator("#example")).to_contain_text("19:30.")
    desk.goto(f"{live_server.url}/plan/hours/{house.calendar.public_id}/")
    desk.get_by_label("Public holidays of").select_option("GB")
    expect(desk.get_by_label("Region")).to_contain_text("Scotland")


def test_the_plan_and_an_absence_without_script(
    chromium: Chromium, live_server, house: SimpleNamespace
):
    with chromium.context(live_server.url, java_script_enabled=False) as context:
        page = signed_in(context.new_page(), live_server.url)
        page.locator("a.icon-button[rel=next]").click()
        page.locator(".shift-away a").first.click()
        page.get_by_label("From").fill("8")
        page.get_by_role("button", name="Save duty").click()
        expect(page.locator(".toast")).to_contain_text("The duty is saved.")
        page.get_by_role("link", name="What falls due").click()
        page.get_by_label("Hand over").check()
        page.locator("select[name$=_to]").select_option("Lea Sommer")
        page.get_by_role("button", name="Do as chosen").click()
        expect(page.locator(".toast")).to_contain_text("1 was handed over.")
        page.get_by_role("button", name="They are back").click()
        expect(page.locator(".toast")).to_contain_text("Ben Okri is back.")
    assert {each.from_minute for each in Duty.objects.all()} == {480}
