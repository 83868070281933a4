"""Somebody is away: what falls due meanwhile is kept early, handed over or moved."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.conversations.models import Message
from goodword.desk import handling
from goodword.desk.keeping import promising
from goodword.plan import actions as plan
from goodword.plan import queries
from goodword.plan.models import Absence
from goodword.promises.models import REPLY, Promise
from goodword.web.plan import away
from tests.factories import DAY, HOUR, MONDAY_NOON, deliver, receive

pytestmark = pytest.mark.django_db

BACK = "2026-11-24"  # the Tuesday of the week after


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(MONDAY_NOON, tick=False)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    plan.make_calendar(
        name="Opening hours", zone="Europe/Berlin", country="DE",
        periods=[(day, 540, 1020) for day in range(5)], by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    client = Client()
    client.force_login(house.ben)
    return client


def asks(house: SimpleNamespace, **more: object) -> Promise:
    """Grace's mail, taken by Ben; the answer is due on Tuesday noon."""
    message = receive(house, at=MONDAY_NOON, **more)
    handling.assign(message.conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)
    return Promise.objects.get(conversation=message.conversation, kind=REPLY)


def sends_a_ring(house: SimpleNamespace, reply: Promise, *, days: int = 3) -> Promise:
    due = queries.current().day_due(
        house.hello.pk, (MONDAY_NOON + days * DAY).date(), zone="Europe/Berlin"
    )
    return promising.track(
        reply.conversation, what="Send the ring", kind="send", due=due, by=house.ben, at=MONDAY_NOON
    )


def goes(client: Client, house: SimpleNamespace, **given: str) -> str:
    """Say that they are away; the page of what falls due."""
    form = {"first_day": "", "back_on": BACK, "stand_in": str(house.lea.pk), "text": "At the sea"}
    answer = client.post("/plan/away/", form | given)
    assert answer.status_code == 302, answer.content.decode()
    url: str = answer.url
    return url


def said(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def fates(*promises: Promise, **chosen: str) -> dict[str, str]:
    """The same choice for each; `to`, `day`, `move_tell`, …"""
    return {
        f"{each.public_id}_{name}": value for each in promises for name, value in chosen.items()
    }


def test_one_switch_shows_everything_that_falls_due_meanwhile(ben: Client, house: SimpleNamespace):
    reply = asks(house)
    sends_a_ring(house, reply)
    afterwards = sends_a_ring(house, reply, days=20)
    promising.move(
        afterwards,
        due=queries.current().day_due(None, date(2026, 12, 9), zone="Europe/Berlin"),
        by=house.ben,
        at=MONDAY_NOON,
    )
    page = said(ben, goes(ben, house))
    assert page.count('class="fate"') == 2
    assert "Send the ring" in page and "Grace Whitlow" in page and "Keep it early" in page
    assert "Lea Sommer stands in." in page
    assert "You are away until" in said(ben, "/plan/")
    assert "You are away until" in said(ben, "/settings/profile/")
    absence = Absence.objects.get()
    assert (absence.since, absence.stand_in, absence.text) == (
        MONDAY_NOON,
        house.lea,
        "At the sea",
    )
    assert absence.until == datetime(2026, 11, 23, 23, tzinfo=UTC)  # midnight in Berlin


def test_an_absence_ahead_asks_about_its_own_days_alone(ben: Client, house: SimpleNamespace):
    reply = asks(house)
    on_friday = sends_a_ring(house, reply, days=4)
    url = goes(ben, house, first_day="2026-11-19")
    page = said(ben, url)
    assert f"fate-{on_friday.public_id}" in page
    assert f"fate-{reply.public_id}" not in page  # due tomorrow, while Ben is still there
    assert "Not away after all" in page


def test_open_ended_includes_whatever_is_owed(ben: Client, house: SimpleNamespace):
    reply = asks(house)
    far = sends_a_ring(house, reply, days=400)
    page = said(ben, goes(ben, house, back_on=""))
    assert f"fate-{far.public_id}" in page and "open-ended" in page


def test_what_is_late_already_stands_there_too(ben: Client, house: SimpleNamespace, time_machine):
    reply = asks(house)
    time_machine.move_to(MONDAY_NOON + 2 * DAY, tick=False)
    page = said(ben, goes(ben, house))
    assert f"fate-{reply.public_id}" in page and "chip-late" in page


def test_handed_over_it_is_the_stand_ins_and_grace_hears_of_it(ben: Client, house: SimpleNamespace):
    reply = asks(house)
    ring = sends_a_ring(house, reply)
    url = goes(ben, house)
    note = re.findall(rf'name="{ring.public_id}_hand_note"[^>]*>\s*([^<]*)<', said(ben, url))[0]
    assert note.startswith("Hello Grace Whitlow,") and "{colleague}" in note
    form = fates(reply, ring, fate="hand", to=str(house.lea.pk)) | {
        f"{ring.public_id}_hand_tell": "on",
        f"{ring.public_id}_hand_note": note,
    }
    answer = ben.post(url, form, follow=True).content.decode()
    assert "2 were handed over. 1 person is told." in answer
    assert "Nothing falls due meanwhile" in answer
    for each in (reply, ring):
        each.refresh_from_db()
        assert (each.owner, each.state) == (house.lea, "open")
    sent = Message.objects.get(direction=Message.Direction.OUT)
    assert "Lea Sommer takes care of it meanwhile." in sent.text and "{" not in sent.text
    deliver(at=MONDAY_NOON + HOUR)
    reply.refresh_from_db()
    assert reply.is_open  # news of who answers is no answer


def test_moved_it_is_due_anew_and_grace_reads_when_in_her_language(
    ben: Client, house: SimpleNamespace
):
    reply = asks(house)
    ring = sends_a_ring(house, reply)
    grace = reply.person
    assert grace is not None
    grace.language = "de"
    grace.save()
    url = goes(ben, house)
    page = said(ben, url)
    assert f'name="{ring.public_id}_day" value="{BACK}"' in page  # the day Ben is back
    form = fates(
        reply, ring, fate="move", day="2026-11-25", time="", move_tell="on", move_note="Bis {due}."
    )
    answer = ben.post(url, form, follow=True).content.decode()
    assert "2 were moved. 2 people are told." in answer
    for each in (reply, ring):
        each.refresh_from_db()
        assert each.due_at == datetime(2026, 11, 25, 16, tzinfo=UTC)  # our closing time
        assert (each.owner, each.times_moved, each.due_said) == (house.ben, 1, "day")
    sent = Message.objects.filter(direction=Message.Direction.OUT)
    assert [("25." in each.text or "25 " in each.text) for each in sent] == [True, True]
    deliver(at=MONDAY_NOON + HOUR)
    reply.refresh_from_db()
    assert reply.is_open  # a promise of an answer is no answer


def test_a_time_of_day_makes_it_a_moment(ben: Client, house: SimpleNamespace):
    ring = sends_a_ring(house, asks(house))
    url = goes(ben, house)
    ben.post(url, fates(ring, fate="move", day="2026-11-25", time="10:30"))
    ring.refresh_from_db()
    assert ring.due_at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC) and ring.due_said == "moment"


