"""The machine's clock jumps, ahead and back: nothing is sent twice, and nothing waits for ever."""

from datetime import timedelta

import pytest

from goodword.channels.email import fetching
from goodword.channels.email.models import MailAccount
from goodword.core import due
from goodword.desk import checking
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR + MINUTE
JUMPS = [HOUR, DAY, 30 * DAY, -HOUR, -DAY]


class Killed(BaseException):
    """As kill -9: nothing catches it."""


def kill():
    raise Killed


@pytest.fixture
def answer(house):
    return reply(receive(house).conversation, house.ben, at=MONDAY_NOON + HOUR)


def states_of(message):
    return [row.state for row in message.recipients.order_by("pk")]


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_while_a_worker_has_it_in_hand_sends_it_once(answer, jump):
    second = MemoryRoad()
    first = MemoryRoad(before_commit=lambda: deliver(at=LATER + jump, road=second))
    deliver(at=LATER, road=first)
    deliver(at=LATER + DAY)

    assert len(first.sent) + len(second.sent) == 1
    assert states_of(answer) == ["accepted"]


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_while_the_other_side_takes_it_never_sends_it_again(answer, jump):
    second, third = MemoryRoad(), MemoryRoad()
    first = MemoryRoad(after_commit=lambda: deliver(at=LATER + jump, road=second))
    deliver(at=LATER, road=first)
    deliver(at=LATER + 31 * DAY, road=third)

    assert (len(first.sent), second.sent, third.sent) == (1, [], [])
    # A worker who finds the other's lease run out can't know; a person then decides.
    assert states_of(answer) in (["accepted"], ["unknown"])
    assert checking.violations() == []


@pytest.mark.parametrize("jump", [HOUR, DAY, 30 * DAY])
def test_a_lease_given_while_the_clock_was_ahead_holds_nobody_up_once_it_is_right(answer, jump):
    with pytest.raises(Killed):
        deliver(at=LATER + jump, road=MemoryRoad(before_commit=kill))

    assert len(deliver(at=LATER + MINUTE).sent) == 1
    assert states_of(answer) == ["accepted"]


@pytest.mark.parametrize("jump", [2 * HOUR, DAY, 30 * DAY])
def test_what_was_put_off_while_the_clock_was_ahead_is_tried_again_once_it_is_right(answer, jump):
    later = MemoryRoad(answers={"grace@whitlow.example": Answer("later", "451 come back")})
    Dispatch.objects.update(queued_at=LATER + jump)
    deliver(at=LATER + jump, road=later)
    assert states_of(answer) == ["queued"]

    assert len(deliver(at=LATER + MINUTE).sent) == 1


def test_a_lease_of_another_machine_counts_though_its_clock_is_ours_plus_some_minutes(answer):
    theirs = LATER + timedelta(minutes=5)
    next(due.claim(Dispatch.objects.all(), at=theirs, lease=MINUTE))

    assert list(due.claim(Dispatch.objects.all(), at=LATER, lease=MINUTE)) == []


def test_a_row_put_off_by_less_than_anybody_does_is_let_be(answer):
    Dispatch.objects.update(due_at=LATER + HOUR)

    claimed = due.claim(Dispatch.objects.all(), at=LATER, furthest=due.LONGEST_WAIT)
    assert list(claimed) == []


@pytest.mark.parametrize("jump", [HOUR, DAY])
def test_a_mailbox_held_while_the_clock_was_ahead_is_followed_once_it_is_right(house, jump):
    account = MailAccount.objects.create(
        inbox=house.hello, imap_host="mail.example", begin_at=MONDAY_NOON
    )
    moment = [LATER + jump]
    killed, next_one = (fetching._Hold(account.pk, clock=lambda: moment[0]) for _ in range(2))
    assert killed.lasts()
    assert not next_one.lasts()

    moment[0] = LATER
    assert next_one.lasts()
