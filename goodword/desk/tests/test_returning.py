"""Bounces, notices of delay and complaints: attached, marked, owed again; never silence."""

from __future__ import annotations

import pytest

from goodword.conversations import queries
from goodword.conversations.models import Conversation, Recipient
from goodword.desk import checking
from goodword.desk.answering import delivering
from goodword.desk.intake import acknowledging, joining
from goodword.events.models import Event
from goodword.people import actions as people
from goodword.people.models import Address
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db

GRACE = "grace@whitlow.example"
REPAIRS = "repairs@shop.example"


@pytest.fixture
def answered(house):
    asked = receive(house)
    said = reply(asked.conversation, house.ana, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    assert not Promise.objects.filter(state="open").exists()
    return said


def comes_back(
    house, said=None, *, at=MONDAY_NOON + 2 * HOUR, to=GRACE, kind="failed",
    sent_to="hello@shop.example", **kw,
):  # fmt: skip
    facts = {"bounce_words": "550 5.1.1 no such user", "to": sent_to, **kw}
    return receive(
        house, "Undelivered", sender="mailer-daemon@mx.example", answers=said, at=at,
        kind="bounce", bounce_kind=kind, bounced_recipient=to, **facts,
    )  # fmt: skip


def state_of(said):
    return said.recipients.get().state


def test_a_hard_bounce_marks_recipient_and_address_and_the_answer_is_owed_again(house, answered):
    bounce = comes_back(house, answered, bounce_hard=True)
    assert bounce.conversation == answered.conversation
    assert state_of(answered) == "bounced"
    address = Address.objects.get(value=GRACE)
    assert (address.bouncing_since, address.bounces_hard) == (MONDAY_NOON + 2 * HOUR, True)
    assert address.bounce_words == "550 5.1.1 no such user"
    assert Promise.objects.get(state="open").conversation == answered.conversation
    assert [row.message for row in queries.in_trouble()] == [answered]
    assert checking.violations() == []


def test_a_full_mailbox_is_soft_and_yet_the_answer_is_owed(house, answered):
    comes_back(house, answered, bounce_hard=False, bounce_words="452 mailbox full")
    assert state_of(answered) == "bounced"
    assert not Address.objects.get(value=GRACE).bounces_hard
    assert Promise.objects.filter(state="open").count() == 1


def test_a_notice_of_delay_is_work_until_it_arrives_or_fails(house, answered):
    comes_back(house, answered, kind="delayed", bounce_hard=False)
    assert state_of(answered) == "delayed"
    assert Promise.objects.filter(state="open").count() == 1
    assert Address.objects.get(value=GRACE).bouncing_since is None
    assert Event.objects.filter(kind="desk.message_delayed").count() == 1
    assert checking.violations() == []

    comes_back(house, answered, kind="delayed", bounce_hard=False, at=MONDAY_NOON + 3 * HOUR)
    assert Event.objects.filter(kind="desk.message_delayed").count() == 1  # known already

    comes_back(house, answered, bounce_hard=True, at=MONDAY_NOON + 4 * DAY)
    assert state_of(answered) == "bounced"
    assert checking.violations() == []


def test_a_person_who_knows_that_a_delayed_answer_came_says_so(house, answered):
    comes_back(house, answered, kind="delayed")
    delivering.count_as_received(answered.recipients.get(), by=house.ana, at=MONDAY_NOON + DAY)
    assert not Promise.objects.filter(state="open").exists()
    assert checking.violations() == []


def test_a_bounce_that_names_no_id_of_ours_finds_the_last_message_to_that_address(house, answered):
    bounce = comes_back(house, None, bounce_hard=True)
    assert bounce.conversation == answered.conversation
    assert state_of(answered) == "bounced"


def test_a_bounce_about_nothing_of_ours_stands_alone_and_owes_nothing(house, answered):
    bounce = comes_back(house, None, to="someone@else.example", bounce_hard=True)
    assert bounce.conversation != answered.conversation
    assert state_of(answered) == "accepted"
    assert not Promise.objects.filter(state="open").exists()
    old = comes_back(house, None, at=MONDAY_NOON + 30 * DAY, bounce_hard=True)
    assert old.conversation != answered.conversation


def test_a_forged_bounce_about_mail_we_never_sent_marks_no_address(house):
    receive(house)
    comes_back(house, None, bounce_hard=True)
    assert Address.objects.get(value=GRACE).bouncing_since is None


def test_one_who_forwards_their_mail_bounces_under_another_address(house, answered):
    comes_back(house, answered, to="grace.private@home.example", bounce_hard=True)
    assert state_of(answered) == "bounced"


def test_of_several_recipients_only_the_one_named_is_marked(house):
    asked = receive(house)
    said = reply(asked.conversation, house.ana, at=MONDAY_NOON + HOUR, cc=["finn@whitlow.example"])
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    comes_back(house, said, to="Finn@whitlow.example", bounce_hard=True)
    states = dict(said.recipients.values_list("address__value", "state"))
    assert states == {GRACE: "accepted", "finn@whitlow.example": "bounced"}
    assert not Promise.objects.filter(state="open").exists()  # Grace has it
    comes_back(house, said, to="nobody@whitlow.example", bounce_hard=True)
    assert dict(said.recipients.values_list("address__value", "state")) == states


def test_whoever_writes_again_bounces_no_more(house, answered):
    comes_back(house, answered, bounce_hard=True)
    receive(house, at=MONDAY_NOON + DAY)
    assert Address.objects.get(value=GRACE).bouncing_since is None


def test_a_hard_bounce_is_not_made_soft_by_a_later_one(house, answered):
    address = Address.objects.get(value=GRACE)
    people.note_bounce(address, hard=True, words="gone", at=MONDAY_NOON)
    people.note_bounce(address, hard=False, words="full", at=MONDAY_NOON + DAY)
    address.refresh_from_db()
    assert (address.bounces_hard, address.bouncing_since) == (True, MONDAY_NOON)


def test_a_bounce_in_a_conversation_that_was_joined_counts_where_it_stands(house, answered):
    other = receive(house, sender="grace@home.example").conversation
    joining.join(answered.conversation, other, by=house.ana, at=MONDAY_NOON + HOUR * 2)
    bounce = comes_back(house, answered, bounce_hard=True, at=MONDAY_NOON + 3 * HOUR)
    assert bounce.conversation == other
    assert Promise.objects.get(state="open").conversation == other
    assert checking.violations() == []


def test_a_complaint_by_somebody_we_never_wrote_to_changes_nothing(house):
    receive(house)
    comes_back(house, kind="complaint")
    assert Address.objects.get(value=GRACE).complained_at is None


def test_a_complaint_stops_automatic_mail_and_leaves_the_recipient_alone(house, answered):
    comes_back(house, answered, kind="complaint")
    assert state_of(answered) == "accepted"
    assert Event.objects.filter(kind="desk.complaint_received").count() == 1
    house.hello.acknowledges = True
    house.hello.save()
    asked = receive(house, at=MONDAY_NOON + DAY)
    assert acknowledging.acknowledge(asked, at=asked.said_at) is None
    assert Recipient.objects.filter(message__automatic=True, message__direction="out").count() == 0
    # A person may still answer them.
    said = reply(asked.conversation, house.ana, at=MONDAY_NOON + DAY + HOUR)
    deliver(at=MONDAY_NOON + DAY + 2 * HOUR)
    assert state_of(said) == "accepted"


def test_a_bounce_that_comes_twice_opens_no_conversation(house, answered):
    before = Conversation.objects.count()
    comes_back(house, answered, bounce_hard=True)
    comes_back(house, answered, bounce_hard=True, at=MONDAY_NOON + 5 * HOUR)
    assert Conversation.objects.count() == before


def test_a_bounce_without_an_id_counts_only_where_our_message_left_from(house, answered):
    bounce = comes_back(house, None, bounce_hard=True, inbox=house.repairs, sent_to=REPAIRS)
    assert bounce.conversation != answered.conversation
    assert state_of(answered) == "accepted"


def test_a_bounce_shows_nobody_a_conversation_of_another_inbox(house, answered):
    comes_back(house, answered, bounce_hard=True, inbox=house.repairs, sent_to=REPAIRS)
    assert not queries.visible_to(house.carl).exists()


def test_the_list_shows_what_people_said_last_and_no_report(house, answered):
    bounce = comes_back(house, answered, bounce_hard=True)
    conversation = Conversation.objects.get(pk=answered.conversation_id)
    assert (conversation.latest_key, conversation.latest_words) == (bounce.pk, answered.text)
    assert conversation.latest_is_ours
