"""What becomes of a word: kept, moved, promised anew, handed over, let go, broken; who may."""

from datetime import timedelta

import pytest

from goodword.accounts.queries import business
from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation
from goodword.desk import checking, handling, staffing
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import arriving, joining, receiving
from goodword.desk.keeping import promising
from goodword.desk.keeping.promising import Said
from goodword.desk.roads import Party
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises import kinds
from goodword.promises.models import Promise
from goodword.promises.queries import found, open_in, owed_by, owed_reply, visible_to
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, inbound, receive, reply

pytestmark = pytest.mark.django_db


def moment(at):
    return plan.current().moment_due(at, zone="Europe/Berlin")


def tracked(house, *, by=None, due_in=2 * HOUR, conversation=None, **changes):
    conversation = conversation or receive(house).conversation
    given = {"what": "send the gift-card link", "kind": kinds.SEND} | changes
    return promising.track(
        conversation, due=moment(MONDAY_NOON + due_in), by=by or house.ben, at=MONDAY_NOON, **given
    )


def steps(promise):
    return [each.kind for each in promise.steps.order_by("id")]


def test_a_tracked_promise_has_an_owner_a_person_and_stands_where_it_was_said(house):
    promise = tracked(house, said="I'll send you the link by two.")
    assert (promise.owner, promise.team) == (house.ben, None)
    assert promise.person == promise.conversation.person
    assert promise.inbox == house.hello
    assert list(owed_by(house.ben)) == [promise]
    assert checking.violations() == []


def test_theirs_is_owed_by_nobody_of_ours(house):
    promise = tracked(house, kind=kinds.WAITING, direction="theirs", what="the photo")
    assert promise.look_at == promise.due_at
    with pytest.raises(promising.NotOurs):
        promising.hand_over(promise, to=house.lea, by=house.ana, at=MONDAY_NOON)
    assert (promise.owner, promise.team) == (None, None)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"what": "  "}, promising.NothingPromised),
        ({"due_in": -MINUTE}, handling.InThePast),
        ({"due_in": 0 * MINUTE}, handling.InThePast),
    ],
)
def test_no_promise_without_words_or_in_the_past(house, changes, error):
    with pytest.raises(error):
        tracked(house, **changes)
    assert not Promise.objects.filter(kind=kinds.SEND).exists()


def test_who_reads_only_promises_nothing(house):
    with pytest.raises(MayNot):
        tracked(house, by=house.lou)


def test_a_word_is_not_given_to_somebody_who_cannot_keep_it_there(house):
    with pytest.raises(handling.CannotSee):
        tracked(house, owner=house.carl)
    with pytest.raises(handling.CannotSee):
        tracked(house, owner=house.workshop)


@pytest.mark.parametrize(
    ("after", "state"),
    [(2 * HOUR, "kept"), (2 * HOUR + timedelta(microseconds=1), "kept_late")],
)
def test_in_time_is_up_to_the_very_moment(house, after, state):
    promise = promising.keep(tracked(house), by=house.ben, at=MONDAY_NOON + after)
    assert promise.state == state
    assert steps(promise) == ["made", state]
    with pytest.raises(promises.AlreadyEnded):
        promising.keep(promise, by=house.lea, at=MONDAY_NOON + DAY)


def test_moved_before_it_is_due_it_stays_one_promise(house):
    promise = tracked(house)
    promising.move(promise, due=moment(MONDAY_NOON + DAY), by=house.ben, at=MONDAY_NOON + HOUR)
    promise.refresh_from_db()
    assert (promise.due_at, promise.times_moved) == (MONDAY_NOON + DAY, 1)
    assert promise.told_due_at == MONDAY_NOON + DAY
    assert steps(promise) == ["made", "moved"]


