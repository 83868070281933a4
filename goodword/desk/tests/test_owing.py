"""The invariant, act by act."""

import pytest

from goodword.conversations.models import Conversation, Recipient
from goodword.desk import checking, handling, staffing
from goodword.desk.intake import receiving
from goodword.desk.keeping import owing
from goodword.desk.roads import Answer
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply, replies_of
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_NOON,
    MemoryRoad,
    deliver,
    inbound,
    receive,
    reply,
)

pytestmark = pytest.mark.django_db


def states(conversation):
    return [each.state for each in replies_of(conversation)]


def test_given_a_mail_the_inbox_team_owes_the_answer_within_24_hours_by_the_clock(house):
    message = receive(house)

    promise = owed_reply(message.conversation)
    assert (promise.team, promise.owner) == (house.front, None)
    assert promise.due_at == MONDAY_NOON + DAY
    assert promise.person == message.person
    assert checking.violations() == []


def test_a_second_mail_before_the_answer_joins_the_promise_and_raises_its_urgency(house):
    first = receive(house)
    answers = {"external_ids": ["b@whitlow.example"], "refers_to": list(_ids(first))}
    second = receive(house, "Hello?", at=MONDAY_NOON + HOUR, **answers)

    assert second.conversation == first.conversation
    promise = owed_reply(first.conversation)
    assert (promise.due_at, promise.urgency) == (MONDAY_NOON + DAY, 1)


def test_a_queued_answer_keeps_nothing_and_an_accepted_one_keeps_the_promise(house):
    conversation = receive(house).conversation
    reply(conversation, house.ben, at=MONDAY_NOON + HOUR)
    assert states(conversation) == ["open"]

    deliver(at=MONDAY_NOON + HOUR + MINUTE)

    kept = replies_of(conversation)[0]
    assert kept.state == Promise.State.KEPT
    assert (kept.ended_by, kept.ended_at) == (house.ben, MONDAY_NOON + HOUR + MINUTE)
    assert checking.violations() == []


def test_an_answer_after_the_due_time_keeps_it_late(house):
    conversation = receive(house).conversation
    reply(conversation, house.ben, at=MONDAY_NOON + 2 * DAY)
    deliver(at=MONDAY_NOON + 2 * DAY + MINUTE)
    assert states(conversation) == ["kept_late"]


def test_a_mail_that_comes_in_while_the_answer_is_leaving_is_owed_an_answer_of_its_own(house):
    first = receive(house)
    reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    late = MONDAY_NOON + HOUR + MINUTE / 6
    receive(house, "One more thing", at=late, refers_to=list(_ids(first)))

    deliver(at=MONDAY_NOON + HOUR + MINUTE)

    assert states(first.conversation) == ["kept", "open"]
    assert owed_reply(first.conversation).due_at == late + DAY
    assert checking.violations() == []


def test_an_answer_to_somebody_else_keeps_nothing(house):
    conversation = receive(house).conversation
    reply(conversation, house.ben, at=MONDAY_NOON + HOUR, to=["printer@northside.example"])
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    assert states(conversation) == ["open"]


def test_an_answer_to_where_they_asked_for_it_counts(house):
    from goodword.desk.roads import Party

    conversation = receive(house, reply_to=[Party("office@whitlow.example")]).conversation
    reply(conversation, house.ben, at=MONDAY_NOON + HOUR, to=["office@whitlow.example"])
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    assert states(conversation) == ["kept"]


def test_a_refused_answer_keeps_nothing_and_comes_back_as_work(house):
    conversation = receive(house).conversation
    reply(conversation, house.ben, at=MONDAY_NOON + HOUR)
    road = MemoryRoad(answers={"grace@whitlow.example": Answer("refused", "550 no such user")})
    deliver(at=MONDAY_NOON + HOUR + MINUTE, road=road)

    assert states(conversation) == ["open"]
    assert Recipient.objects.get(state="refused").words == "550 no such user"
    assert checking.violations() == []


def test_a_bounce_opens_the_promise_again_at_its_old_time(house):
    conversation = receive(house).conversation
    answer = reply(conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)

    receive(
        house,
        sender="mailer-daemon@whitlow.example",
        answers=answer,
        at=MONDAY_NOON + 2 * HOUR,
        kind="bounce",
        bounced_recipient="grace@whitlow.example",
        bounce_hard=True,
        bounce_words="550 gone",
    )

    promise = owed_reply(conversation)
    assert promise.due_at == MONDAY_NOON + DAY
    assert states(conversation) == ["open"]
    assert checking.violations() == []


