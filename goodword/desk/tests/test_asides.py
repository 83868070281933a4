"""What is said to somebody else about a conversation: begun, answered, promised."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation, Message
from goodword.core import ids
from goodword.desk import checking, handling, queries
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import NobodyToReach, Recipients
from goodword.desk.intake import acknowledging, receiving
from goodword.desk.keeping import promising
from goodword.desk.roads import Party
from goodword.desk.tests.asides import GRACE, LATER, PRINTER, all_is_well, answers, begin
from goodword.desk.together import aside, sides
from goodword.events import actions as events
from goodword.events.models import Event
from goodword.notices.models import Notice
from goodword.people import actions as people
from goodword.plan.service_plan import Due
from goodword.promises import queries as owed
from goodword.promises.models import Promise
from tests.factories import HOUR, MINUTE, MONDAY_NOON, deliver, inbound, receive, reply

pytestmark = pytest.mark.django_db
State = Conversation.State


@pytest.fixture
def asked(house):
    """Grace asked where her card is."""
    return receive(house, "Where is my gift card?", subject="The spring gift card")


@pytest.fixture
def side(house, asked):
    made = begin(house, asked.conversation)
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    return made


def test_a_side_conversation_is_with_whom_is_named_first_and_owes_nobody_anything(
    house, asked, side
) -> None:
    assert (side.side_of, side.inbox) == (asked.conversation, house.hello)
    assert side.person.name == "Printhouse"
    assert owed.owed_reply(side) is None
    assert owed.owed_reply(asked.conversation) is not None  # Grace waits as before
    assert not side.messages.filter(counted=True).exists()
    assert all_is_well()


def test_its_mail_names_nothing_of_the_conversation_it_is_about(house, asked) -> None:
    house.hello.signs_reply_addresses = True
    house.hello.save()
    side = begin(house, asked.conversation)
    road = deliver(at=MONDAY_NOON + HOUR + MINUTE)

    (mail,) = road.sent
    assert mail.to == [Party(PRINTER, "Printhouse")]
    assert mail.subject == "Order 12"  # the first word answers nothing
    assert not mail.references and not mail.in_reply_to and mail.history is None
    assert side.public_id in mail.reply_to.address
    assert asked.conversation.public_id not in repr(mail)
    assert "grace" not in repr(mail).lower() and "gift card" not in repr(mail)


def test_no_folder_lists_it(house, side) -> None:
    for folder in queries.FOLDERS:
        assert side not in queries.in_folder(house.ana, folder)


def test_the_same_form_sent_twice_asks_once(house, asked) -> None:
    once = ids.public_id()
    first = begin(house, asked.conversation, once=once)
    again = begin(house, asked.conversation, once=once)

    assert first == again
    assert Conversation.objects.filter(side_of=asked.conversation).count() == 1


@pytest.mark.parametrize("to", [GRACE, "GRACE@Whitlow.example", f'"Someone else" <{GRACE}>'])
def test_the_customer_is_never_written_to_aside(house, asked, side, to) -> None:
    with pytest.raises(sides.SeenByCustomer):
        begin(house, asked.conversation, to=[PRINTER, to])
    with pytest.raises(sides.SeenByCustomer):
        reply(side, house.ben, at=LATER, to=[PRINTER], bcc=[to])

    assert Conversation.objects.filter(side_of=asked.conversation).count() == 1
    assert side.messages.count() == 1


def test_given_it_is_said_to_be_with_another_who_wrote_first_is_still_kept_out(
    house, asked, side
) -> None:
    boss, _address = people.meet("boss@whitlow.example", name="Boss", at=LATER)
    asked.conversation.person = boss
    asked.conversation.save()

    for address in (GRACE, "boss@whitlow.example"):
        with pytest.raises(sides.SeenByCustomer):
            reply(side, house.ben, at=LATER, to=[address])


def test_a_light_teammate_asks_nobody(house, asked) -> None:
    with pytest.raises(MayNot):
        begin(house, asked.conversation, by=house.lou)


def test_nobody_is_asked_aside_of_an_aside_or_of_what_is_thrown_away(house, asked, side) -> None:
    with pytest.raises(aside.NoAsideHere):
        begin(house, side, to=["third@x.example"])
    handling.trash(asked.conversation, by=house.ben, at=LATER)
    with pytest.raises(aside.NoAsideHere):
        begin(house, asked.conversation, to=["third@x.example"])


def test_nobody_named_and_nothing_said_begin_nothing(house, asked) -> None:
    with pytest.raises(NobodyToReach):
        begin(house, asked.conversation, to=())
    with pytest.raises(replying.NothingSaid):
        begin(house, asked.conversation, text="  ")
    assert not Conversation.objects.filter(side_of__isnull=False).exists()


def test_given_it_was_taken_back_the_words_are_a_draft_and_go_as_the_first_word_again(
    house, asked
) -> None:
    side = begin(house, asked.conversation)
    draft = replying.take_back(side.messages.get(), by=house.ben, at=MONDAY_NOON + HOUR)
    assert all_is_well()

    side.refresh_from_db()
    assert draft.text == "When does it leave?"
    message = reply(side, house.ben, draft.text, at=LATER, to=[PRINTER])
    assert message.subject == "Order 12"


def test_their_answer_joins_it_owes_nothing_and_tells_who_has_the_conversation(
    house, asked, side
) -> None:
    handling.assign(asked.conversation, to=house.lea, by=house.ana, at=MONDAY_NOON)
    before = Promise.objects.count()

    said = answers(house, side)

    assert said.conversation == side and not said.counted
    assert Promise.objects.count() == before
    notice = Notice.objects.get(kind=aside.NOTICE)
    assert notice.teammate == house.lea
    assert notice.url.endswith(f"/{asked.conversation.public_id}/#aside-{side.public_id}")
    assert all_is_well()


def test_given_nobody_has_it_whoever_is_there_for_the_team_is_told(house, side) -> None:
    answers(house, side)

    told = Notice.objects.filter(kind=aside.NOTICE).values_list("teammate", flat=True)
    assert set(told) <= {house.ana.pk, house.ben.pk, house.lea.pk} and told


def test_who_may_not_see_it_any_more_keeps_no_notice_of_their_answer(house, asked, side) -> None:
    handling.assign(asked.conversation, to=house.lea, by=house.ana, at=MONDAY_NOON)
    answers(house, side)
    accounts.change_team(
        house.front, name="Front", members=[house.ben], by=house.ana, at=LATER + MINUTE
    )
    while events.hand_on(at=LATER + MINUTE):
        pass

    assert not Notice.objects.filter(kind=aside.NOTICE, teammate=house.lea).exists()


def test_what_was_told_is_settled_once_we_write_to_them_or_close_it(house, asked, side) -> None:
    answers(house, side)
    reply(side, house.ben, "Thanks!", at=LATER + MINUTE, to=[PRINTER])
    assert not Notice.objects.filter(kind=aside.NOTICE, ended_at__isnull=True).exists()

    answers(house, side, "P.S.", at=LATER + HOUR)
    assert Notice.objects.filter(kind=aside.NOTICE, ended_at__isnull=True).exists()
    handling.close(side, by=house.ben, at=LATER + 2 * HOUR)
    assert not Notice.objects.filter(kind=aside.NOTICE, ended_at__isnull=True).exists()


def test_it_is_never_acknowledged(house, side) -> None:
    house.hello.acknowledges = True
    house.hello.save()

    said = answers(house, side)

    assert acknowledging.acknowledge(said, at=LATER) is None
    assert not side.messages.filter(automatic=True).exists()


def _snoozed(house, conversation) -> None:
    handling.snooze(conversation, until=LATER + 24 * HOUR, by=house.ben, at=MONDAY_NOON + HOUR)


def _closed(house, conversation) -> None:
    handling.no_answer_needed(conversation, by=house.ben, at=MONDAY_NOON + HOUR)
    handling.close(conversation, by=house.ben, at=MONDAY_NOON + HOUR)


def _binned(house, conversation) -> None:
    handling.trash(conversation, by=house.ben, at=MONDAY_NOON + HOUR)


@pytest.mark.parametrize(
    ("put_aside", "after"), [(_snoozed, State.OPEN), (_closed, State.OPEN), (_binned, State.OPEN)]
)
def test_the_conversation_put_aside_until_their_answer_comes_back_by_it(
    house, asked, side, put_aside, after
) -> None:
    put_aside(house, asked.conversation)

    answers(house, side)

    asked.conversation.refresh_from_db()
    assert asked.conversation.state == after
    assert all_is_well()


def test_a_closed_conversation_stays_so_when_nothing_was_asked_of_them(house, asked, side) -> None:
    answers(house, side)
    _closed(house, asked.conversation)

    answers(house, side, "You're welcome.", at=LATER + HOUR)

    asked.conversation.refresh_from_db()
    assert asked.conversation.state == State.CLOSED


def test_what_goes_to_the_trash_takes_its_asides_along_and_brings_them_back(
    house, asked, side
) -> None:
    handling.trash(asked.conversation, by=house.ben, at=LATER)
    side.refresh_from_db()
    assert side.state == State.TRASH

    handling.reopen(asked.conversation, by=house.ben, at=LATER)
    side.refresh_from_db()
    assert side.state == State.OPEN


# Promises in it


def _due(hours: int) -> Due:
    return Due(MONDAY_NOON + hours * HOUR, "day", "UTC")


def test_a_promise_made_aside_is_kept_by_our_mail_there_and_open_again_when_it_bounces(
    house, side
) -> None:
    promise = promising.track(
        side, what="Send the file", due=_due(48), by=house.ben, at=LATER, kind="do"
    )
    said = replying.reply(
        side,
        by=house.ben,
        text="Here it is.",
        recipients=Recipients(to=(PRINTER,)),
        keeps=[promise],
        at=LATER,
    )
    deliver(at=LATER + MINUTE)
    promise.refresh_from_db()
    assert promise.state == Promise.State.KEPT and promise.person == side.person

    back = inbound(
        "No such user", sender="mailer-daemon@print.example", at=LATER + HOUR, kind="bounce",
        bounce_kind="failed", bounced_recipient=PRINTER, bounce_hard=True, answers=said,
    )  # fmt: skip
    receiving.receive(back, inbox=house.hello, at=LATER + HOUR)

    promise.refresh_from_db()
    assert promise.state == Promise.State.OPEN
    assert all_is_well()


def test_check_finds_an_aside_of_an_aside_and_an_answer_owed_in_one(house, asked, side) -> None:
    begun = begin(house, asked.conversation, to=["third@x.example"])
    Conversation.objects.filter(pk=begun.pk).update(side_of=side)
    Promise.objects.filter(conversation=asked.conversation).update(conversation=side)

    assert {"aside"} <= {found.rule for found in checking.violations()}
    assert Event.objects.filter(kind="desk.aside_begun").count() == 2
    assert Message.objects.filter(conversation=begun).exists()
