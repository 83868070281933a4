"""A message in a conversation of its own: what is owed, who is told, what leads where."""

from __future__ import annotations

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation, Link
from goodword.desk import checking, handling
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients, reply_to_all
from goodword.desk.intake import joining
from goodword.desk.keeping import promising
from goodword.desk.roads import InboundFile
from goodword.desk.shaping import naming, splitting, unjoining
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
AT = MONDAY_NOON + 4 * HOUR


@pytest.fixture
def asked_twice(house):
    """Grace asks, and asks something else before anybody answered."""
    first = receive(house)
    receipt = InboundFile("receipt.pdf", "application/pdf", b"%PDF-1.4")
    return first, receive(
        house, "And can you mend a clasp?", answers=first, files=[receipt], at=MONDAY_NOON + HOUR
    )


def split(message, house, and_after=False, at=AT, by=None):
    message.conversation.refresh_from_db()
    return splitting.split(message, and_after=and_after, by=by or house.ben, at=at)


def owed():
    rows = Promise.objects.filter(state="open").order_by("conversation")
    return list(rows.values_list("conversation", "message", "due_at"))


def test_given_two_matters_in_one_each_is_owed_an_answer_of_its_own(house, asked_twice):
    first, second = asked_twice
    due = Promise.objects.get().due_at
    handling.assign(first.conversation, to=house.ben, by=house.ben, at=AT)
    new = split(second, house)

    assert (new.person, new.assignee, new.subject) == (second.person, house.ben, second.subject)
    assert new.messages.get().attachments.get().name == "receipt.pdf"
    assert owed()[0] == (first.conversation_id, first.pk, due)  # as it was
    assert owed()[1][:2] == (new.pk, second.pk)
    assert Link.objects.get(why="split").other == first.conversation
    assert checking.violations() == []


def test_the_due_time_goes_along_with_the_message_that_was_owed(house, asked_twice):
    first, second = asked_twice
    due = Promise.objects.get().due_at
    new = split(first, house)
    assert (new.pk, first.pk, due) in owed()
    assert (first.conversation_id, second.pk) in [row[:2] for row in owed()]
    assert checking.violations() == []


def test_what_answers_a_message_that_was_split_off_finds_it_where_it_stands(house, asked_twice):
    _first, second = asked_twice
    new = split(second, house)
    later = receive(house, answers=second, at=AT + HOUR)
    assert later.conversation == new
    assert checking.violations() == []


def test_of_our_own_mail_the_person_is_whom_it_was_written_to(house, asked_twice):
    first, _second = asked_twice
    supplier = receive(house, sender="hana@mill.example", name="Hana Mill")
    forward = reply(first.conversation, house.ben, at=AT, to=["hana@mill.example"])
    deliver(at=AT + MINUTE)
    new = split(forward, house, at=AT + HOUR)
    assert new.person == supplier.person
    assert checking.violations() == []


def test_of_our_own_mail_an_answer_goes_to_whom_that_went(house, asked_twice):
    first, _second = asked_twice
    sent = reply(first.conversation, house.ben, at=AT, to=["Grace W <grace@work.example>"],
                 cc=["Tom Reed <tom@reed.example>"], bcc=["una@vale.example"])  # fmt: skip
    deliver(at=AT + MINUTE)
    only, everyone = reply_to_all(split(sent, house, at=AT + HOUR))
    assert (only.to, only.cc) == (('"Grace W" <grace@work.example>',), ())
    assert everyone.cc == ('"Tom Reed" <tom@reed.example>',)
    assert everyone.bcc == ()  # whom it was hidden from shall not learn of it now


def test_of_our_own_mail_the_answer_goes_to_whom_one_chose_since(house, asked_twice):
    first, _second = asked_twice
    mia = receive(house, sender="mia@mill.example", name="Mia").person
    sent = reply(first.conversation, house.ben, at=AT)
    deliver(at=AT + MINUTE)
    new = split(sent, house, at=AT + HOUR)
    naming.change_person(new, mia, by=house.ben, at=AT + HOUR)
    new.refresh_from_db()
    assert reply_to_all(new)[0].to == ("mia@mill.example",)


