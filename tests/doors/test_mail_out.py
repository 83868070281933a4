"""Answers through a real SMTP server: once, whatever happens; and what it says is shown."""

from itertools import count

import pytest

from goodword.bench.servers import wait_until
from goodword.bench.servers.smtp_sink import Drop
from tests.doors.house import (
    check,
    connect,
    end_leases,
    hand_in,
    let_time_pass,
    mail,
    rows,
    run_code,
    wait_for_messages,
)

_numbers = count(1)


@pytest.fixture(scope="module")
def shop(shop_goodword):
    with shop_goodword.cast() as process:
        yield process


@pytest.fixture
def goodword(shop, smtp_sink):
    """The shop of all tests here, sending to the sink of this one."""
    if not shop.running:
        shop.start()
    connect(shop, sink=smtp_sink)
    return shop


@pytest.fixture
def grace(goodword):
    """Her address, of this test alone. She has just written."""
    address = f"grace{next(_numbers)}@whitlow.example"
    [(before,)] = rows(goodword, "SELECT count(*) FROM conversations_message")
    hand_in(goodword, mail(sender=f"Grace Whitlow <{address}>"))
    wait_for_messages(goodword, before + 1)
    return address


@pytest.fixture
def asked(goodword, grace):
    """The conversation that she began; meanwhile nothing of ours is meant for any other."""
    conversation = newest_conversation(goodword)
    before = len(states_of(goodword)) - len(states_of(goodword, conversation))
    yield conversation
    assert len(states_of(goodword)) - len(states_of(goodword, conversation)) == before


def newest_conversation(goodword):
    newest = "SELECT conversation_id FROM conversations_message ORDER BY id DESC LIMIT 1"
    return rows(goodword, newest)[0][0]


def answer(goodword, conversation, *, to, undo_seconds=0):
    """By the verb that the page calls."""
    run_code(
        goodword,
        f"""
from goodword.accounts.models import Business, Teammate
from goodword.conversations.models import Conversation
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
Business.objects.update(undo_send_seconds={undo_seconds})
replying.reply(
    Conversation.objects.get(pk={conversation}), by=Teammate.objects.get(), text="Tomorrow.",
    recipients=Recipients(to={tuple(to)!r}), at=timezone.now(),
)
""",
    )


_SENT = """
    FROM conversations_recipient r
    JOIN conversations_message m ON m.id = r.message_id AND m.direction = 'out'
    JOIN people_address a ON a.id = r.address_id
"""


def recipients(goodword, conversation):
    """State and words by address, of what we sent."""
    sent = f"{_SENT} WHERE m.conversation_id = {conversation}"
    found = rows(goodword, f"SELECT a.value, r.state, r.words {sent}")
    return {address: (state, words) for address, state, words in found}


def states_of(goodword, conversation=None):
    """Of what we sent in this conversation; in all of them when none is named."""
    of = "" if conversation is None else f"WHERE m.conversation_id = {conversation}"
    return [state for (state,) in rows(goodword, f"SELECT r.state {_SENT} {of}")]


def wait_for_state(goodword, conversation, state):
    wait_until(
        lambda: set(states_of(goodword, conversation)) == {state},
        seconds=30,
        what=f"every recipient is {state}",
    )


def test_each_recipient_shows_what_the_server_said(goodword, grace, asked, smtp_sink):
    owed = check(goodword)["open_promises"]
    smtp_sink.refuse("gone@whitlow.example", "550 5.1.1 No such user here")
    answer(goodword, asked, to=(grace, "gone@whitlow.example"))
    smtp_sink.wait_for(1, timeout=20)
    wait_until(
        lambda: recipients(goodword, asked)["gone@whitlow.example"][0] == "refused",
        seconds=20,
        what="the refusal is noted",
    )
    found = recipients(goodword, asked)
    assert found[grace][0] == "accepted"
    assert "No such user here" in found["gone@whitlow.example"][1]
    assert check(goodword)["open_promises"] == owed - 1


def test_not_now_is_tried_again_until_it_is_accepted(goodword, grace, asked, smtp_sink):
    smtp_sink.refuse(grace, "451 4.2.0 Greylisted, come back")
    answer(goodword, asked, to=(grace,))
    wait_until(
        lambda: "Greylisted" in recipients(goodword, asked)[grace][1],
        seconds=20,
        what="it was put off",
    )
    smtp_sink.behave()
    let_time_pass(goodword)
    smtp_sink.wait_for(1, timeout=40)
    wait_for_state(goodword, asked, "accepted")
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize("drop", [Drop.KEEPING, Drop.LOSING])
def test_a_line_that_breaks_while_it_could_be_accepted_is_left_to_a_person(
    goodword, grace, asked, smtp_sink, drop
):
    owed = check(goodword)["open_promises"]
    smtp_sink.drop(grace, drop)
    answer(goodword, asked, to=(grace,))
    wait_for_state(goodword, asked, "unknown")
    now = check(goodword)
    assert (now["open_promises"], now["violations"]) == (owed, [])


def test_a_server_that_is_down_delays_and_loses_nothing(goodword, grace, asked, smtp_sink):
    port = smtp_sink.port
    connect(goodword, sink=type("Nowhere", (), {"port": 1}))
    answer(goodword, asked, to=(grace,))
    wait_until(lambda: dispatch_why(goodword, asked), seconds=20, what="the trouble is noted")
    assert recipients(goodword, asked)[grace][0] == "queued"
    connect(goodword, sink=type("There", (), {"port": port}))
    let_time_pass(goodword)
    smtp_sink.wait_for(1, timeout=60)
    wait_for_state(goodword, asked, "accepted")


def dispatch_why(goodword, conversation):
    told = (
        "SELECT why FROM desk_dispatch d JOIN conversations_message m ON m.id = d.message_id"
        f" WHERE m.conversation_id = {conversation}"
    )
    return rows(goodword, told)[0][0]


def test_two_workers_send_it_once(goodword, grace, asked, smtp_sink):
    goodword.stop()
    others = []
    try:
        for _ in range(2):
            # On the same data, each with an intake port of its own; `work` has no pages to look at.
            worker = type(goodword)(
                data=goodword.data,
                command="work",
                database_url=goodword.environment.get("GOODWORD_DATABASE_URL", ""),
            )
            others.append(worker)
            worker.launch()
        for worker in others:
            worker.wait_until_it_serves()
        for _ in range(5):
            answer(goodword, asked, to=(grace,))
        smtp_sink.wait_for(5, timeout=40)
        wait_for_state(goodword, asked, "accepted")
    finally:
        for worker in others:
            worker.remove()
    ids = [each.message["Message-ID"] for each in smtp_sink.received]
    assert len(ids) == len(set(ids)) == 5


@pytest.mark.long
def test_killed_while_answers_leave_none_is_lost_and_none_is_sent_twice(
    goodword, grace, asked, smtp_sink
):
    for _ in range(3):
        answer(goodword, asked, to=(grace,))
        goodword.kill()
        end_leases(goodword)
        goodword.start()

    wait_until(
        lambda: not {"queued", "sending"} & set(states_of(goodword, asked)),
        seconds=60,
        what="nothing is under way any more",
    )
    ids = [each.message["Message-ID"] for each in smtp_sink.received]
    assert len(ids) == len(set(ids))
    states = states_of(goodword, asked)
    # What the kill left in doubt waits for a person; everything else was accepted.
    assert len(states) == 3
    assert set(states) <= {"accepted", "unknown"}
    assert states.count("accepted") <= len(ids)
    assert check(goodword)["violations"] == []
