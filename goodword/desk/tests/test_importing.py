"""Years of old mail become history: once, in order, owing nothing and waking nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError

from goodword.conversations.models import Conversation, ExternalId, Message, Recipient
from goodword.core import ids
from goodword.desk import checking
from goodword.desk.intake import importing, receiving, storing
from goodword.desk.intake.importing import Old
from goodword.desk.models import Arrival
from goodword.events.models import Delivery, Event
from goodword.files.models import File
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2011, 3, 4, 5, 6, 7, tzinfo=UTC)
GRACE, US = "grace@whitlow.example", "hello@shop.example"


def raw(
    text="Do you polish rings?",
    *,
    sender=GRACE,
    to=US,
    number=1,
    answers=None,
    subject="Rings",
    **fields,
):
    rows = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Message-ID": f"<{number}@whitlow.example>",
        **({"In-Reply-To": f"<{answers}@whitlow.example>"} if answers else {}),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
    return f"{head}\r\n{text}\r\n".encode()


def take_in(house, *raws, inbox=None, since=LONG_AGO):
    olds = [Old(each, since + n * HOUR) for n, each in enumerate(raws)]
    found = importing.take_in(olds, road="email", inbox=inbox or house.hello, at=MONDAY_NOON)
    assert checking.violations() == []
    return [each.state for each in found]


def test_an_old_mail_arrives_closed_as_imported_owing_nothing_and_waking_nobody(house):
    house.hello.acknowledges = True
    house.hello.save()
    before = Event.objects.count()

    assert take_in(house, raw()) == ["taken"]

    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.closed_why) == ("closed", "imported")
    message = conversation.messages.get()
    assert (message.said_at, message.counted, message.text.strip()) == (
        LONG_AGO, False, "Do you polish rings?",
    )  # fmt: skip
    assert (Promise.objects.count(), Arrival.objects.count()) == (0, 0)
    assert (Event.objects.count(), Delivery.objects.count()) == (before, 0)
    assert message.raw is not None


def test_keys_follow_the_time_it_was_said(house):
    take_in(house, raw(number=1))
    message = Message.objects.get()
    assert abs(ids.moment_of(message.pk) - LONG_AGO) < timedelta(milliseconds=2)
    assert Conversation.objects.get().latest_key == message.pk


def test_the_same_again_is_there_once_whether_bytes_or_only_content_are_the_same(house):
    assert take_in(house, raw()) == ["taken"]
    files = File.objects.count()
    assert take_in(house, raw()) == ["there"]
    # Another copy of it, by another way: other trace headers, other line ends.
    copy = b"X-Mozilla-Status: 0001\n" + raw().replace(b"\r\n", b"\n")
    assert take_in(house, copy, copy) == ["there", "there"]
    assert (Message.objects.count(), File.objects.count()) == (1, files)


def test_two_copies_in_one_helping_are_there_once(house):
    copy = b"X-Copy: 2\r\n" + raw()
    assert take_in(house, raw(), raw(), copy) == ["taken", "there", "there"]
    assert Message.objects.count() == 1


def test_what_was_here_and_is_gone_for_good_does_not_come_back(house):
    take_in(house, raw())
    ExternalId.objects.update(message=None)
    Message.objects.get().recipients.all().delete()
    Message.objects.all().delete()
    Conversation.objects.all().delete()
    assert take_in(house, raw()) == ["there"]
    assert not Message.objects.exists()


def test_a_thread_is_one_conversation_and_our_answers_are_ours(house):
    states = take_in(
        house,
        raw(number=1),
        raw("Yes, 20 euros.", sender=f"Ana <{US}>", to=GRACE, number=2, answers=1),
        raw("Lovely.", number=3, answers=2),
    )

    assert states == ["taken"] * 3
    conversation = Conversation.objects.get()
    assert conversation.state == "closed"
    first, ours, last = conversation.messages.order_by("id")
    assert [m.direction for m in (first, ours, last)] == ["in", "out", "in"]
    assert (ours.person, ours.counted, ours.author_name) == (None, False, "Ana")
    # We know whom it was written to, and not whether they got it.
    assert [r.state for r in ours.recipients.all()] == [Recipient.State.NAMED]
    assert conversation.person.holdings.get().address.value == GRACE


def test_a_stranger_joins_no_conversation_in_history_either(house):
    take_in(house, raw(number=1), raw(sender="mallory@evil.example", number=2, answers=1))
    assert Conversation.objects.count() == 2


def test_an_old_mail_that_joins_an_open_conversation_changes_nothing_of_what_is_owed(house):
    open_one = receive(house, external_ids=["9@whitlow.example"]).conversation
    promise = Promise.objects.get()

    assert take_in(house, raw(number=1, answers=9), since=MONDAY_NOON - DAY) == ["taken"]

    assert open_one.messages.count() == 2
    open_one.refresh_from_db()
    assert open_one.state == "open"
    again = Promise.objects.get()
    assert (again.pk, again.due_at, again.state) == (promise.pk, promise.due_at, promise.state)


def test_an_old_answer_of_ours_keeps_no_promise_of_today(house):
    receive(house, external_ids=["9@whitlow.example"])
    take_in(house, raw(sender=US, to=GRACE, number=1, answers=9), since=MONDAY_NOON - HOUR)
    assert Promise.objects.get().state == "open"


def test_our_own_answer_found_in_the_sent_folder_is_the_one_we_have(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + DAY)
    own = answer.external_ids.get(scope="email").value
    sent = raw(sender=US, to=GRACE).replace(b"1@whitlow.example", own.encode())

    assert take_in(house, sent) == ["there"]
    assert Message.objects.count() == 2


def test_an_old_bounce_marks_nobody(house):
    report = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: hello@shop.example\r\nSubject: Undelivered\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;"
        b" boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type:"
        b" message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; grace@whitlow.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b--\r\n"
    )
    ours = raw(sender=US, to=GRACE, number=1)
    assert take_in(house, ours, report) == ["taken", "taken"]
    assert not Recipient.objects.filter(state=Recipient.State.BOUNCED).exists()
    assert not Recipient.objects.filter(address__bouncing_since__isnull=False).exists()


def test_mail_from_a_colleague_is_history_too(house):
    assert take_in(house, raw(sender="ben@shop.example")) == ["taken"]
    assert Message.objects.get().direction == "in"


def test_what_cannot_be_read_is_said_and_stops_no_other(house):
    olds = [Old(b"\r\n", LONG_AGO), Old(raw(), LONG_AGO)]
    bad, good = importing.take_in(olds, road="email", inbox=house.hello, at=MONDAY_NOON)
    assert (bad.state, bool(bad.why), good.state) == ("failed", True, "taken")


def test_what_cannot_be_stored_is_said_and_stops_no_other(house, monkeypatch):
    real = receiving.receive

    def picky(inbound, **kw):
        if "poison" in inbound.text:
            Message.objects.filter(pk=-1).update(said_at=None)
            raise IntegrityError("a row that can't be")
        return real(inbound, **kw)

    monkeypatch.setattr(receiving, "receive", picky)
    assert take_in(house, raw(), raw("poison", number=2), raw(number=3)) == [
        "taken", "failed", "taken",
    ]  # fmt: skip


def test_what_fails_halfway_through_being_received_takes_no_other_with_it(house, monkeypatch):
    real = storing.store

    def picky(inbound, *rest, **kw):
        stored = real(inbound, *rest, **kw)
        if "poison" in inbound.text:
            raise ValueError("a part that can't be")
        return stored

    monkeypatch.setattr(storing, "store", picky)
    assert take_in(house, raw(), raw("poison", number=2), raw(number=3)) == [
        "taken", "failed", "taken",
    ]  # fmt: skip
    assert Message.objects.count() == 2


def test_when_the_database_goes_nothing_of_the_helping_is_there(house, monkeypatch):
    real, calls = receiving.receive, []

    def going(inbound, **kw):
        calls.append(inbound)
        if len(calls) == 3:
            raise OperationalError("disk I/O error")
        return real(inbound, **kw)

    monkeypatch.setattr(receiving, "receive", going)
    with pytest.raises(OperationalError):
        take_in(house, *(raw(number=n) for n in range(5)))
    assert not Message.objects.exists()
    monkeypatch.undo()
    assert take_in(house, *(raw(number=n) for n in range(5))) == ["taken"] * 5


def test_the_people_of_another_inbox_see_what_is_there_and_theirs_too(house):
    take_in(house, raw())
    assert take_in(house, raw(), inbox=house.repairs) == ["there"]
    assert Message.objects.count() == 1
    conversation = Conversation.objects.get()
    assert conversation.inbox == house.hello
    assert [row.inbox for row in conversation.also_in.all()] == [house.repairs]


def test_a_helping_that_is_there_costs_few_queries(house, django_assert_max_num_queries):
    raws = [raw(number=n) for n in range(30)]
    take_in(house, *raws)
    olds = [Old(each, LONG_AGO) for each in raws]
    with django_assert_max_num_queries(3):
        importing.take_in(olds, road="email", inbox=house.hello, at=MONDAY_NOON)
