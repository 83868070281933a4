"""An answer may arrive before what it answers: the two stand together all the same, and an id that
somebody knows or guesses still lets nobody in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from goodword.conversations.models import Conversation, ExternalId, Link, Message
from goodword.desk import checking, handling
from goodword.desk.intake import importing, joining, receiving
from goodword.desk.intake.importing import Old
from goodword.desk.intake.known import Known
from goodword.desk.roads import Authentication, Party
from goodword.desk.shaping import emptying
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, inbound, receive, reply

FINN, GRACE, MALLORY = "finn@mill.example", "grace@whitlow.example", "mallory@evil.example"
FIRST = "first@whitlow.example"
BEN = "ben@shop.example"
PASSED = [Authentication("mx.shop.example", "pass", "dmarc=pass")]
FAILED = [Authentication("mx.shop.example", "fail", "dmarc=fail")]

pytestmark = pytest.mark.django_db


def before(house, **kw):
    """What answers a mail that has not come yet."""
    return receive(house, "And in blue, please.", refers_to=[FIRST], at=MONDAY_NOON, **kw)


def first(house, **kw):
    """The mail that was answered: said before, received after."""
    return receive(house, external_ids=[FIRST], at=MONDAY_NOON - MINUTE, **kw)


def trust(house):
    house.hello.trusted_servers = "mx.shop.example"
    house.hello.save()


def test_a_mail_joins_the_answer_to_it_that_was_quicker(house):
    quick = before(house)
    slow = first(house)
    assert slow.conversation == quick.conversation
    assert list(quick.conversation.messages.order_by("pk")) == [slow, quick]
    assert Promise.objects.get(state="open").message == quick  # that we knew of first
    assert checking.violations() == []


def test_who_was_told_of_a_mail_and_answers_first_has_it_beside_the_answer(house):
    quick = before(house, sender=FINN, cc=[Party(GRACE)])
    slow = first(house, cc=[Party(FINN)])
    assert slow.conversation == quick.conversation
    assert checking.violations() == []


@pytest.mark.parametrize(
    ("names", "told"),
    [([], []), ([Party(GRACE)], []), ([], [Party(MALLORY)])],
    ids=["neither names the other", "only the stranger does", "only the customer does"],
)
def test_who_guesses_an_id_draws_nobodys_mail_to_themselves(house, names, told):
    trap = before(house, sender=MALLORY, cc=names)
    asked = first(house, cc=told)
    assert asked.conversation != trap.conversation
    assert asked.conversation.person == asked.person
    assert Link.objects.get().why == Link.Why.SUSPECTED
    assert checking.violations() == []


def test_a_stranger_who_comes_with_an_awaited_id_gets_into_nothing(house):
    quick = before(house)
    stranger = first(house, sender=MALLORY)
    assert stranger.conversation != quick.conversation
    assert Link.objects.get().other == quick.conversation


def test_colleagues_stand_together_where_the_inbox_lets_them(house):
    house.hello.joins_organisation = True
    house.hello.save()
    quick = before(house, sender="hana@whitlow.example")
    assert first(house).conversation == quick.conversation


def test_a_mail_is_not_drawn_into_the_spam(house):
    quick = before(house, sender=FINN, cc=[Party(GRACE)])
    handling.mark_spam(quick.conversation, by=house.ben, at=MONDAY_NOON + MINUTE)
    slow = first(house, cc=[Party(FINN)])
    assert slow.conversation != quick.conversation
    assert Promise.objects.get(state="open").message == slow


def test_what_a_program_answered_draws_nothing(house):
    absent = before(house, sender=FINN, cc=[Party(GRACE)], kind="auto_reply")
    assert first(house, cc=[Party(FINN)]).conversation != absent.conversation


def test_what_it_names_itself_comes_before_what_names_it(house):
    asked = receive(house)
    mine = reply(asked.conversation, house.ben, at=MONDAY_NOON + MINUTE)
    quick = before(house)
    slow = receive(house, answers=mine, external_ids=[FIRST], at=MONDAY_NOON + HOUR)
    assert slow.conversation == asked.conversation != quick.conversation


def test_it_stands_where_what_came_before_was_joined_into(house):
    quick = before(house)
    other = receive(house).conversation
    joining.join(quick.conversation, other, by=house.ben, at=MONDAY_NOON + MINUTE)
    assert first(house).conversation == other


def test_what_waited_and_is_gone_for_good_is_waited_for_no_more(house):
    quick = before(house)
    handling.trash(quick.conversation, by=house.lea, at=MONDAY_NOON)
    emptying.purge(quick.conversation, by=house.lea, at=MONDAY_NOON)
    again = before(house)
    slow = first(house)
    assert slow.conversation == again.conversation
    assert checking.violations() == []


def test_of_many_ids_that_nobody_knows_only_the_nearest_are_waited_for(house):
    named = [f"{number}@whitlow.example" for number in range(200)]
    receive(house, refers_to=named)
    waited = ExternalId.objects.filter(scope="email:awaited").order_by("pk")
    assert list(waited.values_list("value", flat=True)) == named[:10]


@pytest.mark.parametrize("found", [[], FAILED], ids=["unconfirmed", "forged"])
def test_who_only_claims_to_be_a_teammate_joins_no_answer_that_names_them(house, found):
    trust(house)
    quick = before(house, cc=[Party(BEN)])
    claim = first(house, sender=BEN, to=GRACE, text="Pay it out.", authentications=found)
    assert claim.conversation != quick.conversation
    assert (claim.kind, claim.teammate) == ("message", None)
    assert Link.objects.get().other == quick.conversation


@pytest.mark.parametrize("cc", [[Party(BEN)], []], ids=["named in the answer", "not named"])
def test_a_teammates_own_mail_is_a_note_beside_the_answer_to_it_that_was_quicker(house, cc):
    trust(house)
    quick = before(house, cc=cc)
    word = first(house, sender=BEN, to=GRACE, authentications=PASSED)
    assert word.conversation == quick.conversation
    assert (word.kind, word.teammate) == ("note", house.ben)
    assert Promise.objects.get(state="open").message == quick
    assert checking.violations() == []


def test_a_teammates_mail_is_drawn_to_nobody_who_only_knows_its_id(house):
    trust(house)
    trap = before(house, sender=MALLORY, cc=[Party(BEN)])
    word = first(house, sender=BEN, to=GRACE, authentications=PASSED)
    assert word.conversation != trap.conversation


def test_to_an_answer_whose_from_is_forged_nothing_is_drawn(house):
    trust(house)
    forged = before(house, cc=[Party(FINN)], authentications=FAILED)
    asked = first(house, sender=FINN, cc=[Party(GRACE)])
    assert asked.conversation != forged.conversation
    assert Link.objects.get().other == forged.conversation


def test_in_one_helping_the_answer_may_come_first(house):
    quick = inbound("And in blue.", refers_to=[FIRST])
    slow = inbound(external_ids=[FIRST])
    known = Known([quick, slow])
    for each in (quick, slow):
        receiving.receive(each, inbox=house.hello, known=known, at=MONDAY_NOON)
    assert Conversation.objects.count() == 1


def _raw(sender: str, to: str, own: str, answers: str = "") -> bytes:
    named = f"In-Reply-To: <{answers}>\r\n" if answers else ""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: Rings\r\nMessage-ID: <{own}>\r\n{named}"
    return f"{head}\r\n{own}\r\n".encode()


def test_history_that_comes_in_any_order_is_one_conversation(house):
    us = "hello@shop.example"
    raws = [
        _raw(GRACE, us, "c@whitlow.example", "b@shop.example"),
        _raw(us, GRACE, "b@shop.example", "a@whitlow.example"),
        _raw(GRACE, us, "a@whitlow.example"),
    ]
    for number, raw in enumerate(raws):  # the newest folder first
        old = Old(raw, MONDAY_NOON - (10 + number) * DAY)
        importing.take_in([old], road="email", inbox=house.hello, at=MONDAY_NOON)
    assert Conversation.objects.get().messages.count() == 3
    said = Message.objects.order_by("pk").values_list("direction", flat=True)
    assert list(said) == ["in", "out", "in"]
    assert not Promise.objects.exists()
    assert checking.violations() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer_first", [True, False])
def test_received_at_once_by_two_workers_they_are_one(house, answer_first):
    mails = [inbound("And in blue.", refers_to=[FIRST]), inbound(external_ids=[FIRST])]
    one, two = mails if answer_first else reversed(mails)
    begun = threading.Event()

    def receive_slowly() -> None:
        with transaction.atomic():
            receiving.receive(one, inbox=house.hello, at=MONDAY_NOON)
            begun.set()
            threading.Event().wait(0.2)  # the other is there by now

    def receive_beside() -> None:
        begun.wait(5)
        receiving.receive(two, inbox=house.hello, at=MONDAY_NOON)

    with ThreadPoolExecutor(2) as workers:
        for each in [workers.submit(_closing, act) for act in (receive_slowly, receive_beside)]:
            each.result(timeout=10)
    assert Conversation.objects.count() == 1
    assert checking.violations() == []


def _closing(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()