@pytest.mark.parametrize("line", ["broke", "is still open"])
def test_a_bounce_settles_what_nobody_could_know_and_may_outrun_our_own_note(house, line):
    conversation = receive(house).conversation
    answer = reply(conversation, house.ben, at=MONDAY_NOON + HOUR)
    at = MONDAY_NOON + HOUR + MINUTE

    def bounce():
        receive(
            house,
            sender="mailer-daemon@whitlow.example",
            answers=answer,
            at=at,
            kind="bounce",
            bounced_recipient="grace@whitlow.example",
            bounce_hard=True,
        )

    if line == "broke":
        deliver(at=at, road=MemoryRoad(answers={"grace@whitlow.example": Answer("unknown")}))
        bounce()
    else:
        deliver(at=at, road=MemoryRoad(after_commit=bounce))

    assert answer.recipients.get().state == "bounced"
    assert states(conversation) == ["open"]
    assert checking.violations() == []


def test_no_answer_needed_releases_until_the_next_mail(house):
    first = receive(house, "Thank you!")
    handling.no_answer_needed(first.conversation, by=house.ben, at=MONDAY_NOON + HOUR)
    assert states(first.conversation) == ["released"]
    handling.close(first.conversation, by=house.ben, at=MONDAY_NOON + HOUR)

    receive(house, "But wait", at=MONDAY_NOON + DAY, refers_to=list(_ids(first)))

    first.conversation.refresh_from_db()
    assert first.conversation.state == Conversation.State.OPEN
    assert states(first.conversation) == ["released", "open"]
    assert checking.violations() == []


def test_taking_no_answer_needed_back_owes_it_again_at_its_old_time(house):
    conversation = receive(house).conversation
    handling.no_answer_needed(conversation, by=house.ben, at=MONDAY_NOON + HOUR)
    handling.take_back_no_answer(conversation, by=house.ben, at=MONDAY_NOON + 2 * HOUR)
    assert owed_reply(conversation).due_at == MONDAY_NOON + DAY


def test_closing_over_an_owed_answer_is_refused_and_changes_nothing(house):
    conversation = receive(house).conversation
    with pytest.raises(handling.AnswerOwed):
        handling.close(conversation, by=house.ben, at=MONDAY_NOON + HOUR)
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.OPEN
    assert states(conversation) == ["open"]


@pytest.mark.parametrize("act", [handling.mark_spam, handling.trash])
def test_spam_and_trash_owe_nothing_and_coming_back_owes_it_again(house, act):
    conversation = receive(house).conversation
    act(conversation, by=house.ben, at=MONDAY_NOON + HOUR)
    assert states(conversation) == ["released"]
    assert checking.violations() == []

    handling.reopen(conversation, by=house.ben, at=MONDAY_NOON + 2 * HOUR)
    assert owed_reply(conversation).due_at == MONDAY_NOON + DAY
    assert checking.violations() == []


def test_snoozing_changes_nothing_that_is_owed_and_ends_by_itself(house):
    conversation = receive(house).conversation
    handling.snooze(conversation, until=MONDAY_NOON + 3 * HOUR, by=house.ben, at=MONDAY_NOON + HOUR)
    assert owed_reply(conversation).due_at == MONDAY_NOON + DAY

    assert handling.wake_due(at=MONDAY_NOON + 2 * HOUR) == 0
    assert handling.wake_due(at=MONDAY_NOON + 3 * HOUR) == 1
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.OPEN


@pytest.mark.parametrize("kind", ["auto_reply", "list", "bounce"])
def test_what_no_person_wrote_is_shown_and_owes_nothing(house, kind):
    message = receive(house, kind=kind)
    assert owed_reply(message.conversation) is None
    assert checking.violations() == []


def test_assigning_hands_the_promise_over_and_giving_it_back_returns_it(house):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON + HOUR)
    assert owed_reply(conversation).owner == house.ben

    handling.assign(conversation, to=None, by=house.ben, at=MONDAY_NOON + HOUR)
    promise = owed_reply(conversation)
    assert (promise.owner, promise.team) == (None, house.front)


