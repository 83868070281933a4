"""Any response is better than none: the holding reply, by hand and by itself."""

from datetime import timedelta

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations.models import Message
from goodword.desk import checking, handling, wording
from goodword.desk.answering import holding, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import acknowledging
from goodword.desk.keeping import reminding
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from goodword.plan.models import InboxPlan
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply, replies_of
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db

GRACE = Recipients(to=("grace@whitlow.example",))


@pytest.fixture
def sending(house):
    plans.set_inbox_plan(
        house.hello, calendar=None, holding=InboxPlan.Holding.SEND, by=house.ana, at=MONDAY_NOON
    )
    return house


def hold(house, conversation, *, at, due_at, text="We need until Wednesday.", by=None):
    due = plan.current().moment_due(due_at, zone="Europe/Berlin")
    return holding.hold(
        conversation, text=text, recipients=GRACE, due=due, by=by or house.ben, at=at
    )


def test_a_holding_reply_moves_the_promise_and_does_not_keep_it(house):
    conversation = receive(house).conversation
    hold(house, conversation, at=MONDAY_NOON + 23 * HOUR, due_at=MONDAY_NOON + 2 * DAY)
    road = deliver(at=MONDAY_NOON + 23 * HOUR + MINUTE)

    assert road.sent[0].automatic
    promise = owed_reply(conversation)
    assert (promise.due_at, promise.times_moved) == (MONDAY_NOON + 2 * DAY, 1)
    assert checking.violations() == []

    reply(conversation, house.ben, at=MONDAY_NOON + 30 * HOUR)
    deliver(at=MONDAY_NOON + 31 * HOUR)
    assert replies_of(conversation)[0].state == Promise.State.KEPT


def test_after_the_time_it_is_a_word_given_anew(house):
    conversation = receive(house).conversation
    hold(house, conversation, at=MONDAY_NOON + 25 * HOUR, due_at=MONDAY_NOON + 2 * DAY)
    assert [each.state for each in replies_of(conversation)] == ["broken", "open"]
    assert checking.violations() == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"due_at": MONDAY_NOON}, handling.InThePast),
        ({"text": " "}, replying.NothingSaid),
    ],
)
def test_it_needs_words_and_a_time_ahead(house, changes, error):
    conversation = receive(house).conversation
    with pytest.raises(error):
        hold(
            house,
            conversation,
            **{"at": MONDAY_NOON + HOUR, "due_at": MONDAY_NOON + DAY, **changes},
        )
    assert not conversation.messages.filter(direction="out").exists()


def test_where_nothing_is_owed_nothing_is_held(house):
    conversation = receive(house).conversation
    handling.no_answer_needed(conversation, by=house.ben, at=MONDAY_NOON)
    with pytest.raises(handling.NothingOwed):
        hold(house, conversation, at=MONDAY_NOON + HOUR, due_at=MONDAY_NOON + DAY)


def test_who_reads_only_holds_nobody(house):
    with pytest.raises(MayNot):
        hold(
            house,
            receive(house).conversation,
            at=MONDAY_NOON,
            due_at=MONDAY_NOON + DAY,
            by=house.lou,
        )


def test_it_is_not_taken_back_since_the_promise_has_moved(house):
    conversation = receive(house).conversation
    sent = hold(house, conversation, at=MONDAY_NOON + HOUR, due_at=MONDAY_NOON + 2 * DAY)
    with pytest.raises(replying.TooLate):
        replying.take_back(sent, by=house.ben, at=MONDAY_NOON + HOUR)


def test_by_itself_it_goes_once_naming_the_new_time_in_their_zone(sending):
    message = receive(sending)
    message.person.zone = "America/New_York"
    message.person.save()
    at = MONDAY_NOON + 23 * HOUR
    sent = holding.hold_by_itself(owed_reply(message.conversation), at=at)

    assert "Wednesday 18 November, 06:00" in sent.text
    assert sent.teammate is None
    assert owed_reply(message.conversation).due_at == at + DAY
    assert holding.hold_by_itself(owed_reply(message.conversation), at=at + 23 * HOUR) is None
    assert checking.violations() == []


def test_by_itself_it_goes_only_where_the_owner_chose_so(house):
    promise = owed_reply(receive(house).conversation)
    assert holding.hold_by_itself(promise, at=MONDAY_NOON + 23 * HOUR) is None
    assert owed_reply(promise.conversation).due_at == MONDAY_NOON + DAY


def test_when_the_promise_was_kept_meanwhile_nothing_is_sent(sending):
    conversation = receive(sending).conversation
    stale = owed_reply(conversation)
    reply(conversation, sending.ben, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    assert holding.hold_by_itself(stale, at=MONDAY_NOON + 23 * HOUR) is None


def test_a_hard_limit_holds_it_back_and_the_promise_stays_as_it_was(sending):
    for number in range(acknowledging.MOST_AN_HOUR):
        other = receive(sending, f"Mail {number}", subject=f"Matter {number}")
        assert holding.hold_by_itself(
            owed_reply(other.conversation), at=MONDAY_NOON + timedelta(minutes=number + 1)
        )
    last = owed_reply(receive(sending, "One more", subject="Another matter").conversation)
    assert holding.hold_by_itself(last, at=MONDAY_NOON + 10 * MINUTE) is None
    assert owed_reply(last.conversation).due_at == last.due_at


@pytest.mark.parametrize("purpose", wording.REFUSALS)
def test_a_refusal_is_worded_kindly_in_their_language_and_counts_as_an_answer(house, purpose):
    message = receive(house)
    message.person.language = "de"
    message.person.save()
    words = wording.words_of(message.conversation, purpose, name="Grace", price="40 €")
    assert words
    assert "{price}" not in words

    reply(message.conversation, house.ben, words, at=MONDAY_NOON + HOUR)
    deliver(at=MONDAY_NOON + 2 * HOUR)
    assert replies_of(message.conversation)[0].state == Promise.State.KEPT
    assert Message.objects.filter(counted=True, direction="out").count() == 1


def test_the_sweep_reminds_first_and_holds_ten_minutes_before_it_is_due(sending):
    conversation = receive(sending).conversation
    due_at = owed_reply(conversation).due_at
    for at in (due_at - HOUR, due_at - 11 * MINUTE):
        reminding.remind_due(at=at)
        assert not conversation.messages.filter(direction="out").exists()

    reminding.remind_due(at=due_at - holding.BEFORE)
    assert conversation.messages.get(direction="out").automatic
    promise = owed_reply(conversation)
    assert promise.due_at == due_at - holding.BEFORE + DAY
    assert promise.leased_until is None
    for at in (promise.due_at - holding.BEFORE, promise.due_at + HOUR):
        reminding.remind_due(at=at)
    assert conversation.messages.filter(direction="out").count() == 1
    assert checking.violations() == []
