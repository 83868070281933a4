"""Hours, holidays and closures are said on screen."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.plan import actions as plan
from goodword.plan.models import Calendar, Closure
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db

HOURS = {
    "name": "Opening hours",
    "zone": "Europe/Berlin",
    "country": "DE",
    "region": "BE",
    "day_0": "9-12:30, 13:30-17",
    "day_4": "22:00-2:00",
    "day_6": "0-24",
}


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(MONDAY_NOON, tick=False)


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


@pytest.fixture
def calendar(house: SimpleNamespace) -> Calendar:
    return plan.make_calendar(
        name="Opening hours",
        zone="Europe/Berlin",
        country="DE",
        region="BE",
        periods=[(day, 540, 1020) for day in range(5)],
        by=house.ana,
        at=MONDAY_NOON,
    )


def said(client: Client, url: str = "/plan/hours/") -> str:
    return client.get(url).content.decode()


def test_given_no_hours_the_page_proposes_the_usual_week_in_the_zone_of_the_business(ana: Client):
    assert "Open at all hours" in said(ana)
    proposed = said(ana, "/plan/hours/new/")
    assert proposed.count('value="09:00–17:00"') == 5
    assert '<option value="Europe/Berlin" selected>' in proposed
    assert '<option value="DE" selected>' in proposed


def test_hours_are_kept_as_they_were_written(ana: Client):
    assert ana.post("/plan/hours/new/", HOURS).status_code == 302
    calendar = Calendar.objects.get()
    assert calendar.standard and (calendar.zone, calendar.region) == ("Europe/Berlin", "BE")
    assert set(calendar.periods.values_list("weekday", "from_minute", "until_minute")) == {
        (0, 540, 750),
        (0, 810, 1020),
        (4, 1320, 1560),
        (6, 0, 1440),
    }
    shown = said(ana)
    assert "09:00–12:30, 13:30–17:00" in shown and "22:00–02:00" in shown
    assert "00:00–24:00" in shown and "Germany, Berlin" in shown
    assert "Women&#x27;s Day" in shown  # a holiday of Berlin alone


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day_0": "9-12, 11-17"}, "overlap at 11:00"),
        ({"day_4": "22-9", "day_5": "8-12"}, "open until 09:00 on this day: they overlap"),
        ({"day_6": "22-10"}, "they overlap"),  # around the week's end, into Monday
        ({"day_0": "noon"}, "is not a period"),
        ({"region": "XX"}, "knows no region “XX” there"),
        ({"country": "FR", "region": "BE"}, "knows no region “BE” there"),
        ({"country": "", "region": "BE"}, "knows no region"),
        ({"country": "QQ"}, "valid choice"),
        ({"zone": "Europe/Atlantis"}, "valid choice"),
        ({"name": ""}, "required"),
        ({"day_0": "", "day_4": "", "day_6": ""}, "Leave one day open at least"),
    ],
)
def test_what_hours_cannot_be_is_said_and_nothing_is_kept(
    ana: Client, wrong: dict[str, str], words: str
):
    answer = ana.post("/plan/hours/new/", HOURS | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Calendar.objects.exists()


def test_hours_are_told_apart_by_name(ana: Client, calendar: Calendar):
    answer = ana.post("/plan/hours/new/", HOURS | {"name": "OPENING hours"})
    assert answer.status_code == 422 and "other hours of this name" in answer.content.decode()
    url = f"/plan/hours/{calendar.public_id}/"
    assert ana.post(url, HOURS | {"day_0": "8-9"}).status_code == 302  # its own name is no clash
    assert "08:00–09:00" in said(ana, url)


def test_a_new_country_brings_its_regions_at_once(ana: Client):
    field = said(ana, "/plan/hours/regions/?country=GB")
    assert "Scotland" in field and "Bayern" not in field and "<html" not in field
    assert "Scotland" not in said(ana, "/plan/hours/regions/?country=QQ")


def test_other_hours_can_become_those_of_the_house_and_the_first_can_go_then(
    ana: Client, calendar: Calendar, house: SimpleNamespace
):
    ana.post("/plan/hours/new/", HOURS | {"name": "Winter"})
    winter = Calendar.objects.get(name="Winter")
    first = f"/plan/hours/{calendar.public_id}/"
    gone = ana.post(f"{first}remove/", follow=True)
    assert "The business keeps these hours" in gone.content.decode()
    ana.post(f"/plan/hours/{winter.public_id}/standard/")
    plan.set_inbox_plan(
        house.hello, calendar=calendar, holding="draft", by=house.ana, at=MONDAY_NOON
    )
    gone = ana.post(f"{first}remove/", follow=True)
    assert "An inbox keeps these hours" in gone.content.decode()
    plan.set_inbox_plan(house.hello, calendar=None, holding="draft", by=house.ana, at=MONDAY_NOON)
    ana.post(f"{first}remove/")
    assert list(Calendar.objects.values_list("name", "standard")) == [("Winter", True)]


def test_closed_days_name_the_day_of_return(ana: Client, calendar: Calendar):
    url = f"/plan/hours/{calendar.public_id}/close/"
    form = {"first_day": "2026-12-21", "last_day": "2026-12-24", "text": "We are at home"}
    answer = ana.post(url, form, follow=True).content.decode()
    # Christmas, the day after and the weekend follow on them.
    assert "You open again on Monday 28 December, 09:00" in answer
    assert "We are at home" in answer and "back on Monday, 28 December 2026" in answer


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"last_day": "2026-12-20"}, "ends before it begins"),
        ({"last_day": "soon"}, "valid date"),
        (
            {"first_day": "2026-11-16", "last_day": "2099-01-01"},
            "No day of opening would ever follow",
        ),
        ({"text": "x" * 301}, "at most 300"),
    ],
)
def test_what_a_closure_cannot_be_is_said(
    ana: Client, calendar: Calendar, wrong: dict[str, str], words: str
):
    form = {"first_day": "2026-12-21", "last_day": "2026-12-24", "text": ""}
    answer = ana.post(f"/plan/hours/{calendar.public_id}/close/", form | wrong)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Closure.objects.exists()


def test_a_closure_is_changed_and_taken_back(ana: Client, calendar: Calendar):
    form = {"first_day": "2026-12-21", "last_day": "2026-12-24", "text": "Holiday"}
    ana.post(f"/plan/hours/{calendar.public_id}/close/", form)
    url = f"/plan/closures/{Closure.objects.get().public_id}/"
    assert 'value="2026-12-24"' in said(ana, url)
    assert ana.post(url, form | {"last_day": "2020-01-01"}).status_code == 422
    assert Closure.objects.get().last_day == date(2026, 12, 24)
    ana.post(url, form | {"last_day": "2026-12-30"})
    assert Closure.objects.get().last_day == date(2026, 12, 30)
    ana.post(f"/plan/closures/{Closure.objects.get().public_id}/end/")
    assert not Closure.objects.exists()
