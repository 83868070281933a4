"""What a restore held back need not leave: a person may let it be."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.desk import checking, queries
from goodword.desk.answering import delivering
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR + MINUTE


@pytest.fixture
def answer(house):
    return reply(receive(house).conversation, house.ben, at=MONDAY_NOON + HOUR)


def state_of(message):
    return list(message.recipients.order_by("pk").values_list("state", flat=True))


def test_what_was_held_can_be_left_unsent_for_whom_it_has_not_reached(house):
    conversation = receive(house).conversation
    message = reply(conversation, house.ben, at=MONDAY_NOON + HOUR, cc=["tom@reed.example"])
    deliver(at=LATER, road=MemoryRoad(answers={"tom@reed.example": Answer("later", "")}))
    delivering.hold_everything(why="restored", at=LATER)

    with pytest.raises(MayNot):
        delivering.leave_unsent(message, by=house.lou, at=LATER)
    delivering.leave_unsent(message, by=house.ben, at=LATER)

    assert state_of(message) == ["accepted", "refused"]
    assert deliver(at=LATER + DAY).sent == []
    assert not queries.in_folder(house.ben, "unsent").exists()
    assert checking.violations() == []


def test_once_left_unsent_nobody_lets_it_leave(house, answer):
    delivering.hold_everything(why="restored", at=LATER)
    delivering.leave_unsent(answer, by=house.ben, at=LATER)

    with pytest.raises(delivering.NotInTrouble):
        delivering.leave_unsent(answer, by=house.ben, at=LATER)
    delivering.let_go(answer, by=house.ben, at=LATER)

    assert deliver(at=LATER + DAY).sent == []


def test_left_unsent_an_answer_is_owed_and_what_was_to_come_after_it_does_not(house, answer):
    Dispatch.objects.update(then="close")
    delivering.hold_everything(why="restored", at=LATER)

    delivering.leave_unsent(answer, by=house.ben, at=LATER)

    assert Promise.objects.get().is_open
    assert Dispatch.objects.get().then == ""
    assert checking.violations() == []


def test_what_waits_for_nobody_is_not_left_unsent(house, answer):
    with pytest.raises(delivering.NotInTrouble):
        delivering.leave_unsent(answer, by=house.ben, at=LATER)

    assert len(deliver(at=LATER).sent) == 1
