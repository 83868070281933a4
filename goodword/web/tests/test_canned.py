"""Canned replies on screen: written, found, chosen in an answer, and done along with it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from goodword.canned import actions as canned
from goodword.canned.actions import Written
from goodword.canned.models import AfterSending, Applied, CannedReply
from goodword.canned.steps import parse
from goodword.conversations.models import Conversation, Draft
from goodword.desk.models import Dispatch
from goodword.people.models import Person
from goodword.web.canned.urls import urlpatterns
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PIECE = {"HX-Request": "true"}


@pytest.fixture
def house() -> SimpleNamespace:
    house = make_house(NOW - 9 * DAY)
    house.conversation = receive(house, at=NOW - HOUR).conversation
    house.url = f"/conversations/{house.conversation.public_id}/"
    return house


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return signed_in(house.ben)


def signed_in(teammate: Any) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def make(house: SimpleNamespace, text: str = "It left.", *does: str, **more: Any) -> CannedReply:
    by = more.pop("by", house.ben)
    texts = {"en": text} if text else {}
    written = Written(**{"name": "It left", "texts": texts, "steps": tuple(parse(does)), **more})
    return canned.make(written, by=by, at=NOW)


def page(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def offered(client: Client, house: SimpleNamespace, words: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{house.url}canned/offered/?q={words}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["replies"]
    return found


FORM = {"name": "Sent", "shared": "me", "text_en": "It left."}


# Who reaches what


def _cases(house: SimpleNamespace) -> dict[str, tuple[str, dict[str, str] | None]]:
    """Each URL, for a reply of Ben's own in the front team's conversation."""
    reply = make(house, "It left.", "tag:x")
    macro = make(house, "", "tag:x")
    applied = Applied.objects.create(conversation=house.conversation, by=house.ben, at=NOW)
    one, seen = [reply.public_id], house.conversation.public_id
    return {
        "new": (reverse("canned:new"), None),
        "one": (reverse("canned:one", args=one), None),
        "copy": (reverse("canned:copy", args=one), {}),
        "archive": (reverse("canned:archive", args=one), {}),
        "restore": (reverse("canned:restore", args=one), {}),
        "up": (reverse("canned:up", args=one), {}),
        "choose": (reverse("canned:choose", args=[seen]), None),
        "offered": (reverse("canned:offered", args=[seen]), None),
        "text": (reverse("canned:text", args=[seen, *one]), None),
        "insert": (reverse("canned:insert", args=[seen, *one]), {}),
        "apply": (reverse("canned:apply", args=[seen, macro.public_id]), {}),
        "undo": (reverse("canned:undo", args=[seen, applied.public_id]), {}),
    }


# What Ana, Lea, Ben, Lou and Carl get: what is Ben's own is nobody else's.
EXPECTED = {
    "new": (200, 200, 200, 404, 200),
    "one": (404, 404, 200, 404, 404),
    "copy": (404, 404, 302, 404, 404),
    "archive": (404, 404, 302, 404, 404),
    "restore": (404, 404, 302, 404, 404),
    "up": (404, 404, 302, 404, 404),
    "choose": (200, 200, 200, 404, 404),
    "offered": (200, 200, 200, 404, 404),
    "text": (404, 404, 200, 404, 404),
    "insert": (404, 404, 302, 404, 404),
    "apply": (404, 404, 302, 404, 404),
    "undo": (404, 404, 302, 404, 404),
}


def test_every_url_answers_as_the_part_of_who_asks_says(house):
    cases = _cases(house)
    assert set(cases) == {pattern.name for pattern in urlpatterns} == set(EXPECTED)
    cast = (house.ana, house.lea, house.ben, house.lou, house.carl)
    for name, (url, sent) in cases.items():
        for who, status in zip(cast, EXPECTED[name], strict=True):
            client = signed_in(who)
            answer = client.get(url) if sent is None else client.post(url, sent)
            assert answer.status_code == status, (name, who)
        stranger = Client().get(url) if sent is None else Client().post(url, sent)
        assert stranger.status_code == 302
        assert stranger.url.startswith("/account/login/")
        if sent is not None:
            assert signed_in(house.ben).get(url).status_code == 405


def test_nobody_sees_anothers_own_in_a_list_a_count_or_what_is_offered(house):
    make(house, "Secret words", name="Secret name", folder="Secret folder")
    for who in (house.ana, house.lea):
        client = signed_in(who)
        for url in ("/settings/canned/", "/settings/canned/new/", f"{house.url}canned/"):
            assert "Secret" not in page(client, url)
        assert offered(client, house) == []


def test_a_light_teammate_has_no_link_to_it_and_no_button_for_it(house):
    lou = signed_in(house.lou)

    assert "/settings/canned/" not in page(lou, "/settings/profile/")
    assert "canned" not in page(lou, house.url)


# Writing


def test_a_macro_is_written_with_all_that_it_says_and_does(house, ben):
    sent = FORM | {
        "shortcut": "/s", "folder": "Post", "text_de": "Es ging heute.", "tags_on": "post, sent",
        "tags_off": "new", "give_to": f"team:{house.front.public_id}", "urgency": "not_urgent",
        "then": "snooze", "days": "3", "note": "Look",
    }  # fmt: skip

    assert ben.post("/settings/canned/new/", sent).status_code == 302

    made = CannedReply.objects.get()
    assert (made.name, made.shortcut, made.folder, made.owner) == ("Sent", "s", "Post", house.ben)
    texts = dict(made.texts.values_list("language", "text"))
    assert texts == {"en": "It left.", "de": "Es ging heute."}
    written = page(ben, f"/settings/canned/{made.public_id}/")
    for each in ('value="post, sent"', 'value="new"', 'value="3"', "> Look</textarea>"):
        assert each in written
    assert "then: note “Look”, tag post, tag sent" in written
    shown = page(ben, "/settings/canned/")
    assert "It left." in shown or "Es ging heute." in shown
    assert "give it to Front, snooze 3 days" in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"text_en": " "}, "Write what it says, or choose what it does."),
        ({"no_answer": "on"}, "It sends an answer, so it can"),
        ({"then": "snooze"}, "Say for how many days."),
        ({"then": "snooze", "days": "0"}, "greater than or equal to 1"),
        ({"tags_on": ",".join(f"t{n}" for n in range(30))}, "or are too many"),
        ({"shared": "all"}, "Select a valid choice"),
        ({"give_to": "teammate:nobody"}, "Select a valid choice"),
        ({"text_en": "x" * 20_001}, "at most 20000 characters"),
        ({"folder": "x" * 61}, "at most 60 characters"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(house, ben, changed, words):
    answer = ben.post("/settings/canned/new/", FORM | changed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not CannedReply.objects.exists()


def test_a_name_that_nobody_knows_is_said_after_saving_and_stays_as_it_is(house, ben):
    answer = ben.post(
        "/settings/canned/new/", FORM | {"text_en": "Dear {{ persn.name }}"}, follow=True
    )

    words = answer.content.decode()
    assert "{{ persn.name }} is not known; did you mean person.name?" in words
    assert offered(ben, house)[0]["text"] == "Dear {{ persn.name }}"


def test_the_preview_shows_an_example_person_and_saves_nothing(house, ben):
    text = 'Dear {{ person.first_name }}, <b>yours</b> {{ me.name }} {{ x | "y" }}'

    answer = ben.post(
        "/settings/canned/new/", FORM | {"text_en": text, "then": "close", "preview": "yes"}
    )

    assert answer.status_code == 200
    assert "Dear Grace, &lt;b&gt;yours&lt;/b&gt; Ben Okri" in answer.content.decode()
    assert "then: close" in " ".join(answer.content.decode().split())
    assert not CannedReply.objects.exists()


def test_another_language_is_asked_for_first(house, ben):
    answer = ben.post("/settings/canned/new/", FORM | {"another": "pl"})

    assert 'name="text_pl"' in answer.content.decode()
    ben.post("/settings/canned/new/", FORM | {"another": "pl", "text_pl": "Wysłane."})
    assert CannedReply.objects.get().texts.get(language="pl").text == "Wysłane."


def test_a_lead_writes_for_their_team_and_an_agent_copies_what_is_shared(house, ben):
    lea = signed_in(house.lea)
    lea.post("/settings/canned/new/", FORM | {"shared": f"team:{house.front.public_id}"})
    shared = CannedReply.objects.get()
    assert shared.team == house.front
    url = f"/settings/canned/{shared.public_id}/"

    assert "A copy is yours to change" in page(ben, url)
    assert ben.post(url, FORM | {"name": "Mine"}).status_code == 422
    ben.post(f"{url}archive/")
    shared.refresh_from_db()
    assert (shared.name, shared.archived_at) == ("Sent", None)

    ben.post(f"{url}copy/")
    assert CannedReply.objects.get(owner=house.ben).name == "Sent (copy)"
    ana = signed_in(house.ana)
    team = f"team:{house.workshop.public_id}"
    assert lea.post(url, FORM | {"shared": team}).status_code == 422  # not a team of hers
    assert ana.post(url, FORM | {"shared": "all"}).status_code == 302


def test_the_form_says_that_it_is_offered_elsewhere_and_saving_leaves_it_there(house):
    elsewhere = {"shared_with": "all", "inboxes": (house.repairs,)}
    both = make(house, by=house.ana, **elsewhere | {"inboxes": (house.hello, house.repairs)})
    lea = signed_in(house.lea)
    url = f"/settings/canned/{both.public_id}/"
    assert "It is offered elsewhere too, and stays so." in page(lea, url)
    assert "Repairs" not in page(lea, url)
    assert lea.post(url, FORM | {"shared": "all"}).status_code == 302
    assert list(both.inboxes.all()) == [house.repairs]

    here = make(house, by=house.lea, shared_with="all", inboxes=(house.hello,))
    url = f"/settings/canned/{here.public_id}/"
    assert "It is offered elsewhere" not in page(lea, url)
    lea.post(url, FORM | {"shared": "all"})  # with one inbox there is nothing to choose
    assert list(here.inboxes.all()) == [house.hello]


def test_what_is_put_away_is_offered_no_more_and_comes_back(house, ben):
    made = make(house)
    url = f"/settings/canned/{made.public_id}/"
    ben.post(f"{url}archive/")
    assert offered(ben, house) == []
    assert "No canned reply yet" in page(ben, "/settings/canned/")
    assert "It left" in page(ben, "/settings/canned/?archived=1")

    ben.post(f"{url}restore/")
    assert [each["name"] for each in offered(ben, house)] == ["It left"]


def test_an_answer_of_ours_becomes_a_canned_reply(house, ben):
    sent = reply(house.conversation, house.ben, "Dear Grace, it left.\nBen", at=NOW)
    url = f"/settings/canned/new/?from={sent.public_id}"

    assert url in page(ben, house.url)
    begun = page(ben, url)

    assert "Dear {{ person.first_name }}, it left." in begun
    assert 'value="The spring gift card"' in begun
    theirs = house.conversation.messages.get(direction="in").public_id
    assert ben.get(f"/settings/canned/new/?from={theirs}").status_code == 404
    assert signed_in(house.carl).get(url).status_code == 404


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


# Signatures


def test_a_signature_shows_how_it_reads_and_says_what_nobody_knows(house):
    ana = signed_in(house.ana)
    url = f"/settings/inboxes/{house.hello.public_id}/signature/"
    answer = ana.post(url, {"text_en": "{{ business.name }} <i> {{ me.nme }}"}, follow=True)

    words = answer.content.decode()
    assert "{{ me.nme }} is not known; did you mean me.name?" in words
    assert "Marlow &amp; Finch &lt;i&gt; {{ me.nme }}</blockquote>" in words
    ana.post("/settings/profile/", {"name": "Ana Ruiz", "signature": "{{ me.first_name }}"})
    assert ">Ana</blockquote>" in page(ana, "/settings/profile/")
    plain = page(signed_in(house.lou), "/settings/profile/")
    assert "As Grace Whitlow reads it" not in plain
