"""New conversations find their owner by themselves: in turn or by load, to who is there."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.conversations.models import Conversation
from goodword.desk import checking, handling
from goodword.desk.together import assigning
from goodword.events import actions as events
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
from goodword.notices import queries as notices
from goodword.plan import actions as plans
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, PASSWORD, inbound, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


@pytest.fixture
def house(house):
    """Ben, Lea and Mia answer in the front team; Lou is light there."""
    house.mia = accounts.join(
        name="Mia Tal", email="mia@shop.example", password=PASSWORD, role=Role.AGENT,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    members = [house.ben, house.lea, house.lou, house.mia]
    accounts.change_team(house.front, name="Front", members=members, by=house.ana, at=MONDAY_NOON)
    return house


def assigns(house, how, most=None):
    inboxes.set_assigning(house.hello, assigns=how, most_each=most, by=house.ana, at=MONDAY_NOON)


def come_in(house, number, *, at=MONDAY_NOON):
    """So many strangers write; who has each, by first name."""
    start = Conversation.objects.count()
    found = [
        receive(house, sender=f"p{start + n}@x.example", at=at + n * MINUTE).conversation
        for n in range(number)
    ]
    return [each.assignee.name.split()[0] if each.assignee else "" for each in found]


def away(house, who, *, days=1):
    plans.be_absent(
        who, since=MONDAY_NOON, until=MONDAY_NOON + days * DAY, stand_in=None, text="",
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip


def test_by_hand_nobody_gets_anything_and_it_costs_nothing(house):
    assert come_in(house, 2) == ["", ""]
    conversation = Conversation.objects.select_related("inbox").first()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assigning.give_opened(conversation, road="email", at=MONDAY_NOON)
    assert len(asked) == 0
    assert assigning.give_waiting(at=LATER) == 0


def test_in_turn_each_gets_one_and_owes_the_answer(house):
    assigns(house, "turn")
    got = come_in(house, 7)

    assert Counter(got).most_common()[0][1] - Counter(got).most_common()[-1][1] == 1
    assert got[:3] == got[3:6] and set(got) == {"Ben", "Lea", "Mia"}
    for promise in Promise.objects.select_related("conversation"):
        assert promise.owner == promise.conversation.assignee
    assert checking.violations() == []


def test_by_load_whoever_has_fewest_waiting_gets_the_next(house):
    assigns(house, "load")
    for conversation in [receive(house, sender=f"x{n}@x.example").conversation for n in range(3)]:
        handling.assign(conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)

    assert Counter(come_in(house, 6)) == Counter({"Lea": 3, "Mia": 3})


def test_nobody_is_given_more_than_the_limit_and_the_rest_waits_for_the_team(house):
    assigns(house, "turn", most=2)
    got = come_in(house, 8)

    assert Counter(got) == Counter({"Ben": 2, "Lea": 2, "Mia": 2, "": 2})
    assert {owed_reply(each).team for each in Conversation.objects.filter(assignee=None)} == {
        house.front
    }
    assert checking.violations() == []


def test_who_has_room_again_is_given_what_is_due_first(house):
    assigns(house, "turn", most=1)
    come_in(house, 5)
    assert assigning.give_waiting(at=LATER) == 0
    bens = Conversation.objects.get(assignee=house.ben)
    handling.no_answer_needed(bens, by=house.ben, at=LATER)
    first = Conversation.objects.filter(assignee=None).order_by("pk")[0]

    assert assigning.give_waiting(at=LATER) == 1
    first.refresh_from_db()
    assert first.assignee == house.ben == owed_reply(first).owner
    assert assigning.give_waiting(at=LATER) == 0
    assert checking.violations() == []


def test_who_is_away_light_gone_or_of_another_team_gets_nothing(house):
    assigns(house, "turn")
    away(house, house.lea)
    accounts.deactivate(house.mia, by=house.ana, at=MONDAY_NOON)

    assert set(come_in(house, 4)) == {"Ben"}
    away(house, house.ben)
    assert set(come_in(house, 2)) == {""}


def test_only_who_is_on_duty_gets_it_and_outside_of_duty_it_waits(house):
    from goodword.accounts import queries as house_of

    plans.found_calendar(house_of.business(), by=house.ana, at=MONDAY_NOON)  # 9 to 17, Berlin
    assigns(house, "turn")
    night = MONDAY_NOON + 9 * HOUR
    assert come_in(house, 3, at=night) == ["", "", ""]
    assert assigning.give_waiting(at=night) == 0

    assert assigning.give_waiting(at=night + 12 * HOUR) == 3
    assert Conversation.objects.filter(assignee=None).count() == 0


def test_what_somebody_put_back_for_anyone_to_take_stays_there(house):
    assigns(house, "turn")
    come_in(house, 1)
    conversation = Conversation.objects.get()
    handling.assign(conversation, to=None, by=conversation.assignee, at=LATER)

    assert assigning.give_waiting(at=LATER) == 0


def test_what_needs_no_answer_or_is_spam_is_given_to_nobody(house):
    come_in(house, 2)
    first, second = Conversation.objects.order_by("pk")
    handling.no_answer_needed(first, by=house.ben, at=MONDAY_NOON)
    handling.mark_spam(second, by=house.ben, at=MONDAY_NOON)
    assigns(house, "turn")

    assert assigning.give_waiting(at=LATER) == 0
    receive(house, kind="list", sender="news@x.example")
    assert assigning.give_waiting(at=LATER) == 0


def test_who_got_it_by_itself_is_told_and_followers_read_that_nobody_decided(house):
    assigns(house, "turn")
    (name,) = come_in(house, 1)
    while events.hand_on(at=LATER):
        pass
    (notice,) = notices.of(getattr(house, name.lower()))

    assert notice.kind == "given" and notice.title.startswith("Yours now: Grace Whitlow")


def test_a_second_message_of_theirs_changes_no_owner(house):
    assigns(house, "turn")
    message = receive(house)
    owner = message.conversation.assignee
    again = receive(house, "And?", external_ids=["again@x.example"], at=LATER)
    for conversation in Conversation.objects.all():
        assert conversation.assignee is not None
    assert message.conversation.assignee == owner
    assert again is not None


def test_what_was_taken_meanwhile_stays_with_whoever_took_it(house, monkeypatch):
    come_in(house, 1)
    assigns(house, "turn")
    conversation = Conversation.objects.get()
    handling.assign(conversation, to=house.lea, by=house.lea, at=MONDAY_NOON)
    # The sweep had read it as waiting before.
    assert assigning._give(Conversation.objects.get(), at=LATER)
    conversation.refresh_from_db()
    assert conversation.assignee == house.lea


def test_of_many_received_together_each_gets_their_share(house):
    from goodword.desk.intake import arriving
    from goodword.desk.roads import register, road
    from tests.factories import MemoryRoad

    class Letters(MemoryRoad):
        def parse(self, raw, *, received_at, envelope_to):
            return inbound(sender=raw.decode(), at=received_at)

    assigns(house, "turn", most=2)
    real = road("email")
    register(Letters())
    try:
        taken = [arriving.Taken(f"p{n}@x.example".encode()) for n in range(7)]
        arriving.take_in_together(taken, road="email", source="smtp", at=MONDAY_NOON)
        arriving.receive_due(at=MONDAY_NOON)
    finally:
        register(real)
    by_owner = Counter(each.assignee_id for each in Conversation.objects.all())

    assert sorted(by_owner.values()) == [1, 2, 2, 2] and by_owner[None] == 1
    assert checking.violations() == []


@given(
    st.lists(st.sets(st.integers(min_value=1, max_value=6)), max_size=60),
    st.sets(st.integers(min_value=1, max_value=6), min_size=1),
)
def test_turns_are_fair_to_those_who_are_always_there(comers, always):
    """Whoever else comes and goes, counts differ by one at most."""
    last, got = 0, Counter(dict.fromkeys(always, 0))
    for others in comers:
        last = assigning._in_turn(sorted(always | others), after=last)[0]
        got[last] += 1
        counts = [got[key] for key in always]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("how", [Inbox.Assigns.BY_TURN, Inbox.Assigns.BY_LOAD])
def test_however_they_come_the_limit_and_the_invariant_hold(house, how):
    assigns(house, how, most=3)
    for round_ in range(3):
        come_in(house, 4, at=MONDAY_NOON + round_ * HOUR)
        assigning.give_waiting(at=MONDAY_NOON + round_ * HOUR)
        owned = Counter(Promise.objects.filter(state="open").values_list("owner", flat=True))
        assert all(number <= 3 for key, number in owned.items() if key is not None)
        leas = Promise.objects.filter(state="open", owner=house.lea)[:round_]
        for promise in leas.select_related("conversation"):
            handling.no_answer_needed(
                promise.conversation, by=house.lea, at=MONDAY_NOON + round_ * HOUR
            )
        assert checking.violations() == []
