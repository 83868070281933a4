"""Taken in, parsed, joined or opened; nothing lost, nothing twice, nobody joined by a number."""

import pytest
from django.db import OperationalError

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, ExternalId, Link, Message
from goodword.core import ids
from goodword.desk import checking, roads
from goodword.desk.intake import arriving
from goodword.desk.models import Arrival
from goodword.desk.roads import CannotParse, InboundFile, Party
from goodword.events.models import Event
from goodword.files import actions as files
from goodword.files.models import File
from goodword.people.models import Person
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
    return arriving.take_in(raw, road="email", source="smtp", at=MONDAY_NOON, **kw)


def test_an_arrival_becomes_a_message_in_the_inbox_it_was_sent_to(house, road):
    take_in(b"grace@x.example|Hello|repairs@shop.example")
    assert arriving.receive_due(at=MONDAY_NOON) == 1
    conversation = Conversation.objects.get()
    assert conversation.inbox == house.repairs
    assert Arrival.objects.get().message == conversation.messages.get()
    assert arriving.receive_due(at=MONDAY_NOON + HOUR) == 0


def test_what_cannot_be_parsed_stays_visible_and_stops_no_other(house, road):
    bad, good = take_in(b"not a message"), take_in()
    road_parse = road.parse

    def parse(raw, **kw):
        if raw == b"not a message":
            raise CannotParse("there is nothing in it")
        return road_parse(raw, **kw)

    road.parse = parse
    arriving.receive_due(at=MONDAY_NOON)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.why) == ("failed", "there is nothing in it")
    assert good.state == "received"
    assert Event.objects.filter(kind="desk.arrival_failed").count() == 1


def test_a_passing_fault_is_tried_again_and_a_lasting_one_is_put_before_a_person(house, road):
    arrival = take_in()
    road.failing = RuntimeError("database is away")
    at = MONDAY_NOON
    for _ in range(arriving.MOST_TRIES):
        arriving.receive_due(at=at)
        at += DAY
    arrival.refresh_from_db()
    assert (arrival.state, arrival.tries) == ("failed", arriving.MOST_TRIES)

    road.failing = None
    arriving.try_again(arrival, inbox=None, at=at)
    arriving.receive_due(at=at)
    arrival.refresh_from_db()
    assert arrival.state == "received"


def test_a_message_that_kills_its_worker_is_put_aside(house, road):
    class Killed(BaseException):
        pass

    arrival = take_in()
    road.failing = Killed()
    at = MONDAY_NOON
    for _ in range(arriving.MOST_TRIES):
        with pytest.raises(Killed):
            arriving.receive_due(at=at)
        at += HOUR
    arriving.receive_due(at=at)
    arrival.refresh_from_db()
    assert arrival.state == "failed"


def test_of_many_received_together_one_that_fails_takes_no_other_with_it(house, road):
    arrivals = [take_in(f"grace{n}@x.example|Hello|hello@shop.example".encode()) for n in range(5)]
    failing = arrivals[2].raw
    parse, receive_one = road.parse, arriving.receiving.receive

    def receive(inbound, *, raw, **kw):
        if raw == failing:
            Conversation.objects.create(inbox=house.hello, person=None)  # breaks a constraint
        return receive_one(inbound, raw=raw, **kw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arriving.receiving, "receive", receive)
        assert arriving.receive_due(at=MONDAY_NOON) == 5
    states = [Arrival.objects.get(pk=each.pk).state for each in arrivals]
    assert states == ["received", "received", "pending", "received", "received"]
    assert "IntegrityError" in Arrival.objects.get(pk=arrivals[2].pk).why
    assert checking.violations() == []

    road.parse = parse
    arriving.receive_due(at=MONDAY_NOON + HOUR)
    assert Message.objects.count() == 5


