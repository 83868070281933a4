"""Variables in what customers read: signatures, ready words, in their language and zone."""

from __future__ import annotations

import pytest
from django.utils import translation

from goodword.conversations.models import Message
from goodword.desk import variables, wording
from goodword.desk.intake import acknowledging
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Wording
from goodword.people.models import Person
from tests.factories import HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
ALL = " · ".join(f"{{{{ {name} }}}}" for name in variables.KNOWN)


@pytest.fixture
def conversation(house):
    return receive(house).conversation


def filled(text: str, conversation, by) -> str:
    return wording.filled(text, conversation, by=by, at=MONDAY_NOON)


def test_every_variable_has_its_value_in_the_language_and_zone_of_the_person(house, conversation):
    reference = conversation.reference

    assert filled(ALL, conversation, house.ben).split(" · ") == [
        "Grace", "Grace Whitlow", "Ben", "Ben Okri", "The spring gift card", reference, "Hello",
        "Marlow & Finch", "Tuesday 17 November, 13:00", "16 November 2026",
    ]  # fmt: skip
    Person.objects.update(language="de", zone="Asia/Tokyo")
    conversation.refresh_from_db()
    assert filled("{{ today }} {{ promise.due }}", conversation, house.ben) == (
        "16. November 2026 Dienstag, 17. November, 21:00 Uhr JST"
    )


def test_what_nobody_knows_of_a_person_stays_to_be_seen_or_is_said_otherwise(house):
    nameless = receive(house, name="", sender="x@y.example").conversation

    words = filled('Dear {{ person.first_name | "there" }}: {{ person.name }}', nameless, house.ben)

    assert words == "Dear there: {{ person.name }}"


def test_signatures_are_filled_in_when_the_answer_leaves(house, conversation):
    house.ben.signature = "{{ me.first_name }}, for {{ person.name }} {{ persn.x }}"
    house.ben.save()
    at = MONDAY_NOON
    inboxes.word(
        house.hello, "signature", {"en": "{{ business.name }}, {{ inbox.name }}{{ promise.due }}"},
        by=house.ana, at=at,
    )  # fmt: skip
    reply(conversation, house.ben, "It left.", at=at + HOUR)

    sent = deliver(at=at + HOUR + MINUTE).sent[0]

    signed = "Ben, for Grace Whitlow {{ persn.x }}\n\nMarlow & Finch, Hello"
    assert sent.signature.startswith(signed)
    assert "promise.due" not in sent.signature


def test_words_that_go_out_by_themselves_know_variables_and_leave_no_place_open(house):
    house.hello.acknowledges = True
    house.hello.save()
    text = "Dear {{ person.first_name }}{{ me.name }}, {business} answers by {due}."
    inboxes.word(house.hello, "acknowledgement", {"en": text}, by=house.ana, at=MONDAY_NOON)
    message = receive(house)

    sent = acknowledging.acknowledge(message, at=MONDAY_NOON)

    assert sent.text == "Dear Grace, Marlow & Finch answers by Tuesday 17 November, 13:00."


def test_a_name_full_of_braces_is_a_name(house):
    sly = receive(house, name="{{ me.name }} {business} <b>", sender="s@y.example").conversation

    assert filled("{{ person.name }}", sly, house.ben) == "{{ me.name }} {business} <b>"
    words = wording.words_of(sly, "not_for_us", name=sly.person.name)
    assert "Ben" not in words


def test_doubts_are_said_in_a_sentence_and_an_example_fills_what_is_known():
    with translation.override("en"):
        doubts = variables.doubts("{{ persn.name }} {{ person.name }} {{ zzz }}")

    assert doubts == [
        "{{ persn.name }} is not known; did you mean person.name?",
        "{{ zzz }} is not known, so it stays as it is written.",
    ]


def test_an_example_says_what_is_true_of_who_writes(house):
    text = "{{ person.name }} {{ me.name }} {{ business.name }} {{ persn.name }}"

    assert variables.as_example(text, by=house.lea) == (
        "Grace Whitlow Lea Sommer Marlow & Finch {{ persn.name }}"
    )


def test_an_answer_becomes_a_reply_for_everybody(conversation):
    text = "Dear Grace, we know of no Graceland. Yours, Grace Whitlow"

    assert variables.generalised(text, conversation) == (
        "Dear {{ person.first_name }}, we know of no Graceland. Yours, {{ person.name }}"
    )


def acknowledged(house, **person: str) -> str:
    """What an acknowledgement says to somebody of whom this is known."""
    house.hello.acknowledges = True
    house.hello.save()
    asked = receive(house)
    Person.objects.update(**person)
    sent = acknowledging.acknowledge(Message.objects.get(pk=asked.pk), at=MONDAY_NOON + MINUTE)
    assert sent is not None
    return sent.text.replace("\xa0", " ")


def say(house, language: str) -> None:
    purpose, texts = Wording.Purpose.ACKNOWLEDGEMENT, {language: "{due} !"}
    inboxes.word(house.hello, purpose, texts, by=house.ana, at=MONDAY_NOON)


def test_our_own_words_and_the_moment_in_them_are_of_one_language(house):
    words = acknowledged(house, language="fr")

    assert "a person will answer it by Tuesday 17 November, 13:00 CET." in words


def test_words_of_the_house_in_another_language_name_the_moment_in_it(house):
    say(house, "fr")

    assert acknowledged(house, language="fr") == "mardi, 17 novembre 2026, 13:00 CET !"


def test_words_that_are_there_in_another_language_alone_name_the_moment_in_that_one(house):
    say(house, "de")

    assert acknowledged(house, language="fr") == "Dienstag, 17. November, 13:00 Uhr MEZ !"


@pytest.mark.parametrize(
    ("person", "moment"),
    [
        ({"zone": "America/New_York"}, "Tuesday 17 November, 07:00 EST."),
        ({"zone": "Europe/Paris"}, "Tuesday 17 November, 13:00."),
        ({"language": "en"}, "Tuesday 17 November, 13:00."),
        ({}, "Tuesday 17 November, 13:00."),
    ],
    ids=["another clock", "the same clock", "our language", "nothing known"],
)
def test_the_zone_is_named_to_whoever_may_live_by_another(house, person, moment):
    assert f"answer it by {moment}" in acknowledged(house, **person)
