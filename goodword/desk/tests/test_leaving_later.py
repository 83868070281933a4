"""An answer leaves when somebody chose, once, unless they wrote; then it is closed or snoozed."""

import sys
from datetime import timedelta

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk import handling, staffing
from goodword.desk import queries as desk
from goodword.desk.answering import delivering, later, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer
from goodword.events.models import Event
from goodword.promises.queries import owed_reply
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_NOON,
    MemoryRoad,
    deliver,
    receive,
)

pytestmark = pytest.mark.django_db
GRACE = "grace@whitlow.example"
FRIDAY = MONDAY_NOON + 4 * DAY


@pytest.fixture
def asked(house) -> Conversation:
    return receive(house).conversation


def write(conversation, by, *, at=MONDAY_NOON + HOUR, to=(GRACE,), **more) -> Message:
    recipients = Recipients(to=tuple(to))
    return replying.reply(
        conversation, by=by, text="It left today.", recipients=recipients, at=at, **more
    )


def write_again(house, conversation, *, at) -> Message:
    first = conversation.messages.get(direction="in")
    return receive(house, "Another thing.", answers=first, at=at)


def state_of(conversation) -> str:
    conversation.refresh_from_db()
    return conversation.state


def test_it_leaves_on_friday_and_not_before_and_is_owed_until_then(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)

    for early in (2 * MINUTE, 3 * HOUR, 2 * DAY):
        assert deliver(at=MONDAY_NOON + HOUR + early).sent == []
    assert owed_reply(asked).is_open

    sent = deliver(at=FRIDAY + MINUTE).sent
    assert [each.external_id for each in sent] == [message.external_ids.get().value]
    assert sent[0].said_at == FRIDAY  # its own date says when it left
    assert owed_reply(asked) is None
    assert deliver(at=FRIDAY + DAY).sent == []


def test_a_clock_put_right_sends_at_once_what_only_waits_for_its_undo_but_not_what_was_chosen(
    house, asked
) -> None:
    other = receive(house, sender="tom@reed.example").conversation
    write(asked, house.ben, leaves_at=FRIDAY)
    wrong = MONDAY_NOON + 2 * DAY
    write(other, house.ben, at=wrong, to=["tom@reed.example"])

    sent = deliver(at=MONDAY_NOON + HOUR).sent

    assert [each.to[0].address for each in sent] == ["tom@reed.example"]


def test_what_is_refused_for_now_on_friday_is_tried_two_days_from_friday(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)
    deliver(at=FRIDAY, road=MemoryRoad(answers={GRACE: Answer("later", "greylisted")}))

    assert message.recipients.get().state == Recipient.State.QUEUED
    # Its worker's clock was an hour and more ahead: it is no chosen moment any more.
    Dispatch.objects.update(due_at=FRIDAY + 3 * HOUR)
    assert len(deliver(at=FRIDAY + MINUTE).sent) == 1


@pytest.mark.parametrize("moment", [MONDAY_NOON, MONDAY_NOON + HOUR, MONDAY_NOON + 400 * DAY])
def test_a_moment_that_passed_or_lies_years_ahead_is_refused(house, asked, moment) -> None:
    with pytest.raises(handling.InThePast):
        write(asked, house.ben, leaves_at=moment)
    with pytest.raises(handling.InThePast):
        write(asked, house.ben, then="snooze", then_until=moment)
    assert not asked.messages.filter(direction="out").exists()


def test_another_time_now_and_taken_back(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)
    later.leave_at(message, FRIDAY + DAY, by=house.lea, at=MONDAY_NOON + 2 * HOUR)
    assert deliver(at=FRIDAY + MINUTE).sent == []

    later.leave_at(message, None, by=house.ben, at=FRIDAY + HOUR)
    assert len(deliver(at=FRIDAY + HOUR).sent) == 1
    with pytest.raises(later.HasBegun):
        later.leave_at(message, FRIDAY + DAY, by=house.ben, at=FRIDAY + 2 * HOUR)

    second = write(asked, house.ben, at=FRIDAY + 2 * HOUR, leaves_at=FRIDAY + DAY)
    draft = replying.take_back(second, by=house.ben, at=FRIDAY + 3 * HOUR)
    assert (draft.text, draft.to) == ("It left today.", GRACE)
    assert deliver(at=FRIDAY + 2 * DAY).sent == []