def test_late_it_cannot_be_moved_only_promised_anew(house):
    promise = tracked(house)
    late = MONDAY_NOON + 3 * HOUR
    with pytest.raises(promises.AlreadyDue):
        promising.move(promise, due=moment(MONDAY_NOON + DAY), by=house.ben, at=late)

    again = promising.promise_anew(promise, due=moment(MONDAY_NOON + DAY), by=house.ben, at=late)
    promise.refresh_from_db()
    assert promise.state == Promise.State.BROKEN
    assert (again.successor_of, again.owner, again.what) == (promise, house.ben, promise.what)
    assert checking.violations() == []


def test_before_it_is_due_it_cannot_be_promised_anew(house):
    with pytest.raises(promises.NotDueYet):
        promising.promise_anew(
            tracked(house), due=moment(MONDAY_NOON + DAY), by=house.ben, at=MONDAY_NOON
        )


def test_an_answer_promised_anew_is_still_owed_for_the_same_message(house):
    message = receive(house)
    late = MONDAY_NOON + DAY + HOUR
    again = promising.promise_anew(
        owed_reply(message.conversation), due=moment(late + HOUR), by=house.ben, at=late
    )
    assert (owed_reply(message.conversation), again.message) == (again, message)

    reply(message.conversation, house.ben, at=late + MINUTE)
    deliver(at=late + 2 * MINUTE)
    again.refresh_from_db()
    assert again.state == Promise.State.KEPT
    assert checking.violations() == []


def test_an_answer_can_not_just_be_broken(house):
    promise = owed_reply(receive(house).conversation)
    with pytest.raises(promising.OnlyAnew):
        promising.break_(promise, by=house.ben, at=MONDAY_NOON)
    assert promising.break_(tracked(house), by=house.ben, at=MONDAY_NOON).state == "broken"


def test_an_answer_given_by_telephone_is_kept_by_hand_until_they_write_again(house):
    conversation = receive(house).conversation
    promising.keep(owed_reply(conversation), by=house.ben, at=MONDAY_NOON + HOUR)
    assert owed_reply(conversation) is None
    handling.close(conversation, by=house.ben, at=MONDAY_NOON + HOUR)
    assert checking.violations() == []

    receive(house, "And one more thing", at=MONDAY_NOON + 2 * HOUR)
    assert checking.violations() == []


def test_they_let_go_of_it_themselves(house):
    conversation = receive(house).conversation
    promise = tracked(house, conversation=conversation)
    for each in (promise, owed_reply(conversation)):
        ended = promising.no_longer_needed(each, at=MONDAY_NOON + MINUTE)
        assert (ended.state, ended.ended_by, ended.ended_why) == ("released", None, "they_let_go")
    assert checking.violations() == []


def test_handing_over_an_answer_hands_over_its_conversation(house):
    conversation = receive(house).conversation
    promising.hand_over(owed_reply(conversation), to=house.lea, by=house.ben, at=MONDAY_NOON)
    conversation.refresh_from_db()
    assert (conversation.assignee, owed_reply(conversation).owner) == (house.lea, house.lea)


def test_an_agent_hands_over_what_is_theirs_and_a_lead_what_is_anybodys(house):
    promise = tracked(house, owner=house.lea)
    with pytest.raises(MayNot):
        promising.hand_over(promise, to=house.ben, by=house.ben, at=MONDAY_NOON)
    promising.hand_over(promise, to=house.ben, by=house.lea, at=MONDAY_NOON)
    promise.refresh_from_db()
    assert promise.owner == house.ben


def test_a_message_keeps_what_it_is_said_to_keep_once_it_is_taken(house):
    conversation = receive(house).conversation
    promise = tracked(house, conversation=conversation)
    _answer(house, conversation, keeps=[promise])
    promise.refresh_from_db()
    assert promise.is_open

    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    promise.refresh_from_db()
    assert (promise.state, promise.ended_at) == ("kept", MONDAY_NOON + HOUR + MINUTE)


