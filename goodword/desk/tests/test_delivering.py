"""An answer leaves once: undo, crashes, two workers, what the other side says."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversations
from goodword.conversations.models import Draft, Message, Recipient
from goodword.core import due
from goodword.desk import checking
from goodword.desk.answering import delivering, queueing, replying
from goodword.desk.answering.recipients import (
    NobodyToReach,
    NotAnAddress,
    Recipients,
    read_addresses,
    reply_to_all,
)
from goodword.desk.intake import receiving
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer, Forwarded, Party
from goodword.promises.queries import replies_of
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
GRACE = "grace@whitlow.example"
LATER = MONDAY_NOON + HOUR + MINUTE


@pytest.fixture
def answer(house):
    return reply(receive(house).conversation, house.ben, at=MONDAY_NOON + HOUR)


def state_of(message):
    return [row.state for row in message.recipients.order_by("pk")]


def test_nothing_leaves_before_the_undo_window_is_over(answer):
    from datetime import timedelta

    assert deliver(at=MONDAY_NOON + HOUR + timedelta(seconds=9)).sent == []
    assert len(deliver(at=MONDAY_NOON + HOUR + timedelta(seconds=10)).sent) == 1


def test_taken_back_it_is_the_draft_it_was_and_never_leaves(house, answer):
    conversation = answer.conversation
    draft = replying.take_back(answer, by=house.ben, at=MONDAY_NOON + HOUR)

    assert (draft.text, draft.to) == ("It left this morning.", GRACE)
    assert deliver(at=LATER).sent == []
    assert conversation.messages.filter(direction="out").count() == 0
    conversation.refresh_from_db()
    assert conversation.latest_words == "Where is my gift card?"
    assert checking.violations() == []


def test_taken_back_it_joins_a_draft_begun_meanwhile(house, answer):
    from goodword.conversations import actions as conversations

    conversations.save_draft(
        answer.conversation, by=house.ben, kind="reply", text="Also:", at=MONDAY_NOON + HOUR
    )
    draft = replying.take_back(answer, by=house.ben, at=MONDAY_NOON + HOUR)
    assert draft.text == "It left this morning.\n\nAlso:"


def test_what_has_left_cannot_be_taken_back(house, answer):
    deliver(at=LATER)
    with pytest.raises(replying.TooLate):
        replying.take_back(answer, by=house.ben, at=LATER)


def test_what_a_worker_holds_cannot_be_taken_back(house, answer):
    next(due.claim(Dispatch.objects.all(), at=LATER))
    with pytest.raises(replying.TooLate):
        replying.take_back(answer, by=house.ben, at=LATER)


def test_a_lease_begins_when_it_is_given_however_long_the_rows_before_took(house, answer):
    import time
    from datetime import timedelta

    reply(answer.conversation, house.ben, at=MONDAY_NOON + HOUR)
    claimed = due.claim(Dispatch.objects.all(), at=LATER, lease=MINUTE)
    next(claimed)
    time.sleep(0.05)
    assert next(claimed).leased_until >= LATER + MINUTE + timedelta(seconds=0.05)


def test_two_workers_send_it_once(answer):
    road = MemoryRoad()
    # The second worker looks while the first has the message in hand.
    road.before_commit = lambda: deliver(at=LATER, road=second)
    second = MemoryRoad()
    deliver(at=LATER, road=road)
    assert (len(road.sent), len(second.sent)) == (1, 0)
    assert state_of(answer) == ["accepted"]


def test_a_worker_that_was_too_slow_sends_nothing_when_its_lease_was_taken(answer):
    slow, quick = MemoryRoad(), MemoryRoad()
    slow.before_commit = lambda: deliver(at=LATER + HOUR, road=quick)

    deliver(at=LATER, road=slow)

    assert (len(slow.sent), len(quick.sent)) == (0, 1)
    assert state_of(answer) == ["accepted"]


class Killed(BaseException):
    """As kill -9: nothing catches it."""


def kill():
    raise Killed


def test_killed_before_the_other_side_could_accept_it_is_sent_again(answer):
    with pytest.raises(Killed):
        deliver(at=LATER, road=MemoryRoad(before_commit=kill))
    assert state_of(answer) == ["queued"]

    assert len(deliver(at=LATER + HOUR).sent) == 1
    assert state_of(answer) == ["accepted"]


def test_killed_after_the_other_side_could_have_accepted_a_person_decides(house, answer):
    with pytest.raises(Killed):
        deliver(at=LATER, road=MemoryRoad(after_commit=kill))
    again = deliver(at=LATER + HOUR)

    assert again.sent == []
    assert state_of(answer) == ["unknown"]
    assert replies_of(answer.conversation)[0].is_open
    assert checking.violations() == []


def test_given_one_address_in_to_and_in_cc_a_kill_makes_nobody_get_it_twice(house):
    asked = receive(house)
    answer = reply(asked.conversation, house.ben, at=MONDAY_NOON + HOUR, to=[GRACE], cc=[GRACE])
    with pytest.raises(Killed):
        deliver(at=LATER, road=MemoryRoad(after_commit=kill))

    assert deliver(at=LATER + HOUR).sent == []
    assert state_of(answer) == ["unknown", "unknown"]


def test_unknown_sent_again_keeps_its_id_and_counts_once_accepted(house, answer):
    first = MemoryRoad(answers={GRACE: Answer("unknown")})
    deliver(at=LATER, road=first)
    recipient = answer.recipients.get()
    assert recipient.state == "unknown"

    delivering.send_again(recipient, by=house.ben, at=LATER + HOUR)
    second = deliver(at=LATER + HOUR)

    assert first.sent[0].external_id == second.sent[0].external_id
    assert replies_of(answer.conversation)[0].state == "kept"


def test_sending_again_to_one_leaves_another_alone_who_is_being_sent_to_just_now(house):
    bob = "bob@x.example"
    conversation = receive(house).conversation
    message = reply(conversation, house.ben, at=MONDAY_NOON + HOUR, cc=[bob])
    deliver(at=LATER, road=MemoryRoad(answers={GRACE: Answer("refused"), bob: Answer("later")}))

    def while_the_line_is_open():
        refused = message.recipients.get(address__value=GRACE)
        delivering.send_again(refused, by=house.ben, at=LATER + HOUR)
        assert deliver(at=LATER + HOUR).sent == []

    deliver(at=LATER + HOUR, road=MemoryRoad(after_commit=while_the_line_is_open))
    assert state_of(message) == ["queued", "accepted"]

    assert deliver(at=LATER + 2 * HOUR).sent[0].envelope == [GRACE]
    assert state_of(message) == ["accepted", "accepted"]
    assert checking.violations() == []


def test_unknown_that_a_person_knows_to_have_arrived_keeps_the_promise(house, answer):
    deliver(at=LATER, road=MemoryRoad(answers={GRACE: Answer("unknown")}))
    delivering.count_as_received(answer.recipients.get(), by=house.ben, at=LATER)
    assert replies_of(answer.conversation)[0].state == "kept"
    with pytest.raises(delivering.NotInTrouble):
        delivering.count_as_received(answer.recipients.get(), by=house.ben, at=LATER)


def test_not_now_is_tried_again_and_given_up_after_two_days_with_the_servers_words(answer):
    busy = MemoryRoad(answers={GRACE: Answer("later", "451 try again")})
    deliver(at=LATER, road=busy)
    assert state_of(answer) == ["queued"]
    assert Dispatch.objects.get().due_at > LATER

    deliver(at=LATER + 2 * DAY, road=busy)
    recipient = answer.recipients.get()
    assert (recipient.state, recipient.words) == ("refused", "451 try again")
    assert checking.violations() == []


def test_trouble_of_our_own_keeps_it_queued_and_says_why(answer):
    deliver(at=LATER, road=MemoryRoad(trouble="wrong password"))
    assert state_of(answer) == ["queued"]
    assert Dispatch.objects.get().why == "wrong password"
    assert len(deliver(at=LATER + HOUR).sent) == 1


def test_each_recipient_has_an_answer_of_their_own(house):
    conversation = receive(house).conversation
    message = reply(conversation, house.ben, at=MONDAY_NOON + HOUR, cc=["gone@whitlow.example"])
    road = MemoryRoad(answers={"gone@whitlow.example": Answer("refused", "550 unknown")})
    deliver(at=LATER, road=road)
    assert state_of(message) == ["accepted", "refused"]
    assert deliver(at=LATER + DAY).sent == []


def test_held_after_a_restore_it_waits_for_a_person(house, answer):
    assert delivering.hold_everything(why="restored", at=LATER) == 1
    assert deliver(at=LATER).sent == []
    assert checking.violations() == []
    delivering.let_go(answer, by=house.ben, at=LATER)
    assert len(deliver(at=LATER).sent) == 1


def test_a_light_teammate_sends_nothing_and_writes_notes(house):
    conversation = receive(house).conversation
    with pytest.raises(MayNot):
        reply(conversation, house.lou, at=MONDAY_NOON)
    note = replying.write_note(conversation, by=house.lou, text="She called too", at=MONDAY_NOON)
    assert note.direction == Message.Direction.INTERNAL


def test_a_form_sent_twice_says_it_once(house):
    from goodword.core import ids

    conversation = receive(house).conversation
    once = ids.public_id()
    said = [
        replying.reply(
            conversation,
            by=house.ben,
            text="Tomorrow.",
            recipients=Recipients(to=(GRACE,)),
            once=once,
            at=MONDAY_NOON + HOUR,
        )
        for _ in range(2)
    ]
    assert said[0] == said[1]
    notes = [
        replying.write_note(
            conversation, by=house.ben, text="x", once=ids.public_id()[:15], at=MONDAY_NOON
        )
        for _ in range(2)
    ]
    assert notes[0] != notes[1]  # what no form of ours made is no name for a message
    assert len(deliver(at=LATER).sent) == 1


def test_an_empty_reply_or_one_to_nobody_is_refused(house):
    conversation = receive(house).conversation
    with pytest.raises(replying.NothingSaid):
        reply(conversation, house.ben, " \n", at=MONDAY_NOON)
    with pytest.raises(NobodyToReach):
        reply(conversation, house.ben, at=MONDAY_NOON, to=[])


def test_what_is_sent_names_the_whole_thread_and_who_speaks(house):
    first = receive(house)
    reply(first.conversation, house.ben, at=MONDAY_NOON + HOUR)
    road = deliver(at=LATER)
    theirs = first.external_ids.get(scope="email").value

    outbound = road.sent[0]
    assert outbound.in_reply_to == theirs
    assert list(outbound.references) == [theirs]
    assert (outbound.sender.address, outbound.sender.name) == (
        "hello@shop.example",
        "Ben Okri (Marlow & Finch)",
    )
    assert outbound.subject == "Re: The spring gift card"
    assert outbound.history.text == "Where is my gift card?"
    assert outbound.external_id.endswith("@shop.example")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("grace@x.example", ("grace@x.example",)),
        ("a@x.example, B <b@x.example>", ("a@x.example", '"B" <b@x.example>')),
        ("a@x.example; b@x.example\nc@x.example", ("a@x.example", "b@x.example", "c@x.example")),
        ('"Whitlow, Grace" <g@x.example>', ('"Whitlow, Grace" <g@x.example>',)),
        (" , ;\n", ()),
    ],
)  # fmt: skip
def test_recipients_are_read_as_people_type_them(typed, read):
    assert read_addresses(typed) == read


@pytest.mark.parametrize("typed", ["grace", "grace@", "a@b c", "<script>@x", "a@x.example b@x"])
def test_what_is_no_address_is_said_back(typed):
    with pytest.raises(NotAnAddress):
        read_addresses(typed)


@pytest.mark.parametrize(
    ("subject", "answer_subject"),
    [
        ("Hello", "Re: Hello"),
        ("Re: Hello", "Re: Hello"),
        ("AW: Re:Hi", "Re: Hi"),
        ("", "Re:"),
        ("Review", "Re: Review"),
    ],
)
def test_re_stands_once(subject, answer_subject):
    assert queueing.answer_subject(subject) == answer_subject


def test_the_reply_goes_to_who_wrote_and_a_reply_to_all_copies_the_others_but_not_us(house):
    from goodword.desk.roads import Party

    message = receive(
        house,
        cc=[Party("joe@petty.example", "Joe"), Party("repairs@shop.example")],
    )
    only, everyone = reply_to_all(message.conversation)
    assert only.to == ('"Grace Whitlow" <grace@whitlow.example>',)
    assert (only.cc, everyone.cc) == ((), ('"Joe" <joe@petty.example>',))


def test_the_history_below_an_answer_is_theirs_not_what_a_teammate_wrote_above_it(house):
    asked = inbound(
        "A difficult one.\n\n---- Forwarded ----\nCan you mend a clasp?",
        html="<p>A difficult one.</p>",
        sender="ben@shop.example",
        forwarded=Forwarded(Party("hana@mill.example"), "Clasp", "Can you mend a clasp?"),
    )
    passed_on = receiving.receive(asked, inbox=house.hello, at=MONDAY_NOON)
    to = ["hana@mill.example"]
    reply(passed_on.conversation, house.ana, at=MONDAY_NOON + HOUR, to=to)
    history = deliver(at=LATER).sent[0].history
    assert (history.text, history.html) == ("Can you mend a clasp?", "")


def test_who_sees_it_from_another_inbox_answers_it_and_it_stays_where_it_is(house):
    asked = receive(house)
    conversations.show_in(asked.conversation, [house.repairs])
    reply(asked.conversation, house.carl, at=MONDAY_NOON + HOUR)
    deliver(at=LATER)

    asked.conversation.refresh_from_db()
    assert asked.conversation.assignee is None
    assert not replies_of(asked.conversation)[0].is_open
    assert checking.violations() == []


def test_whoever_answers_takes_it(house, answer):
    answer.conversation.refresh_from_db()
    assert answer.conversation.assignee == house.ben
    assert Draft.objects.count() == 0
    assert Recipient.objects.get(message=answer).state == "queued"