def test_what_a_worker_has_in_hand_gets_no_other_time(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)
    Dispatch.objects.update(lease="x", leased_until=FRIDAY + MINUTE, tries=1)

    with pytest.raises(later.HasBegun):
        later.leave_at(message, FRIDAY + DAY, by=house.ben, at=FRIDAY)


def test_a_light_teammate_gives_no_other_time(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)
    with pytest.raises(MayNot):
        later.leave_at(message, None, by=house.lou, at=MONDAY_NOON + 2 * HOUR)


def test_killed_while_it_leaves_it_is_there_once(house, asked) -> None:
    write(asked, house.ben, leaves_at=FRIDAY)
    with pytest.raises(SystemExit):
        deliver(at=FRIDAY, road=MemoryRoad(before_commit=sys.exit))

    assert len(deliver(at=FRIDAY + 5 * MINUTE).sent) == 1
    assert deliver(at=FRIDAY + HOUR).sent == []


def test_when_they_write_meanwhile_it_waits_for_a_look_and_then_leaves(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)
    write_again(house, asked, at=MONDAY_NOON + DAY)

    assert deliver(at=FRIDAY + MINUTE).sent == []
    dispatch = Dispatch.objects.get()
    assert (dispatch.held, dispatch.due_at) == (later.THEY_WROTE, None)
    assert asked in desk.in_folder(house.ben, "unsent")
    assert Event.objects.filter(kind="desk.answer_held", data__message_id=message.pk).count() == 1

    delivering.let_go(message, by=house.ben, at=FRIDAY + HOUR)
    assert len(deliver(at=FRIDAY + HOUR).sent) == 1
    assert owed_reply(asked).is_open  # what they wrote meanwhile was not answered by it


def test_held_it_can_be_given_a_new_moment_and_leaves_then(house, asked) -> None:
    message = write(asked, house.ben, leaves_at=FRIDAY)
    write_again(house, asked, at=MONDAY_NOON + DAY)
    later.leave_at(message, FRIDAY + DAY, by=house.ben, at=FRIDAY)

    assert len(deliver(at=FRIDAY + DAY).sent) == 1


def test_joined_with_what_they_wrote_since_it_waits_too(house, asked) -> None:
    write(asked, house.ben, leaves_at=FRIDAY)
    other = receive(house, "Me again.", at=MONDAY_NOON + DAY).conversation
    joining.join(other, asked, by=house.lea, at=MONDAY_NOON + 2 * DAY)

    assert deliver(at=FRIDAY).sent == []
    assert Dispatch.objects.get().held == later.THEY_WROTE


@pytest.mark.parametrize("act", [handling.mark_spam, handling.trash])
def test_of_a_conversation_that_was_put_aside_nothing_leaves_by_itself(house, asked, act) -> None:
    write(asked, house.ben, leaves_at=FRIDAY)
    act(asked, by=house.ben, at=MONDAY_NOON + 2 * HOUR)

    assert deliver(at=FRIDAY).sent == []
    assert Dispatch.objects.get().held == later.PUT_ASIDE


def test_what_a_teammate_scheduled_leaves_after_they_have_left(house, asked) -> None:
    write(asked, house.ben, leaves_at=FRIDAY)
    staffing.take_leave(house.ben, by=house.ana, at=MONDAY_NOON + DAY)

    assert len(deliver(at=FRIDAY).sent) == 1
    assert owed_reply(asked) is None


# What comes after


