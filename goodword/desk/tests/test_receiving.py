"""Taken in, parsed, joined or opened; nothing lost, nothing twice, nobody joined by a number."""

import pytest

from goodword.conversations.models import Conversation, ExternalId, Link
from goodword.desk import checking, receiving, roads
from goodword.desk.models import Arrival
from goodword.desk.roads import CannotParse, InboundFile, Party
from goodword.events.models import Event
from goodword.files.models import File
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_NOON,
    MemoryRoad,
    deliver,
    inbound,
    receive,
    reply,
)

pytestmark = pytest.mark.django_db


class ParsingRoad(MemoryRoad):
    """Reads b"sender|text|to" or fails as told."""

    failing: Exception | None = None

    def parse(self, raw, *, received_at, envelope_to):
        if self.failing:
            raise self.failing
        sender, text, to = raw.decode().split("|")
        return inbound(text, sender=sender, to=to, at=received_at, identity=raw.hex())


@pytest.fixture
def road():
    real = roads._roads.get("email")
    road = ParsingRoad()
    roads.register(road)
    yield road
    if real:
        roads.register(real)


def take_in(raw=b"grace@x.example|Hello|hello@shop.example", **kw):
    return receiving.take_in(raw, road="email", source="smtp", at=MONDAY_NOON, **kw)


def test_an_arrival_becomes_a_message_in_the_inbox_it_was_sent_to(house, road):
    take_in(b"grace@x.example|Hello|repairs@shop.example")
    assert receiving.receive_due(at=MONDAY_NOON) == 1
    conversation = Conversation.objects.get()
    assert conversation.inbox == house.repairs
    assert Arrival.objects.get().message == conversation.messages.get()
    assert receiving.receive_due(at=MONDAY_NOON + HOUR) == 0


def test_what_cannot_be_parsed_stays_visible_and_stops_no_other(house, road):
    bad, good = take_in(b"not a message"), take_in()
    road_parse = road.parse

    def parse(raw, **kw):
        if raw == b"not a message":
            raise CannotParse("there is nothing in it")
        return road_parse(raw, **kw)

    road.parse = parse
    receiving.receive_due(at=MONDAY_NOON)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.why) == ("failed", "there is nothing in it")
    assert good.state == "received"
    assert Event.objects.filter(kind="desk.arrival_failed").count() == 1


def test_a_passing_fault_is_tried_again_and_a_lasting_one_is_put_before_a_person(house, road):
    arrival = take_in()
    road.failing = RuntimeError("database is away")
    at = MONDAY_NOON
    for _ in range(receiving.MOST_TRIES):
        receiving.receive_due(at=at)
        at += DAY
    arrival.refresh_from_db()
    assert (arrival.state, arrival.tries) == ("failed", receiving.MOST_TRIES)

    road.failing = None
    receiving.try_again(arrival, inbox=None, at=at)
    receiving.receive_due(at=at)
    arrival.refresh_from_db()
    assert arrival.state == "received"


def test_a_message_that_kills_its_worker_is_put_aside(house, road):
    class Killed(BaseException):
        pass

    arrival = take_in()
    road.failing = Killed()
    at = MONDAY_NOON
    for _ in range(receiving.MOST_TRIES):
        with pytest.raises(Killed):
            receiving.receive_due(at=at)
        at += HOUR
    receiving.receive_due(at=at)
    arrival.refresh_from_db()
    assert arrival.state == "failed"


def test_mail_for_no_inbox_of_ours_waits_for_a_person_who_names_one(house, road):
    arrival = take_in(b"grace@x.example|Hello|nobody@elsewhere.example")
    receiving.receive_due(at=MONDAY_NOON)
    arrival.refresh_from_db()
    assert arrival.state == "failed"

    receiving.try_again(arrival, inbox=house.hello, at=MONDAY_NOON + MINUTE)
    receiving.receive_due(at=MONDAY_NOON + MINUTE)
    assert Conversation.objects.get().inbox == house.hello


