"""Colleagues hear of each other's doings: who follows, who is given something, what is new."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.accounts.rights import MayNot
from goodword.conversations.models import Following, Message, Recipient
from goodword.desk import checking, handling, staffing
from goodword.desk.answering import delivering, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.keeping import promising
from goodword.desk.shaping import moving
from goodword.desk.together import following, giving
from goodword.events import actions as events
from goodword.notices import queries as notices
from goodword.notices.models import Notice, Preference
from goodword.plan import actions as plan_actions
from goodword.plan import queries as plan
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


@pytest.fixture
def conversation(house):
    return receive(house).conversation


def hand_on(at=LATER):
    while events.hand_on(at=at):
        pass


def told():
    """Who has what open, by first name: the titles up to what they are about."""
    found: dict[str, list[str]] = {}
    for row in Notice.objects.filter(ended_at__isnull=True).order_by("told_at", "pk"):
        found.setdefault(row.teammate.name.split()[0], []).append(row.title.partition(":")[0])
    return found


def word_of(who):
    return notices.of(who).values_list("title", flat=True)[0].rpartition("“")[2]


# Following


def act(name, house, conversation):
    """What Ben does with it, or Grace."""
    if name == "they write":
        receive(house, "And?", answers=Message.objects.get(direction="out"), at=LATER)
    elif name == "answers":
        reply(conversation, house.ben, at=LATER)
        deliver(at=LATER + MINUTE)
    elif name == "notes":
        replying.write_note(conversation, by=house.ben, text="Ask Lea", at=LATER)
    elif name == "gives it away":
        handling.assign(conversation, to=house.lea, by=house.ben, at=LATER)
    elif name == "closes":
        handling.no_answer_needed(conversation, by=house.ben, at=LATER)
        handling.close(conversation, by=house.ben, at=LATER)
    elif name == "opens again":
        act("closes", house, conversation)
        Notice.objects.all().delete()
        handling.reopen(conversation, by=house.ben, at=LATER + MINUTE)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("answers", "Ben Okri answered"),
        ("notes", "Ben Okri wrote a note"),
        ("gives it away", "Ben Okri gave away"),
        ("closes", "Ben Okri closed"),
        ("opens again", "Ben Okri opened again"),
    ],
)
def test_who_follows_hears_what_a_colleague_does_and_the_colleague_hears_nothing(
    house, conversation, what, says
):
    for each in (house.ana, house.ben, house.lou):
        following.follow(conversation, by=each, at=MONDAY_NOON)
    act(what, house, conversation)
    hand_on(at=LATER + 2 * MINUTE)

    assert told()["Ana"] == told()["Lou"] == [says]
    assert "Ben" not in told()


def test_who_follows_hears_that_they_wrote_again_after_it_was_seen(house, conversation):
    following.follow(conversation, by=house.lea, at=MONDAY_NOON)
    first = reply(conversation, house.ben, at=MONDAY_NOON)
    deliver(at=MONDAY_NOON + MINUTE)
    hand_on(at=MONDAY_NOON + MINUTE)
    for turn in range(2):
        Notice.objects.update(seen_at=LATER + turn * HOUR)
        receive(house, "And?", answers=first, at=LATER + (turn + 1) * HOUR - MINUTE)
        hand_on(at=LATER + (turn + 1) * HOUR - MINUTE)
        assert told()["Lea"] == ["They wrote"]  # one notice a matter
        assert notices.count_unseen(house.lea) == 1


def test_who_never_followed_or_follows_no_longer_hears_nothing(house, conversation):
    following.follow(conversation, by=house.lea, at=MONDAY_NOON)
    following.follow(conversation, by=house.lea, at=MONDAY_NOON)
    replying.write_note(conversation, by=house.ben, text="One", at=LATER)
    hand_on()
    following.unfollow(conversation, by=house.lea, at=LATER)
    following.unfollow(conversation, by=house.lea, at=LATER)
    assert told() == {}

    replying.write_note(conversation, by=house.ben, text="Two", at=LATER + MINUTE)
    hand_on(at=LATER + MINUTE)
    assert told() == {}


def test_who_may_not_see_it_any_more_is_told_nothing_and_follows_no_longer(house, conversation):
    following.follow(conversation, by=house.lou, at=MONDAY_NOON)
    accounts.change_team(
        house.front, name="Front", members=[house.ben, house.lea], by=house.ana, at=MONDAY_NOON
    )
    replying.write_note(conversation, by=house.ben, text="Secret", at=LATER)
    hand_on()

    assert told() == {}
    assert not Following.objects.exists()


def test_what_was_told_goes_from_those_who_may_not_see_it_any_more(house, conversation):
    following.follow(conversation, by=house.lou, at=MONDAY_NOON)
    replying.write_note(conversation, by=house.ben, text="@Lou look", at=MONDAY_NOON)
    replying.write_note(conversation, by=house.ben, text="There", at=LATER)
    hand_on()
    assert len(told()["Lou"]) == 2
    accounts.change_team(
        house.front, name="Front", members=[house.ben, house.lea], by=house.ana, at=LATER
    )
    hand_on()

    assert told() == {}


def test_moved_to_where_they_can_not_see_it_what_they_were_told_goes(house, conversation):
    for each in (house.lea, house.ana):
        following.follow(conversation, by=each, at=MONDAY_NOON)
    replying.write_note(conversation, by=house.ben, text="@Lea look", at=MONDAY_NOON)
    replying.write_note(conversation, by=house.ben, text="There", at=LATER)
    hand_on()
    moving.move(conversation, house.repairs, by=house.ana, at=LATER + MINUTE)
    hand_on(at=LATER + MINUTE)

    assert "Lea" not in told() and told()["Ana"] == ["Ben Okri wrote a note"]
    assert [each.teammate for each in Following.objects.all()] == [house.ana]


def test_whom_a_note_calls_is_not_told_of_it_twice(house, conversation):
    following.follow(conversation, by=house.lea, at=MONDAY_NOON)
    replying.write_note(conversation, by=house.ben, text="@Lea yours?", at=LATER)
    hand_on()

    assert told() == {"Lea": ["Ben Okri calls you"]}


def test_joined_followers_hear_of_what_became_of_it(house, conversation):
    other = receive(house, "It broke again", sender="grace@whitlow.example", at=LATER).conversation
    following.follow(other, by=house.lea, at=LATER)
    if other != conversation:
        joining.join(other, conversation, by=house.ben, at=LATER)
    conversation.refresh_from_db()
    replying.write_note(conversation, by=house.ben, text="One now", at=LATER + MINUTE)
    hand_on(at=LATER + MINUTE)

    assert "Ben Okri wrote a note" in told()["Lea"]


def test_joined_before_anybody_was_told_its_followers_hear_of_the_mail(house, conversation):
    other = receive(house, "A clasp, please.", sender="hugo@finch.example").conversation
    reply(other, house.ben, at=MONDAY_NOON)
    handling.assign(conversation, to=house.ben, by=house.ben, at=MONDAY_NOON)
    hand_on()
    following.follow(other, by=house.lea, at=LATER)
    answered = Message.objects.get(direction="out")
    receive(house, "And?", sender="hugo@finch.example", answers=answered, at=LATER)
    joining.join(other, conversation, by=house.ben, at=LATER)
    hand_on()

    assert told()["Lea"] == ["They wrote"]


# Given


def test_handed_over_with_a_word_it_is_a_note_and_the_notice_begins_with_it(house, conversation):
    word = "Can you call her? " + "She was upset. " * 20
    note = giving.hand_over(conversation, to=house.lea, word=word, by=house.ben, at=LATER)
    hand_on()

    conversation.refresh_from_db()
    assert conversation.assignee == house.lea
    assert note.is_note and note.text == word.strip()
    assert told() == {"Lea": ["Ben Okri gives you this"]}
    assert word_of(house.lea).startswith("Can you call her? She was upset.")
    assert len(word_of(house.lea)) < 100
    assert checking.violations() == []


def test_without_a_word_there_is_no_note(house, conversation):
    assert giving.hand_over(conversation, to=house.lea, word=" ", by=house.ben, at=LATER) is None
    hand_on()

    assert told() == {"Lea": ["Ben Okri gives you this"]}
    assert not Message.objects.filter(kind="note").exists()


def test_where_it_may_not_be_given_no_word_is_kept(house, conversation):
    with pytest.raises(handling.CannotSee):
        giving.hand_over(conversation, to=house.carl, word="Yours", by=house.ben, at=LATER)
    with pytest.raises(MayNot):
        giving.hand_over(conversation, to=house.lea, word="Yours", by=house.lou, at=LATER)

    assert not Message.objects.filter(kind="note").exists()


def test_given_on_or_given_back_the_first_is_no_longer_told_of_it(house, conversation):
    giving.hand_over(conversation, to=house.lea, by=house.ben, at=LATER)
    hand_on()
    handling.assign(conversation, to=house.ben, by=house.lea, at=LATER + MINUTE)
    hand_on(at=LATER + MINUTE)

    assert told() == {"Ben": ["Lea Sommer gives you this"]}


def test_given_to_a_team_whoever_is_on_duty_is_told_but_who_gave_it(house, conversation):
    giving.hand_over(conversation, to=house.front, by=house.ben, at=LATER)
    hand_on()

    assert told() == {"Lea": ["Ben Okri gives this to your team"]}  # no plan: all are on duty


def test_given_to_who_is_away_their_stand_in_is_told_as_well(house, conversation):
    plan_actions.be_absent(
        house.lea, since=MONDAY_NOON, until=MONDAY_NOON + DAY, stand_in=house.ben, text="",
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    giving.hand_over(conversation, to=house.lea, by=house.ana, at=LATER)
    hand_on()

    assert set(told()) == {"Lea", "Ben"}


def test_a_promise_given_for_a_colleague_is_told_at_once(house, conversation):
    due = plan.current().moment_due(LATER + 3 * HOUR, zone="UTC")
    promising.track(conversation, what="Call", due=due, owner=house.lea, by=house.ben, at=LATER)
    promising.track(conversation, what="Look", due=due, by=house.ben, at=LATER)
    promising.give(
        what="Count", due=due, inbox=None, person=None, direction="to_ourselves",
        owner=house.carl, by=house.ana, at=LATER,
    )  # fmt: skip

    assert {who: len(titles) for who, titles in told().items()} == {"Lea": 1, "Carl": 1}
    said = Notice.objects.get(teammate=house.lea).title
    assert said.startswith("Yours now: Call · Grace Whitlow (promised by ")


# New


def test_what_is_new_is_told_to_those_who_asked_for_it_and_see_it_until_somebody_has_it(house):
    for each in (house.lea, house.carl):
        Preference.objects.create(teammate=each, hears_of_new=True)
    conversation = receive(house).conversation
    hand_on(at=MONDAY_NOON)
    assert told() == {"Lea": ["New, and nobody has it yet"]}

    handling.assign(conversation, to=house.ben, by=house.ben, at=LATER)
    hand_on()
    assert told() == {}


def test_nobody_asked_so_a_new_message_asks_one_question(house, django_assert_max_num_queries):
    from goodword.desk.together import hearing
    from goodword.events.models import Event

    receive(house)
    event = Event.objects.get(kind="conversations.message_received")
    hearing.on_received(event)
    with django_assert_max_num_queries(4):  # two of them the savepoint
        hearing.on_received(event)
    assert told() == {}


def test_given_a_join_what_was_told_before_stays_told_when_the_house_changes(house, conversation):
    replying.write_note(conversation, by=house.ben, text="@Lea look", at=LATER)
    other = receive(house, sender="joe@petty.example", at=LATER).conversation
    joining.join(conversation, other, by=house.ben, at=LATER)
    accounts.change_team(
        house.front, name="Counter", members=[house.ben, house.lea], by=house.ana, at=LATER
    )
    hand_on(at=LATER + MINUTE)

    assert notices.unseen(house.lea).count() == 1


# An answer that was to leave later


def scheduled(house, conversation, **beside):
    recipients = Recipients(to=("grace@whitlow.example",), **beside)
    return replying.reply(
        conversation, by=house.ben, text="Tomorrow.", recipients=recipients,
        leaves_at=LATER + DAY, at=LATER,
    )  # fmt: skip


def test_who_wrote_an_answer_that_was_held_hears_of_it_until_it_is_decided(house, conversation):
    message = scheduled(house, conversation)
    receive(house, "One thing more", answers=conversation.messages.first(), at=LATER + HOUR)
    hand_on(LATER + HOUR)
    assert "Your answer was not sent, look at it first" in told()["Ben"]
    delivering.let_go(message, by=house.ben, at=LATER + 2 * HOUR)
    hand_on(LATER + 2 * HOUR)
    assert "Your answer was not sent, look at it first" not in told().get("Ben", [])


def test_an_answer_that_was_held_stays_told_when_something_else_is_decided(house, conversation):
    scheduled(house, conversation)
    receive(house, "One thing more", answers=conversation.messages.first(), at=LATER + HOUR)
    hand_on(LATER + HOUR)
    other = reply(conversation, house.lea, at=LATER + 2 * HOUR)
    replying.take_back(other, by=house.lea, at=LATER + 2 * HOUR)
    hand_on(LATER + 2 * HOUR)
    assert "Your answer was not sent, look at it first" in told()["Ben"]


@pytest.mark.parametrize("begun", [1, 2], ids=["some wait", "nobody waits"])
def test_once_a_held_answer_is_left_unsent_nobody_is_told_of_it(house, conversation, begun):
    message = scheduled(house, conversation, cc=("tom@reed.example",))
    receive(house, "One thing more", answers=conversation.messages.first(), at=LATER + HOUR)
    hand_on(LATER + HOUR)
    assert "Your answer was not sent, look at it first" in told()["Ben"]
    for row in message.recipients.all()[:begun]:  # a worker stopped while it was taken
        row.state = Recipient.State.UNKNOWN
        row.save()
    delivering.leave_unsent(message, by=house.ben, at=LATER + 2 * HOUR)
    hand_on(LATER + 2 * HOUR)
    assert "Your answer was not sent, look at it first" not in told().get("Ben", [])


def test_what_was_held_of_somebody_who_left_is_told_to_who_answers_there_now(house, conversation):
    scheduled(house, conversation)
    staffing.take_leave(house.ben, by=house.ana, at=LATER + MINUTE)
    receive(house, "One thing more", answers=conversation.messages.first(), at=LATER + HOUR)
    hand_on(LATER + HOUR)
    heard = {who for who, titles in told().items() if any("not sent" in each for each in titles)}
    assert heard and "Ben" not in heard


def test_what_was_taken_back_before_anybody_was_told_is_no_news(house, conversation):
    message = scheduled(house, conversation)
    receive(house, "One thing more", answers=conversation.messages.first(), at=LATER + HOUR)
    replying.take_back(message, by=house.ben, at=LATER + HOUR + MINUTE)
    hand_on(LATER + HOUR + MINUTE)
    assert "Your answer was not sent, look at it first" not in told().get("Ben", [])
