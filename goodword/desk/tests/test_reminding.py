"""Whoever owes is reminded, then the backup hears of it, then the lead; nobody twice."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.conversations.models import Conversation
from goodword.desk import checking, handling
from goodword.desk.keeping import promising, reminding
from goodword.desk.tests.reminded import (
    DUE,
    away,
    duty,
    hand_on,
    mailed,
    opens,
    steps_of,
    sweep,
    told,
)
from goodword.notices.models import Notice
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises.models import Promise, Step
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
SOON, LATE = DUE - HOUR, DUE + HOUR


@pytest.fixture
def owed(house):
    """Ben owes Grace an answer by Tuesday noon."""
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)
    hand_on(at=MONDAY_NOON)
    Notice.objects.all().delete()  # that it was handed to him
    return owed_reply(conversation)


def test_before_it_is_due_its_owner_is_reminded_once_and_nobody_else(house, owed):
    sweep(SOON - MINUTE)
    assert told() == {}

    sweep(SOON)
    sweep(SOON + MINUTE)

    assert told() == {"Ben": "due_soon"}
    assert steps_of(owed).count("reminded") == 1
    said = Notice.objects.get().title
    assert said.startswith("Due soon: Answer · Grace Whitlow · ")
    assert said.endswith(" (promised by Tue 17 Nov, 13:00)")  # Berlin is ahead


def test_when_it_is_due_the_backup_hears_of_it_and_an_hour_later_the_lead(house, owed):
    opens(house)
    duty(house, house.ben, 1, (0, 24), backup=house.ana)
    for moment in (SOON, DUE, LATE):
        sweep(moment)

    assert told() == {"Ben": "due_soon", "Ana": "backup", "Lea": "lead"}
    assert steps_of(owed)[-3:] == ["reminded", "backup_told", "lead_told"]
    promise = Promise.objects.get(pk=owed.pk)
    assert (promise.looked, promise.look_at) == ("lead", None)
    assert promise.is_open  # late is no state


def test_where_the_team_has_no_lead_the_owners_of_the_house_hear_of_it(house):
    conversation = receive(house, inbox=house.repairs, to="repairs@shop.example").conversation
    handling.assign(conversation, to=house.carl, by=house.ana, at=MONDAY_NOON)
    sweep(LATE)
    assert told(owed_reply(conversation)) == {"Carl": "late", "Ana": "backup"}


def test_what_nobody_has_taken_is_told_to_whoever_is_on_duty(house):
    opens(house)
    duty(house, house.lea, 1, (0, 24))
    promise = owed_reply(receive(house).conversation)
    sweep(SOON)
    assert told(promise) == {"Lea": "due_soon"}


def test_without_a_plan_the_whole_team_is_told_what_nobody_has_taken(house):
    promise = owed_reply(receive(house).conversation)
    sweep(SOON)
    assert told(promise) == {"Ben": "due_soon", "Lea": "due_soon"}  # not Lou, who only reads


def test_alone_in_the_house_one_hears_that_it_is_late(house):
    workshop = house.workshop
    accounts.change_team(
        workshop, name="Workshop", members=[house.ana], by=house.ana, at=MONDAY_NOON
    )
    conversation = receive(house, inbox=house.repairs, to="repairs@shop.example").conversation
    handling.assign(conversation, to=house.ana, by=house.ana, at=MONDAY_NOON)
    sweep(SOON)
    sweep(DUE)
    assert told() == {"Ana": "late"}


def test_while_the_owner_is_away_the_stand_in_is_reminded_in_time(house, owed):
    away(house, house.ben, stand_in=house.lea)
    sweep(SOON)

    assert told() == {"Ben": "due_soon", "Lea": "stand_in"}
    assert [who for who, _subject in mailed(SOON + 3 * MINUTE)] == ["lea"]
    assert "Ben Okri" in Notice.objects.get(teammate=house.lea).title


def test_who_is_away_finds_it_in_the_app_and_is_mailed_once_they_are_back(house, owed):
    away(house, house.ben, stand_in=house.lea, until=MONDAY_NOON + 2 * DAY)
    sweep(SOON)
    mailed(SOON + 3 * MINUTE)

    assert [who for who, _subject in mailed(MONDAY_NOON + 2 * DAY + MINUTE)] == ["ben"]


def test_the_mail_waits_until_the_night_is_over_and_is_not_written_for_what_was_kept(house, owed):
    Promise.objects.update(look_at=MONDAY_NOON + 8 * HOUR)  # Monday, 21:00 in Berlin
    Promise.objects.update(due_at=MONDAY_NOON + 9 * HOUR)
    sweep(MONDAY_NOON + 8 * HOUR)
    assert told() == {"Ben": "due_soon"}

    assert mailed(MONDAY_NOON + 8 * HOUR + 5 * MINUTE) == []
    assert [who for who, _ in mailed(MONDAY_NOON + 20 * HOUR)] == ["ben"]  # Tuesday, 09:00
    assert mailed(MONDAY_NOON + 21 * HOUR) == []


def test_who_is_on_duty_is_mailed_at_night(house, owed):
    opens(house)
    duty(house, house.ben, 0, (18, 24))
    night = MONDAY_NOON + 9 * HOUR  # 22:00 in Berlin
    Promise.objects.update(look_at=night, due_at=night + HOUR)
    sweep(night)
    assert [who for who, _ in mailed(night + 3 * MINUTE)] == ["ben"]


def test_what_was_answered_before_the_mail_went_is_settled_and_not_mailed(house, owed):
    sweep(SOON)
    answer = reply(owed.conversation, house.ben, at=SOON + MINUTE)
    deliver(at=SOON + 2 * MINUTE)
    assert answer.recipients.get().state == "accepted"
    hand_on(at=SOON + 2 * MINUTE)

    assert told() == {}
    assert mailed(SOON + 3 * MINUTE) == []


def test_after_a_week_off_everybody_has_one_notice_a_matter_and_one_mail(house):
    owed = []
    for number in range(4):
        message = receive(house, subject=f"Order {number}", at=MONDAY_NOON + number * HOUR)
        handling.assign(message.conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)
        owed.append(owed_reply(message.conversation))
    back = MONDAY_NOON + 7 * DAY
    while reminding.remind_due(at=back, most=2):
        pass

    assert Notice.objects.count() == 8
    assert all(told(each) == {"Ben": "late", "Lea": "backup"} for each in owed)
    assert all(steps_of(each)[-1] == "lead_told" for each in owed)
    assert Step.objects.filter(kind__in=["reminded", "backup_told"]).count() == 0
    assert sorted(mailed(back + 3 * MINUTE)) == [
        ("ben", "4 matters wait for you"),
        ("lea", "4 matters wait for you"),
    ]
    hand_on(at=back)
    sweep(back + DAY)
    assert mailed(back + DAY) == []
    assert checking.violations() == []


def test_handed_over_the_new_owner_is_told_and_the_old_ones_notice_is_settled(house, owed):
    sweep(SOON)
    handling.assign(owed.conversation, to=house.lea, by=house.ana, at=SOON + MINUTE)
    hand_on(at=SOON + MINUTE)
    assert told() == {"Lea": "given"}


def test_who_takes_something_themselves_is_not_told_so(house):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON)
    hand_on(at=MONDAY_NOON)
    assert told() == {}


def test_what_goes_back_to_a_team_is_told_to_whoever_is_on_duty(house, owed):
    opens(house)
    duty(house, house.lea, 0, (0, 24))
    handling.assign(owed.conversation, to=house.front, by=house.ana, at=MONDAY_NOON + HOUR)
    hand_on(at=MONDAY_NOON + HOUR)
    assert told() == {"Lea": "given"}


def test_moved_it_is_reminded_of_anew_before_its_new_time(house, owed):
    sweep(SOON)
    due = plan.current().moment_due(DUE + DAY, zone="UTC")
    promising.move(Promise.objects.get(pk=owed.pk), due=due, by=house.ben, at=SOON + MINUTE)
    hand_on(at=SOON + MINUTE)
    assert told() == {}

    sweep(LATE)
    assert told() == {}
    sweep(SOON + DAY)
    assert told() == {"Ben": "due_soon"}


def test_a_listener_that_comes_late_settles_nothing_that_was_told_since(house, owed):
    sweep(SOON)
    kept = promises.keep(Promise.objects.get(pk=owed.pk), by=house.ben, at=SOON + MINUTE)
    promises.reopen(kept, by=None, at=SOON + 2 * MINUTE, why="bounced")
    sweep(DUE)
    hand_on(at=DUE + MINUTE)
    assert told() == {"Ben": "late", "Lea": "backup"}


# Calls, their word, and what we come back to


def track(house, owed, *, hours=3, by=None, **changes):
    due = plan.current().moment_due(MONDAY_NOON + hours * HOUR, zone="UTC")
    return promising.track(
        owed.conversation, what="Call about the clasp", due=due, by=by or house.ben,
        at=MONDAY_NOON, **changes,
    )  # fmt: skip


def test_a_call_that_was_not_made_is_broken_half_an_hour_later_and_its_lead_hears_of_it(
    house, owed
):
    call = track(house, owed, kind="call")
    due = call.due_at
    sweep(due)
    sweep(due + 29 * MINUTE)
    assert Promise.objects.get(pk=call.pk).is_open

    sweep(due + 30 * MINUTE)
    hand_on(at=due + 31 * MINUTE)

    call.refresh_from_db()
    assert (call.state, call.ended_why) == ("broken", "moment_passed")
    assert told(call) == {"Ben": "missed", "Lea": "missed"}


def test_a_call_that_began_in_time_is_left_alone(house, owed):
    call = track(house, owed, kind="call")
    promising.keep(call, by=house.ben, at=call.due_at)
    sweep(call.due_at + DAY)
    hand_on(at=call.due_at + DAY)
    assert told(call) == {}
    assert Promise.objects.get(pk=call.pk).state == "kept"


def test_their_word_brings_the_conversation_back_on_its_day(house, owed):
    reply(owed.conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    theirs = track(house, owed, hours=48, kind="waiting", direction="theirs")
    fates = {theirs.public_id: handling.Fate.STAYS}
    handling.close(owed.conversation, fates=fates, by=house.ben, at=MONDAY_NOON + 2 * HOUR)

    sweep(theirs.due_at - MINUTE)
    assert told(theirs) == {}
    sweep(theirs.due_at)

    assert Conversation.objects.get(pk=owed.conversation_id).state == "open"
    assert told(theirs) == {"Ben": "their_day"}
    assert Promise.objects.get(pk=theirs.pk).is_open


def test_what_we_come_back_to_wakes_the_conversation_and_tells_who_wanted_it(house, owed):
    reply(owed.conversation, house.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    day = plan.current().moment_due(MONDAY_NOON + 90 * DAY, zone="UTC")
    tickler = promising.come_back(
        owed.conversation, due=day, why="Ask how it wears", by=house.ben, at=MONDAY_NOON + 2 * HOUR
    )
    assert Conversation.objects.get(pk=owed.conversation_id).state == "snoozed"

    sweep(MONDAY_NOON + 90 * DAY)

    assert Conversation.objects.get(pk=owed.conversation_id).state == "open"
    assert told(tickler) == {"Ben": "come_back"}
    sweep(MONDAY_NOON + 99 * DAY)
    assert steps_of(tickler).count("reminded") == 1
