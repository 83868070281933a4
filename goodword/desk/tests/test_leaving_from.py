"""An answer leaves from where the customer wrote, or from where a teammate says."""

import importlib

import pytest
from django.apps import apps

from goodword.conversations import merging
from goodword.conversations.models import Draft
from goodword.desk.answering import delivering, holding, leaving_from, replying, sharing
from goodword.desk.answering.leaving_from import NotOfInbox, Senders
from goodword.desk.answering.recipients import Recipients, usual
from goodword.desk.intake import acknowledging, receiving, reply_addresses
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer, Party
from goodword.desk.shaping import moving
from goodword.desk.together import aside
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox, InboxAddress
from tests.factories import (
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
HELLO, SALES, HELP = "hello@shop.example", "sales@shop.example", "help@old-shop.example"
GRACE = "grace@whitlow.example"
AT = MONDAY_NOON + HOUR
LATER = AT + MINUTE


@pytest.fixture(autouse=True)
def several(house):
    for value in (SALES, HELP):
        InboxAddress.objects.create(inbox=house.hello, value=value)


def left_from(*, at=LATER):
    return [each.sender.address for each in deliver(at=at).sent]


def answered_from(house, **mail):
    reply(receive(house, **mail).conversation, house.ben, at=AT)
    return left_from()


@pytest.mark.parametrize(
    ("to", "cc", "leaves_from"),
    [
        (SALES, [], SALES),
        (HELLO, [], HELLO),
        ("friends@else.example", [SALES], SALES),
        (HELP, [SALES], HELP),  # To counts before Cc
        ("SALES+spring@Shop.example", [], SALES),
        ("friends@else.example", [], HELLO),  # a list, or a hidden copy: nobody can know
        ("repairs@shop.example", [HELP], HELP),  # another inbox's address is none of ours
    ],
)
def test_an_answer_leaves_from_the_address_that_they_wrote_to(house, to, cc, leaves_from):
    mail = inbound(to=to, cc=[Party(each) for each in cc])
    message = receive_into_hello(house, mail)
    reply(message.conversation, house.ben, at=AT)
    assert left_from() == [leaves_from]


def receive_into_hello(house, mail):
    """Whatever it is addressed to, it was fetched from the mailbox of that inbox."""
    return receiving.receive(mail, inbox=house.hello, at=mail.said_at)


def test_what_they_wrote_to_last_counts(house):
    first = reply(receive(house, to=SALES).conversation, house.ben, at=AT)
    assert left_from() == [SALES]
    again = receive(house, to=HELP, answers=first, at=AT + HOUR)
    assert again.conversation == first.conversation
    reply(first.conversation, house.ben, at=AT + 2 * HOUR)
    assert left_from(at=AT + 3 * HOUR) == [HELP]


def test_a_signed_reply_address_stands_at_what_it_leaves_from_so_the_next_answer_does_too(house):
    house.hello.signs_reply_addresses = True
    house.hello.save()
    conversation = receive(house, to=SALES).conversation
    reply(conversation, house.ben, at=AT)
    sent = deliver(at=LATER).sent[0]
    assert sent.reply_to.address.startswith("sales+c-")
    assert reply_addresses.conversation_at([sent.reply_to.address]) == conversation

    receive(house, to=sent.reply_to.address, at=AT + HOUR)
    reply(conversation, house.ben, at=AT + 2 * HOUR)
    assert left_from(at=AT + 3 * HOUR) == [SALES]


def test_its_ids_are_of_the_domain_that_it_leaves_from(house, settings):
    settings.URL = "http://127.0.0.1:8000"
    sent = reply(receive(house, to=HELP).conversation, house.ben, at=AT)
    assert sent.external_ids.get().value.endswith("@old-shop.example")


def test_what_goodword_says_by_itself_comes_from_there_too(house):
    house.hello.acknowledges = True
    house.hello.save()
    message = receive(house, to=SALES)
    acknowledging.acknowledge(message, at=MONDAY_NOON + MINUTE)
    conversation = message.conversation
    due = holding.new_due(conversation, message, at=AT)
    to = Recipients(to=(GRACE,))
    holding.hold(conversation, text="Soon.", recipients=to, due=due, by=house.ben, at=AT)
    assert left_from() == [SALES, SALES]


def test_where_the_inbox_says_so_it_always_leaves_from_the_preferred_address(house):
    Inbox.objects.update(answers_where_written=False)
    house.hello.refresh_from_db()
    assert answered_from(house, to=SALES) == [HELLO]


def test_a_teammate_chooses_another_address_of_the_inbox(house):
    conversation = receive(house, to=SALES).conversation
    to = Recipients(to=(GRACE,), sender=HELP)
    replying.reply(conversation, by=house.ben, text="Yes.", recipients=to, at=AT)
    assert left_from() == [HELP]


@pytest.mark.parametrize("foreign", ["repairs@shop.example", "ceo@bank.example", "x", GRACE])
def test_an_address_that_is_none_of_the_inbox_is_refused_and_nothing_is_said(house, foreign):
    conversation = receive(house).conversation
    to = Recipients(to=(GRACE,), sender=foreign)
    with pytest.raises(NotOfInbox) as refused:
        replying.reply(conversation, by=house.ben, text="Yes.", recipients=to, at=AT)
    assert (str(refused.value), refused.value.usual) == (foreign, HELLO)
    assert not conversation.messages.filter(direction="out").exists()


def test_a_retry_and_sending_again_leave_from_the_same_though_they_wrote_elsewhere_since(house):
    conversation = receive(house, to=SALES).conversation
    sent = reply(conversation, house.ben, at=AT)
    deliver(at=LATER, road=MemoryRoad(answers={GRACE: Answer("later", "451 not now")}))
    receive(house, to=HELP, answers=sent, at=LATER)
    again = Dispatch.objects.get().due_at
    assert left_from(at=again) == [SALES]

    sent.recipients.update(state="bounced")
    delivering.send_again(sent.recipients.get(), by=house.ben, at=again + HOUR)
    assert left_from(at=again + HOUR) == [SALES]
    assert Dispatch.objects.get().sender == SALES


def test_given_the_address_is_taken_out_before_it_leaves_it_leaves_from_the_usual_one(house):
    conversation = receive(house, to=SALES).conversation
    reply(conversation, house.ben, at=AT)
    InboxAddress.objects.filter(value=SALES).delete()
    assert left_from() == [HELLO]
    assert Dispatch.objects.get().sender == HELLO  # which the page says then


def test_moved_to_another_inbox_it_leaves_from_there(house):
    conversation = receive(house, to=SALES).conversation
    to = Recipients(to=(GRACE,), sender=HELP)
    replying.reply(conversation, by=house.ben, text="Yes.", recipients=to, at=AT)
    moving.move(conversation, house.repairs, by=house.ben, at=AT)
    assert left_from() == ["repairs@shop.example"]


def test_taken_back_a_chosen_address_stands_in_the_draft_and_a_usual_one_does_not(house):
    conversation = receive(house, to=SALES).conversation
    for chosen, kept in ((HELP, HELP), (SALES, ""), ("", "")):
        to = Recipients(to=(GRACE,), sender=chosen)
        sent = replying.reply(conversation, by=house.ben, text="Yes.", recipients=to, at=AT)
        assert replying.take_back(sent, by=house.ben, at=AT).sender == kept
        Draft.objects.all().delete()


def test_two_drafts_that_become_one_keep_what_was_chosen(house):
    one, two = (receive(house, to=SALES, sender=f"{n}@x.example").conversation for n in "ab")
    stays, goes = (
        Draft.objects.create(
            conversation=each, teammate=house.ben, kind="reply", text="x", saved_at=AT
        )
        for each in (one, two)
    )
    goes.sender = HELP
    merging.merge_into(stays, goes)
    stays.refresh_from_db()
    assert stays.sender == HELP


def test_whoever_approves_a_draft_approves_what_it_leaves_from(house):
    conversation = receive(house).conversation
    draft = Draft(conversation=conversation, teammate=house.ben, kind="reply", saved_at=AT)
    draft.save()
    before = sharing.stamp(draft)
    draft.sender = SALES
    assert sharing.stamp(draft) != before


def test_what_is_said_aside_leaves_from_the_preferred_address_or_the_chosen_one(house):
    conversation = receive(house, to=SALES).conversation
    for sender in ("", HELP):
        to = Recipients(to=("maker@x.example",), sender=sender)
        aside.begin(conversation, to=to, subject="?", text="Well?", by=house.ben, at=AT)
    assert left_from() == [HELLO, HELP]
    with pytest.raises(NotOfInbox):
        to = Recipients(to=("maker@x.example",), sender="repairs@shop.example")
        aside.begin(conversation, to=to, subject="?", text="Well?", by=house.ben, at=AT)
    assert conversation.sides.count() == 2  # the third is not even begun


def test_ours_are_never_among_those_it_goes_to_whatever_it_leaves_from(house):
    mail = inbound(to=SALES, cc=[Party(HELP), Party("repairs@shop.example"), Party("t@x.example")])
    conversation = receive_into_hello(house, mail).conversation
    found = usual(conversation)
    assert found.everyone.cc == ("t@x.example",)
    assert found.senders == Senders(SALES, (HELLO, HELP))
    assert found.senders == leaving_from.senders(conversation)


def test_a_page_asks_for_the_addresses_and_what_is_ours_at_once(house, django_assert_num_queries):
    conversation = receive(house, to=SALES).conversation
    usual(conversation)
    with django_assert_num_queries(3):  # the newest mail, whom it names, what is ours
        usual(conversation)


def test_an_inbox_of_one_address_asks_no_more_than_for_it(house, django_assert_num_queries):
    conversation = receive(house, inbox=house.repairs, to="repairs@shop.example").conversation
    with django_assert_num_queries(1):
        assert leaving_from.senders(conversation) == Senders("repairs@shop.example")


def test_what_left_before_this_was_noted_is_sent_again_from_the_usual_address(house):
    sent = reply(receive(house, to=SALES).conversation, house.ben, at=AT)
    Dispatch.objects.update(sender="")
    assert left_from() == [SALES]
    assert Dispatch.objects.get(message=sent).sender == SALES


def test_mail_from_any_of_them_is_known_as_ours(house):
    assert inboxes.ours_of([HELLO, SALES, HELP, GRACE]) == {HELLO, SALES, HELP}


def test_an_upgrade_changes_no_mail_of_inboxes_that_have_several_already(house):
    step = importlib.import_module("goodword.inboxes.migrations.0006_answers_stay_where_they_were")
    step.go_on_as_before(apps, None)
    step.go_on_as_before(apps, None)
    told = dict(Inbox.objects.values_list("name", "answers_where_written"))
    assert told == {"Hello": False, "Repairs": True}