def test_a_customers_reply_joins_by_the_id_we_sent_and_reopens(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + 2 * HOUR)
    again = receive(house, "Thanks, and…", answers=answer, at=MONDAY_NOON + DAY)
    assert again.conversation == first.conversation


def test_a_stranger_who_knows_an_id_opens_a_new_conversation_linked_to_it(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    strange = receive(house, sender="mallory@evil.example", answers=answer, at=MONDAY_NOON + DAY)
    assert strange.conversation != first.conversation
    link = Link.objects.get()
    assert (link.conversation, link.other) == (strange.conversation, first.conversation)


def test_a_colleagues_address_in_from_opens_no_door(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    forged = receive(house, sender="carl@shop.example", answers=answer, at=MONDAY_NOON + DAY)
    assert forged.conversation != first.conversation


def test_someone_we_copied_in_belongs(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR, cc=["joe@petty.example"])
    joined = receive(house, sender="joe@petty.example", answers=answer, at=MONDAY_NOON + DAY)
    assert joined.conversation == first.conversation


def test_a_reference_in_the_subject_proves_nothing(house):
    first = receive(house)
    subject = f"Re: [{first.conversation.reference}] {first.subject}"
    other = receive(house, sender="mallory@evil.example", subject=subject, at=MONDAY_NOON + HOUR)
    assert other.conversation != first.conversation
    assert not Link.objects.exists()


def test_the_same_id_with_other_content_is_a_message_of_its_own(house):
    first = receive(house)
    shared = [each.value for each in first.external_ids.filter(scope="email")]
    second = receive(
        house, "Forged", sender="mallory@evil.example", external_ids=shared, at=MONDAY_NOON + HOUR
    )
    assert second.pk != first.pk
    assert second.conversation != first.conversation
    # The id still leads to the first.
    assert ExternalId.objects.get(scope="email", value=shared[0]).message == first


def test_our_own_message_that_comes_back_to_an_inbox_of_ours_is_there_once(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    ours = [each.value for each in answer.external_ids.filter(scope="email")]
    back = receive(house, sender="hello@shop.example", external_ids=ours, at=MONDAY_NOON + DAY)
    assert back == answer
    assert first.conversation.messages.count() == 2


def test_attachments_are_stored_once_by_content(house):
    files = [InboundFile("a.pdf", "application/pdf", b"%PDF"), InboundFile("b.pdf", "x/y", b"%PDF")]
    message = receive(house, files=files)
    receive(house, sender="joe@petty.example", files=files)
    assert [each.name for each in message.attachments.order_by("pk")] == ["a.pdf", "b.pdf"]
    assert File.objects.count() == 1


def test_hostile_names_are_cleaned_and_nul_and_surrogates_do_no_harm(house):
    message = receive(
        house,
        "a\x00b\ud800c",
        name="Gr\u202eace\x00\nEvil: header",
        subject="one\r\ntwo\x00",
        files=[InboundFile("..\x00/../x\u202ecod.exe", "text/html", b"x")],
    )
    message.refresh_from_db()
    assert message.text == "ab\ufffdc"
    assert message.author_name == "Grace Evil: header"
    assert message.subject == "one two"
    assert "\u202e" not in message.attachments.get().name


def test_a_mail_without_a_sender_is_kept(house):
    message = receive(house, sender="", name="")
    assert message.conversation.messages.count() == 1
    assert checking.violations() == []


def test_the_first_inbox_named_wins_and_the_envelope_decides_when_none_is_named(house):
    both = inbound(to="repairs@shop.example", cc=[Party("hello@shop.example")])
    assert receiving.inboxes_of(both) == [house.repairs, house.hello]
    hidden = inbound(to="list@elsewhere.example", delivered_to=["hello@shop.example"])
    assert receiving.inboxes_of(hidden) == [house.hello]
    # Fetched from a mailbox it doesn't name: seen there, yet it belongs to who is named.
    assert receiving.inboxes_of(inbound(), house.repairs) == [house.hello, house.repairs]
    elsewhere = inbound(to="list@elsewhere.example")
    assert receiving.inboxes_of(elsewhere, house.repairs) == [house.repairs]