def test_what_is_late_is_promised_anew(ben: Client, house: SimpleNamespace, time_machine):
    ring = sends_a_ring(house, asks(house), days=1)
    time_machine.move_to(MONDAY_NOON + 3 * DAY, tick=False)
    url = goes(ben, house)
    ben.post(url, fates(ring, fate="move", day="2026-11-25"))
    ring.refresh_from_db()
    assert ring.state == "broken" and ring.successor.due_said == "day"


def test_what_stays_is_left_alone(ben: Client, house: SimpleNamespace):
    ring = sends_a_ring(house, asks(house))
    before = Promise.objects.order_by("pk").values_list("due_at", "owner", "state")
    stored = list(before)
    # Nothing is said of the other: it came in after the page was drawn.
    answer = ben.post(goes(ben, house), fates(ring, fate="stays"), follow=True)
    assert "All of it stays as it is." in answer.content.decode()
    assert list(before.all()) == stored


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"fate": "hand", "to": ""}, "Choose who takes it over."),
        ({"fate": "hand", "to": "lou"}, "valid choice"),
        ({"fate": "hand", "to": "carl"}, "valid choice"),
        ({"fate": "move", "day": ""}, "Choose a day."),
        ({"fate": "move", "day": "2026-11-15"}, "lies in the past"),
        ({"fate": "move", "day": "2026-11-16", "time": "12"}, "lies in the past"),
        ({"fate": "move", "day": "2026-11-25", "time": "noon"}, "not a time of day"),
        (
            {"fate": "move", "day": "2026-11-25", "move_tell": "on", "move_note": " "},
            "Write something, or tell nobody.",
        ),
        ({"fate": "burn"}, "valid choice"),
    ],
)
def test_what_cannot_become_of_it_is_said_and_nothing_is_done(
    ben: Client, house: SimpleNamespace, chosen: dict[str, str], words: str
):
    reply = asks(house)
    ring = sends_a_ring(house, reply)
    url = goes(ben, house)
    if chosen.get("to"):
        chosen = chosen | {"to": str(getattr(house, chosen["to"]).pk)}
    form = fates(reply, fate="hand", to=str(house.lea.pk)) | fates(ring, **chosen)
    answer = ben.post(url, form)
    assert answer.status_code == 422 and words in answer.content.decode()
    reply.refresh_from_db()
    assert reply.owner == house.ben  # one wrong choice: none is carried out
    assert not Message.objects.filter(direction=Message.Direction.OUT).exists()


