"""The acknowledgement: once, in their language, with the time; never to robots, never in a loop."""

import pytest
import time_machine

from goodword.conversations.models import Message
from goodword.desk import checking
from goodword.desk.intake import acknowledging
from goodword.desk.roads import Authentication
from goodword.events import actions as events
from goodword.events.models import Event
from goodword.inboxes import actions as inboxes
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, make_house, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = make_house()
    house.hello.acknowledges = True
    house.hello.save()
    return house


def acknowledged(message, *, at=None):
    return acknowledging.acknowledge(message, at=at or message.said_at)


def test_it_says_by_when_and_keeps_nothing(house):
    message = receive(house)
    sent = acknowledged(message)
    road = deliver(at=MONDAY_NOON + MINUTE)

    assert "Tuesday 17 November, 13:00" in sent.text  # in the zone of the business
    assert road.sent[0].automatic
    assert road.sent[0].history is None
    assert owed_reply(message.conversation) is not None
    assert checking.violations() == []


def test_it_is_off_unless_the_inbox_wants_it(house):
    house.hello.acknowledges = False
    house.hello.save()
    assert acknowledged(receive(house)) is None


def test_the_business_words_stand_instead_of_ours_in_the_inbox_language(house):
    house.hello.language = "de"
    house.hello.save()
    texts = {"de": "Liebe/r {name}, Antwort bis {due}. {business}", "en": "By {due}"}
    inboxes.word(house.hello, "acknowledgement", texts, by=house.ana, at=MONDAY_NOON)
    assert acknowledged(receive(house)).text == (
        "Liebe/r Grace Whitlow, Antwort bis Dienstag, 17. November, 13:00 Uhr. Marlow & Finch"
    )


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "auto_reply"},
        {"kind": "list"},
        {"kind": "bounce"},
        {"sender": "noreply@shop.example"},
        {"sender": "no_reply@bank.example"},
        {"sender": "mailer-daemon@x.example"},
        {"sender": "repairs@shop.example"},
        {"sender": ""},
    ],
)
def test_no_robot_and_no_inbox_of_ours_is_acknowledged(house, told):
    assert acknowledged(receive(house, **told)) is None


def test_one_for_a_conversation_and_day(house):
    first = receive(house)
    assert acknowledged(first)
    ids = [each.value for each in first.external_ids.filter(scope="email")]
    again = receive(house, "Hello?", at=MONDAY_NOON + HOUR, refers_to=ids)
    assert acknowledged(again) is None


def test_a_stubborn_responder_that_opens_ever_new_conversations_gets_no_more_than_a_few(house):
    sent = [
        acknowledged(receive(house, f"I am away ({n})", at=MONDAY_NOON + n * MINUTE))
        for n in range(20)
    ]
    assert sum(each is not None for each in sent) == acknowledging.MOST_AN_HOUR
    assert owed_reply(receive(house, at=MONDAY_NOON + HOUR).conversation) is not None
    held = Event.objects.filter(kind="desk.automatic_mail_held")
    assert held.count() == 20 - acknowledging.MOST_AN_HOUR
    assert held[0].data["limit"] == "address"


def test_one_that_takes_its_time_gets_no_more_in_a_day_either(house):
    sent = [acknowledged(receive(house, at=MONDAY_NOON + n * 30 * MINUTE)) for n in range(40)]
    assert sum(each is not None for each in sent) == acknowledging.MOST_A_DAY


def test_a_flood_from_ever_new_addresses_meets_the_limit_of_the_house(house, monkeypatch):
    monkeypatch.setattr(acknowledging, "MOST_OF_THE_HOUSE_AN_HOUR", 5)
    sent = [
        acknowledged(receive(house, sender=f"bot{n}@x.example", at=MONDAY_NOON + n * MINUTE))
        for n in range(9)
    ]
    assert sum(each is not None for each in sent) == 5
    assert Event.objects.filter(kind="desk.automatic_mail_held").first().data["limit"] == "house"


def test_what_a_teammate_forwarded_in_is_not_acknowledged_to_who_wrote_it(house):
    message = receive(house)
    message.forwarded_by = house.ben
    assert acknowledged(message) is None


def test_nobody_hears_of_a_mail_that_another_wrote_in_their_name(house):
    message = receive(house, authentications=[Authentication("mx.evil.example", "fail", "dmarc")])
    assert acknowledged(message) is None


def test_handed_on_twice_it_is_sent_once(house):
    receive(house)
    with time_machine.travel(MONDAY_NOON + MINUTE, tick=False):
        assert events.hand_on(at=MONDAY_NOON + MINUTE)
        for event in Event.objects.filter(kind="conversations.message_received"):
            acknowledging.on_received(event)
    assert Message.objects.filter(automatic=True, direction="out").count() == 1


def test_what_came_in_long_ago_is_not_acknowledged_any_more(house):
    assert acknowledged(receive(house), at=MONDAY_NOON + DAY) is None
