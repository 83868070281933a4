"""Where two acts cross: what one has read before the other was done."""

from datetime import timedelta

import pytest

from goodword.conversations import locking
from goodword.desk import checking, handling, staffing
from goodword.desk.answering import holding, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.keeping import owing, promising, replanning, unkeeping
from goodword.desk.keeping.promising import Said
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from goodword.plan.models import InboxPlan
from goodword.promises import actions as promises
from goodword.promises import kinds
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db


def moment(at):
    return plan.current().moment_due(at, zone="Europe/Berlin")


def tracked(house, *, by=None, due_in=2 * HOUR, conversation=None):
    conversation = conversation or receive(house).conversation
    return promising.track(
        conversation,
        what="send the gift-card link",
        kind=kinds.SEND,
        due=moment(MONDAY_NOON + due_in),
        by=by or house.ben,
        at=MONDAY_NOON,
    )


def test_what_was_kept_while_it_was_handed_over_stays_with_who_kept_it(house):
    seen = tracked(house)
    promising.keep(Promise.objects.get(pk=seen.pk), by=house.ben, at=MONDAY_NOON + HOUR)

    with pytest.raises(promises.AlreadyEnded):
        promises.hand_over(seen, to=house.lea, by=house.lea, at=MONDAY_NOON + HOUR)

    now = Promise.objects.get(pk=seen.pk)
    assert (now.owner, now.look_at, now.state) == (house.ben, None, "kept")


def test_what_was_promised_anew_before_it_left_is_taken_back_with_it(house):
    conversation = receive(house).conversation
    said = Said("send the link", moment(MONDAY_NOON + HOUR))
    message = replying.reply(
        conversation,
        by=house.ben,
        text="You have the link in an hour.",
        recipients=Recipients(to=("grace@whitlow.example",)),
        promised=[said],
        at=MONDAY_NOON,
    )
    promise = Promise.objects.get(message=message)
    late = MONDAY_NOON + 2 * HOUR
    promising.promise_anew(promise, due=moment(MONDAY_NOON + DAY), by=house.ben, at=late)

    replying.take_back(message, by=house.ben, at=late)
    assert not Promise.objects.filter(kind=kinds.DO).exists()
    assert checking.violations() == []


def test_joined_into_another_inbox_a_word_is_owed_by_who_can_keep_it_there(house):
    here, there = receive(house), receive(house, inbox=house.repairs, subject="Repair")
    promise = tracked(house, by=house.ben, conversation=here.conversation)
    joining.join(here.conversation, there.conversation, by=house.ana, at=MONDAY_NOON + MINUTE)
    promise.refresh_from_db()
    assert promise.inbox == house.repairs
    assert promise.owner is None and promise.team == house.repairs.team


def test_no_holding_reply_overtakes_an_answer_that_is_on_its_way(house):
    plans.set_inbox_plan(
        house.hello, calendar=None, holding=InboxPlan.Holding.SEND, by=house.ana, at=MONDAY_NOON
    )
    conversation = receive(house).conversation
    promise = owed_reply(conversation)
    before = promise.due_at - 10 * MINUTE
    reply(conversation, house.ben, at=before - timedelta(seconds=5))
    assert holding.hold_by_itself(promise, at=before) is None


def test_marked_urgent_late_in_the_day_nothing_is_late_by_that_alone(house):
    plans.set_target(
        inbox=None,
        kind=None,
        urgent=True,
        first_minutes=60,
        next_minutes=60,
        counts="clock",
        by=house.ana,
        at=MONDAY_NOON,
    )
    conversation = receive(house).conversation
    at = MONDAY_NOON + 5 * HOUR
    handling.mark_urgent(conversation, urgent=True, by=house.ben, at=at)
    assert owed_reply(conversation).due_at > at