def test_a_bounce_opens_again_what_the_message_had_kept(house):
    conversation = receive(house).conversation
    promise = tracked(house, conversation=conversation)
    sent = _answer(house, conversation, keeps=[promise])
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    receive(
        house,
        sender="mailer-daemon@x.example",
        kind="bounce",
        bounce_kind="failed",
        answers=sent,
        at=MONDAY_NOON + 2 * HOUR,
        bounced_recipient="grace@whitlow.example",
        bounce_hard=True,
    )
    promise.refresh_from_db()
    assert promise.is_open
    assert owed_reply(conversation) is not None
    assert checking.violations() == []


def test_what_a_message_promises_is_made_with_it_and_taken_back_with_it(house):
    conversation = receive(house).conversation
    said = [Said("call you", moment(MONDAY_NOON + DAY), words="I'll call you tomorrow.")]
    message = _answer(house, conversation, promised=said)
    promise = Promise.objects.get(message=message)
    assert (promise.what, promise.owner) == ("call you", house.ben)

    draft = replying.take_back(message, by=house.ben, at=MONDAY_NOON + HOUR)
    assert "On its way" in draft.text
    assert not Promise.objects.filter(pk=promise.pk).exists()
    assert checking.violations() == []


def test_a_promise_in_the_past_stops_the_sending_and_stores_nothing(house):
    conversation = receive(house).conversation
    with pytest.raises(handling.InThePast):
        _answer(house, conversation, promised=[Said("call you", moment(MONDAY_NOON))])
    assert not conversation.messages.filter(direction="out").exists()


@pytest.mark.parametrize(
    ("before_due", "leaves_after"), [(HOUR, 10), (35, 5), (20, 0), (-HOUR, 10)]
)
def test_the_undo_window_never_outlasts_the_time_it_is_due(house, before_due, leaves_after):
    before_due = before_due if isinstance(before_due, timedelta) else timedelta(seconds=before_due)
    conversation = receive(house).conversation
    at = owed_reply(conversation).due_at - before_due
    sent = reply(conversation, house.ben, at=at)
    assert sent.dispatch.due_at == at + timedelta(seconds=leaves_after)


def test_a_conversation_is_not_put_aside_over_a_promise_unsaid(house):
    conversation = receive(house).conversation
    stays, kept, gone = (tracked(house, conversation=conversation) for _ in range(3))
    handling.no_answer_needed(conversation, by=house.ben, at=MONDAY_NOON)
    for act in (handling.close, handling.trash):
        with pytest.raises(handling.PromisesOpen) as caught:
            act(conversation, fates={kept.public_id: "kept"}, by=house.ben, at=MONDAY_NOON)
        assert set(caught.value.promises) == {stays, gone}
    fates = {stays.public_id: "stays", kept.public_id: "kept", gone.public_id: "released"}
    handling.close(conversation, fates=fates, by=house.ben, at=MONDAY_NOON)
    assert list(open_in(conversation)) == [stays]
    assert checking.violations() == []


def test_spam_lets_go_of_everything(house):
    promise = tracked(house)
    handling.mark_spam(promise.conversation, by=house.ben, at=MONDAY_NOON)
    assert not open_in(promise.conversation).exists()


def test_come_back_to_this_survives_ok_thanks(house):
    message = receive(house)
    conversation = message.conversation
    handling.no_answer_needed(conversation, by=house.ben, at=MONDAY_NOON)
    due = plan.current().day_due(house.hello.pk, (MONDAY_NOON + 90 * DAY).date(), zone="UTC")
    promise = promising.come_back(
        conversation, due=due, why="ask again", by=house.ben, at=MONDAY_NOON
    )
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.SNOOZED

    receive(house, "ok, thanks", refers_to=_ids(message), at=MONDAY_NOON + DAY)
    handling.no_answer_needed(conversation, by=house.ben, at=MONDAY_NOON + 2 * DAY)
    fates = {promise.public_id: "stays"}
    handling.close(conversation, fates=fates, by=house.ben, at=MONDAY_NOON + 2 * DAY)
    promise.refresh_from_db()
    assert promise.is_open

    handling.bring_back(conversation, why="come_back", at=due.at)
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.OPEN
    assert checking.violations() == []


