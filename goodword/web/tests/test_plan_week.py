"""The week as a picture, and who is on duty, changed beside it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.plan import actions as plan
from goodword.plan import queries
from goodword.plan.hours import Hours, Period
from goodword.plan.models import Duty
from goodword.web.plan import picture
from tests.factories import DAY, HOUR, MONDAY_NOON, make_inbox

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = [(day, 540, 1020) for day in range(5)]


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(MONDAY_NOON, tick=False)


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


@pytest.fixture
def hours(house: SimpleNamespace) -> None:
    house.calendar = plan.make_calendar(
        name="Opening hours", zone="Europe/Berlin", country="DE", periods=NINE_TO_FIVE,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip


def said(client: Client, url: str = "/plan/") -> str:
    return client.get(url).content.decode()


def bars(page: str) -> list[str]:
    """What each bar says aloud."""
    return re.findall(r'<li class="shift[^>]*>.*?<span class="sr-only">([^<]*)</span>', page)


def put(client: Client, house: SimpleNamespace, **given: object):
    form = {
        "teammate": house.ben.pk, "backup": house.lea.pk, "inbox": house.hello.public_id,
        "days": ["0", "1", "2", "3"], "from_minute": "9", "until_minute": "17", **given,
    }  # fmt: skip
    return client.post("/plan/duty/new/", form)


def test_before_there_are_hours_the_page_says_what_holds_and_how_to_begin(
    ana: Client, house: SimpleNamespace
):
    page = said(ana)
    assert "within 24 hours by the clock" in page and "Set your hours" in page
    answer = put(ana, house)
    assert answer.status_code == 422 and "Set your hours first" in answer.content.decode()


@pytest.mark.usefixtures("hours")
def test_where_no_duty_is_set_the_team_is_there_whenever_it_is_open(ana: Client):
    page = said(ana)
    assert "This week somebody answers whenever you are open." in page
    assert bars(page).count("Front, 09:00–17:00") == 5


@pytest.mark.usefixtures("hours")
def test_a_gap_is_said_in_words_and_drawn_with_its_word(ana: Client, house: SimpleNamespace):
    assert put(ana, house).status_code == 302
    put(ana, house, days=["4"], until_minute="12:00", backup="")
    page = said(ana)
    assert "Nobody answers mail to Hello on Friday afternoon." in page
    assert bars(page).count("Ben Okri, 09:00–17:00, backup: Lea Sommer") == 4
    assert "Nobody, 12:00–17:00" in bars(page)
    assert page.count("shift-gap") == 1


@pytest.mark.usefixtures("hours")
def test_a_duty_is_changed_for_all_its_days_at_once(ana: Client, house: SimpleNamespace):
    put(ana, house)
    first = Duty.objects.order_by("weekday")[0]
    url = f"/plan/duty/{first.public_id}/"
    page = said(ana, url)
    assert "Duty of Ben Okri" in page
    assert len(re.findall(r'name="days" value="[0-3]"[^>]* checked', page)) == 4
    form = {
        "teammate": house.lea.pk, "backup": "", "inbox": house.hello.public_id,
        "days": ["0", "6"], "from_minute": "22", "until_minute": "2",
    }  # fmt: skip
    assert ana.post(url, form).status_code == 302
    assert set(Duty.objects.values_list("teammate", "weekday", "from_minute", "until_minute")) == {
        (house.lea.pk, 0, 1320, 1560),
        (house.lea.pk, 6, 1320, 1560),
    }
    last = Duty.objects.order_by("weekday")[0]
    ana.post(f"/plan/duty/{last.public_id}/end/")
    assert not Duty.objects.exists()


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"days": []}, "required"),
        ({"days": ["7"]}, "valid choice"),
        ({"from_minute": "late"}, "not a time of day"),
        ({"until_minute": "9"}, "just when it begins"),
        ({"teammate": "carl"}, "Carl Voss does not see the inbox Hello."),
        ({"teammate": "lou"}, "valid choice"),
        ({"backup": "ben"}, "The backup is somebody else."),
        ({"backup": "carl"}, "Carl Voss does not see the inbox Hello."),
        ({"from_minute": "16:59"}, "on duty there at that time already"),
    ],
)
def test_what_a_duty_cannot_be_is_said_beside_the_picture(
    ana: Client, house: SimpleNamespace, wrong: dict[str, str], words: str
):
    put(ana, house)
    for name in ("teammate", "backup"):
        if name in wrong:
            wrong = wrong | {name: getattr(house, wrong[name]).pk}
    answer = put(ana, house, **({"days": ["1", "4"]} | wrong))
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert 'class="week"' in page and "<details" in page and " open" in page
    assert Duty.objects.count() == 4


@pytest.mark.usefixtures("hours")
def test_a_failed_change_leaves_the_duty_as_it_was(ana: Client, house: SimpleNamespace):
    put(ana, house)
    put(ana, house, days=["4"], until_minute="12")
    friday = Duty.objects.get(weekday=4)
    before = list(Duty.objects.order_by("pk").values())
    form = {
        "teammate": house.ben.pk, "backup": house.lea.pk, "inbox": house.hello.public_id,
        "days": ["3", "4"], "from_minute": "9", "until_minute": "12",
    }  # fmt: skip
    answer = ana.post(f"/plan/duty/{friday.public_id}/", form)  # on Thursday there is another
    assert answer.status_code == 422
    assert list(Duty.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("hours")
def test_holidays_closures_and_absences_stand_in_the_picture(ana: Client, house: SimpleNamespace):
    put(ana, house)
    plan.close_days(
        house.calendar, first_day=date(2026, 12, 21), last_day=date(2026, 12, 22), text="At home",
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    plan.be_absent(
        house.ben,
        since=datetime(2026, 12, 23, 11, tzinfo=UTC),
        until=datetime(2026, 12, 31, tzinfo=UTC),
        stand_in=house.lea,
        by=house.ben,
        at=MONDAY_NOON,
    )
    page = said(ana, "/plan/?week=2026-12-24")
    assert "21 December to 27 December 2026" in page
    assert page.count("At home") == 4  # two days, two inboxes
    assert "Christmas Day" in page
    assert [each for each in bars(page) if "Ben" in each] == [
        "Ben Okri, 09:00–12:00, backup: Lea Sommer",
        "Ben Okri is away, 12:00–17:00, Lea Sommer stands in",
        "Ben Okri is away, 09:00–17:00, Lea Sommer stands in",
    ]


@pytest.mark.usefixtures("hours")
def test_whoever_stands_in_has_the_bar_unless_they_are_away_too(
    ana: Client, house: SimpleNamespace
):
    put(ana, house, days=["0"])
    by = {"by": house.ana, "at": MONDAY_NOON}
    plan.be_absent(house.ben, since=MONDAY_NOON, stand_in=house.lea, **by)
    assert "<b>Lea</b> <em>for Ben</em>" in said(ana, "/plan/?week=2026-11-23")
    plan.be_absent(house.lea, since=MONDAY_NOON, **by)
    page = said(ana, "/plan/?week=2026-11-23")
    assert "<b>Ben</b> <em>away</em>" in page and "for Ben" not in page
    assert "Nobody, 09:00–17:00" in bars(page)


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize(
    "asked", ["", "nonsense", "2026-13-45", "0001-01-01", "9999-12-31", "\x00"]
)
def test_any_week_that_is_asked_for_opens(ana: Client, asked: str):
    assert ana.get("/plan/", {"week": asked}).status_code == 200


@pytest.mark.usefixtures("hours")
def test_ten_inboxes_cost_a_few_queries_more_than_two(ana: Client, house: SimpleNamespace):
    put(ana, house)
    said(ana)
    with CaptureQueriesContext(
        connection,
    ) as few:
        said(ana)
    for number in range(8):
        make_inbox(house.front, name=f"Inbox {number}", address=f"i{number}@shop.example")
    with CaptureQueriesContext(connection) as many:
        said(ana)
    assert len(many) - len(few) <= 2


# The picture itself


def _scene(**given: object) -> picture.Scene:
    week = tuple((Period(540, 1020),) if day < 5 else () for day in range(7))
    plain = {
        "name": "Hello", "hours": Hours(BERLIN, week), "zone": BERLIN, "duties": [],
        "team": "Front", "gaps": [], "absences": [], "changeable": (),
    }  # fmt: skip
    return picture.Scene(**(plain | given))  # type: ignore[arg-type]


def _draw(*scenes: picture.Scene, monday: date = date(2026, 11, 16)) -> picture.Picture:
    return picture.draw(scenes, monday=monday, today=monday, zone=BERLIN, language="en")


def test_all_bars_share_one_axis_of_whole_hours():
    late = Hours(BERLIN, ((Period(1170, 1290),),) + ((),) * 6)
    drawn = _draw(_scene(), _scene(hours=late))
    assert drawn.axis == (540, 1320)
    assert drawn.rows[0].days[0].opens == [(0, 59)]
    assert drawn.rows[1].days[0].opens == [(78, 92)]


def test_what_goes_past_midnight_goes_on_in_the_next_day(house: SimpleNamespace):
    night = Hours(BERLIN, ((),) * 4 + ((Period(1320, 1560),),) + ((),) * 2)
    duty = Duty(teammate=house.ben, weekday=4, from_minute=1320, until_minute=1560)
    drawn = _draw(_scene(hours=night, duties=[duty]))
    friday, saturday = drawn.rows[0].days[4:6]
    assert (friday.open_words, saturday.open_words) == ("22:00–24:00", "00:00–02:00")
    assert [each.times for each in (*friday.bars, *saturday.bars)] == ["22:00–24:00", "00:00–02:00"]


def test_an_hour_that_a_zone_skips_breaks_no_picture(house: SimpleNamespace):
    monday = date(2026, 3, 23)  # on its Sunday the clock goes from 2 to 3
    always = Hours(BERLIN, ((Period(0, 1440),),) * 7)
    duty = Duty(teammate=house.ben, weekday=6, from_minute=120, until_minute=180)
    drawn = _draw(_scene(hours=always, duties=[duty]), monday=monday)
    sunday = drawn.rows[0].days[6]
    assert sunday.open_words == "00:00–24:00"
    assert all(0 <= bar.begins < bar.ends <= picture.STEPS + 1 for bar in sunday.bars)


def test_without_hours_and_duties_the_picture_is_empty_and_whole():
    drawn = _draw(_scene(hours=None))
    assert drawn.axis == (540, 1020)
    assert not any(day.bars or day.opens for day in drawn.rows[0].days)


@pytest.mark.usefixtures("hours")
def test_a_gap_of_a_week_ahead_is_seen_today(ana: Client, house: SimpleNamespace):
    put(ana, house, days=["0", "1", "2", "3", "4"], backup="")
    plan.be_absent(
        house.ben, since=MONDAY_NOON + 7 * DAY, until=MONDAY_NOON + 7 * DAY + 3 * HOUR,
        by=house.ben, at=MONDAY_NOON,
    )  # fmt: skip
    assert queries.current().gaps(
        house.hello.pk, MONDAY_NOON + timedelta(days=6), MONDAY_NOON + timedelta(days=8)
    )
    page = said(ana, "/plan/?week=2026-11-23")
    assert "Nobody answers mail to Hello on Monday from 13:00 to 16:00." in page
    assert "Nobody, 13:00–16:00" in bars(page)