def test_a_time_said_while_hours_change_is_not_put_back(house, monkeypatch):
    calendar = plans.make_calendar(
        name="Shop",
        zone="Europe/Berlin",
        periods=[(day, 9 * 60, 17 * 60) for day in range(5)],
        by=house.ana,
        at=MONDAY_NOON,
    )
    conversation = receive(house).conversation
    day = (MONDAY_NOON + 2 * DAY).date()
    due = plan.current().day_due(house.hello.pk, day, zone="Europe/Berlin")
    promise = promising.track(conversation, what="call", due=due, by=house.ben, at=MONDAY_NOON)
    plans.close_days(
        calendar, first_day=day, last_day=day, text="Leave", by=house.ana, at=MONDAY_NOON
    )
    lock_all = locking.lock_all

    def somebody_was_quicker(keys):
        monkeypatch.undo()
        other = Promise.objects.get(pk=promise.pk)
        promising.move(other, due=moment(MONDAY_NOON + HOUR), by=house.ben, at=MONDAY_NOON)
        return lock_all(keys)

    monkeypatch.setattr(replanning.locking, "lock_all", somebody_was_quicker)
    replanning.recompute(at=MONDAY_NOON)
    promise.refresh_from_db()
    assert (promise.due_at, promise.due_said) == (MONDAY_NOON + HOUR, "moment")


def test_what_was_taken_back_meanwhile_cannot_be_kept_any_more(house):
    promise = tracked(house)
    Promise.objects.filter(pk=promise.pk).delete()
    with pytest.raises(promises.AlreadyEnded):
        promising.keep(promise, by=house.ben, at=MONDAY_NOON)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"owner": "carl"}, "owner"),
        ({"owner": "lou"}, "owner"),
        ({"owner": None, "team": "workshop"}, "owner"),
        ({"inbox": "repairs"}, "promise"),
        ({"look_at": None}, "promise"),
        ({"look_at": None, "looked": "backup"}, "promise"),
        ({"state": "kept", "ended_at": MONDAY_NOON + DAY}, "promise"),
    ],
)
def test_the_check_finds_what_no_verb_would_leave(house, changes, rule):
    promise = tracked(house)
    assert checking.violations() == []
    named = {"owner", "team", "inbox"}
    wrong = {k: getattr(house, v) if k in named and v else v for k, v in changes.items()}
    Promise.objects.filter(pk=promise.pk).update(**wrong)
    assert (rule, f"promise:{promise.pk}") in {(v.rule, v.row) for v in checking.violations()}


def test_a_word_is_given_in_no_inbox_where_one_does_not_answer(house):
    with pytest.raises(handling.CannotSee):
        promising.give(
            what="Mend it",
            due=moment(MONDAY_NOON + DAY),
            inbox=house.repairs,
            person=receive(house).conversation.person,
            by=house.ben,
            at=MONDAY_NOON,
        )


def test_given_anew_while_the_mail_server_was_down_it_is_kept_by_what_was_on_its_way(house):
    promise = tracked(house, due_in=HOUR)
    replying.reply(
        promise.conversation,
        by=house.ben,
        text="Here is your link.",
        recipients=Recipients(to=("grace@whitlow.example",)),
        keeps=[promise],
        at=MONDAY_NOON,
    )
    deliver(at=MONDAY_NOON + HOUR, road=MemoryRoad(trouble="no route to host"))
    late = MONDAY_NOON + 2 * HOUR
    again = promising.promise_anew(promise, due=moment(late + DAY), by=house.ben, at=late)
    deliver(at=late + HOUR)
    again.refresh_from_db()
    assert again.state == Promise.State.KEPT
    assert checking.violations() == []


def test_what_an_answer_has_kept_as_well_is_not_said_to_be_owed_again(house):
    conversation = receive(house).conversation
    reply(conversation, house.ben, at=MONDAY_NOON + MINUTE)
    promise = owed_reply(conversation)
    promising.keep(promise, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)
    deliver(at=MONDAY_NOON + HOUR)
    with pytest.raises(unkeeping.NothingToTakeBack):
        unkeeping.not_kept(promise, by=house.ben, at=MONDAY_NOON + 2 * HOUR)
    assert conversation.no_answers_needed.exists()
    assert checking.violations() == []


def test_when_who_stands_in_leaves_the_answer_is_the_teams(house):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.lea, by=house.lea, at=MONDAY_NOON)
    plans.be_absent(
        house.lea,
        since=MONDAY_NOON,
        until=None,
        stand_in=house.ben,
        text="",
        by=house.ana,
        at=MONDAY_NOON,
    )
    conversation.refresh_from_db()
    owing.settle(conversation, by=None, at=MONDAY_NOON, why="")
    assert owed_reply(conversation).owner == house.ben

    staffing.take_leave(house.ben, by=house.ana, at=MONDAY_NOON + HOUR)
    assert owed_reply(conversation).team == house.front
    assert checking.violations() == []
