"""Two who hold conversations at once never wait for each other, on PostgreSQL as well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from goodword.conversations import locking, queries, readings
from goodword.conversations.models import Conversation, Message, Reading
from goodword.conversations.queries import Lead
from goodword.desk import handling
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining, receiving, reply_addresses
from goodword.desk.intake.known import Known
from goodword.desk.models import BulkAct
from goodword.desk.roads import Inbound, Party
from goodword.desk.shaping import bulk, emptying
from goodword.people.actions import know_address
from goodword.people.models import Person
from tests.factories import MINUTE, MONDAY_NOON, inbound, receive

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_no_transaction_would_hold_is_not_locked(house):
    conversation = receive(house).conversation
    with transaction.atomic():
        assert locking.lock(conversation) == conversation
    with pytest.raises(transaction.TransactionManagementError):
        locking.lock(conversation)


def test_given_what_was_joined_is_thrown_away_who_comes_by_its_old_name_waits_and_no_more(house):
    old = receive(house).conversation
    shell = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    joining.join(shell, old, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)
    holds, comes = threading.Event(), threading.Event()

    def throw_away() -> None:  # holds all of it in the order of `lock_all`
        with transaction.atomic():
            locking.lock_all([old.pk])
            holds.set()
            comes.wait(5)
            threading.Event().wait(0.2)  # the other is there by now, where it can be
            locking.lock_all([shell.pk])

    def come_by_the_old_name() -> None:
        holds.wait(5)
        comes.set()
        with transaction.atomic():
            assert locking.lock(shell).pk == old.pk

    _at_once(throw_away, come_by_the_old_name)


def test_given_what_it_was_joined_with_is_joined_on_who_undoes_the_join_waits_and_no_more(house):
    shell = receive(house).conversation
    stands = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    joining.join(shell, stands, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)
    holds, comes = threading.Event(), threading.Event()

    def join_on() -> None:
        with transaction.atomic():
            locking.lock_all([stands.pk])
            holds.set()
            comes.wait(5)
            threading.Event().wait(0.2)
            Conversation.objects.filter(redirect_to=stands).update(redirect_to=stands)

    def undo() -> None:
        holds.wait(5)
        comes.set()
        with transaction.atomic():
            assert len(locking.lock_all([shell.pk, stands.pk])) == 2

    _at_once(join_on, undo)


def test_a_mail_that_finds_its_conversation_joined_meanwhile_holds_no_shell_alone(
    house, monkeypatch
):
    old = receive(house).conversation
    said = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE)
    joining.join(said.conversation, old, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)
    mail = inbound(answers=said)
    before = {("email", mail.refers_to[0]): Lead(said.pk, said.conversation_id)}
    monkeypatch.setattr(queries, "leads", lambda ids: before)  # as asked before the join was done
    holds, comes = threading.Event(), threading.Event()

    def throw_away() -> None:
        with transaction.atomic():
            locking.lock_all([old.pk])
            holds.set()
            comes.wait(5)
            threading.Event().wait(0.2)
            locking.lock_all([said.conversation_id])

    def look_for_it() -> None:
        holds.wait(5)
        comes.set()
        with transaction.atomic():
            assert Known([mail]).conversation(said.conversation_id).pk == old.pk

    _at_once(throw_away, look_for_it)


def test_a_mail_that_finds_its_conversation_thrown_away_for_good_meanwhile_opens_another(
    house, monkeypatch
):
    said = receive(house)
    mail = inbound(answers=said)
    before = {("email", mail.refers_to[0]): Lead(said.pk, said.conversation_id)}
    handling.trash(said.conversation, by=house.ana, at=MONDAY_NOON)
    emptying.purge(said.conversation, by=house.ana, at=MONDAY_NOON)
    monkeypatch.setattr(queries, "leads", lambda ids: before)  # as asked before it was thrown away

    again = receiving.receive(mail, inbox=house.hello, at=MONDAY_NOON)

    assert again.text == mail.text
    assert list(Conversation.objects.all()) == [again.conversation]


def test_with_what_was_thrown_away_for_good_meanwhile_nothing_is_joined(house):
    old, new = receive(house).conversation, receive(house, at=MONDAY_NOON + MINUTE).conversation
    handling.trash(new, by=house.ana, at=MONDAY_NOON + MINUTE)
    emptying.purge(Conversation.objects.get(pk=new.pk), by=house.ana, at=MONDAY_NOON + MINUTE)

    for one, other in ((old, new), (new, old)):
        with pytest.raises(joining.CannotJoin):
            joining.join(one, other, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)


def test_many_of_which_one_was_thrown_away_for_good_meanwhile_are_the_others(house):
    stands, gone = receive(house).conversation, receive(house, at=MONDAY_NOON + MINUTE).conversation
    handling.trash(gone, by=house.ana, at=MONDAY_NOON)
    emptying.purge(Conversation.objects.get(pk=gone.pk), by=house.ana, at=MONDAY_NOON)

    act = bulk.ask("close", [gone.pk, stands.pk], data={}, by=house.ben, at=MONDAY_NOON)

    assert [each.conversation for each in act.items.all()] == [stands]
    assert BulkAct.objects.get() == act


def test_two_mails_that_name_two_conversations_the_other_way_round_do_not_cross(house):
    one, two = receive(house), receive(house, at=MONDAY_NOON + MINUTE)
    holds = threading.Event()

    def mail(answers: Message, to: Message) -> Inbound:
        address = reply_addresses.reply_address(to.conversation, house.hello)
        return inbound(answers=answers, to=address, sender="mallory@evil.example")

    house.hello.signs_reply_addresses = True
    mails = [mail(one, two), mail(two, one)]
    addresses = [know_address("mallory@evil.example")]

    def find(mail: Inbound, then: Callable[[], None]) -> None:
        with transaction.atomic():
            known = Known([mail])
            then()
            joining.place_of(mail, addresses[0], authenticity="", teammate=None, known=known)

    def first() -> None:
        find(mails[0], then=lambda: (holds.set(), threading.Event().wait(0.3)))

    def second() -> None:
        holds.wait(5)
        find(mails[1], then=lambda: None)

    _at_once(first, second)


def test_two_who_write_to_us_for_the_first_time_at_once_are_met_once_each(house):
    """Each by two mails, that two workers receive in the other order."""
    new = ["grace@new.example", "hedy@new.example"]
    receive(house, cc=[Party(each) for each in new])  # so that all the addresses are known
    holds = threading.Event()
    met: list[Person] = []

    def meet(senders: list[str], then: Callable[[], object]) -> None:
        mails = [inbound(sender=each) for each in senders]
        with transaction.atomic():
            known = Known(mails)
            then()
            met.extend(known.meet(mail.sender, at=MONDAY_NOON)[0] for mail in mails)

    def first() -> None:
        meet(new, then=lambda: (holds.set(), threading.Event().wait(0.3)))

    def second() -> None:
        holds.wait(5)
        meet(new[::-1], then=lambda: None)

    _at_once(first, second)
    assert len(met) == 4 and len({person.pk for person in met}) == 2
    assert Person.objects.filter(holdings__address__value__in=new).count() == 2


def test_an_answer_leaves_though_its_writer_reads_the_conversation_for_the_first_time(house):
    """Their page says how far they have read, while what they sent is being stored."""
    said = receive(house)
    holds, reads = threading.Event(), threading.Event()

    def answer() -> None:
        with transaction.atomic():
            locking.lock(said.conversation)
            holds.set()
            reads.wait(0.5)  # on SQLite nobody comes in
            threading.Event().wait(0.2)
            replying.reply(
                said.conversation, by=house.ben, text="It left.", after=said.pk,
                recipients=Recipients(to=("grace@whitlow.example",)), at=MONDAY_NOON,
            )  # fmt: skip

    def read() -> None:
        holds.wait(5)
        with transaction.atomic():
            readings.read(said.conversation, by=house.ben, to=said.pk, at=MONDAY_NOON)
            reads.set()

    _at_once(answer, read)
    newest = said.conversation.messages.latest("pk")
    assert Reading.objects.get().read_to == newest.pk > said.pk


if connection.vendor == "postgresql":

    def test_who_is_met_for_the_first_time_can_be_named_to_others_meanwhile(house):
        holds, stored = threading.Event(), threading.Event()
        receive(house, cc=[Party("grace@new.example")])  # so that all the addresses are known

        def meet() -> None:
            with transaction.atomic():
                Known([inbound(sender="grace@new.example")])
                holds.set()
                assert stored.wait(5)

        def name() -> None:
            assert holds.wait(5)
            receive(house, cc=[Party("grace@new.example")])
            stored.set()

        _at_once(meet, name)


def _at_once(*acts: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(acts)) as workers:
        for each in [workers.submit(_closing, act) for act in acts]:
            each.result(timeout=10)


def _closing(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()
