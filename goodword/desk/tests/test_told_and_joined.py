"""What was told of a conversation that is joined with another leads there, and is settled there."""

import pytest

from goodword.conversations import actions as conversations
from goodword.desk import checking
from goodword.desk.answering import later, replying, sharing
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.models import Joined
from goodword.desk.shaping import unjoining
from goodword.events import actions as events
from goodword.notices.models import Notice
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
