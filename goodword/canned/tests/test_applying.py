"""What a macro does is done whole or not at all, leaves its traces, and is undone as one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goodword.accounts import rights
from goodword.canned import applying, queries, steps
from goodword.canned.models import AfterSending, Applied
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Draft, Message
from goodword.desk import checking, handling
from goodword.desk.answering import replying
from goodword.desk.models import Dispatch
from goodword.desk.shaping import undoing
from goodword.desk.together import following
from goodword.events.actions import hand_on
from goodword.events.models import Event
from goodword.notices.models import Notice
from goodword.promises.queries import owed_reply
from goodword.tasks import actions as tasks
from goodword.tasks import queries as checklists
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, receive, reply

pytestmark = pytest.mark.django_db
State = Conversation.State
LATER = MONDAY_NOON + HOUR
EVERYTHING = ("note:For {{ person.first_name }}", "tag:Refund", "untag:new", "urgent:",
              "assign:team:%s", "no_answer:", "close:")  # fmt: skip


@pytest.fixture
def conversation(house):
    found = receive(house).conversation
    handling.assign(found, to=house.ben, by=house.ben, at=MONDAY_NOON)
    conversations.tag(found, "new", by=house.ben, at=MONDAY_NOON)
    return Conversation.objects.get()


@pytest.fixture
def everything(house, make):
    does = [each.replace("%s", house.front.public_id) for each in EVERYTHING]
    return make("", *does)


def shape(conversation) -> tuple[object, ...]:
    """All that a macro may change."""
    conversation.refresh_from_db()
    tags = sorted(conversation.tags.values_list("name", flat=True))
    notes = list(conversation.messages.filter(kind="note").values_list("text", flat=True))
    owed = owed_reply(conversation)
    holder = conversation.assignee or conversation.team
    return (
        conversation.state, conversation.snoozed_until, holder, conversation.urgent, tags, notes,
        owed is not None,
    )  # fmt: skip


def test_everything_is_done_with_the_desks_own_verbs_and_undone_as_one(
    house, conversation, everything
):
    before = shape(conversation)

    applied = applying.apply(everything, conversation, by=house.ben, at=LATER)

    assert shape(conversation) == (
        State.CLOSED, None, house.front, True, ["Refund"], ["For Grace"], False,
    )  # fmt: skip
    subject = f"conversation:{conversation.pk}"
    kinds = set(Event.objects.filter(subject=subject, at=LATER).values_list("kind", flat=True))
    assert kinds >= {
        "conversations.note_written", "conversations.tagged", "conversations.assigned",
        "conversations.state_changed", "desk.urgency_changed", "desk.no_answer_decided",
    }  # fmt: skip
    everything.refresh_from_db()
    assert (everything.times_used, everything.last_used_at) == (1, LATER)
    assert checking.violations() == []

    applying.undo(applied, by=house.ben, at=LATER + MINUTE)

    assert shape(conversation) == before
    assert checking.violations() == []
    with pytest.raises(applying.AlreadyUndone):
        applying.undo(applied, by=house.ben, at=LATER + MINUTE)


def test_given_its_note_called_somebody_undoing_it_takes_back_what_they_were_told(
    house, conversation, make
):
    following.follow(conversation, by=house.ana, at=LATER)
    applied = applying.apply(
        make("", "note:@Lea look"), conversation, by=house.ben, at=LATER + MINUTE
    )
    hand_on(at=LATER + MINUTE)
    told = {each.teammate: each.title for each in Notice.objects.all()}
    assert told.keys() == {house.lea, house.ana} and all("look" in said for said in told.values())

    applying.undo(applied, by=house.ben, at=LATER + 2 * MINUTE)

    assert not Notice.objects.exists()


def test_what_is_refused_at_the_end_leaves_nothing_of_the_beginning(house, conversation, make):
    macro, before = make("", "tag:Refund", "note:x", "close:"), shape(conversation)

    with pytest.raises(handling.AnswerOwed):
        applying.apply(macro, conversation, by=house.ben, at=LATER)

    assert shape(conversation) == before
    macro.refresh_from_db()
    assert macro.times_used == 0
    assert not Applied.objects.exists()


def test_who_may_not_or_is_not_there_refuses_all_of_it(house, conversation, make):
    other = make("", "tag:x", f"assign:teammate:{house.carl.public_id}")
    gone = make("", "tag:x", f"assign:teammate:{'2' * 16}")
    before = shape(conversation)
    for macro, by, error in (
        (other, house.ben, handling.CannotSee),
        (gone, house.ben, applying.NobodySuch),
        (other, house.lou, rights.MayNot),
    ):
        with pytest.raises(error):
            applying.apply(macro, conversation, by=by, at=LATER)
    assert shape(conversation) == before


def test_a_snooze_lasts_until_nine_in_so_many_days_where_the_business_is(house, conversation, make):
    applied = applying.apply(make("", "snooze:3"), conversation, by=house.ben, at=LATER)

    conversation.refresh_from_db()
    assert conversation.snoozed_until == datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
    applying.undo(applied, by=house.ben, at=LATER)
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN


def test_undone_from_snooze_to_snooze_it_has_its_old_end_again(house, conversation, make):
    handling.snooze(conversation, until=MONDAY_NOON + 9 * DAY, by=house.ben, at=MONDAY_NOON)
    applied = applying.apply(make("", "snooze:1"), conversation, by=house.ben, at=LATER)

    applying.undo(applied, by=house.ben, at=LATER)

    conversation.refresh_from_db()
    assert conversation.snoozed_until == MONDAY_NOON + 9 * DAY


def _given_on(house, conversation):
    handling.assign(conversation, to=house.lea, by=house.lea, at=LATER)


def _not_urgent(house, conversation):
    handling.mark_urgent(conversation, urgent=False, by=house.lea, at=LATER)


def _they_wrote(house, conversation):
    names = conversation.messages.order_by("id")[0].external_ids.values_list("value", flat=True)
    receive(house, "And?", at=LATER + MINUTE, refers_to=list(names))


@pytest.mark.parametrize("since", [_given_on, _not_urgent, _they_wrote])
def test_where_somebody_changed_it_since_nothing_is_undone(house, conversation, everything, since):
    applied = applying.apply(everything, conversation, by=house.ben, at=LATER)
    since(house, conversation)
    left = shape(conversation)

    with pytest.raises(undoing.ChangedSince):
        applying.undo(applied, by=house.ben, at=LATER + HOUR)

    assert shape(conversation) == left
    assert checking.violations() == []


def test_what_is_changed_since_stays_when_the_answer_is_taken_back(house, conversation):
    message = reply(conversation, house.ben, at=LATER)
    applying.after_answer(
        message, steps.parse(["tag:x", "urgent:"]), used=[], by=house.ben, at=LATER
    )
    _not_urgent(house, conversation)

    applying.take_back(Message.objects.get(pk=message.pk), by=house.ben, at=LATER)

    assert shape(conversation)[3:5] == (False, ["new", "x"])
    assert queries.after_sending(conversation.pk, house.ben.pk) is not None


def test_what_was_so_already_is_not_done_and_not_undone(house, conversation, make):
    conversations.tag(conversation, "refund", by=house.ben, at=MONDAY_NOON)
    macro = make("", "tag:Refund", "untag:nothing", "assign:me", "not_urgent:")
    before = shape(conversation)

    applied = applying.apply(macro, conversation, by=house.ben, at=LATER)

    assert shape(conversation) == before
    applying.undo(applied, by=house.ben, at=LATER)
    assert shape(conversation) == before


def test_along_with_an_answer_it_closes_once_the_other_side_has_taken_it(house, conversation, make):
    macro = make("It left.", "tag:Refund", "close:")
    message = reply(conversation, house.ben, at=LATER)

    for _ in range(2):  # a form sent twice
        applying.after_answer(
            message, steps.read(macro.steps), used=[macro.public_id], by=house.ben, at=LATER
        )

    assert shape(conversation)[0] == State.OPEN
    assert shape(conversation)[4] == ["Refund", "new"]
    assert Dispatch.objects.get().then == "close"
    macro.refresh_from_db()
    assert macro.times_used == 1


def test_what_the_sender_chose_goes_before_what_the_macro_says(house, conversation):
    message = reply(conversation, house.ben, at=LATER)
    Dispatch.objects.update(then="snooze", then_until=LATER + DAY)

    applying.after_answer(message, steps.parse(["close:"]), used=[], by=house.ben, at=LATER)

    assert Dispatch.objects.get().then == "snooze"


def test_an_answer_that_is_taken_back_takes_back_what_was_done_and_it_waits_again(
    house, conversation, make
):
    macro = make("It left.", "tag:Refund", "snooze:2")
    before = shape(conversation)
    message = reply(conversation, house.ben, at=LATER)
    does = steps.read(macro.steps)
    applying.after_answer(message, does, used=[macro.public_id], by=house.ben, at=LATER)

    applying.take_back(Message.objects.get(pk=message.pk), by=house.ben, at=LATER)

    assert shape(conversation) == before
    waiting = queries.after_sending(conversation.pk, house.ben.pk)
    assert steps.read(waiting.steps) == does
    assert waiting.used == [macro.public_id]
    assert checking.violations() == []


def test_an_answer_that_has_left_takes_nothing_back(house, conversation):
    message = reply(conversation, house.ben, at=LATER)
    applying.after_answer(message, steps.parse(["tag:x"]), used=[], by=house.ben, at=LATER)
    Dispatch.objects.update(due_at=None)

    with pytest.raises(replying.TooLate):
        applying.take_back(Message.objects.get(pk=message.pk), by=house.ben, at=LATER)

    assert shape(conversation)[4] == ["new", "x"]


def test_what_waits_for_a_draft_goes_with_it(house, conversation):
    draft = conversations.save_draft(
        conversation, by=house.ben, kind=Draft.Kind.REPLY, text="x", at=LATER
    )
    applying.keep_for(draft, steps.parse(["close:"]), used=["abc"])
    assert queries.after_sending(conversation.pk, house.ben.pk).used == ["abc"]

    applying.keep_for(draft, [], used=[])
    assert not AfterSending.objects.exists()
    applying.keep_for(draft, steps.parse(["close:"]), used=[])
    conversations.discard_draft(draft, by=house.ben)
    assert not AfterSending.objects.exists()


def test_what_a_colleague_does_just_before_a_macro_begins_is_not_undone_with_it(
    house, conversation, make, monkeypatch
):
    def wait_for_a_colleague(seen):
        monkeypatch.undo()
        conversations.tag(seen, "vip", by=house.lea, at=LATER)  # who held the lock
        return locking.lock(seen)

    reply = make("", "tag:Refund")
    monkeypatch.setattr(applying.locking, "lock", wait_for_a_colleague)
    applied = applying.apply(reply, conversation, by=house.ben, at=LATER)
    applying.undo(applied, by=house.ben, at=LATER + MINUTE)

    assert sorted(conversation.tags.values_list("name", flat=True)) == ["new", "vip"]


def test_a_macro_fills_the_checklist_once_and_takes_its_steps_back(house, make):
    conversation = receive(house).conversation
    tasks.add(conversation, "Weigh it", by=house.ben, at=MONDAY_NOON)
    made = make("", "check:Weigh it", "check:Pack it", "check:Ring them")

    applied = applying.apply(made, conversation, by=house.ben, at=MONDAY_NOON)
    listed = [each.words for each in checklists.checklist(conversation)]
    assert listed == ["Weigh it", "Pack it", "Ring them"]

    applying.undo(applied, by=house.ben, at=MONDAY_NOON)
    assert [each.words for each in checklists.checklist(conversation)] == ["Weigh it"]
