"""Several conversations at once: ticked in the list, counted, done, undone; and who may."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.conversations.models import Conversation, Reading
from goodword.desk import handling
from goodword.desk.models import BulkAct
from goodword.desk.shaping import bulk
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PIECE = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch):
    monkeypatch.setattr(bulk, "HOLDS_SECONDS", 60)
    monkeypatch.setattr(bulk, "RESTS_SECONDS", 0)


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 9 * DAY)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return signed_in(house.ben)


def signed_in(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def written(house: SimpleNamespace, most: int) -> list[Conversation]:
    return [
        receive(
            house, f"Watch {n}", sender=f"p{n}@x.example", at=NOW - HOUR + n * MINUTE / 100
        ).conversation
        for n in range(most)
    ]


def post(client: Client, act: str, picked: list[Conversation], query="folder=unassigned", **sent):
    body = {"act": act, "pick": [each.public_id for each in picked], **sent}
    return client.post(f"/bulk/?{query}", body, follow=True)


def states() -> set[str]:
    return set(Conversation.objects.values_list("state", flat=True))


def test_a_few_that_were_ticked_are_done_at_once_and_undone_by_the_toast(ben, house) -> None:
    found = written(house, 3)
    page = post(ben, "tag", found, name="spring")

    words = page.content.decode()
    assert page.redirect_chain[-1][0] == "/inbox/unassigned/"
    assert "3 tagged." in words and "data-undo" in words
    row = BulkAct.objects.get()
    page = ben.post(f"/bulk/{row.public_id}/undo/?folder=unassigned", follow=True)

    assert "3 are as they were." in page.content.decode()
    assert not Conversation.objects.filter(tags__isnull=False).exists()


def test_where_some_would_stay_it_asks_first_and_says_how_many(ben, house) -> None:
    found = written(house, 5)
    for each in found[:3]:
        handling.no_answer_needed(each, by=house.ben, at=NOW)

    page = post(ben, "close", found)

    words = page.content.decode()
    assert "Close 5 conversations?" in words
    assert "2 await an answer and stay as they are." in words
    assert states() == {"open"}
    row = BulkAct.objects.get()
    page = ben.post(f"/bulk/{row.public_id}/go/?folder=unassigned", follow=True)
    assert "3 closed. 2 await an answer and stay as they are." in page.content.decode()
    assert Conversation.objects.filter(state="closed").count() == 3


def test_where_all_would_stay_there_is_nothing_to_press(ben, house) -> None:
    words = post(ben, "close", written(house, 2)).content.decode()
    assert "2 await an answer and stay as they are." in words
    assert "/go/" not in words
    assert "Leave them as they are" in words and "It can be undone" not in words


def test_the_same_questions_come_as_dialogs_where_scripts_run(ben, house) -> None:
    found = written(house, 2)
    body = {"act": "close", "pick": [each.public_id for each in found]}
    page = ben.post("/bulk/?folder=mine", body, headers=PIECE)
    assert page.headers["HX-Retarget"] == "#asking" and "<dialog" in page.content.decode()

    body["act"] = "no_answer_needed"
    ben.post("/bulk/?folder=mine", body, headers=PIECE)
    row = BulkAct.objects.latest("pk")
    page = ben.post(f"/bulk/{row.public_id}/go/?folder=mine", headers=PIECE)
    assert page.headers["HX-Trigger"] == "goodword:done"
    assert "data-undo" in page.content.decode() and "<dialog" not in page.content.decode()


@pytest.mark.parametrize("query", ["folder=unassigned", "folder=search&q=watch"])
def test_all_that_match_are_counted_first_and_what_comes_after_is_left(
    ben, house, query, monkeypatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 5)
    written(house, 8)
    receive(house, "Ring", subject="Other", sender="r@x.example", at=NOW - 2 * HOUR)
    if "search" not in query:
        Conversation.objects.filter(subject="Other").update(state="closed", closed_at=NOW)
    page = ben.get(f"/bulk/matching/?{query}", headers=PIECE)
    assert "all 8 in this list" in page.content.decode()

    page = post(ben, "spam", [], query=query, all="yes")
    words = page.content.decode()
    assert "Mark 8 conversations as spam?" in words
    assert "8 still await an answer, which is then no longer owed." in words
    assert ">Mark as spam</button>" in words
    late = receive(house, "Watch late", sender="late@x.example", at=NOW).conversation
    row = BulkAct.objects.get()
    page = ben.post(f"/bulk/{row.public_id}/go/?{query}", follow=True)
    assert "0 of 8 done" in page.content.decode()  # the worker's

    assert bulk.work_due(at=timezone.now()) == 8
    page = ben.get(f"/bulk/{row.public_id}/?{query}&fragment=progress", headers=PIECE)
    assert "8 marked as spam." in page.content.decode()
    assert page.headers["HX-Trigger"] == "goodword:done"
    late.refresh_from_db()
    assert late.state == "open" and Conversation.objects.filter(state="spam").count() == 8


@pytest.mark.parametrize(
    ("act", "sent", "words"),
    [
        ("assign", {"to": "me"}, "2 given away."),
        ("assign", {"to": "nobody"}, "2 given away."),
        ("tag", {"name": "repair"}, "2 tagged."),
        ("untag", {"name": "repair"}, "The tag is off 2."),
        ("snooze", {"until": "tomorrow"}, "2 snoozed."),
        ("snooze", {"until": "", "moment": "2099-07-01T09:30"}, "2 snoozed."),
        ("reopen", {}, "2 opened again."),
        ("read", {}, "2 marked as read."),
        ("unread", {}, "2 marked as unread."),
        ("join", {}, "1 joined."),
    ],
)
def test_every_act_is_there_and_says_what_it_did(ben, house, act, sent, words) -> None:
    assert words in post(ben, act, written(house, 2), **sent).content.decode()


@pytest.mark.parametrize(
    ("act", "sent", "words"),
    [
        ("tag", {"name": "\u200f"}, "Give the tag a name."),
        ("assign", {"to": "team:none"}, "Choose whom they are given to."),
        ("assign", {}, "Choose whom they are given to."),
        ("snooze", {}, "Choose a day and a time."),
        ("snooze", {"moment": "2001-01-01T09:00"}, "That moment has passed."),
        ("snooze", {"moment": "soon"}, "Give a day and a time"),
        ("join", {}, "Select two or more"),
    ],
)
def test_what_is_unclear_is_asked_again_and_changes_nothing(ben, house, act, sent, words) -> None:
    page = post(ben, act, written(house, 1), **sent)

    assert words in page.content.decode().replace("&#x27;", "'")
    assert not BulkAct.objects.exists() and states() == {"open"}


def test_given_nothing_is_ticked_nothing_happens_and_it_is_said(ben, house) -> None:
    written(house, 1)

    assert "Nothing is selected" in post(ben, "trash", []).content.decode()
    assert states() == {"open"}


def test_what_to_do_is_chosen_on_a_page_of_its_own_without_script(ben, house) -> None:
    found = written(house, 2)
    words = post(ben, "choose", found).content.decode()

    assert "2 conversations" in words and "<dialog class" not in words.split("<main")[1]
    assert words.count('name="pick"') == 2
    assert "Lea Sommer" in words and "Front" in words
    assert "Carl Voss" not in words and "Workshop" not in words and "Lou Field" not in words


def test_the_light_one_marks_read_and_sees_no_more_to_choose(house) -> None:
    found, lou = written(house, 2), signed_in(house.lou)

    words = post(lou, "choose", found).content.decode()
    assert "Mark as read" in words and "Move to trash" not in words.split("<main")[1]
    assert "2 marked as read." in post(lou, "read", found).content.decode()
    assert "Your role reads" in post(lou, "trash", found).content.decode()
    assert states() == {"open"} and Reading.objects.filter(teammate=house.lou).count() == 2


def test_ticked_conversations_of_another_inbox_are_not_there(house) -> None:
    found, carl = written(house, 2), signed_in(house.carl)

    assert "Nothing is selected" in post(carl, "spam", found, query="folder=all").content.decode()
    page = post(carl, "spam", [], query="folder=all", all="yes")
    assert "Nothing is selected" in page.content.decode()
    assert states() == {"open"}


@pytest.mark.parametrize("who", ["ana", "lea", "lou", "carl"])
def test_an_act_of_a_colleague_is_nobody_elses_to_see_do_or_undo(house, ben, who) -> None:
    post(ben, "spam", written(house, 2))
    row, other = BulkAct.objects.get(), signed_in(getattr(house, who))

    assert other.get(f"/bulk/{row.public_id}/").status_code == 404
    for verb in ("go", "undo"):
        assert other.post(f"/bulk/{row.public_id}/{verb}/").status_code == 404


@pytest.mark.parametrize("url", ["/bulk/", "/bulk/none/go/", "/bulk/none/undo/"])
def test_nothing_is_done_by_following_a_link_and_strangers_are_led_to_sign_in(ben, url) -> None:
    assert ben.get(url).status_code == 405
    assert Client().post(url).url.startswith("/account/login/")


def test_a_list_that_is_not_there_is_not_found(ben, house) -> None:
    for query in ("folder=nowhere", f"folder=team-{house.workshop.public_id}"):
        assert ben.post(f"/bulk/?{query}", {"act": "spam"}).status_code == 404
        assert ben.get(f"/bulk/matching/?{query}").status_code == 404


def test_undone_twice_or_after_a_day_it_says_that_it_is_too_late(ben, house) -> None:
    post(ben, "tag", written(house, 2), name="spring")
    row = BulkAct.objects.get()
    BulkAct.objects.update(made_at=NOW - 25 * HOUR)

    page = ben.post(f"/bulk/{row.public_id}/undo/?folder=mine", follow=True)

    assert "older than a day" in page.content.decode()
    assert Conversation.objects.filter(tags__isnull=False).count() == 2


def test_those_that_were_left_are_named_with_links(ben, house) -> None:
    found = written(house, 2)
    handling.assign(found[0], to=house.lea, by=house.lea, at=NOW)
    post(ben, "assign", found, to="me")
    row = BulkAct.objects.get()

    words = ben.get(f"/bulk/{row.public_id}/?folder=mine").content.decode()

    assert "1 given away. 1 is with a colleague and stays there." in words
    assert f"/conversations/{found[0].public_id}/" in words


def test_counting_and_asking_costs_the_same_for_many_as_for_few(ben, house) -> None:
    def cost(most: int) -> int:
        found = list(Conversation.objects.order_by("pk")[:most])
        with CaptureQueriesContext(connection) as captured:
            body = {"act": "close", "pick": [each.public_id for each in found]}
            assert ben.post("/bulk/?folder=mine", body, headers=PIECE).status_code == 200
        return len(captured)

    written(house, 40)
    cost(2)
    assert cost(40) == cost(3)
