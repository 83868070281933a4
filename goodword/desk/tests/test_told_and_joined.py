"""What was told of a conversation that is joined with another leads there, and is settled there."""

import pytest

from goodword.conversations import actions as conversations
from goodword.desk import checking, handling
from goodword.desk.answering import later, replying, sharing
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.models import Joined
from goodword.desk.shaping import unjoining
from goodword.desk.together import following
from goodword.events import actions as events
from goodword.notices.models import Notice, Preference
from tests.factories import HOUR, MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR
GRACE = "grace@whitlow.example"


@pytest.fixture
def two(house):
    old = receive(house).conversation
    return receive(house, sender="grace@home.example").conversation, old


def save(conversation, by, text="It left on Friday."):
    return conversations.save_draft(
        conversation, by=by, kind="reply", text=text, to=GRACE, at=MONDAY_NOON
    )


def ask(draft, house):
    return sharing.share(
        draft, asked=house.lea, asked_for="approve", by=house.ben, at=MONDAY_NOON
    )  # fmt: skip


def told():
    rows = Notice.objects.filter(ended_at__isnull=True, kind="approve_draft")
    return [(row.teammate.name, row.url) for row in rows]


def test_who_is_asked_about_a_draft_that_came_along_is_led_to_it(house, two):
    new, old = two
    draft = ask(save(new, house.ben), house)
    joining.join(new, old, by=house.ben, at=LATER)
    assert told() == [("Lea Sommer", f"/conversations/{old.public_id}/")]

    sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER + MINUTE)
    assert told() == []


def test_what_is_asked_anew_of_it_is_no_second_notice(house, two):
    new, old = two
    draft = ask(save(new, house.ben), house)
    joining.join(new, old, by=house.ben, at=LATER)

    draft.refresh_from_db()
    sharing.share(draft, asked=house.lea, asked_for="approve", by=house.ben, at=LATER + MINUTE)
    assert len(told()) == 1
    sharing.discard(draft, by=house.ben, at=LATER + HOUR)
    assert told() == []


def test_apart_again_it_leads_back(house, two):
    new, old = two
    draft = ask(save(new, house.ben), house)
    joining.join(new, old, by=house.ben, at=LATER)
    unjoining.undo(Joined.objects.get(), by=house.ben, at=LATER + MINUTE)
    assert told() == [("Lea Sommer", f"/conversations/{new.public_id}/")]

    draft.refresh_from_db()
    sharing.take_back(draft, by=house.ben, at=LATER + HOUR)
    assert told() == []
    assert checking.violations() == []


def test_put_to_a_draft_that_nobody_is_shown_it_asks_nobody_any_more(house, two):
    new, old = two
    save(old, house.ben, "Not for you.")
    ask(save(new, house.ben), house)
    joining.join(new, old, by=house.ben, at=LATER)
    assert old.drafts.get().asked is None
    assert told() == []


def test_asked_about_both_she_is_told_once_and_what_stands_is_settled(house, two):
    new, old = two
    for each in two:
        ask(save(each, house.ben), house)
    joining.join(new, old, by=house.ben, at=LATER)
    assert told() == [("Lea Sommer", f"/conversations/{old.public_id}/")]
    sharing.take_back(old.drafts.get(), by=house.ben, at=LATER + MINUTE)
    assert told() == []


def test_what_was_held_back_is_settled_where_it_stands(house, two):
    new, old = two
    message = replying.reply(
        new, by=house.ben, text="Tomorrow.", recipients=Recipients(to=(GRACE,)),
        leaves_at=LATER + HOUR, at=MONDAY_NOON,
    )  # fmt: skip
    receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE)
    later.they_wrote(new, at=MONDAY_NOON + MINUTE)
    while events.hand_on(at=LATER):
        pass
    assert Notice.objects.get(kind="answer_held").ended_at is None

    joining.join(new, old, by=house.ben, at=LATER)
    message.refresh_from_db()
    replying.take_back(message, by=house.ben, at=LATER + MINUTE)
    while events.hand_on(at=LATER + MINUTE):
        pass
    assert Notice.objects.get(kind="answer_held").ended_at is not None