def test_urgent_makes_the_answer_due_sooner_and_never_later_again(house):
    plans.set_target(
        urgent=True,
        first_minutes=60,
        next_minutes=30,
        counts="clock",
        by=house.ana,
        at=MONDAY_NOON,
    )
    conversation = receive(house).conversation
    for urgent in (True, False):
        handling.mark_urgent(conversation, urgent=urgent, by=house.ben, at=MONDAY_NOON)
        assert owed_reply(conversation).due_at == MONDAY_NOON + HOUR
    assert "hastened" in steps(owed_reply(conversation))


def test_when_someone_leaves_their_named_backup_has_all_they_owed(house):
    plans.found_calendar(business(), by=house.ana, at=MONDAY_NOON)
    plans.add_duty(
        inbox=house.hello,
        teammate=house.ben,
        backup=house.lea,
        period=(0, 9 * 60, 17 * 60),
        by=house.ana,
        at=MONDAY_NOON,
    )
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON)
    promise = tracked(house, conversation=conversation)
    private = promising.give(
        what="water the plants",
        due=moment(MONDAY_NOON + DAY),
        inbox=None,
        person=None,
        direction="to_ourselves",
        by=house.ben,
        at=MONDAY_NOON,
    )
    staffing.take_leave(house.ben, by=house.ana, at=MONDAY_NOON + HOUR)

    for each in (promise, private):
        each.refresh_from_db()
    assert (promise.owner, private.owner) == (house.lea, house.ana)
    assert owed_reply(conversation).owner == house.lea
    assert checking.violations() == []


def test_while_someone_is_away_what_is_asked_of_them_is_owed_by_who_stands_in(house):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON)
    sent = reply(conversation, house.ben, at=MONDAY_NOON + MINUTE)
    deliver(at=MONDAY_NOON + 2 * MINUTE)
    plans.be_absent(
        house.ben,
        since=MONDAY_NOON + HOUR,
        until=MONDAY_NOON + 7 * DAY,
        stand_in=house.lea,
        text="",
        by=house.ben,
        at=MONDAY_NOON + HOUR,
    )
    receive(house, "When?", answers=sent, at=MONDAY_NOON + DAY)
    assert owed_reply(conversation).owner == house.lea
    assert checking.violations() == []


def test_promises_are_seen_where_their_inbox_is_and_by_nobody_else(house):
    promise = tracked(house)
    seen = [
        each.name.split()[0]
        for each in (house.ana, house.ben, house.lea, house.lou, house.carl)
        if found(each, promise.public_id).exists() and visible_to(each).exists()
    ]
    assert seen == ["Ana", "Ben", "Lea", "Lou"]


def test_a_joined_conversation_brings_its_promises_along(house):
    promise = tracked(house)
    other = receive(house, inbox=house.repairs, sender="grace@whitlow.example").conversation
    joining.join(promise.conversation, other, by=house.ana, at=MONDAY_NOON)
    promise.refresh_from_db()
    assert (promise.conversation, promise.inbox) == (other, house.repairs)
    assert checking.violations() == []


def _answer(house, conversation, *, at=MONDAY_NOON + HOUR, **changes):
    return replying.reply(
        conversation,
        by=house.ben,
        text="On its way",
        recipients=Recipients(to=("grace@whitlow.example",)),
        at=at,
        **changes,
    )


def _ids(message):
    return [each.value for each in message.external_ids.filter(scope="email")]


def test_who_sees_it_from_another_inbox_promises_for_the_team_that_has_it(house):
    message = inbound(to="hello@shop.example", cc=[Party("repairs@shop.example")])
    inbox, *also = arriving.inboxes_of(message, house.hello)
    conversation = receiving.receive(message, inbox=inbox, also=also, at=MONDAY_NOON).conversation
    promise = tracked(house, by=house.carl, conversation=conversation)
    assert (promise.owner, promise.team) == (None, house.front)
    assert checking.violations() == []
