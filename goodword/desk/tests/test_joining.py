"""Who joins a conversation and who doesn't; mail to two inboxes; two conversations made one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversation_actions
from goodword.conversations import queries
from goodword.conversations.models import Conversation, Link, Message
from goodword.desk import checking, handling
from goodword.desk.answering.recipients import reply_to_all
from goodword.desk.intake import arriving, joining, receiving, reply_addresses
from goodword.desk.intake.known import Known
from goodword.desk.roads import Authentication, Forwarded, Party
from goodword.events.models import Event
from goodword.promises.models import Promise
from tests.factories import (
    HOUR,
    MINUTE,
    MONDAY_NOON,
    deliver,
    inbound,
    receive,
    reply,
)

pytestmark = pytest.mark.django_db

PASSED = [Authentication("mx.shop.example", "pass", "dmarc=pass")]
FAILED = [Authentication("mx.shop.example", "fail", "dmarc=fail")]


@pytest.fixture
def answered(house):
    """Grace asked, Ana answered; what Ana said leads to the conversation."""
    asked = receive(house)
    said = reply(asked.conversation, house.ana, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    return said


def later(house, said, **kw):
    return receive(house, answers=said, at=MONDAY_NOON + 2 * HOUR, **kw)


def trust(house, **changes):
    house.hello.trusted_servers = "mx.shop.example"
    for name, value in changes.items():
        setattr(house.hello, name, value)
    house.hello.save()


# Colleagues


def test_a_colleague_joins_only_where_the_inbox_lets_the_organisation_in(house, answered):
    stranger = later(house, answered, sender="finn@whitlow.example", name="Finn")
    assert stranger.conversation != answered.conversation
    assert Link.objects.get().other == answered.conversation

    trust(house, joins_organisation=True)
    colleague = later(house, answered, sender="hana@whitlow.example", name="Hana")
    assert colleague.conversation == answered.conversation


@pytest.mark.parametrize(
    "asker, other",
    [
        ("grace@gmail.com", "mallory@gmail.com"),
        ("grace@whitlow.example", "mallory@notwhitlow.example"),
        ("grace@whitlow.example", "mallory@shop.example"),
    ],
)
def test_a_shared_provider_a_like_name_or_our_own_domain_makes_no_colleague(house, asker, other):
    trust(house, joins_organisation=True)
    asked = receive(house, sender=asker, to="hello@shop.example")
    said = reply(asked.conversation, house.ana, at=MONDAY_NOON + HOUR, to=[asker])
    assert later(house, said, sender=other).conversation != asked.conversation


def test_a_colleague_whose_from_fails_does_not_join(house, answered):
    trust(house, joins_organisation=True)
    forged = later(house, answered, sender="hana@whitlow.example", authentications=FAILED)
    assert forged.conversation != answered.conversation
    assert (forged.authenticity, forged.authenticity_why) == ("fail", "dmarc=fail")


# Teammates


def test_a_teammates_own_mail_is_a_note_and_the_answer_stays_owed(house, answered):
    trust(house)
    question = later(house, answered, text="And when?")
    word = later(
        house, answered, sender="Ben@shop.example", name="Ben", text="On Friday, I think.",
        authentications=PASSED,
    )  # fmt: skip
    assert word.conversation == question.conversation
    assert (word.kind, word.teammate, word.counted) == ("note", house.ben, False)
    assert Promise.objects.get(state="open").message == question
    assert checking.violations() == []


@pytest.mark.parametrize("found", [[], FAILED, [Authentication("mx.evil.example", "pass", "")]])
def test_whoever_only_claims_to_be_a_teammate_joins_nothing(house, answered, found):
    trust(house)
    claim = later(house, answered, sender="ben@shop.example", authentications=found)
    assert claim.conversation != answered.conversation
    assert claim.kind == "message"
    assert Link.objects.get().other == answered.conversation


@pytest.mark.parametrize("found", [[], FAILED])
def test_naming_a_teammate_in_cc_lets_nobody_write_notes_in_their_name(house, found):
    trust(house)
    mine = receive(house, sender="mallory@evil.example", cc=[Party("ben@shop.example")])
    forged = later(
        house, mine, sender="ben@shop.example", text="Pay it out.", authentications=found
    )
    assert (forged.kind, forged.teammate) == ("message", None)
    assert forged.conversation != mine.conversation


def test_without_a_trusted_server_nobody_confirms_a_teammate(house, answered):
    claim = later(house, answered, sender="ben@shop.example", authentications=PASSED)
    assert claim.conversation != answered.conversation


def test_what_a_teammate_forwards_belongs_to_who_wrote_it(house):
    trust(house)
    passed_on = inbound(
        "See below.\n\n---- Forwarded ----\nCan you mend a clasp?",
        sender="ben@shop.example",
        name="Ben",
        authentications=PASSED,
        forwarded=Forwarded(Party("hana@mill.example", "Hana Mill"), "Clasp", "Can you mend it?"),
    )
    message = receiving.receive(passed_on, inbox=house.hello, at=MONDAY_NOON)
    assert (message.address.value, message.author_name) == ("hana@mill.example", "Hana Mill")
    assert message.forwarded_by == house.ben
    assert message.shown_text == "Can you mend it?"
    assert message.text == passed_on.text  # nothing is lost
    assert Promise.objects.get().person == message.person
    assert checking.violations() == []


def test_what_a_forged_teammate_forwards_is_their_own_word(house):
    trust(house)
    forged = inbound(
        sender="ben@shop.example",
        authentications=FAILED,
        forwarded=Forwarded(Party("hana@mill.example"), "Clasp", "Send me the key."),
    )
    message = receiving.receive(forged, inbox=house.hello, at=MONDAY_NOON)
    assert message.address.value == "ben@shop.example"
    assert message.forwarded_by is None


# Authenticity


def test_without_a_trusted_server_only_the_uppermost_word_against_the_sender_counts(house):
    first_passes = [Authentication("mx.evil.example", "pass", "forged"), *FAILED]
    assert receive(house, authentications=first_passes).authenticity == ""
    assert receive(house, authentications=FAILED).authenticity == "fail"


def test_a_servers_word_counts_only_when_the_inbox_trusts_it(house):
    trust(house)
    forged = [Authentication("mx.evil.example", "fail", ""), *PASSED]
    assert receive(house, authentications=forged).authenticity == "pass"


# Signed reply addresses


def test_an_answer_to_the_signed_address_joins_without_any_id(house, answered):
    trust(house, signs_reply_addresses=True)
    address = reply_addresses.reply_address(answered.conversation, house.hello)
    assert len(address.partition("@")[0]) <= 64
    joined = receive(house, to=address.upper(), at=MONDAY_NOON + 2 * HOUR)
    assert joined.conversation == answered.conversation


def test_a_signed_address_lets_nobody_in_who_does_not_belong(house, answered):
    trust(house, signs_reply_addresses=True)
    address = reply_addresses.reply_address(answered.conversation, house.hello)
    stranger = receive(house, sender="mallory@evil.example", to=address)
    assert stranger.conversation != answered.conversation
    assert Link.objects.get().other == answered.conversation


def test_a_forged_signature_names_nothing(house, answered):
    real = reply_addresses.reply_address(answered.conversation, house.hello)
    assert "+" not in real  # this inbox doesn't sign
    name = answered.conversation.public_id
    forged = f"hello+c-{name}-0123456789ab@shop.example"
    assert reply_addresses.conversation_at([forged]) is None
    assert receive(house, to=forged).conversation != answered.conversation


# Mail to two inboxes


def to_both(**kw):
    return inbound(to="repairs@shop.example", cc=[Party("hello@shop.example")], **kw)


def test_a_mail_to_two_inboxes_is_one_message_seen_in_both_and_one_answer_is_owed(house):
    mail = to_both()
    for mailbox in (house.hello, house.repairs):  # each mailbox has its copy
        inbox, *also = arriving.inboxes_of(mail, mailbox)
        message = receiving.receive(mail, inbox=inbox, also=also, at=MONDAY_NOON)
    conversation = Conversation.objects.get()
    assert conversation.inbox == house.repairs
    for teammate in (house.ana, house.ben, house.carl):
        assert conversation in queries.visible_to(teammate)
    assert Message.objects.get() == message
    assert Promise.objects.get().team == house.workshop


def test_a_hidden_copy_to_another_inbox_is_seen_there_when_it_comes_second(house):
    mail = inbound()
    receiving.receive(mail, inbox=house.hello, at=MONDAY_NOON)
    assert not queries.visible_to(house.carl).exists()
    inbox, *also = arriving.inboxes_of(mail, house.repairs)
    receiving.receive(mail, inbox=inbox, also=also, at=MONDAY_NOON)
    assert queries.visible_to(house.carl).get().inbox == house.hello
    assert Message.objects.count() == 1


def test_an_answer_sent_to_another_inbox_joins_and_is_seen_there(house, answered):
    mail = inbound(to="repairs@shop.example", answers=answered, at=MONDAY_NOON + 2 * HOUR)
    message = receiving.receive(mail, inbox=house.repairs, at=mail.said_at)
    assert message.conversation == answered.conversation
    assert queries.visible_to(house.carl).get() == answered.conversation


# Two conversations made one


@pytest.fixture
def two(house, answered):
    """An answered conversation, and one from another address that seems to continue it."""
    new = later(house, answered, sender="grace@home.example", text="It is me again.")
    return new.conversation, answered.conversation


def test_joining_moves_what_was_said_and_leaves_a_redirect_for_every_id(house, two):
    new, old = two
    said = new.messages.get()
    joining.join(new, old, by=house.ben, at=MONDAY_NOON + 3 * HOUR)
    new.refresh_from_db()
    old.refresh_from_db()
    assert new.redirect_to == old
    assert list(old.messages.order_by("id"))[-1] == said
    assert old.latest_key == said.pk
    assert Promise.objects.get(state="open").conversation == old
    assert not queries.linked_to(old, visible=queries.visible_to(house.ana))
    assert queries.redirected_to(new.public_id, visible=queries.visible_to(house.ben)) == old
    assert Event.objects.filter(kind="desk.conversations_joined").count() == 1
    assert checking.violations() == []

    again = receive(
        house, sender="grace@home.example", at=MONDAY_NOON + 4 * HOUR,
        refers_to=[said.external_ids.get(scope="email").value],
    )  # fmt: skip
    assert again.conversation == old


def test_a_chain_of_joins_leads_to_where_everything_stands(house, two):
    new, old = two
    third = receive(house, sender="else@x.example").conversation
    joining.join(new, old, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    joining.join(old, third, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    assert set(Conversation.objects.filter(redirect_to=third)) == {new, old}
    assert third.messages.count() == 4
    assert checking.violations() == []


def test_of_two_answers_owed_the_one_due_first_stays(house):
    first, second = receive(house), receive(house, sender="g@home.example", at=MONDAY_NOON + HOUR)
    due_first = Promise.objects.get(message=first)
    joining.join(first.conversation, second.conversation, by=house.ana, at=MONDAY_NOON + 2 * HOUR)
    open_one = Promise.objects.get(state="open")
    assert (open_one.pk, open_one.due_at) == (due_first.pk, due_first.due_at)
    assert open_one.conversation == second.conversation
    assert open_one.urgency == due_first.urgency + 1
    assert checking.violations() == []


def test_joining_into_a_closed_conversation_opens_it_when_an_answer_is_owed(house, two):
    new, old = two
    handling.close(old, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    joining.join(new, old, by=house.ana, at=MONDAY_NOON + 4 * HOUR)
    old.refresh_from_db()
    assert old.state == "open"
    assert checking.violations() == []


def test_what_we_said_later_in_the_other_answers_both(house):
    asked = receive(house)
    other = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    reply(other, house.ana, at=MONDAY_NOON + HOUR, to=["grace@home.example"])
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    joining.join(asked.conversation, other, by=house.ana, at=MONDAY_NOON + 2 * HOUR)
    assert not Promise.objects.filter(state="open").exists()
    assert checking.violations() == []


def test_drafts_in_both_become_one_with_both_texts(house, two):
    new, old = two
    for conversation, text in ((new, "from the new"), (old, "from the old")):
        conversation_actions.save_draft(
            conversation, by=house.ana, kind="reply", text=text, at=MONDAY_NOON
        )
    joining.join(new, old, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    assert old.drafts.get().text == "from the old\n\nfrom the new"


def test_a_stranger_who_names_many_messages_costs_no_more_than_one(
    house, answered, django_assert_num_queries
):
    named = [each.value for each in answered.external_ids.filter(scope="email")]
    for _ in range(3):
        said = later(house, answered)
        named += [each.value for each in said.external_ids.filter(scope="email")]
    address = later(house, answered, sender="mallory@evil.example").address
    for ids in (named[:1], named):
        mail = inbound(sender=address.value, refers_to=ids)
        known = Known([mail])
        with django_assert_num_queries(4):
            joining.place_of(mail, address, authenticity="", teammate=None, known=known)


def test_what_cannot_be_joined_is_refused_and_stays_as_it_was(house, two):
    new, old = two
    with pytest.raises(MayNot):
        joining.join(new, old, by=house.lou, at=MONDAY_NOON + 3 * HOUR)
    with pytest.raises(joining.CannotJoin):
        joining.join(new, new, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    handling.mark_spam(new, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    with pytest.raises(joining.CannotJoin):
        joining.join(new, old, by=house.ana, at=MONDAY_NOON + 3 * HOUR)
    new.refresh_from_db()
    assert new.redirect_to is None


def test_once_kept_apart_it_is_not_asked_again(house, two):
    new, old = two
    joining.keep_apart(old, new, by=house.ben, at=MONDAY_NOON + 3 * HOUR)
    assert not queries.linked_to(new, visible=queries.visible_to(house.ana))
    assert Event.objects.filter(kind="desk.conversations_kept_apart").count() == 1


# History


def test_history_arrives_closed_and_owes_nothing(house):
    asked = inbound("Is it ready?")
    first = receiving.receive(asked, inbox=house.hello, imported=True, at=MONDAY_NOON)
    ours = inbound(
        "It is.", sender="hello@shop.example", to="grace@whitlow.example",
        refers_to=asked.external_ids,
    )  # fmt: skip
    second = receiving.receive(ours, inbox=house.hello, imported=True, at=MONDAY_NOON)
    assert first.conversation == second.conversation
    assert (second.direction, second.counted) == ("out", False)
    assert (first.conversation.state, first.conversation.closed_why) == ("closed", "imported")
    assert not Promise.objects.exists()
    assert not Event.objects.filter(kind="conversations.message_received").exists()
    assert checking.violations() == []


def test_history_that_joins_an_open_conversation_changes_nothing_that_is_owed(house):
    asked = receive(house)
    old = inbound("Before that", at=MONDAY_NOON, refers_to=[
        asked.external_ids.get(scope="email").value
    ])  # fmt: skip
    message = receiving.receive(
        replace(old, said_at=MONDAY_NOON - 100 * HOUR),
        inbox=house.hello, imported=True, at=MONDAY_NOON + HOUR,
    )  # fmt: skip
    assert message.conversation == asked.conversation
    assert message.pk < asked.pk
    assert Promise.objects.get(state="open").message == asked
    assert checking.violations() == []


def test_what_was_imported_before_the_mailbox_brought_it_is_owed_an_answer_all_the_same(house):
    mail = inbound("Is it ready?")
    receiving.receive(mail, inbox=house.hello, imported=True, at=MONDAY_NOON)
    message = receiving.receive(mail, inbox=house.hello, at=MONDAY_NOON + MINUTE)
    assert Message.objects.get() == message
    assert message.conversation.state == "closed"  # as it was read; now
    message.conversation.refresh_from_db()
    assert message.conversation.state == "open"
    assert Promise.objects.get(state="open").message == message
    assert checking.violations() == []
    receiving.receive(mail, inbox=house.hello, at=MONDAY_NOON + HOUR)
    assert Promise.objects.get().urgency == 0  # the third copy is no second question


def test_our_own_mail_come_back_is_seen_only_where_we_sent_it(house, answered):
    value = answered.external_ids.get(scope="email").value
    forged = inbound(sender="hello@shop.example", to="repairs@shop.example", external_ids=[value])
    assert receiving.receive(forged, inbox=house.repairs, at=MONDAY_NOON + HOUR) == answered
    assert not queries.visible_to(house.carl).exists()


def test_a_forged_inbox_of_ours_joins_nothing_although_it_was_named(house, answered):
    forged = later(house, answered, sender="hello@shop.example", to="repairs@shop.example")
    assert forged.conversation != answered.conversation


def test_a_teammate_who_asks_the_desk_goes_on_in_their_own_conversation(house):
    asked = receive(house, sender="ben@shop.example", name="Ben")
    again = receive(
        house, "And?", sender="ben@shop.example", at=MONDAY_NOON + HOUR,
        refers_to=[asked.external_ids.get(scope="email").value],
    )  # fmt: skip
    assert (again.conversation, again.kind) == (asked.conversation, "message")
    assert Promise.objects.get(state="open").urgency == 1


def test_a_forged_reply_to_leads_no_answer_astray(house):
    trust(house)
    asked = receive(house, reply_to=[Party("mallory@evil.example")], authentications=FAILED)
    only, to_all = reply_to_all(asked.conversation)
    assert "mallory" not in str((only, to_all))


def test_an_answer_begun_before_two_were_joined_stands_where_everything_does(house, two):
    new, old = two
    joining.join(new, old, by=house.ben, at=MONDAY_NOON + 3 * HOUR)
    stale = Conversation.objects.get(pk=new.pk)
    said = reply(stale, house.ana, at=MONDAY_NOON + 4 * HOUR, to=["grace@home.example"])
    deliver(at=MONDAY_NOON + 5 * HOUR)
    assert said.conversation == old
    assert not Promise.objects.filter(state="open").exists()
    assert checking.violations() == []


def test_an_answer_to_what_was_forwarded_goes_to_who_wrote_it(house):
    passed_on = inbound(
        sender="ben@shop.example",
        reply_to=[Party("ben@shop.example")],
        forwarded=Forwarded(Party("hana@mill.example", "Hana Mill"), "Clasp", "Can you mend it?"),
    )
    message = receiving.receive(passed_on, inbox=house.hello, at=MONDAY_NOON)
    only, _ = reply_to_all(message.conversation)
    assert only.to == ('"Hana Mill" <hana@mill.example>',)