def test_of_many_received_together_one_that_fails_at_its_very_end_takes_no_other_with_it(
    house, road
):
    arrivals = [take_in(f"grace{n}@x.example|Hello|hello@shop.example".encode()) for n in range(5)]
    failing = arrivals[2].raw
    receive_one = arriving.receiving.receive

    def receive(inbound, *, raw, **kw):
        message = receive_one(inbound, raw=raw, **kw)
        if raw == failing:  # an id that is taken meanwhile: what stores it asks for no answer
            conversations.know_identity(message, scope="email", value=inbound.identity, ids=[])
        return message

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arriving.receiving, "receive", receive)
        assert arriving.receive_due(at=MONDAY_NOON) == 5
    states = [Arrival.objects.get(pk=each.pk).state for each in arrivals]
    assert states == ["received", "received", "pending", "received", "received"]
    assert "IntegrityError" in Arrival.objects.get(pk=arrivals[2].pk).why
    assert Message.objects.count() == Conversation.objects.count() == 4
    assert not Person.objects.filter(holdings__address__value="grace2@x.example").exists()
    assert checking.violations() == []

    arriving.receive_due(at=MONDAY_NOON + HOUR)
    assert Message.objects.count() == Conversation.objects.count() == 5
    assert checking.violations() == []


def test_what_came_together_with_a_killer_is_received_without_it(house, road):
    class Killed(BaseException):
        pass

    arrivals = [take_in(f"grace{n}@x.example|Hello|hello@shop.example".encode()) for n in range(4)]
    killer = files.read(arrivals[1].raw)
    road_parse = road.parse

    def parse(raw, **kw):
        if raw == killer:
            raise Killed
        return road_parse(raw, **kw)

    road.parse = parse
    at = MONDAY_NOON
    for _ in range(arriving.MOST_TRIES + 2):
        try:
            arriving.receive_due(at=at)
        except Killed:
            pass
        at += HOUR
    states = [Arrival.objects.get(pk=each.pk).state for each in arrivals]
    assert states == ["received", "failed", "received", "received"]


def test_when_the_database_breaks_off_in_the_middle_each_is_received_by_itself(house, road):
    for n in range(3):
        take_in(f"grace{n}@x.example|Hello|hello@shop.example".encode())
    receive_one = arriving.receiving.receive
    met = []

    def receive(inbound, **kw):
        met.append(inbound)
        if len(met) == 2:
            raise OperationalError("deadlock detected")
        return receive_one(inbound, **kw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arriving.receiving, "receive", receive)
        arriving.receive_due(at=MONDAY_NOON)
    assert set(Arrival.objects.values_list("state", flat=True)) == {"received"}
    assert Message.objects.count() == 3


def test_mail_for_no_inbox_of_ours_waits_for_a_person_who_names_one(house, road):
    arrival = take_in(b"grace@x.example|Hello|nobody@elsewhere.example")
    arriving.receive_due(at=MONDAY_NOON)
    arrival.refresh_from_db()
    assert arrival.state == "failed"

    arriving.try_again(arrival, inbox=house.hello, at=MONDAY_NOON + MINUTE)
    arriving.receive_due(at=MONDAY_NOON + MINUTE)
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
    assert arriving.inboxes_of(both) == [house.repairs, house.hello]
    hidden = inbound(to="list@elsewhere.example", delivered_to=["hello@shop.example"])
    assert arriving.inboxes_of(hidden) == [house.hello]
    # Fetched from a mailbox it doesn't name: seen there, yet it belongs to who is named.
    assert arriving.inboxes_of(inbound(), house.repairs) == [house.hello, house.repairs]
    elsewhere = inbound(to="list@elsewhere.example")
    assert arriving.inboxes_of(elsewhere, house.repairs) == [house.repairs]


def test_what_was_stored_while_the_clock_was_ahead_is_received_once_it_is_right(house, road):
    arriving.take_in(
        b"grace@x.example|Hello|hello@shop.example", road="email", source="smtp",
        at=MONDAY_NOON + 30 * DAY,
    )  # fmt: skip
    assert arriving.receive_due(at=MONDAY_NOON) == 1
    assert Arrival.objects.get().state == "received"


def test_of_two_messages_that_drew_one_key_the_second_draws_another(house, monkeypatch):
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(ids.secrets, "randbits", lambda bits: next(drawn))
    first, second = receive(house, "First"), receive(house, "Second")
    assert second.pk == first.pk + 1
    assert dict(Message.objects.values_list("pk", "text")) == {
        first.pk: "First",
        second.pk: "Second",
    }
