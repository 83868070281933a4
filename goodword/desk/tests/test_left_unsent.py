"""What a restore held back need not leave: a person may let it be."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.desk import checking, queries
from goodword.desk.answering import delivering, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import acknowledging
from goodword.desk.keeping.promising import Said
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer
from goodword.events.models import Event
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR + MINUTE


@pytest.fixture
def answer(house):
    return reply(receive(house).conversation, house.ben, at=MONDAY_NOON + HOUR)


@pytest.fixture
def begun(house):
    """An answer that Grace has; Tom's mail server was busy, and then a backup was restored."""
    conversation = receive(house).conversation
    message = reply(conversation, house.ben, at=MONDAY_NOON + HOUR, cc=["tom@reed.example"])
    deliver(at=LATER, road=MemoryRoad(answers={"tom@reed.example": Answer("later", "")}))
    delivering.hold_everything(why="restored", at=LATER)
    return message


def state_of(message):
    return list(message.recipients.order_by("pk").values_list("state", flat=True))


def test_what_was_held_can_be_left_unsent_for_whom_it_has_not_reached(house, begun):
    with pytest.raises(MayNot):
        delivering.leave_unsent(begun, by=house.lou, at=LATER)
    delivering.leave_unsent(begun, by=house.ben, at=LATER)

    assert state_of(begun) == ["accepted", "refused"]
    assert deliver(at=LATER + DAY).sent == []
    assert not queries.in_folder(house.ben, "unsent").exists()
    assert Event.objects.filter(kind="desk.message_left_unsent").count() == 1
    assert checking.violations() == []


def test_once_left_unsent_nobody_lets_it_leave(house, begun):
    delivering.leave_unsent(begun, by=house.ben, at=LATER)

    with pytest.raises(delivering.NotInTrouble):
        delivering.leave_unsent(begun, by=house.ben, at=LATER)
    delivering.let_go(begun, by=house.ben, at=LATER)

    assert deliver(at=LATER + DAY).sent == []


def test_left_unsent_what_went_by_itself_leaves_the_answer_owed(house):
    asked = receive(house)
    message = acknowledging.write_by_itself(asked, "We have your mail.", at=MONDAY_NOON)
    delivering.hold_everything(why="restored", at=LATER)

    delivering.leave_unsent(message, by=house.ben, at=LATER)

    assert Promise.objects.get().is_open
    assert state_of(message) == ["refused"]
    assert checking.violations() == []


def test_left_unsent_what_was_to_come_after_it_does_not(house, begun):
    Dispatch.objects.update(then="close")

    delivering.leave_unsent(begun, by=house.ben, at=LATER)

    assert Dispatch.objects.get().then == ""
    assert begun.conversation.state == "open"
    assert checking.violations() == []


def test_what_nobody_has_is_taken_back_with_what_it_promised_not_left_unsent(house):
    conversation = receive(house).conversation
    friday = plan.current().moment_due(MONDAY_NOON + 4 * DAY, zone="Europe/Berlin")
    answer = replying.reply(
        conversation,
        by=house.ben,
        text="I will call you by Friday.",
        recipients=Recipients(to=("grace@whitlow.example",)),
        promised=[Said("call you", friday, words="I will call you by Friday.")],
        at=MONDAY_NOON,
    )
    promise = Promise.objects.get(message=answer)
    delivering.hold_everything(why="restored", at=LATER)

    with pytest.raises(delivering.NotInTrouble):
        delivering.leave_unsent(answer, by=house.ben, at=LATER)
    assert Dispatch.objects.get().held == "restored"

    replying.take_back(answer, by=house.ben, at=LATER)
    assert not Promise.objects.filter(pk=promise.pk).exists()
    assert checking.violations() == []


def test_what_waits_for_nobody_is_not_left_unsent(house, answer):
    with pytest.raises(delivering.NotInTrouble):
        delivering.leave_unsent(answer, by=house.ben, at=LATER)

    assert len(deliver(at=LATER).sent) == 1
