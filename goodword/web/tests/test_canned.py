"""Who reaches canned replies, and how they are written; and signatures, which know as much."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from goodword.canned.models import Applied, CannedReply
from goodword.web.canned.urls import urlpatterns
from goodword.web.tests.canned import NOW, make, offered, page, signed_in
from tests.factories import DAY, HOUR, make_house, receive, reply

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

    assert url in page(ben, f"/messages/{sent.public_id}/menu/")
    begun = page(ben, url)

    assert "Dear {{ person.first_name }}, it left." in begun
    assert 'value="The spring gift card"' in begun
    theirs = house.conversation.messages.get(direction="in").public_id
    assert ben.get(f"/settings/canned/new/?from={theirs}").status_code == 404
    assert signed_in(house.carl).get(url).status_code == 404


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
