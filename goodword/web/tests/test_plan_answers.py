"""Answer times, which hours an inbox keeps, kinds of customers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.people import actions as people
from goodword.people.models import Kind
from goodword.plan import actions as plan
from goodword.plan import queries
from goodword.plan.models import InboxPlan, Target
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db

ONE_DAY = {
    "inbox": "", "kind": "", "counts": "open", "first_0": "1", "first_1": "days",
    "next_0": "4", "next_1": "hours", "remind_0": "30", "remind_1": "minutes",
    "backup_0": "0", "backup_1": "minutes", "lead_0": "2", "lead_1": "hours",
}  # fmt: skip


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
    """Seven and a half hours a day."""
    house.calendar = plan.make_calendar(
        name="Opening hours",
        zone="Europe/Berlin",
        country="DE",
        periods=[(day, *span) for day in range(5) for span in ((540, 750), (780, 1020))],
        by=house.ana,
        at=MONDAY_NOON,
    )


def said(client: Client, url: str = "/plan/answers/") -> str:
    return client.get(url).content.decode()


def test_where_nothing_is_set_the_page_says_what_holds(ana: Client):
    page = said(ana)
    assert "everything is answered within 24 hours by the clock" in page
    assert (
        "A mail that comes on Friday 20 November, 16:30 is answered by Saturday 21 November, 16:30."
        in page
    )


@pytest.mark.usefixtures("hours")
def test_a_working_day_is_as_long_as_the_house_is_open(ana: Client):
    assert ana.post("/plan/answers/new/", ONE_DAY).status_code == 302
    target = Target.objects.get()
    assert (target.first_minutes, target.next_minutes) == (450, 240)
    assert (target.remind_minutes_before, target.lead_minutes_after) == (30, 120)
    page = said(ana)
    assert "1 working day" in page and "4 hours" in page
    assert "answered by Monday 23 November, 16:30." in page
    assert "Reminder 30 minutes before; backup at once, lead 2 hours after" in page
    assert "Everything else" not in page  # this one is for everything
    again = said(ana, f"/plan/answers/{target.public_id}/")
    assert 'name="first_0" value="1"' in again
    assert re.search(r'<option value="days" selected>', again)


@pytest.mark.usefixtures("hours")
def test_by_the_clock_a_day_has_24_hours(ana: Client):
    ana.post("/plan/answers/new/", ONE_DAY | {"counts": "clock"})
    assert Target.objects.get().first_minutes == 1440
    assert "answered by Saturday 21 November, 16:30." in said(ana)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"first_0": "0"}, "greater than or equal to 1"),
        ({"first_0": ""}, "required"),
        ({"first_1": "fortnights"}, "valid choice"),
        ({"next_0": "1000"}, "less than or equal to 999"),
        ({"lead_0": "1", "backup_0": "2", "backup_1": "hours"}, "told after the backup"),
        ({"counts": "never"}, "valid choice"),
        ({"inbox": "nowhere"}, "valid choice"),
        ({"inbox": "a\x00b"}, "Null characters"),
    ],
)
def test_what_an_answer_time_cannot_be_is_said(ana: Client, wrong: dict[str, str], words: str):
    answer = ana.post("/plan/answers/new/", ONE_DAY | wrong)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Target.objects.exists()


def test_for_the_same_customers_there_is_one_answer_time(ana: Client, house: SimpleNamespace):
    kind = people.name_kind("Wholesale", by=house.ana, at=MONDAY_NOON)
    for who in ({}, {"kind": kind.public_id}, {"inbox": house.hello.public_id}, {"urgent": "on"}):
        assert ana.post("/plan/answers/new/", ONE_DAY | who).status_code == 302
        answer = ana.post("/plan/answers/new/", ONE_DAY | who)
        assert answer.status_code == 422 and "for exactly these already" in answer.content.decode()
    assert Target.objects.count() == 4


def test_an_answer_time_given_to_others_leaves_none_behind(ana: Client, house: SimpleNamespace):
    ana.post("/plan/answers/new/", ONE_DAY)
    url = f"/plan/answers/{Target.objects.get().public_id}/"
    ana.post(url, ONE_DAY | {"inbox": house.hello.public_id})
    assert [each.inbox for each in Target.objects.all()] == [house.hello]
    ana.post(f"/plan/answers/{Target.objects.get().public_id}/remove/")
    assert not Target.objects.exists()


@pytest.mark.usefixtures("hours")
def test_the_example_follows_what_is_being_chosen_and_keeps_nothing(ana: Client):
    line = ana.post("/plan/answers/example/", ONE_DAY | {"first_0": "2", "first_1": "hours"})
    assert "answered by Monday 23 November, 10:30." in line.content.decode()
    assert "<html" not in line.content.decode()
    unfinished = ana.post("/plan/answers/example/", ONE_DAY | {"first_0": ""})
    assert unfinished.status_code == 200 and "answered" not in unfinished.content.decode()
    assert not Target.objects.exists()


@pytest.mark.usefixtures("hours")
def test_an_inbox_keeps_other_hours_and_sends_by_itself(ana: Client, house: SimpleNamespace):
    late = plan.make_calendar(
        name="Evenings", zone="Europe/London", periods=[(0, 1080, 1260)],
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    url = f"/plan/inboxes/{house.hello.public_id}/"
    assert ana.post(url, {"calendar": late.public_id, "holding": "send"}).status_code == 302
    found = queries.current().hours_of(house.hello.pk)
    assert found is not None and found.zone.key == "Europe/London"
    assert queries.current().holding_of(house.hello.pk) == "send"
    assert "Evenings" in said(ana)
    assert ana.post(url, {"calendar": late.public_id, "holding": "shout"}).status_code == 422
    ana.post(url, {"calendar": "", "holding": "draft"})
    assert InboxPlan.objects.get().calendar is None


# Kinds of customers


def test_kinds_are_named_renamed_and_forgotten(ana: Client):
    ana.post("/plan/kinds/new/", {"name": " Wholesale "})
    kind = Kind.objects.get()
    assert kind.name == "Wholesale" and "Wholesale" in said(ana)
    for wrong in ("", "WHOLESALE", "\u202e"):
        assert ana.post("/plan/kinds/new/", {"name": wrong}).status_code == 422, wrong
    ana.post(f"/plan/kinds/{kind.public_id}/", {"name": "wholesale"})  # its own name, in small
    kind.refresh_from_db()
    assert kind.name == "wholesale"
    ana.post(f"/plan/kinds/{kind.public_id}/forget/")
    assert not Kind.objects.exists()


def test_whoever_answers_says_which_kind_a_person_is(house: SimpleNamespace):
    kind = people.name_kind("Wholesale", by=house.ana, at=MONDAY_NOON)
    message = receive(house)
    grace, url = message.person, f"/people/{message.person.public_id}/describe/"
    client = Client()
    for who, chosen, found in (
        (house.ben, kind.public_id, kind),
        (house.lou, "", kind),  # a light one says nothing of it
        (house.carl, "", kind),  # nor does who never met her
        (house.ben, "nothing", kind),
        (house.ben, "", None),
    ):
        client.force_login(who)
        before = grace.kind.public_id if grace.kind else ""
        client.post(url, {"name": "Grace", "kind": chosen, "initial-kind": before})
        grace.refresh_from_db()
        assert grace.kind == found, (who, chosen)


def test_a_forgotten_kind_leaves_its_people_without_one(ana: Client, house: SimpleNamespace):
    kind = people.name_kind("Wholesale", by=house.ana, at=MONDAY_NOON)
    grace = receive(house).person
    people.be_of_kind(grace, kind, by=house.ana, at=MONDAY_NOON)
    ana.post("/plan/answers/new/", ONE_DAY | {"kind": kind.public_id})
    ana.post(f"/plan/kinds/{kind.public_id}/forget/")
    grace.refresh_from_db()
    assert grace.kind is None and not Target.objects.exists()
    assert queries.current().targets == ()
