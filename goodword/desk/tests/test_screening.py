"""Rules for senders: what is blocked is stored and owes nothing; nobody is lost silently."""

from __future__ import annotations

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation, Message
from goodword.desk import checking, handling
from goodword.desk.intake import receiving, screening
from goodword.desk.models import SenderRule
from goodword.desk.roads import Forwarded, Party
from goodword.events.models import Event
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, inbound, receive, reply

pytestmark = pytest.mark.django_db
AT = MONDAY_NOON
SPAMMER = "win@prizes.example"


def block(house, value=SPAMMER, by=None, **kw):
    return screening.block(value, by=by or house.lea, at=AT, **kw)


def test_given_a_blocked_sender_their_mail_is_spam_and_nobody_owes_a_word(house):
    house.hello.acknowledges = True
    house.hello.save()
    block(house)
    message = receive(house, sender="WIN@prizes.example")
    message.conversation.refresh_from_db()
    assert message.conversation.state == "spam"
    assert not Promise.objects.exists()
    assert not Message.objects.filter(direction="out").exists()
    assert Event.objects.filter(data__why="blocked").count() == 1
    assert checking.violations() == []


def test_not_spam_brings_it_back_with_the_answer_that_is_owed(house):
    block(house)
    message = receive(house, sender=SPAMMER)
    handling.reopen(message.conversation, by=house.ben, at=AT)
    assert Promise.objects.get(state="open").message == message
    assert checking.violations() == []


@pytest.mark.parametrize(
    "sender, rules, is_spam",
    [
        ("a@prizes.example", {"@prizes.example": "block"}, True),
        ("a@mail.prizes.example", {"@prizes.example": "block"}, True),
        ("a@notprizes.example", {"@prizes.example": "block"}, False),
        ("a@prizes.example", {"@prizes.example": "block", "a@prizes.example": "allow"}, False),
        ("a@prizes.example", {"a@prizes.example": "block", "@prizes.example": "allow"}, False),
        ("prizes.example", {"@prizes.example": "block"}, True),
        ("", {"@prizes.example": "block"}, False),
    ],
)
def test_a_domain_covers_what_is_below_it_and_letting_in_beats_blocking(
    house, sender, rules, is_spam
):
    for value, verdict in rules.items():
        SenderRule.objects.create(value=value, verdict=verdict, by=house.ana, at=AT)
    found = screening.verdicts([sender]).get(sender) == "block"
    assert found == is_spam


def test_what_goes_on_in_a_live_conversation_comes_through(house):
    asked = receive(house, sender=SPAMMER)
    reply(asked.conversation, house.ben, at=AT + MINUTE, to=[SPAMMER])
    deliver(at=AT + HOUR)
    block(house, sure=True)
    again = receive(house, sender=SPAMMER, answers=asked, at=AT + DAY)
    assert again.conversation == asked.conversation
    assert Promise.objects.get(state="open").message == again
    assert checking.violations() == []


@pytest.mark.parametrize("put_aside", ["mark_spam", "trash"])
def test_what_was_put_aside_is_not_woken_by_who_is_blocked(house, put_aside):
    asked = receive(house, sender=SPAMMER)
    getattr(handling, put_aside)(asked.conversation, by=house.ben, at=AT)
    block(house)
    again = receive(house, sender=SPAMMER, answers=asked, at=AT + DAY)
    asked.conversation.refresh_from_db()
    assert again.conversation == asked.conversation
    assert asked.conversation.state in {"spam", "trash"}
    assert checking.violations() == []


@pytest.mark.parametrize(
    "value, why",
    [
        ("grace@whitlow.example", "owed"),
        ("@whitlow.example", "owed"),
        ("ben@shop.example", "ours"),
        ("@shop.example", "ours"),
        ("repairs@shop.example", "ours"),
        ("gmail.com", "provider"),
    ],
)
def test_nobody_whom_we_owe_or_who_is_ours_is_blocked_without_a_second_word(house, value, why):
    receive(house)
    with pytest.raises(screening.WouldMiss, match=why):
        block(house, value)
    assert not SenderRule.objects.exists()
    block(house, value, sure=True)
    assert SenderRule.objects.get().verdict == "block"


@pytest.mark.parametrize("typed", ["", "@", "nobody", "a b@x.example", "@com", "x@", "'; --"])
def test_what_is_no_sender_is_no_rule(house, typed):
    with pytest.raises(screening.NotASender):
        block(house, typed)


def test_agents_block_an_address_and_take_their_own_back_and_leads_decide_the_rest(house):
    rule = block(house, by=house.ben)
    for act in (
        lambda: block(house, "@prizes.example", by=house.ben),
        lambda: block(house, by=house.lou),
        lambda: screening.allow(SPAMMER, by=house.ben, at=AT),
        lambda: screening.forget(rule, by=house.carl, at=AT),
    ):
        with pytest.raises(MayNot):
            act()
    screening.forget(rule, by=house.ben, at=AT)
    screening.allow("Prizes.example", by=house.lea, at=AT)
    assert SenderRule.objects.get().value == "@prizes.example"


def test_what_a_teammate_passes_on_is_read_though_its_author_is_blocked(house):
    house.hello.trusted_servers = ""
    house.hello.save()
    block(house)
    mail = inbound(
        sender="ben@shop.example",
        forwarded=Forwarded(Party(SPAMMER, "Win"), "Clasp", "Can you mend it?"),
    )
    message = receiving.receive(mail, inbox=house.hello, at=AT)
    assert message.address.value == SPAMMER
    assert Promise.objects.get().message == message


def test_without_a_rule_it_costs_one_small_question(house, django_assert_num_queries):
    screening.verdicts([SPAMMER])
    with django_assert_num_queries(1):
        assert screening.verdicts([SPAMMER]) == {}
    block(house)
    with django_assert_num_queries(2):
        assert screening.verdicts([SPAMMER, "grace@whitlow.example"]) == {SPAMMER: "block"}
    assert Conversation.objects.count() == 0
