"""Who reaches which page of the plan. A new URL without a line here fails."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from goodword.people import actions as people
from goodword.plan import actions as plan
from goodword.plan import queries
from goodword.plan.models import Absence, Calendar, Closure, Duty, InboxPlan, Target
from goodword.web.plan import urls
from tests.factories import DAY, HOUR, MONDAY_NOON, make_house, receive

pytestmark = pytest.mark.django_db

NINE_TO_FIVE = [(day, 540, 1020) for day in range(5)]
# What a GET answers: to the owner, the lead, an agent of the team, a light one, an agent of
# another team, a stranger. Where a form is wanted 405 says that one may send it.
READ = (200, 200, 200, 200, 200, 302)
SETTLE = (200, 404, 404, 404, 404, 302)
SETTLE_POST = (405, 404, 404, 404, 404, 302)
PLAN = (200, 200, 404, 404, 404, 302)
PLAN_POST = (405, 405, 404, 404, 404, 302)
AWAY = (200, 200, 200, 404, 200, 302)
BENS = (200, 200, 200, 404, 404, 302)
BENS_POST = (405, 405, 405, 404, 405, 302)  # Carl is asked for the form, which he may not send
EXPECTED = {
    "week": READ,
    "new_duty": PLAN_POST,
    "duty": PLAN,
    "end_duty": PLAN_POST,
    "hours": READ,
    "new_hours": SETTLE,
    "region_field": SETTLE,
    "calendar": SETTLE,
    "make_standard": SETTLE_POST,
    "remove_hours": SETTLE_POST,
    "new_closure": SETTLE,
    "closure": SETTLE,
    "end_closure": SETTLE_POST,
    "answers": READ,
    "new_target": SETTLE,
    "example": SETTLE_POST,
    "target": SETTLE,
    "remove_target": SETTLE_POST,
    "inbox": SETTLE,
    "new_kind": SETTLE,
    "kind": SETTLE,
    "forget_kind": SETTLE_POST,
    "absences": READ,
    "away": AWAY,
    "absence": BENS,
    "change_absence": BENS,
    "back": BENS_POST,
}


@pytest.fixture
def planned(scene: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(scene)


@pytest.fixture(scope="module")
def scene(rows_of_module: None) -> SimpleNamespace:
    """Hours, a closure, a duty, an answer time, a kind, and Ben away."""
    house = make_house()
    by = {"by": house.ana, "at": MONDAY_NOON}
    house.calendar = plan.make_calendar(
        name="Opening hours", zone="Europe/Berlin", country="DE", periods=NINE_TO_FIVE, **by
    )
    tuesday = (MONDAY_NOON + DAY).date()
    house.closure = plan.close_days(house.calendar, first_day=tuesday, last_day=tuesday, **by)
    house.duty = plan.add_duty(
        teammate=house.ben, period=(0, 540, 1020), inbox=house.hello, backup=house.lea, **by
    )
    house.target = plan.set_target(first_minutes=240, next_minutes=480, **by)
    house.kind = people.name_kind("Wholesale", **by)
    house.absence = plan.be_absent(house.ben, since=MONDAY_NOON, stand_in=house.lea, **by)
    house.grace = receive(house).person
    return house


def _url(name: str, house: SimpleNamespace) -> str:
    things = {
        "duty": house.duty,
        "end_duty": house.duty,
        "calendar": house.calendar,
        "make_standard": house.calendar,
        "remove_hours": house.calendar,
        "new_closure": house.calendar,
        "closure": house.closure,
        "end_closure": house.closure,
        "target": house.target,
        "remove_target": house.target,
        "inbox": house.hello,
        "kind": house.kind,
        "forget_kind": house.kind,
        "absence": house.absence,
        "change_absence": house.absence,
        "back": house.absence,
    }
    return reverse(f"plan:{name}", args=[things[name].public_id] if name in things else [])


def test_every_address_has_its_line():
    assert {pattern.name for pattern in urls.urlpatterns} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_page_opens_to_whom_it_should(name: str, planned: SimpleNamespace):
    cast = (planned.ana, planned.lea, planned.ben, planned.lou, planned.carl, None)
    for who, status in zip(cast, EXPECTED[name], strict=True):
        client = Client()
        if who is not None:
            client.force_login(who)
        assert client.get(_url(name, planned)).status_code == status, (name, who)


def _stored(planned: SimpleNamespace) -> tuple[object, ...]:
    planned.grace.refresh_from_db()
    return (
        *(
            list(model.objects.order_by("pk").values())
            for model in (Calendar, Closure, Duty, Target, InboxPlan, Absence)
        ),
        list(planned.calendar.periods.values()),
        planned.grace.kind_id,
    )


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_form_is_taken_from_whom_the_page_is_closed_to(name: str, planned: SimpleNamespace):
    before = _stored(planned)
    form = {
        "name": "Taken over", "zone": "UTC", "day_0": "9-17", "first_day": "2027-01-01",
        "last_day": "2027-01-02", "teammate": planned.carl.pk, "days": "0", "from_minute": "9",
        "until_minute": "17", "inbox": planned.hello.public_id, "holding": "send",
        "first_0": "1", "first_1": "hours", "kind": planned.kind.public_id,
    }  # fmt: skip
    cast = (planned.lea, planned.ben, planned.lou, planned.carl, None)
    for who, status in zip(cast, EXPECTED[name][1:], strict=True):
        if status in (200, 405):
            continue
        client = Client()
        if who is not None:
            client.force_login(who)
        answer = client.post(_url(name, planned), form)
        assert answer.status_code in ((404, 405) if who else (302, 405)), (name, who)
    assert _stored(planned) == before


def test_another_team_reads_nothing_of_an_inbox_that_is_not_theirs(planned: SimpleNamespace):
    plan.set_target(
        inbox=planned.hello, first_minutes=60, next_minutes=60, by=planned.ana, at=MONDAY_NOON
    )
    carl = Client()
    carl.force_login(planned.carl)
    for name in ("week", "answers", "absences"):
        said = carl.get(reverse(f"plan:{name}")).content.decode()
        assert "Hello" not in said and "Ben Okri" not in said, name
    assert "Repairs" in carl.get("/plan/").content.decode()


def test_a_lead_plans_the_inboxes_of_their_teams_alone(planned: SimpleNamespace):
    lea = Client()
    lea.force_login(planned.lea)
    form = {"days": ["1"], "from_minute": "9", "until_minute": "12"}
    elsewhere = {"teammate": planned.carl.pk, "inbox": planned.repairs.public_id}
    everywhere = {"teammate": planned.ben.pk, "inbox": ""}
    for given in (elsewhere, everywhere):
        assert lea.post("/plan/duty/new/", form | given).status_code == 422
    theirs = plan.add_duty(
        teammate=planned.carl, period=(2, 540, 600), inbox=planned.repairs,
        by=planned.ana, at=MONDAY_NOON,
    )  # fmt: skip
    everyones = plan.add_duty(
        teammate=planned.ana, period=(2, 540, 600), by=planned.ana, at=MONDAY_NOON
    )
    for duty in (theirs, everyones):
        assert lea.get(reverse("plan:duty", args=[duty.public_id])).status_code == 404
        assert lea.post(reverse("plan:end_duty", args=[duty.public_id])).status_code == 404
    given = {"teammate": planned.ben.pk, "inbox": planned.hello.public_id}
    assert lea.post("/plan/duty/new/", form | given).status_code == 302
    assert queries.duties_in(planned.hello).count() == 3


def test_a_lead_sends_members_of_their_teams_away_but_no_owner(planned: SimpleNamespace):
    planned.front.members.add(planned.ana)
    lea, ben = Client(), Client()
    lea.force_login(planned.lea)
    ben.force_login(planned.ben)
    for client, who, status in (
        (lea, planned.ben, 200),
        (lea, planned.carl, 404),
        (lea, planned.ana, 404),
        (lea, planned.lou, 404),  # a light one owes nothing
        (ben, planned.lea, 404),
    ):
        assert client.get(f"/plan/away/?who={who.public_id}").status_code == status, who
    assert lea.get("/plan/away/?who=nobody").status_code == 404


def test_an_absence_that_is_over_is_nobodys_page(planned: SimpleNamespace):
    plan.come_back_from(planned.absence, by=planned.ben, at=MONDAY_NOON + HOUR)
    ben = Client()
    ben.force_login(planned.ben)
    assert ben.get(_url("absence", planned)).status_code == 404