# What else was told, apart again


def hand_on(at=LATER):
    while events.hand_on(at=at):
        pass


def open_to(who):
    """What they are told, where it leads, and whether it goes by mail still."""
    rows = Notice.objects.filter(teammate=who, ended_at__isnull=True).order_by("url")
    rows = rows.exclude(matter__startswith="promise:")
    return [(row.kind, row.url.split("/")[2], row.due_at is not None) for row in rows]


def join_and_undo(house, two, between=lambda: None):
    joining.join(*two, by=house.ben, at=LATER)
    between()
    hand_on(LATER + MINUTE)
    unjoining.undo(Joined.objects.get(), by=house.ben, at=LATER + HOUR)
    hand_on(LATER + HOUR)
    assert checking.violations() == []


@pytest.mark.parametrize("both", [False, True])
def test_apart_again_who_follows_is_led_to_what_was_said_there(house, two, both):
    for each in two if both else two[:1]:
        following.follow(each, by=house.lea, at=MONDAY_NOON)
    for each in two:
        replying.write_note(each, by=house.ben, text="Look here.", at=MONDAY_NOON + MINUTE)
    hand_on(MONDAY_NOON + MINUTE)
    before = open_to(house.lea)
    assert len(before) == (2 if both else 1)

    join_and_undo(house, two)
    assert open_to(house.lea) == before


@pytest.mark.parametrize("has_somebody", [False, True])
def test_apart_again_what_nobody_has_is_told_as_new_once_more(house, two, has_somebody):
    new, old = two
    Preference.objects.create(teammate=house.lea, hears_of_new=True)
    if has_somebody:
        handling.assign(old, to=house.ben, by=house.ben, at=MONDAY_NOON)
    hand_on(MONDAY_NOON + MINUTE)
    before = open_to(house.lea)
    assert ("new", new.public_id, True) in before

    join_and_undo(house, two)
    assert open_to(house.lea) == before


def test_apart_again_what_was_given_to_somebody_is_told_to_them(house, two):
    new, _old = two
    for each in two:  # else it is told with the answer that is owed
        handling.no_answer_needed(each, by=house.ben, at=MONDAY_NOON + MINUTE)
    handling.assign(new, to=house.lea, by=house.ben, at=MONDAY_NOON + MINUTE)
    hand_on(MONDAY_NOON + MINUTE)
    before = open_to(house.lea)
    assert before == [("given", new.public_id, True)]

    join_and_undo(house, two)
    assert open_to(house.lea) == before


def test_apart_again_what_was_told_meanwhile_stays_where_it_was_said(house, two):
    new, old = two
    for each in two:
        handling.no_answer_needed(each, by=house.ben, at=MONDAY_NOON + MINUTE)
    handling.assign(new, to=house.lea, by=house.ben, at=MONDAY_NOON + MINUTE)
    following.follow(new, by=house.ana, at=MONDAY_NOON)
    replying.write_note(new, by=house.ben, text="Look here.", at=MONDAY_NOON + MINUTE)
    hand_on(MONDAY_NOON + MINUTE)

    def between():
        hand_on()
        handling.assign(old, to=house.ben, by=house.ana, at=LATER + MINUTE)
        replying.write_note(old, by=house.ben, text="And here.", at=LATER + MINUTE)

    join_and_undo(house, two, between)
    assert open_to(house.lea) == [("given", new.public_id, True)]  # for this is hers still
    assert open_to(house.ana) == [("followed", old.public_id, True)]


def test_apart_again_nobody_keeps_what_leads_where_they_see_nothing(house):
    theirs = receive(house, inbox=house.repairs, to="repairs@shop.example").conversation
    two = theirs, receive(house).conversation
    following.follow(theirs, by=house.carl, at=MONDAY_NOON)
    hand_on(MONDAY_NOON)

    def between():
        replying.write_note(two[1], by=house.ben, text="For all.", at=LATER + MINUTE)
        hand_on(LATER + MINUTE)
        assert open_to(house.carl) == [("followed", two[1].public_id, True)]

    join_and_undo(house, two, between)
    assert open_to(house.carl) == []
