"""What a teammate finds on opening Goodword: what they owe, to whom, how soon."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.accounts import actions as accounts
from goodword.desk.keeping import promising
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises.models import Promise
from goodword.web.tests.promised import THURSDAY, ZONE, promise
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db
NOW = THURSDAY


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 60 * DAY)


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


def _groups(client: Client) -> dict[str, list[str]]:
    """What stands in each group, as the page has it."""
    owed = client.get("/").context["owed"]
    return {group.key: [row.words for row in group.rows] for group in owed.groups}


def _sentence(client: Client) -> str:
    return str(client.get("/").context["owed"].sentence)


def test_given_nothing_owed_the_page_says_so_and_what_belongs_there(ana) -> None:
    page = ana.get("/").content.decode()

    assert page.count("You owe nobody anything today.") == 2  # the sentence, and the empty list
    assert "Nothing has come due yet." in page


def test_given_promises_of_every_hour_each_stands_in_its_group_by_due_time(house, ana) -> None:
    promise(house, "Late since noon", due=NOW - 22 * HOUR)
    promise(house, "Late by a minute", due=NOW - MINUTE)
    promise(house, "Due in two hours", due=NOW + 2 * HOUR)
    promise(house, "Due this evening", due=NOW + 9 * HOUR)
    promise(house, "Due on Sunday", due=NOW + 3 * DAY)
    promise(house, "Due on Monday", due=NOW + 4 * DAY)

    assert _groups(ana) == {
        "late": ["Late since noon", "Late by a minute"],
        "soon": ["Due in two hours"],
        "today": ["Due this evening"],
        "later": ["Due on Sunday"],
    }
    closing = ana.get("/").context["owed"].closing
    assert closing == "Nothing more until Monday. One promise after that."


def test_the_one_sentence_counts_people_and_not_promises(house, ana) -> None:
    promise(house, due=NOW - HOUR)
    promise(house, due=NOW + HOUR)
    assert _sentence(ana) == (
        'You owe <b>one person</b> a word. <b class="late">One is late</b>, one more is due within '
        "two hours."
    )

    for number in range(11):
        promise(house, due=NOW + 6 * HOUR, to=f"Person N{number}")
    promise(house, due=NOW - HOUR, to="Henrik Lund")
    assert _sentence(ana) == (
        'You owe <b>13 people</b> a word. <b class="late">Two are late</b>, one more is due within '
        "two hours."
    )


def test_given_nothing_late_the_sentence_says_what_is_due_soon_or_nothing_of_it(house, ana) -> None:
    promise(house, due=NOW + 6 * HOUR)
    assert _sentence(ana) == "You owe <b>one person</b> a word."

    promise(house, due=NOW + HOUR, to="Henrik Lund")
    assert _sentence(ana) == ("You owe <b>two people</b> a word. One is due within two hours.")


def test_a_name_that_is_markup_stays_a_name(house, ana) -> None:
    promise(house, "<script>alert(1)</script>", due=NOW + HOUR, to="<b>Bob <i>x</i>")

    page = ana.get("/").content.decode()

    assert "<script>alert" not in page and "<i>x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_a_team_owes_and_nobody_took_is_before_each_of_its_members(house, client) -> None:
    promise(house, "For the team", due=NOW + HOUR, owner=house.front)

    for who, seen in (("ben", True), ("lea", True), ("ana", False), ("carl", False)):
        client.force_login(getattr(house, who))
        assert ("soon" in _groups(client)) == seen
    client.force_login(house.ben)
    assert "Front, taken by nobody yet" in client.get("/").content.decode()


def test_what_comes_back_and_what_others_owe_us_stands_there_on_its_day(house, ana) -> None:
    message = receive(house, at=NOW - 3 * DAY)
    promising.come_back(
        message.conversation,
        due=plan.current().moment_due(NOW + 3 * HOUR, zone=ZONE),
        why="Ask whether the clasp holds",
        by=house.ana,
        at=NOW - DAY,
    )
    promise(house, "Bring the receipt", due=NOW + 5 * HOUR, direction="theirs")
    promise(house, "Send the photo", due=NOW + 2 * DAY, direction="theirs")
    promise(house, "Theirs to Ben", due=NOW + HOUR, direction="theirs", by=house.ben)

    assert _groups(ana)["back"] == ["Ask whether the clasp holds", "Bring the receipt"]
    assert "Send the photo" not in ana.get("/").content.decode()
    assert "You owe" in _sentence(ana) and "one person" not in _sentence(ana)


def test_the_verb_is_what_keeps_the_promise(house, ana) -> None:
    message = receive(house, at=NOW - HOUR)
    conversation = message.conversation
    due = plan.current().moment_due(NOW + HOUR, zone=ZONE)
    for kind in ("send", "do", "call"):
        promising.track(conversation, what=kind, kind=kind, due=due, by=house.ana, at=NOW - MINUTE)
    promise(house, "By hand", due=NOW + HOUR)
    Promise.objects.filter(kind="reply").update(owner=house.ana, team=None)

    rows = {row.words: row.act for row in ana.get("/").context["owed"].rows}
    url = f"/conversations/{conversation.public_id}/"

    reply = rows["Answer: The spring gift card"]
    assert (reply.word, reply.url) == ("Reply", f"{url}?compose=reply#composer")
    assert (rows["send"].word, rows["send"].url) == ("Send", f"{url}?compose=reply#composer")
    assert (rows["call"].word, rows["call"].url) == ("Call back", url)
    assert (rows["do"].word, rows["do"].url) == ("Keep", "")
    assert (rows["By hand"].word, rows["By hand"].url) == ("Keep", "")


def test_who_is_to_be_called_back_is_called_by_their_number(house, ana) -> None:
    called = promise(house, "Call", due=NOW + HOUR, kind="call")
    number = promise(house, "Other", due=NOW + HOUR, to="Joe Petty").person
    address = number.holdings.get().address
    address.kind, address.value = "phone", "+44 20 7946 0018"
    address.save()
    called.person = number
    called.save()

    rows = {row.words: row.act.url for row in ana.get("/").context["owed"].rows}

    assert rows["Call"] == "tel:+44 20 7946 0018"


def test_only_the_first_late_row_has_the_filled_button(house, ana) -> None:
    promise(house, "Come back", due=NOW - 30 * HOUR, direction="theirs")
    late = promise(house, "Late", due=NOW - HOUR)
    promise(house, "Soon", due=NOW + HOUR)

    page = ana.get("/")

    assert page.context["first_row"] == late.public_id
    assert page.content.decode().count("button-filled") == 1


def test_given_more_than_fits_the_rest_is_said_to_stand_in_the_ledger(house, ana) -> None:
    for number in range(62):
        promise(house, due=NOW + HOUR, to=f"Person N{number}")

    page = ana.get("/")

    assert len(page.context["owed"].rows) == 50
    assert "all of it stands in Promises" in page.content.decode()


# The team


def test_at_risk_is_what_others_owe_late_or_soon_and_nothing_of_mine(house, client) -> None:
    promise(house, "Mine", due=NOW - HOUR, by=house.lea)
    promise(house, "Ben's, late", due=NOW - HOUR, by=house.ben)
    promise(house, "Ben's, soon", due=NOW + HOUR, by=house.ben)
    promise(house, "Ben's, tomorrow", due=NOW + DAY, by=house.ben)
    promise(house, "Theirs", due=NOW - HOUR, by=house.ben, direction="theirs")
    promise(house, "Ended", due=NOW - HOUR, by=house.ben)
    promises.keep(Promise.objects.get(what="Ended"), by=house.ben, at=NOW - 2 * HOUR)
    promise(house, "The workshop's", due=NOW - HOUR, by=house.carl, inbox=house.repairs)

    def risks(who: str) -> list[str]:
        client.force_login(getattr(house, who))
        return [row.words for row in client.get("/").context["at_risk"]]

    assert risks("lea") == ["Ben's, late", "Ben's, soon"]
    assert risks("ben") == ["Mine"]
    assert risks("ana") == ["Mine", "Ben's, late", "The workshop's", "Ben's, soon"]
    assert risks("carl") == []


def test_the_week_counts_what_came_due_and_what_of_it_was_kept_in_time(house, ana) -> None:
    states = {}
    for number, name in enumerate(("kept", "late", "broken", "kept late", "released", "ahead")):
        states[name] = promise(house, name, due=NOW - 20 * HOUR, to=f"Person N{number}")
    promises.keep(states["kept"], by=house.ana, at=NOW - 21 * HOUR)
    promises.keep(states["kept late"], by=house.ana, at=NOW - 19 * HOUR)
    promises.break_(states["broken"], by=house.ana, at=NOW)
    promises.release(states["released"], by=house.ana, at=NOW, why="no_longer_needed")
    promise(house, "Last week", due=NOW - 8 * DAY)
    promise(house, "Ahead", due=NOW + DAY)

    week = ana.get("/").context["week"]

    assert (week.kept, week.of, week.percent) == ("1", "5", 20)
    wednesday, friday = week.drawn.columns[2].counts, week.drawn.columns[4].counts
    assert wednesday == {"kept": 1, "kept_late": 1, "broken": 1, "late": 2, "released": 1}
    assert friday == {"due": 1}


def test_given_a_business_not_set_up_an_owner_is_led_there(client, db) -> None:
    ana = accounts.found(name="Ana Ruiz", email="ana@shop.example", password="x" * 12, at=NOW)
    client.force_login(ana)

    assert client.get("/")["Location"].startswith("/setup")


# What it costs


def test_a_day_full_of_promises_costs_what_a_calm_one_does(
    house, ana, django_assert_max_num_queries
) -> None:
    for number in range(3):
        receive(house, sender=f"p{number}@x.example", name="", at=NOW - DAY)
        promise(house, due=NOW + number * HOUR, to=f"Person N{number}", by=house.ben)
        promise(house, due=NOW - number * HOUR, to=f"Person N{number}")
    ana.get("/")
    with django_assert_max_num_queries(45) as few:
        ana.get("/")
    for number in range(15):
        receive(house, sender=f"p{number + 9}@x.example", name="", at=NOW - DAY)
        promise(house, due=NOW - number * HOUR, to=f"Other N{number}", by=house.ben)
        promise(house, due=NOW - number * HOUR, to=f"Other N{number}")

    with django_assert_max_num_queries(len(few)):
        ana.get("/")
