"""Canned replies while one answers: offered, put in, and sent with what they do, without script."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.canned.models import AfterSending, Applied
from goodword.conversations.models import Conversation, Draft
from goodword.desk.models import Dispatch
from goodword.people.models import Person
from goodword.web.tests.canned import NOW, make, offered, page, signed_in
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    house = make_house(NOW - 9 * DAY)
    house.conversation = receive(house, at=NOW - HOUR).conversation
    house.url = f"/conversations/{house.conversation.public_id}/"
    return house


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return signed_in(house.ben)


# Choosing


def test_what_is_offered_is_filled_in_for_this_person_in_their_language(house, ben):
    texts = {
        "en": "Dear {{ person.first_name }}",
        "de": "Liebe {{ person.first_name }}, {{ today }}",
    }
    make(house, texts=texts, shortcut="g", folder="Greetings")
    make(house, "", "tag:Refund", "close:", name="Put aside")
    assert [each["text"] for each in offered(ben, house)] == ["", "Dear Grace"]
    Person.objects.update(language="de")

    second, first = offered(ben, house)

    assert first["text"].startswith("Liebe Grace, ")
    assert (first["folder"], first["shortcut"], first["does"]) == ("Greetings", "g", [])
    assert second["does"] == [["tag:Refund", "tag Refund"], ["close:", "close"]]
    assert not second["says"]
    assert [each["name"] for each in offered(ben, house, "LIEBE")] == ["It left"]


def test_the_list_stays_small_and_its_queries_few_however_many_and_long_they_are(house, ben):
    make(house, "x {{ promise.due }} {{ person.name }}", f"assign:team:{house.front.public_id}")
    offered(ben, house)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            ben.get(f"{house.url}canned/offered/")
        return len(captured)

    few = cost()
    for number in range(60):
        long = f"Long {number}: " + "ä{{ promise.due }}" * 900
        make(house, long, f"assign:team:{house.front.public_id}", name=f"No {number} " + "n" * 60)

    assert cost() <= few
    answer = ben.get(f"{house.url}canned/offered/")
    found = json.loads(answer.content)
    assert len(found["replies"]) == 50
    assert found["more"]
    assert len(answer.content) < 20_000
    cut = next(each for each in found["replies"] if "text" not in each)
    assert cut["excerpt"].startswith("Long")
    whole = ben.get(f"{house.url}canned/{cut['id']}/").json()
    assert "{{" not in whole["text"]
    assert len(whole["text"]) > 9_000


def test_an_ordinary_list_is_under_twenty_kilobytes(house, ben):
    for number in range(50):
        make(house, f"{number} " + "It left this morning, by post. " * 10, name=f"Answer {number}")

    assert len(ben.get(f"{house.url}canned/offered/").content) < 20_000


def test_lists_of_pages_cost_the_same_however_long(house, ben):
    def cost(url: str) -> int:
        page(ben, url)
        with CaptureQueriesContext(connection) as captured:
            ben.get(url)
        return len(captured)

    urls = ("/settings/canned/", f"{house.url}canned/")
    give = f"assign:teammate:{house.lea.public_id}"
    make(house, "x", give)
    few = [cost(url) for url in urls]
    for number in range(20):
        make(house, "x", give, name=f"No {number}", folder=str(number % 3))
    assert [cost(url) for url in urls] == few
    assert max(few) <= 25


def test_no_page_of_a_conversation_asks_for_canned_replies(house, ben):
    make(house)
    page(ben, house.url)
    with CaptureQueriesContext(connection) as captured:
        ben.get(house.url)

    assert not any("canned" in each["sql"] for each in captured.captured_queries)


# Without script


def test_without_script_one_is_chosen_on_a_page_and_put_behind_what_is_written(house, ben):
    made = make(house, "It left, {{ person.first_name }}.", "tag:Refund", "close:")
    answer = ben.post(
        f"{house.url}draft/", {"mode": "reply", "text": "Good morning.", "choose": "canned"}
    )
    assert answer.status_code == 302
    assert answer.url.startswith(f"{house.url}canned/")
    assert "It left, Grace." in page(ben, answer.url)

    answer = ben.post(f"{house.url}canned/{made.public_id}/insert/", follow=True)

    shown = " ".join(answer.content.decode().split())
    assert "Good morning. It left, Grace.</textarea>" in shown
    assert 'name="does" value="tag:Refund"' in shown
    assert f'name="canned" value="{made.public_id}"' in shown
    ben.post(
        f"{house.url}draft/",
        {"mode": "reply", "text": "x", "does": ["tag:Refund", "close:"], "does_not": "tag:Refund"},
    )
    assert AfterSending.objects.get().steps == [["close", ""]]


def test_a_second_macro_wins_where_the_two_contradict(house, ben):
    for does in (("tag:a", "close:", "assign:me"), ("tag:b", "snooze:2")):
        made = make(house, "x", *does)
        ben.post(f"{house.url}canned/{made.public_id}/insert/")

    kept = AfterSending.objects.get()
    assert kept.steps == [["tag", "a"], ["tag", "b"], ["assign", "me"], ["snooze", "2"]]
    assert len(kept.used) == 2
    assert Draft.objects.get().text == "x\n\nx"


# Sending


def send(client: Client, house: SimpleNamespace, **more: Any):
    fields = {"mode": "reply", "text": "It left.", "to": "grace@whitlow.example", **more}
    return client.post(f"{house.url}reply/", fields)


def test_what_a_macro_does_happens_with_the_sending_and_closes_once_they_have_it(house, ben):
    made = make(house, "It left.", "tag:Refund", "close:")

    sent = send(ben, house, canned=made.public_id, does=["tag:Refund", "close:"])

    assert sent.status_code == 302
    conversation = Conversation.objects.get()
    assert [tag.name for tag in conversation.tags.all()] == ["Refund"]
    assert conversation.state == "open"
    made.refresh_from_db()
    assert made.times_used == 1
    deliver(at=timezone.now() + MINUTE)
    conversation.refresh_from_db()
    assert conversation.state == "closed"


def test_what_is_taken_back_waits_again_below_the_text(house, ben):
    made = make(house, "It left.", "tag:Refund")
    send(ben, house, canned=made.public_id, does="tag:Refund")
    message = Dispatch.objects.get().message

    answer = ben.post(f"/messages/{message.public_id}/take-back/", follow=True)

    assert 'name="does" value="tag:Refund"' in answer.content.decode()
    assert not Conversation.objects.get().tags.exists()


def test_what_is_refused_sends_nothing_and_the_words_and_steps_stay(house, ben):
    answer = send(ben, house, does=[f"assign:teammate:{house.carl.public_id}", "tag:x"])

    assert answer.status_code == 422
    words = answer.content.decode()
    assert "Carl Voss can&#x27;t answer in this inbox" in words
    assert 'name="does" value="tag:x"' in words
    assert not Dispatch.objects.exists()
    assert not Conversation.objects.get().tags.exists()
    assert Draft.objects.get().text == "It left."


@pytest.mark.parametrize("does", ["erase:", "close:x", "tag:", "snooze:99999999999", "\x00"])
def test_what_is_no_step_sends_nothing(house, ben, does):
    answer = send(ben, house, does=does, canned="'; DROP TABLE x")

    assert answer.status_code == 422
    assert "be read" in answer.content.decode()
    assert not Dispatch.objects.exists()


def test_a_light_teammate_does_nothing_by_the_way_of_a_note_or_a_draft(house):
    lou = signed_in(house.lou)
    for path in ("note", "reply", "draft"):
        lou.post(f"{house.url}{path}/", {"mode": "note", "text": "x", "does": "tag:x"})

    assert not Conversation.objects.get().tags.exists()
    assert not AfterSending.objects.exists()


# At once


def test_a_macro_without_words_is_applied_at_once_and_undone_by_the_toast(house, ben):
    macro = make(house, "", "tag:Spam", "no_answer:", "close:", name="Broker")

    answer = ben.post(f"{house.url}canned/{macro.public_id}/apply/?folder=mine", follow=True)

    assert "Done: Broker." in answer.content.decode()
    applied = Applied.objects.get()
    undo = f"{house.url}canned/undo/{applied.public_id}/"
    assert undo in answer.content.decode()
    assert Conversation.objects.get().state == "closed"

    assert "Undone." in ben.post(undo, follow=True).content.decode()
    assert Conversation.objects.get().state == "open"
    assert "undone already" in ben.post(undo, follow=True).content.decode()
    assert signed_in(house.ana).post(undo).status_code == 404


def test_what_cannot_be_applied_is_said_in_a_sentence(house, ben):
    macro = make(house, "", "tag:x", "close:")

    answer = ben.post(f"{house.url}canned/{macro.public_id}/apply/", follow=True)

    assert "an answer is still owed here" in answer.content.decode()
    assert not Conversation.objects.get().tags.exists()


def test_hostile_names_and_texts_are_shown_as_what_they_are(house, ben):
    bad = '<img src=x onerror="alert(1)">{{ {{ person.name }} }}'
    make(house, bad, f"tag:{bad[:40]}", name=bad[:60], folder=bad[:40], shortcut="<b>")
    Person.objects.update(name="<script>{{ me.name }}</script>")

    for url in ("/settings/canned/", f"{house.url}canned/", "/settings/canned/?q=<b>%00"):
        words = page(ben, url)
        assert "<img src=x" not in words
        assert "<script>{{" not in words
    answer = ben.get(f"{house.url}canned/offered/?q=%00%27")
    assert answer["Content-Type"] == "application/json"
    assert "{{ <script>{{ me.name }}</script> }}" in offered(ben, house)[0]["text"]