def test_an_owner_hands_a_promise_to_nobody_who_cannot_see_it(house: SimpleNamespace):
    ring = sends_a_ring(house, asks(house))
    ana = Client()
    ana.force_login(house.ana)
    absence = plan.be_absent(house.ben, since=MONDAY_NOON, by=house.ana, at=MONDAY_NOON)
    url = f"/plan/absences/{absence.public_id}/"
    form = fates(*Promise.objects.all(), fate="stays")
    answer = ana.post(url, form | fates(ring, fate="hand", to=str(house.carl.pk)))
    assert answer.status_code == 422
    assert "Carl Voss does not see the inbox Hello." in answer.content.decode()


def test_who_decided_meanwhile_is_not_overruled(ben: Client, house: SimpleNamespace):
    reply = asks(house)
    ring = sends_a_ring(house, reply)
    url = goes(ben, house)
    promising.release(ring, by=house.lea, at=MONDAY_NOON)
    form = fates(reply, ring, fate="hand", to=str(house.lea.pk))
    assert ben.post(url, form).status_code == 302  # what has ended is asked about no more
    ring.refresh_from_db()
    assert (ring.state, ring.owner) == ("released", house.ben)


def test_a_lead_decides_about_what_they_see_of_it_alone(ben: Client, house: SimpleNamespace):
    seen = asks(house)
    house.workshop.members.add(house.ben)
    hidden = receive(
        house, subject="The clasp", sender="ida@moor.example", to="repairs@shop.example",
        inbox=house.repairs,
    )  # fmt: skip
    handling.assign(hidden.conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)
    lea = Client()
    lea.force_login(house.lea)
    answer = lea.post(f"/plan/away/?who={house.ben.public_id}", {"back_on": BACK})
    page = said(lea, answer.url)
    assert f"fate-{seen.public_id}" in page and "The clasp" not in page
    assert page.count('class="fate"') == 1
    assert "Ben Okri is away and back on Tuesday 24 November." in page  # Lea speaks, not Ben
    assert said(ben, answer.url).count('class="fate"') == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"back_on": "2026-11-16"}, "That day has come"),
        ({"first_day": "2026-11-25"}, "ends before it begins"),
        ({"first_day": "someday"}, "valid date"),
        ({"stand_in": "ben"}, "valid choice"),
        ({"stand_in": "carl"}, "valid choice"),
        ({"text": "x" * 201}, "at most 200"),
    ],
)
def test_what_an_absence_cannot_be_is_said(
    ben: Client, house: SimpleNamespace, wrong: dict[str, str], words: str
):
    if "stand_in" in wrong:
        wrong = {"stand_in": str(getattr(house, wrong["stand_in"]).pk)}
    answer = ben.post("/plan/away/", {"back_on": BACK} | wrong)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Absence.objects.exists()


def test_the_days_are_changed_without_forgetting_since_when(
    ben: Client, house: SimpleNamespace, time_machine
):
    url = goes(ben, house)
    time_machine.move_to(MONDAY_NOON + 2 * DAY, tick=False)
    form = {"first_day": "2026-11-16", "back_on": "2026-12-01", "stand_in": "", "text": "Ill"}
    assert ben.post(f"{url}change/", form).status_code == 302
    absence = Absence.objects.get()
    assert (absence.since, absence.stand_in, absence.text) == (MONDAY_NOON, None, "Ill")
    assert absence.until == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_back_again_is_one_click(ben: Client, house: SimpleNamespace, time_machine):
    url = goes(ben, house, back_on="")
    time_machine.move_to(MONDAY_NOON + timedelta(days=2), tick=False)
    assert "Welcome back." in ben.post(f"{url}back/", follow=True).content.decode()
    assert Absence.objects.get().until == MONDAY_NOON + 2 * DAY
    assert "I&#x27;m away" in said(ben, "/plan/") or "I'm away" in said(ben, "/plan/")
    goes(ben, house, first_day="2026-11-20")
    ahead = Absence.objects.get(until__gt=MONDAY_NOON + 3 * DAY)
    ben.post(f"/plan/absences/{ahead.public_id}/back/")
    assert Absence.objects.count() == 1  # what never began never was


def test_what_has_no_room_on_the_page_waits_for_the_next(
    ben: Client, house: SimpleNamespace, monkeypatch
):
    reply = asks(house)
    for _number in range(3):
        sends_a_ring(house, reply)
    monkeypatch.setattr(away, "MOST", 2)
    page = said(ben, goes(ben, house))
    assert page.count('class="fate"') == 2
    assert "2 more stand here when these are decided." in page


def test_each_promise_on_the_page_costs_one_small_row(ben: Client, house: SimpleNamespace):
    url = goes(ben, house)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            said(ben, url)
        return len(asked)

    reply = asks(house)
    sends_a_ring(house, reply)
    cost()
    few = cost()
    for number in range(6):
        more = asks(house, subject=f"Order {number}", sender=f"n{number}@moor.example")
        sends_a_ring(house, more)
    assert cost() - few <= 12  # the business's zone, for the words to each of them
