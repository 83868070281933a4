"""A verb waits for a conversation, and what it is about stands in another by then."""

from __future__ import annotations

import pytest

from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message
from goodword.desk import checking, handling
from goodword.desk.answering import replying
from goodword.desk.intake import joining
from goodword.desk.keeping import owing, promising
from goodword.desk.shaping import bulk, emptying, splitting, unjoining
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises.models import Promise
from tests.factories import DAY, MINUTE, MONDAY_NOON, receive, reply

LATER = MONDAY_NOON + 5 * MINUTE


@pytest.fixture
def two(house):
    """Of one person, the older first."""
    old = receive(house).conversation
    return old, receive(house, "And the ring?", at=MONDAY_NOON + MINUTE).conversation


def seen_before(message: Message) -> Message:
    """As a page found it; what is done to it next, it doesn't know."""
    return Message.objects.select_related("conversation").get(pk=message.pk)


def throw_away(conversation: Conversation, by) -> None:
    handling.trash(conversation, by=by, at=LATER)
    emptying.purge(conversation, by=by, at=LATER)


def test_an_answer_that_was_joined_with_another_is_taken_back_there(house, two):
    old, new = two
    answer = reply(new, house.ben, at=MONDAY_NOON + 2 * MINUTE)
    clicked = seen_before(answer)
    joining.join(new, old, by=house.lea, at=MONDAY_NOON + 3 * MINUTE)

    draft = replying.take_back(clicked, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)

    assert draft.conversation == old
    assert Conversation.objects.get(pk=old.pk).latest_words == "And the ring?"
    assert checking.violations() == []


def test_what_was_split_off_is_split_where_it_stands(house, two):
    old, new = two
    joining.join(new, old, by=house.lea, at=LATER)
    first = old.messages.earliest("pk")
    clicked = seen_before(old.messages.latest("pk"))
    back = unjoining.undo(unjoining.last_into(old), by=house.lea, at=LATER)

    with pytest.raises(splitting.CannotSplit) as refused:
        splitting.split(clicked, and_after=True, by=house.ben, at=LATER)

    assert str(refused.value) == "whole"  # alone where it stands again
    assert (list(old.messages.all()), list(back.messages.all())) == ([first], [clicked])


def test_a_promise_is_held_where_it_stands(house, two):
    old, new = two
    due = plan.current().day_due(house.hello.pk, (LATER + DAY).date(), zone="Europe/Berlin")
    promise = promising.track(new, what="call", due=due, by=house.ben, at=MONDAY_NOON)
    joining.join(new, old, by=house.lea, at=LATER)
    clicked = Promise.objects.select_related("conversation").get(pk=promise.pk)
    back = unjoining.undo(unjoining.last_into(old), by=house.lea, at=LATER)

    assert owing.lock(clicked) == back


def test_what_was_split_off_stands_though_what_it_came_from_is_thrown_away(house, two):
    old, new = two
    joining.join(new, old, by=house.lea, at=LATER)
    sent = seen_before(old.messages.latest("pk"))
    own = splitting.split(old.messages.latest("pk"), and_after=False, by=house.ben, at=LATER)
    throw_away(Conversation.objects.get(pk=old.pk), by=house.ana)

    assert locking.lock_around(sent) == own


def test_what_was_left_behind_by_a_join_is_held_by_what_that_leads_to(house, two):
    old, new = two
    message = new.messages.get()
    joining.join(new, old, by=house.lea, at=LATER)
    Message.objects.filter(pk=message.pk).update(conversation=new)
    Promise.objects.filter(pk=(promise := old.promises.latest("pk")).pk).update(conversation=new)

    assert locking.lock_around(message) == old
    assert owing.lock(Promise.objects.get(pk=promise.pk)) == old


def test_a_promise_outlives_what_it_was_said_in(house, two):
    due = plan.current().day_due(house.hello.pk, (LATER + DAY).date(), zone="Europe/Berlin")
    promise = promising.track(two[1], what="call", due=due, by=house.ben, at=MONDAY_NOON)
    clicked = Promise.objects.select_related("conversation").get(pk=promise.pk)
    promises.keep(promise, by=house.ben, at=LATER)
    throw_away(two[1], by=house.ana)

    assert owing.lock(clicked) is None


def test_what_was_taken_back_meanwhile_is_not_there(house, two):
    answer = reply(two[1], house.ben, at=LATER)
    clicked = seen_before(answer)
    replying.take_back(answer, by=house.ben, at=LATER)

    with pytest.raises(Message.DoesNotExist):
        replying.take_back(clicked, by=house.ben, at=LATER)


def test_what_was_thrown_away_while_many_were_done_stops_none_of_the_others(
    house, two, monkeypatch
):
    old, new = two
    for each in two:
        conversations.tag(each, "ring", by=house.lea, at=LATER)
    lock_all = locking.lock_all

    def thrown_away(keys):
        monkeypatch.undo()
        throw_away(Conversation.objects.get(pk=new.pk), by=house.ana)
        return lock_all(keys)

    act = bulk.ask("untag", [old.pk, new.pk], data={"name": "ring"}, by=house.ben, at=LATER)
    monkeypatch.setattr(locking, "lock_all", thrown_away)
    bulk.begin(act, at=LATER)

    assert act.finished_at == LATER
    assert bulk.outcome(act).done == bulk.outcome(act).total == 1
    assert not old.tags.exists()


def test_when_all_of_a_batch_was_thrown_away_the_rest_is_done(house, two, monkeypatch):
    old, new = two
    lock_all = locking.lock_all

    def thrown_away(keys):
        monkeypatch.undo()
        monkeypatch.setattr(bulk, "BATCH", 1)
        throw_away(Conversation.objects.get(pk=old.pk), by=house.ana)
        return lock_all(keys)

    act = bulk.ask("read", [old.pk, new.pk], data={}, by=house.ben, at=LATER)
    monkeypatch.setattr(bulk, "BATCH", 1)
    monkeypatch.setattr(locking, "lock_all", thrown_away)
    bulk.begin(act, at=LATER)

    assert act.finished_at == LATER
    assert new.readings.filter(teammate=house.ben).exists()
