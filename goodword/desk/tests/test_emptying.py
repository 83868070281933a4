"""What lies in the trash for thirty days is gone for good, and nothing brings it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversations
from goodword.conversations.models import (
    Attachment,
    Conversation,
    Draft,
    ExternalId,
    Message,
    Reading,
)
from goodword.desk import checking, handling, roads
from goodword.desk.answering import replying
from goodword.desk.intake import arriving, importing, joining, receiving
from goodword.desk.keeping import promising
from goodword.desk.models import Arrival
from goodword.desk.roads import InboundFile
from goodword.desk.shaping import emptying, splitting
from goodword.files import actions as files
from goodword.files.models import File
from goodword.notices import actions as notices
from goodword.notices.models import Notice
from goodword.plan import queries as plan
from goodword.promises.models import Promise
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
AT = MONDAY_NOON + HOUR
LATER = AT + 31 * DAY


def trash(house, conversation, at=AT, fate=handling.Fate.STAYS):
    still_open = Promise.objects.filter(conversation=conversation, state="open")
    fates = dict.fromkeys(still_open.values_list("public_id", flat=True), fate)
    handling.trash(conversation, fates=fates, by=house.ben, at=at)
    conversation.refresh_from_db()


@pytest.fixture
def rich(house):
    """A conversation with everything that hangs on one, in the trash."""
    pdf = InboundFile("receipt.pdf", "application/pdf", b"%PDF-1.4")
    asked = receive(house, files=[pdf])
    one = asked.conversation
    asked.raw = files.keep(b"Subject: x\r\n\r\nWhere?", at=AT)
    asked.save(update_fields=["raw"])
    file = files.keep(b"raw", at=AT)
    Arrival.objects.create(
        road="email", raw=file, source="smtp", arrived_at=AT, said_at=AT, state="received",
        message=asked, inbox=house.hello,
    )  # fmt: skip
    due = plan.current().moment_due(AT + 40 * DAY, zone="Europe/Berlin")
    promising.track(one, what="call", said="call me", owner=house.ben, due=due, by=house.ben, at=AT)
    reply(one, house.ben, at=AT)
    deliver(at=AT + MINUTE)
    replying.write_note(one, by=house.lou, text="hm", at=AT)
    conversations.tag(one, "repair", by=house.ben, at=AT)
    conversations.save_draft(one, by=house.ben, kind=Draft.Kind.NOTE, text="half", at=AT)
    Reading.objects.create(teammate=house.ben, conversation=one, at=AT)
    joined = receive(house, sender="grace@home.example").conversation
    joining.join(joined, one, by=house.ben, at=AT)
    splitting.split(receive(house, answers=asked, at=AT), and_after=False, by=house.ben, at=AT)
    url = f"/conversations/{one.public_id}/"
    notices.tell(house.ana, matter="other:1", kind="x", title="Grace wrote", url=url, at=AT)
    trash(house, one, at=AT + HOUR)
    return one


def test_given_thirty_days_all_of_it_is_gone_and_the_promises_still_count(house, rich):
    split_off = Conversation.objects.exclude(pk=rich.pk).get(redirect_to=None)
    assert emptying.empty_due(at=AT + 30 * DAY) == 0
    ids = ExternalId.objects.count()
    assert emptying.empty_due(at=LATER) == 1

    assert list(Conversation.objects.all()) == [split_off]
    assert Message.objects.count() == 1
    assert not (Attachment.objects.exists() or Draft.objects.exists() or Arrival.objects.exists())
    assert not (Reading.objects.exists() or Notice.objects.exists())
    assert ExternalId.objects.count() == ids
    ended = Promise.objects.exclude(conversation=split_off)
    assert sorted(ended.values_list("kind", "state")) == [
        ("do", "open"), ("reply", "kept"), ("reply", "released"),
    ]  # fmt: skip
    assert checking.violations() == []


def test_given_no_reference_any_more_the_sweep_takes_the_bytes(house, rich):
    emptying.empty_due(at=LATER)
    files.sweep(at=LATER)
    files.sweep(at=LATER + 2 * DAY)
    assert not File.objects.exists()


def test_given_that_they_write_before_it_stays(house, rich):
    receive(house, answers=rich.messages.first(), at=LATER - DAY)
    rich.refresh_from_db()
    assert rich.state == "open"
    assert emptying.empty_due(at=LATER) == 0


def test_given_a_mail_fetched_again_it_is_gone_and_stops_no_other(house, monkeypatch):
    mail = inbound()
    message = receiving.receive(mail, inbox=house.hello, at=MONDAY_NOON)
    trash(house, message.conversation)
    emptying.empty_due(at=LATER)
    other = inbound("Something else", at=LATER)

    class Again(MemoryRoad):
        def parse(self, raw, *, received_at, envelope_to):
            return mail if raw == b"again" else other

    monkeypatch.setitem(roads._roads, "email", Again())
    arriving.take_in_together(
        [arriving.Taken(b"again"), arriving.Taken(b"new")], road="email", source="imap:1", at=LATER
    )
    arriving.take_in(b"again", road="email", source="smtp", at=LATER)
    arriving.receive_due(at=LATER)
    states = Arrival.objects.order_by("pk").values_list("state", "message__text", "due_at")
    gone = ("gone", None, None)
    assert list(states) == [gone, ("received", other.text, None), gone]
    assert importing.take_in(
        [importing.Old(b"again", MONDAY_NOON)], road="email", inbox=house.hello, at=LATER
    ) == [importing.Outcome("there")]
    with pytest.raises(receiving.ThrownAway), transaction.atomic():
        receiving.receive(mail, inbox=house.hello, at=LATER)
    assert Conversation.objects.count() == 1
    assert emptying.forget_refused(at=LATER + 2 * DAY) == 2
    assert checking.violations() == []


def test_given_an_answer_to_what_is_gone_it_opens_a_conversation_of_its_own(house):
    asked = receive(house)
    said = reply(asked.conversation, house.ben, at=AT)
    deliver(at=AT)
    wanted = said.external_ids.values_list("value", flat=True)
    refers_to = list(wanted)
    trash(house, asked.conversation)
    emptying.empty_due(at=LATER)
    late = replace(inbound(at=LATER), refers_to=refers_to)
    message = receiving.receive(late, inbox=house.hello, at=LATER)
    assert Promise.objects.get(state="open").message == message
    assert checking.violations() == []


def test_our_own_mail_that_comes_back_as_a_copy_is_not_brought_back(house):
    asked = receive(house)
    said = reply(asked.conversation, house.ben, at=AT)
    deliver(at=AT)
    ours = list(said.external_ids.values_list("value", flat=True))
    trash(house, asked.conversation)
    emptying.empty_due(at=LATER)
    echo = inbound(sender="hello@shop.example", external_ids=ours, at=LATER)
    with pytest.raises(receiving.ThrownAway):
        receiving.receive(echo, inbox=house.hello, at=LATER)


def test_owners_and_leads_throw_away_for_good_what_they_see_and_nobody_else(house):
    mine, theirs = receive(house).conversation, receive(house, inbox=house.repairs).conversation
    for each in (mine, theirs):
        handling.trash(each, by=house.ana, at=AT)
    for who, which in ((house.ben, mine), (house.lou, mine), (house.lea, theirs)):
        with pytest.raises(MayNot):
            emptying.purge(which, by=who, at=AT)
    with pytest.raises(MayNot):
        emptying.empty(by=house.ben, at=AT)
    emptying.purge(mine, by=house.lea, at=AT)
    assert emptying.empty(by=house.lea, at=AT) == 0
    assert emptying.empty(by=house.ana, at=AT) == 1
    assert emptying.empty_due(at=AT) == 1
    assert not Conversation.objects.exists()


def test_however_much_lies_in_it_emptying_names_none_of_it_to_the_database(house):
    for number in range(3):
        trash(house, receive(house, sender=f"p{number}@x.example").conversation)
    with CaptureQueriesContext(connection) as asked:
        assert emptying.empty(by=house.lea, at=AT) == 3

    update = next(each["sql"] for each in asked if 'UPDATE "conversations' in each["sql"])
    assert "SELECT" in update  # a statement takes so many keys and no more
    assert emptying.empty_due(at=AT) == 3


def test_what_was_taken_out_meanwhile_is_not_thrown_away(house):
    one = receive(house).conversation
    trash(house, one)
    stale = Conversation.objects.get(pk=one.pk)
    handling.reopen(one, by=house.ben, at=AT)
    with pytest.raises(MayNot):
        emptying.purge(stale, by=house.ana, at=AT)
    with pytest.raises(emptying.NotInTrash):
        emptying._purge(one.pk, by=None, at=AT)


@pytest.mark.parametrize("dies_at", ["messages", "rows", "announce"])
def test_killed_in_the_middle_it_is_whole(house, rich, monkeypatch, dies_at):
    class Killed(BaseException):
        pass

    def die(*_args, **_kw):
        raise Killed

    if dies_at == "announce":
        monkeypatch.setattr(emptying.events, "announce", die)
    else:
        monkeypatch.setattr(f"django.db.models.query.QuerySet.{_step(dies_at)}", die)
    before = Message.objects.count()
    with pytest.raises(Killed):
        emptying.empty_due(at=LATER)
    monkeypatch.undo()
    assert Message.objects.count() == before
    assert checking.violations() == []
    assert emptying.empty_due(at=LATER) == 1


def _step(name):
    return {"messages": "delete", "rows": "update"}[name]


def test_what_is_said_aside_goes_along(house):
    one = receive(house).conversation
    aside = conversations.open_conversation(
        inbox=house.hello, person=one.person, subject="clasp", at=AT, side_of=one
    )
    trash(house, one)
    assert emptying.empty_due(at=LATER) == 1
    assert not Conversation.objects.filter(pk=aside.pk).exists()


def test_spam_lies_thirty_days_in_spam_and_thirty_in_the_trash(house):
    one = receive(house).conversation
    handling.mark_spam(one, by=house.ben, at=AT)
    assert emptying.trash_old_spam(at=AT + 30 * DAY - MINUTE) == 0
    assert emptying.trash_old_spam(at=AT + 30 * DAY) == 1
    one.refresh_from_db()
    assert (one.state, one.spam_since) == ("trash", None)
    assert emptying.gone_at(one) == AT + 60 * DAY
    assert emptying.empty_due(at=AT + 59 * DAY) == 0
    assert emptying.empty_due(at=AT + 60 * DAY + timedelta(seconds=1)) == 1


def test_given_it_was_thrown_away_while_its_answer_left_the_worker_goes_on_with_the_others(house):
    one = receive(house).conversation
    other = receive(house, sender="joe@petty.example", at=AT).conversation
    reply(one, house.ana, at=AT)
    reply(other, house.ana, at=AT + MINUTE, to=["joe@petty.example"])

    def throw_away():
        if Conversation.objects.filter(pk=one.pk).exists():
            trash(house, one, at=AT + HOUR)
            emptying.purge(one, by=house.ana, at=AT + HOUR)

    road = deliver(at=AT + HOUR, road=MemoryRoad(after_commit=throw_away))

    assert [each.to[0].address for each in road.sent][-1:] == ["joe@petty.example"]
    assert not Conversation.objects.filter(pk=one.pk).exists()
    assert checking.violations() == []