def test_nobody_is_given_what_they_cannot_answer(house):
    conversation = receive(house).conversation
    for other in (house.carl, house.lou, house.workshop):
        with pytest.raises(handling.CannotSee):
            handling.assign(conversation, to=other, by=house.ana, at=MONDAY_NOON + HOUR)


def test_an_agent_does_not_take_from_a_colleague_and_a_lead_may(house):
    from goodword.accounts.rights import MayNot

    conversation = receive(house).conversation
    handling.assign(conversation, to=house.lea, by=house.lea, at=MONDAY_NOON + HOUR)
    with pytest.raises(MayNot):
        handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON + HOUR)
    handling.assign(conversation, to=house.ben, by=house.lea, at=MONDAY_NOON + HOUR)
    assert owed_reply(conversation).owner == house.ben


def test_when_a_teammate_leaves_their_word_goes_to_the_inbox_team(house):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON + HOUR)

    staffing.take_leave(house.ben, by=house.ana, at=MONDAY_NOON + 2 * HOUR)

    promise = owed_reply(conversation)
    assert (promise.owner, promise.team) == (None, house.front)
    assert checking.violations() == []


def test_when_a_teammate_changes_teams_their_word_stays_behind(house):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON + HOUR)
    staffing.change_team(
        house.front, name="Front", members=[house.lea], by=house.ana, at=MONDAY_NOON + 2 * HOUR
    )
    assert owed_reply(conversation).team == house.front
    assert checking.violations() == []


def test_a_mail_older_than_our_answer_that_comes_in_after_it_is_owed_an_answer(house):
    first = receive(house)
    answer = reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    # Their mailbox was down: it reached the server before we answered, and us after.
    waited = inbound("And one more thing", answers=answer, at=MONDAY_NOON + MINUTE)
    late = receiving.receive(waited, inbox=house.hello, at=MONDAY_NOON + DAY)

    assert late.pk > answer.pk
    promise = owed_reply(first.conversation)
    assert promise.due_at == MONDAY_NOON + MINUTE + DAY
    assert checking.violations() == []


def test_what_comes_back_to_a_closed_conversation_opens_it_as_work(house):
    conversation = receive(house).conversation
    answer = reply(conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    handling.close(conversation, by=house.ben, at=MONDAY_NOON + 2 * HOUR)
    receive(
        house,
        sender="mailer-daemon@whitlow.example",
        answers=answer,
        at=MONDAY_NOON + 3 * HOUR,
        kind="bounce",
        bounce_hard=True,
    )
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.OPEN
    assert checking.violations() == []


def test_the_same_message_received_twice_is_there_once_and_owed_once(house):
    message = inbound()
    one = receiving.receive(message, inbox=house.hello, at=MONDAY_NOON)
    two = receiving.receive(message, inbox=house.hello, at=MONDAY_NOON + HOUR)
    assert one == two
    assert Promise.objects.count() == 1
    assert Promise.objects.get().urgency == 0


def test_the_checker_finds_a_customer_who_waits_unowed_and_an_answer_owed_to_nobody(house):
    waiting = receive(house).conversation
    Promise.objects.all().delete()
    answered = receive(house, sender="joe@petty.example").conversation
    answered.messages.update(counted=False)

    found = {(each.rule, each.row) for each in checking.violations()}

    assert ("owed", f"conversation:{waiting.pk}") in found
    assert ("owed", f"conversation:{answered.pk}") in found


def test_settle_and_the_checker_state_the_same_rule(house):
    conversations = [receive(house, sender=f"p{n}@x.example").conversation for n in range(3)]
    handling.no_answer_needed(conversations[1], by=house.ben, at=MONDAY_NOON + HOUR)
    handling.trash(conversations[2], by=house.ben, at=MONDAY_NOON + HOUR)

    by_rule = {each.pk for each in owing.awaiting()}
    by_settle = {
        each.pk for each in Conversation.objects.all() if owing.owed_message(each) is not None
    }

    assert by_rule == by_settle == {conversations[0].pk}


def _ids(message):
    return message.external_ids.filter(scope="email").values_list("value", flat=True)


def test_closing_spam_leaves_it_spam(house):
    conversation = receive(house).conversation
    handling.mark_spam(conversation, by=house.ana, at=MONDAY_NOON)
    handling.close(conversation, by=house.ana, at=MONDAY_NOON + MINUTE)
    conversation.refresh_from_db()
    assert conversation.state == "spam"
    assert checking.violations() == []