def test_a_promise_made_in_it_goes_along_with_what_was_promised_anew_for_it(house, asked_twice):
    first, _second = asked_twice
    due = plan.current().moment_due(AT + DAY, zone="Europe/Berlin")
    answer = replying.reply(
        first.conversation,
        by=house.ben,
        text="I'll call you.",
        recipients=Recipients(to=("grace@whitlow.example",)),
        promised=[promising.Said("call you", due)],
        at=AT,
    )
    deliver(at=AT + MINUTE)
    word = Promise.objects.get(kind="do")
    later = plan.current().moment_due(AT + 3 * DAY, zone="Europe/Berlin")
    promising.promise_anew(word, due=later, by=house.ben, at=AT + 2 * DAY)
    new = split(answer, house, at=AT + 2 * DAY)
    there = Promise.objects.filter(conversation=new, kind="do")
    assert sorted(there.values_list("state", flat=True)) == ["broken", "open"]
    # Without our answer they wait again, at the old time.
    assert [row[0] for row in owed() if row[1] == first.pk] == [first.conversation_id]
    assert checking.violations() == []


def test_given_undo_all_is_as_it_was_and_an_answer_counts_as_it_did(house, asked_twice):
    first, second = asked_twice
    answer = reply(first.conversation, house.ben, at=AT)
    deliver(at=AT + MINUTE)
    new = split(answer, house, at=AT + HOUR)
    assert owed()
    splitting.undo(new, by=house.ben, at=AT + HOUR + MINUTE)
    assert owed() == []
    assert Promise.objects.get().state == "kept"
    new.refresh_from_db()
    assert new.redirect_to == first.conversation
    assert not Link.objects.exists()
    assert second.conversation.messages.count() == 3
    assert checking.violations() == []


def test_given_all_after_it_notes_in_between_go_along(house, asked_twice):
    first, second = asked_twice
    note = replying.write_note(first.conversation, by=house.lou, text="hm", at=AT)
    new = split(second, house, and_after=True, at=AT + MINUTE)
    note.refresh_from_db()
    assert note.conversation == new
    assert list(first.conversation.messages.all()) == [first]
    first.conversation.refresh_from_db()
    assert first.conversation.latest_key == first.pk


def test_what_can_not_be_split_off_stays(house, asked_twice):
    first, second = asked_twice
    note = replying.write_note(first.conversation, by=house.ben, text="hm", at=AT)
    for message, after, why in ((note, False, "note"), (first, True, "whole")):
        with pytest.raises(splitting.CannotSplit, match=why):
            split(message, house, and_after=after)
    with pytest.raises(MayNot):
        split(second, house, by=house.lou)
    handling.trash(first.conversation, by=house.ben, at=AT)
    with pytest.raises(splitting.CannotSplit, match="gone"):
        split(second, house)
    assert Conversation.objects.count() == 1


def test_what_was_joined_elsewhere_since_is_not_joined_back(house, asked_twice):
    first, second = asked_twice
    new = split(second, house)
    third = receive(house, sender="third@home.example").conversation
    joining.join(first.conversation, third, by=house.ben, at=AT)
    splitting.undo(new, by=house.ben, at=AT + MINUTE)  # where it came from stands there now
    assert third.messages.count() == 3
    with pytest.raises(unjoining.CannotUndo):
        splitting.undo(receive(house, sender="x@y.example").conversation, by=house.ben, at=AT)
    assert checking.violations() == []


def test_what_was_queued_leaves_from_where_it_stands(house, asked_twice):
    first, second = asked_twice
    answer = reply(first.conversation, house.ben, at=AT)
    new = split(second, house, and_after=True)
    deliver(at=AT + MINUTE)
    answer.refresh_from_db()
    assert (answer.conversation, answer.counted) == (new, True)
    assert [row[0] for row in owed()] == [first.conversation_id]
    assert checking.violations() == []
