"""The page of hours for everyone outside, and the first evening that makes them."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.plan import actions as plan
from goodword.plan import queries
from goodword.plan.models import Calendar, Target
from tests.factories import MONDAY_NOON, PASSWORD, receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    """The same minute for each test, of which the page is kept."""
    time_machine.move_to(MONDAY_NOON, tick=False)
    caches["pages"].clear()
    cache.clear()


@pytest.fixture
def open_house(house: SimpleNamespace) -> SimpleNamespace:
    house.calendar = plan.make_calendar(
        name="Opening hours", zone="Europe/Berlin", country="DE", region="BE",
        periods=[(day, 540, 1020) for day in range(5)], by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    plan.set_target(first_minutes=480, next_minutes=480, by=house.ana, at=MONDAY_NOON)
    return house


def words(url: str = "/hours/", **headers: str) -> str:
    """What the page says, without its marks."""
    page = Client().get(url, headers=headers).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_before_there_is_a_business_there_is_no_such_page():
    assert Client().get("/hours/").status_code == 404


def test_without_hours_the_page_says_how_soon_we_answer(house: SimpleNamespace):
    assert "If you write now, we answer by Tuesday 17 November, 13:00." in words()


@pytest.mark.usefixtures("open_house")
def test_the_page_says_whether_we_are_there_and_how_soon_we_answer(time_machine):
    said = words()
    assert "Open now until 17:00." in said
    assert "If you write now, we answer by Tuesday 17 November, 13:00." in said
    assert "Today, Monday, 16 November 09:00–17:00" in said
    assert "Saturday, 21 November closed" in said
    time_machine.move_to(datetime(2026, 11, 20, 17, 30, tzinfo=UTC), tick=False)
    said = words()
    assert "Opens on Monday at 09:00." in said and "by Monday 23 November, 17:00." in said


def test_what_the_page_says_is_what_is_promised(open_house: SimpleNamespace):
    message = receive(open_house)
    due = message.conversation.promises.get().due_at
    assert (
        due
        == queries.current()
        .answer_due(None, first=True, kind_id=None, urgent=False, since=MONDAY_NOON)
        .at
        == datetime(2026, 11, 17, 12, tzinfo=UTC)
    )  # 13:00 in Berlin, as the page says


def test_closures_and_holidays_are_named_with_the_day_of_return(
    open_house: SimpleNamespace, time_machine
):
    plan.close_days(
        open_house.calendar, first_day=date(2026, 12, 21), last_day=date(2026, 12, 24),
        text="We are at home", by=open_house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    said = words()
    assert "21 December to 24 December 2026 We are at home" in said
    assert "We are back on Monday, 28 December 2026 at 09:00." in said
    time_machine.move_to(datetime(2026, 12, 23, 9, tzinfo=UTC), tick=False)
    said = words()
    assert "We are at home. We are back on Monday 28 December, 09:00." in said
    assert "Friday, 25 December closed · Christmas Day" in said


@pytest.mark.usefixtures("open_house")
def test_whoever_reads_it_does_so_in_their_zone_and_language():
    said = words("/hours/?zone=America/New_York")
    assert "Open now until 11:00." in said and "03:00–11:00" in said
    assert "we answer by Tuesday 17 November, 07:00." in said
    for nonsense in ("Europe/Atlantis", "../../etc/passwd", "\x00", "x" * 500):
        assert Client().get("/hours/", {"zone": nonsense}).status_code == 200
    page = Client().get("/hours/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="de">' in page and "Montag" in page


def test_the_page_runs_no_script_knows_nobody_and_may_be_kept_for_a_minute(
    open_house: SimpleNamespace,
):
    answer = Client().get("/hours/")
    page = answer.content.decode()
    assert "<script" not in page and "csrf" not in page
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept-Language" in answer.headers["Vary"]
    for inside in ("Hello", "Ana Ruiz", "shop.example", "Opening hours"):
        assert inside not in page
    assert Client().post("/hours/").status_code == 405
    signed_in = Client()
    signed_in.force_login(open_house.ana)
    assert signed_in.get("/hours/").content.decode() == page


def test_a_crowd_costs_one_small_row_each(open_house: SimpleNamespace, time_machine):
    words()
    plan.remove_target(Target.objects.get(), by=open_house.ana, at=MONDAY_NOON)
    with CaptureQueriesContext(connection) as asked:
        assert "by Tuesday 17 November, 13:00." in words()
    assert len(asked) <= 2  # the business, by the clock on every page and here
    time_machine.move_to(MONDAY_NOON.replace(minute=1), tick=False)
    assert "by Tuesday 17 November, 13:01." in words()


# The first evening


@pytest.fixture
def owner(db: None) -> Client:
    ana = accounts.found(name="Ana", email="ana@shop.example", password=PASSWORD, at=timezone.now())
    accounts.name_business(
        name="Finch", zone="Europe/Berlin", country="DE", language="en", by=ana, at=timezone.now()
    )
    client = Client()
    client.force_login(ana)
    return client


WEEK = {f"day_{day}": "9-17" for day in range(5)} | {"first_0": "1", "first_1": "days"}


def test_the_first_evening_ends_with_hours_and_an_answer_time(owner: Client):
    assert owner.get("/setup/business/").url == "/setup/hours/"
    page = owner.get("/setup/hours/").content.decode()
    assert page.count('value="09:00–17:00"') == 5
    assert owner.post("/setup/hours/", WEEK).url == "/setup/inbox/"
    calendar = Calendar.objects.get()
    assert (calendar.zone, calendar.country, calendar.standard) == ("Europe/Berlin", "DE", True)
    assert Target.objects.get().first_minutes == 480
    assert owner.get("/setup/hours/").url == "/setup/inbox/"  # they are changed in the plan


def test_hours_may_be_left_for_later(owner: Client):
    page = owner.get("/setup/hours/").content.decode()
    assert 'href="/setup/inbox/"' in page
    assert owner.get("/setup/inbox/").status_code == 200
    owner.post("/setup/inbox/", {"address": "hello@shop.example"})
    assert owner.get("/setup/hours/").status_code == 302
    assert not Calendar.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({f"day_{day}": "" for day in range(5)}, "Leave one day open at least"),
        ({"day_0": "nine"}, "is not a period"),
        ({"first_0": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_the_first_hours_cannot_be_is_said(owner: Client, wrong: dict[str, str], said: str):
    answer = owner.post("/setup/hours/", WEEK | wrong)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Calendar.objects.exists() and not Target.objects.exists()


def test_asking_in_every_zone_lets_no_count_of_tries_be_forgotten(
    house: SimpleNamespace, monkeypatch
):
    monkeypatch.setattr("goodword.web.plan.public._page", lambda *of: "when we are there")
    cache.set("tries", 7)
    for number, zone in enumerate(sorted(zoneinfo.available_timezones())[:400]):
        client = Client(REMOTE_ADDR=f"192.0.2.{number // 100}")
        assert client.get("/hours/", {"zone": zone}).status_code == 200
    assert cache.get("tries") == 7


def test_one_address_looks_so_often_a_minute_and_no_more(house: SimpleNamespace):
    client = Client()
    seen = [client.get("/hours/").status_code for _ in range(122)]
    assert seen == [200] * 120 + [429] * 2
    refused = client.get("/hours/")
    assert refused["Retry-After"] == "60" and "no-store" in refused["Cache-Control"]
    assert Client(REMOTE_ADDR="192.0.2.7").get("/hours/").status_code == 200
