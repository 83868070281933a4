"""A join taken back: each has what is its own, and what was said since stays where it is."""

from __future__ import annotations

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Link, Message
from goodword.desk import checking, handling
from goodword.desk.answering import sharing
from goodword.desk.intake import joining
from goodword.desk.keeping import promising
from goodword.desk.shaping import unjoining
from goodword.events.actions import hand_on
from goodword.events.models import Event
from goodword.notices.models import Notice
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
AT = MONDAY_NOON + HOUR


@pytest.fixture
def two(house):
    """Two conversations in which an answer is owed, the newer first."""
    old = receive(house).conversation
    return receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation, old


def undo(house, into, at=AT + MINUTE):
    found = unjoining.last_into(into)
    assert found is not None
    return unjoining.undo(found, by=house.ben, at=at)


def owed():
    rows = Promise.objects.filter(state="open").order_by("conversation")
    return list(rows.values_list("conversation", "message", "due_at"))


def test_given_a_join_undoing_it_gives_back_messages_promises_tags_and_the_state(house, two):
    new, old = two
    conversations.tag(new, "repair", by=house.ben, at=AT)
    conversations.tag(old, "gift", by=house.ben, at=AT)
    conversations.save_draft(new, by=house.ben, kind=Draft.Kind.REPLY, text="half", at=AT)
    handling.snooze(new, until=AT + DAY, by=house.ben, at=AT)
    before = owed()
    joining.join(new, old, by=house.ben, at=AT)
    undo(house, old)

    new.refresh_from_db()
    assert (new.redirect_to, new.state, new.snoozed_until) == (None, "snoozed", AT + DAY)
    assert owed() == before
    assert [each.tags.get().name for each in (new, old)] == ["repair", "gift"]
    assert new.drafts.get().text == "half"
    assert new.latest_key == new.messages.get().pk
    assert checking.violations() == []
    assert Event.objects.filter(kind="desk.join_undone").count() == 2


def test_given_something_said_since_it_stays_where_it_was_said(house, two):
    new, old = two
    joining.join(new, old, by=house.ben, at=AT)
    answer = reply(old, house.ben, at=AT + MINUTE, to=["grace@home.example"])
    deliver(at=AT + 2 * MINUTE)
    undo(house, old, at=AT + HOUR)

    assert answer.conversation == old
    assert new.messages.count() == 1
    # Who wrote there had an answer, but not in what stands by itself again: somebody looks at it.
    assert [row[0] for row in owed()] == [new.pk]
    assert checking.violations() == []


def test_given_a_late_answer_to_what_was_joined_its_id_still_leads_where_it_stands(house, two):
    new, old = two
    joining.join(new, old, by=house.ben, at=AT)
    first = old.messages.order_by("-pk").first()
    late = receive(house, sender="grace@home.example", answers=first, at=AT + MINUTE)
    assert late.conversation == old
    undo(house, old, at=AT + HOUR)
    after = receive(house, sender="grace@home.example", answers=late, at=AT + 2 * HOUR)
    assert after.conversation == old
    assert checking.violations() == []


def test_given_what_was_promised_by_another_team_it_is_theirs_again(house):
    theirs = receive(house, sender="third@home.example", inbox=house.repairs).conversation
    due = plan.current().moment_due(AT + DAY, zone="Europe/Berlin")
    promising.track(
        theirs, what="mend the clasp", kind="do", owner=house.carl, due=due, by=house.carl, at=AT
    )
    free = receive(house, sender="fourth@home.example").conversation
    joining.join(theirs, free, by=house.ana, at=AT)
    assert Promise.objects.get(kind="do").team == house.front
    undo_by_ana = unjoining.last_into(free)
    unjoining.undo(undo_by_ana, by=house.ana, at=AT + MINUTE)
    promise = Promise.objects.get(kind="do")
    assert (promise.owner, promise.inbox, promise.conversation) == (
        house.carl, house.repairs, theirs,
    )  # fmt: skip
    assert not free.also_in.exists()
    assert checking.violations() == []


