"""The machine was off, or mail could not leave, for days: nothing then names a time that passed."""

from __future__ import annotations

import pytest

from goodword.conversations.models import Message, Recipient
from goodword.desk import checking, queries
from goodword.desk.answering import delivering, holding, later
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import acknowledging
from goodword.desk.roads import Answer
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from goodword.plan.models import InboxPlan
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive

pytestmark = pytest.mark.django_db
GRACE = "grace@whitlow.example"
DUE = MONDAY_NOON + DAY  # the answer to what came at noon
WEDNESDAY = MONDAY_NOON + 2 * DAY + HOUR


@pytest.fixture
def asked(house) -> Message:
    house.hello.acknowledges = True
    house.hello.save()
    plans.set_inbox_plan(
        house.hello, calendar=None, holding=InboxPlan.Holding.SEND, by=house.ana, at=MONDAY_NOON
    )
    return receive(house)


def test_an_acknowledgement_that_could_not_leave_in_time_is_dropped_and_bothers_nobody(
    house, asked
):
    sent = acknowledging.acknowledge(asked, at=MONDAY_NOON + MINUTE)
    deliver(at=MONDAY_NOON + 2 * MINUTE, road=MemoryRoad(trouble="no line"))

    assert deliver(at=WEDNESDAY).sent == []

    row = sent.recipients.get()
    assert (row.state, row.dealt_with_at) == (Recipient.State.REFUSED, WEDNESDAY)
    assert "had passed" in row.words
    assert not queries.in_folder(house.ben, "unsent").exists()
    assert owed_reply(asked.conversation).is_open
    assert deliver(at=WEDNESDAY + DAY).sent == []
    assert checking.violations() == []


def test_what_leaves_in_time_leaves(asked):
    acknowledging.acknowledge(asked, at=MONDAY_NOON + MINUTE)

    assert len(deliver(at=DUE - MINUTE).sent) == 1


def test_nothing_is_acknowledged_by_a_time_that_has_passed(asked):
    Promise.objects.update(due_at=MONDAY_NOON + 5 * MINUTE)

    assert acknowledging.acknowledge(asked, at=MONDAY_NOON + 5 * MINUTE) is None


def test_a_holding_reply_that_never_left_is_followed_by_one_with_a_new_time(asked):
    promise = owed_reply(asked.conversation)
    holding.hold_by_itself(promise, at=DUE - 10 * MINUTE)
    late = DUE + DAY  # after the time that it names

    assert deliver(at=late).sent == []
    again = holding.hold_by_itself(owed_reply(asked.conversation), at=late)

    assert len(deliver(at=late + MINUTE).sent) == 1
    assert owed_reply(asked.conversation).due_at > late
    assert again.recipients.get().state == Recipient.State.ACCEPTED
    assert holding.hold_by_itself(owed_reply(asked.conversation), at=late + 2 * DAY) is None
    assert checking.violations() == []


def test_what_a_person_wrote_comes_back_to_them_and_can_be_sent_all_the_same(house, asked):
    due = plan.current().moment_due(DUE + HOUR, zone="Europe/Berlin")
    message = holding.hold(
        asked.conversation, text="By one, surely.", recipients=Recipients(to=(GRACE,)), due=due,
        by=house.ben, at=DUE - HOUR,
    )  # fmt: skip

    assert deliver(at=WEDNESDAY).sent == []
    assert asked.conversation in queries.in_folder(house.ben, "unsent")

    delivering.send_again(message.recipients.get(), by=house.ben, at=WEDNESDAY + HOUR)
    assert len(deliver(at=WEDNESDAY + HOUR).sent) == 1


@pytest.mark.parametrize("moment", [None, WEDNESDAY + HOUR])
def test_what_was_held_and_a_person_lets_leave_leaves_whatever_time_it_names(house, asked, moment):
    sent = acknowledging.acknowledge(asked, at=MONDAY_NOON + MINUTE)
    delivering.hold_everything(why="restored", at=WEDNESDAY)

    later.leave_at(sent, moment, by=house.ben, at=WEDNESDAY)

    assert len(deliver(at=WEDNESDAY + 2 * HOUR).sent) == 1


def test_whom_it_may_have_reached_stays_in_doubt(asked):
    sent = acknowledging.acknowledge(asked, at=MONDAY_NOON + MINUTE)
    sent.recipients.update(state=Recipient.State.SENDING)

    assert deliver(at=WEDNESDAY).sent == []
    assert sent.recipients.get().state == Recipient.State.UNKNOWN


@pytest.mark.parametrize("answer", ["accepted", "unknown"])
def test_whom_a_holding_reply_has_reached_or_may_have_gets_no_second_one(house, asked, answer):
    due = plan.current().moment_due(DUE + HOUR, zone="Europe/Berlin")
    both = Recipients(to=(GRACE, "finn@mill.example"))
    holding.hold(
        asked.conversation, text="By one.", recipients=both, due=due, by=house.ben, at=DUE - HOUR
    )
    answers = {GRACE: Answer(answer), "finn@mill.example": Answer("later", "451 busy")}
    deliver(at=DUE - HOUR, road=MemoryRoad(answers=answers))

    assert deliver(at=WEDNESDAY).sent == []  # for Finn it has lapsed
    assert holding.hold_by_itself(owed_reply(asked.conversation), at=WEDNESDAY) is None
    assert checking.violations() == []
