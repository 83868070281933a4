"""An inbox gets another way out: what could not leave before is tried at once, and nothing else."""

import pytest

from goodword.desk import checking
from goodword.desk.answering import delivering, replying
from goodword.desk.answering.recipients import Recipients
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db
GRACE = "grace@whitlow.example"
LATER = MONDAY_NOON + HOUR + MINUTE
SECOND = MINUTE / 60


@pytest.fixture
def answer(house):
    return reply(receive(house).conversation, house.ben, at=MONDAY_NOON + HOUR)


def state_of(message):
    return [row.state for row in message.recipients.order_by("pk")]


def test_with_another_way_out_it_is_tried_at_once_and_nothing_else_leaves_early(house, answer):
    scheduled = replying.reply(
        receive(house, "Other").conversation,
        by=house.ben,
        text="Tomorrow, then.",
        recipients=Recipients(to=(GRACE,)),
        at=MONDAY_NOON + HOUR,
        leaves_at=LATER + DAY,
    )
    deliver(at=LATER, road=MemoryRoad(trouble="no outgoing server"))
    deliver(at=LATER + HOUR, road=MemoryRoad(trouble="no outgoing server"))
    assert deliver(at=LATER + HOUR + SECOND).sent == []

    delivering.try_soon(house.repairs, at=LATER + HOUR + SECOND)
    assert deliver(at=LATER + HOUR + SECOND).sent == []
    delivering.try_soon(house.hello, at=LATER + HOUR + SECOND)

    assert len(deliver(at=LATER + HOUR + SECOND).sent) == 1
    assert (state_of(answer), state_of(scheduled)) == (["accepted"], ["queued"])
    assert checking.violations() == []


def test_what_a_worker_has_in_hand_is_left_to_it_when_the_way_out_changes(house, answer):
    def while_it_is_tried() -> None:
        delivering.try_soon(house.hello, at=LATER)

    road = MemoryRoad(before_commit=while_it_is_tried)
    deliver(at=LATER, road=road)
    assert len(road.sent) == 1 and deliver(at=LATER + MINUTE).sent == []