def test_given_that_it_was_joined_elsewhere_since_it_can_not_be_undone_before_that_is(house, two):
    new, old = two
    third = receive(house, sender="third@home.example").conversation
    joining.join(new, old, by=house.ben, at=AT)
    first = unjoining.last_into(old)
    joining.join(old, third, by=house.ben, at=AT)
    with pytest.raises(unjoining.CannotUndo):
        unjoining.undo(first, by=house.ben, at=AT + MINUTE)
    undo(house, third)
    undo(house, old)
    assert not Conversation.objects.filter(redirect_to__isnull=False).exists()
    places = Message.objects.values_list("conversation", flat=True)
    assert sorted(places) == sorted([new.pk, old.pk, third.pk])
    assert checking.violations() == []


def test_a_join_is_undone_once_and_not_by_light_people(house, two):
    new, old = two
    joining.join(new, old, by=house.ben, at=AT)
    joined = unjoining.last_into(old)
    with pytest.raises(MayNot):
        unjoining.undo(joined, by=house.lou, at=AT)
    unjoining.undo(joined, by=house.ben, at=AT)
    with pytest.raises(unjoining.CannotUndo):
        unjoining.undo(joined, by=house.ben, at=AT)
    assert unjoining.last_into(old) is None


def test_what_suspected_them_and_what_was_decided_comes_back_too(house, two):
    new, old = two
    conversations.link(new, old, why=Link.Why.SUSPECTED, at=AT)
    handling.no_answer_needed(new, by=house.ben, at=AT)
    before = owed()
    joining.join(new, old, by=house.ben, at=AT)
    undo(house, old)
    assert Link.objects.get().why == Link.Why.SUSPECTED
    assert owed() == before
    assert new.messages.get().no_answer_needed.by == house.ben
    assert checking.violations() == []


def test_a_queued_answer_that_came_along_goes_back_and_leaves_from_there(house, two):
    new, old = two
    answer = reply(new, house.ben, at=AT, to=["grace@home.example"])
    joining.join(new, old, by=house.ben, at=AT)
    undo(house, old, at=AT)
    deliver(at=AT + MINUTE)
    answer.refresh_from_db()
    assert (answer.conversation, answer.counted) == (new, True)
    assert [row[0] for row in owed()] == [old.pk]
    assert checking.violations() == []


def test_given_two_drafts_that_become_one_what_was_approved_is_approved_no_longer(house, two):
    new, old = two
    for conversation, text in ((new, "half"), (old, "whole")):
        conversations.save_draft(
            conversation, by=house.ben, kind=Draft.Kind.REPLY, text=text, at=AT
        )
    shown = sharing.share(
        old.drafts.get(), asked=house.lea, asked_for="approve", by=house.ben, at=AT
    )
    sharing.approve(shown, seen=sharing.stamp(shown), by=house.lea, at=AT)
    joining.join(new, old, by=house.ben, at=AT)

    draft = old.drafts.get()
    assert (draft.text, draft.approved_by, draft.approved_at) == ("whole\n\nhalf", None, None)


def test_given_a_join_that_gave_a_conversation_to_somebody_undoing_it_settles_what_they_were_told(
    house, two
):
    new, old = two
    handling.assign(new, to=house.ana, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)
    hand_on(at=AT)
    joining.join(new, old, by=house.ben, at=AT)
    hand_on(at=AT)
    assert old.public_id in leads_of(house.ana)

    undo(house, old)
    hand_on(at=AT + HOUR)

    assert old.public_id not in leads_of(house.ana)  # it never was theirs


def leads_of(who):
    """Where their open notices lead."""
    return " ".join(
        Notice.objects.filter(teammate=who, ended_at=None).values_list("url", flat=True)
    )


def test_two_that_sleep_both_wake_at_their_own_time_again(house):
    old, new = (receive(house, at=MONDAY_NOON + n * MINUTE).conversation for n in range(2))
    times = [MONDAY_NOON + 3 * HOUR, MONDAY_NOON + 2 * HOUR]
    for each, until in zip((old, new), times, strict=True):
        handling.snooze(each, until=until, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)

    joining.join(new, old, by=house.ben, at=MONDAY_NOON + 3 * MINUTE)
    unjoining.undo(unjoining.last_into(old), by=house.ben, at=MONDAY_NOON + 4 * MINUTE)

    for each in (old, new):
        each.refresh_from_db()
    assert [old.snoozed_until, new.snoozed_until] == times