def test_it_is_closed_once_it_was_taken_and_not_before(house, asked) -> None:
    write(asked, house.ben, then="close")
    assert state_of(asked) == "open"
    deliver(at=MONDAY_NOON + 2 * HOUR, road=MemoryRoad(answers={GRACE: Answer("later")}))
    assert state_of(asked) == "open"

    deliver(at=MONDAY_NOON + 4 * HOUR)
    assert state_of(asked) == "closed"
    assert asked.closed_by == house.ben


def test_it_is_snoozed_until_then_and_a_bounce_opens_it_again(house, asked) -> None:
    message = write(asked, house.ben, then="snooze", then_until=FRIDAY)
    deliver(at=MONDAY_NOON + 2 * HOUR)
    assert state_of(asked) == "snoozed" and asked.snoozed_until == FRIDAY

    receive(
        house, "Undelivered", sender="mailer-daemon@mx.example", answers=message,
        at=MONDAY_NOON + 3 * HOUR, kind="bounce", bounce_kind="failed", bounce_hard=True,
        bounced_recipient=GRACE,
    )  # fmt: skip
    assert state_of(asked) == "open"
    assert owed_reply(asked).is_open


def test_a_snooze_that_has_passed_when_it_is_taken_at_last_leaves_it_open(house, asked) -> None:
    write(asked, house.ben, leaves_at=FRIDAY, then="snooze", then_until=FRIDAY - HOUR)
    deliver(at=FRIDAY)
    assert state_of(asked) == "open"


def test_what_they_wrote_meanwhile_keeps_it_open(house, asked) -> None:
    write(asked, house.ben, then="close")
    write_again(house, asked, at=MONDAY_NOON + HOUR + timedelta(seconds=5))
    deliver(at=MONDAY_NOON + 2 * HOUR)

    assert state_of(asked) == "open"
    assert owed_reply(asked).is_open


def test_while_one_of_them_does_not_have_it_nothing_is_put_aside(house, asked) -> None:
    message = write(asked, house.ben, to=[GRACE, "tom@reed.example"], then="close")
    deliver(
        at=MONDAY_NOON + 2 * HOUR, road=MemoryRoad(answers={"tom@reed.example": Answer("unknown")})
    )
    assert state_of(asked) == "open"

    doubtful = message.recipients.get(state="unknown")
    delivering.count_as_received(doubtful, by=house.ben, at=MONDAY_NOON + 3 * HOUR)
    assert state_of(asked) == "closed"


def test_another_answer_that_waits_keeps_it_open(house, asked) -> None:
    write(asked, house.ben, leaves_at=FRIDAY)
    write(asked, house.ben, then="close")
    deliver(at=MONDAY_NOON + 2 * HOUR)
    assert state_of(asked) == "open"


def test_a_second_acceptance_puts_nothing_aside_again(house, asked) -> None:
    message = write(asked, house.ben, then="close")
    deliver(at=MONDAY_NOON + 2 * HOUR)
    handling.reopen(asked, by=house.ben, at=MONDAY_NOON + 3 * HOUR)

    message.refresh_from_db()
    later.come_after(message, at=MONDAY_NOON + 4 * HOUR)
    assert state_of(asked) == "open"


def test_when_writing_down_fails_neither_the_acceptance_nor_the_closing_is_there(
    house, asked, monkeypatch
) -> None:
    """One transaction: a crash between the two leaves a message that a person decides about."""
    message = write(asked, house.ben, then="close")

    def crash(*_args: object, **_named: object) -> None:
        raise SystemExit

    monkeypatch.setattr(later, "come_after", crash)
    with pytest.raises(SystemExit):
        deliver(at=MONDAY_NOON + 2 * HOUR)
    monkeypatch.undo()

    assert state_of(asked) == "open" and owed_reply(asked).is_open
    assert deliver(at=MONDAY_NOON + 3 * HOUR).sent == []
    row = message.recipients.get()
    assert row.state == Recipient.State.UNKNOWN
    delivering.count_as_received(row, by=house.ben, at=MONDAY_NOON + 4 * HOUR)
    assert state_of(asked) == "closed"
