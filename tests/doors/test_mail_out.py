"""Answers through a real SMTP server: once, whatever happens; and what it says is shown."""

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

GRACE = "grace@whitlow.example"


@pytest.fixture
def goodword(start_shop, smtp_sink):
    process = start_shop()
    connect(process, sink=smtp_sink)
    hand_in(process, mail())
    wait_for_messages(process, 1)
    return process


def answer(goodword, *, to=(GRACE,), undo_seconds=0):
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
    Conversation.objects.get(), by=Teammate.objects.get(), text="Tomorrow.",
    recipients=Recipients(to={tuple(to)!r}), at=timezone.now(),
)
""",
    )


_SENT = """
    FROM conversations_recipient r
    JOIN conversations_message m ON m.id = r.message_id AND m.direction = 'out'
    JOIN people_address a ON a.id = r.address_id
"""


def recipients(goodword):
    """State and words by address, of what we sent."""
    found = rows(goodword, f"SELECT a.value, r.state, r.words {_SENT}")
    return {address: (state, words) for address, state, words in found}


def states_of(goodword):
    return [state for (state,) in rows(goodword, f"SELECT r.state {_SENT}")]


def wait_for_state(goodword, state, *, seconds=30):
    wait_until(
        lambda: {each[0] for each in recipients(goodword).values()} == {state},
        seconds=seconds,
        what=f"every recipient is {state}",
    )


def test_each_recipient_shows_what_the_server_said(goodword, smtp_sink):
    smtp_sink.refuse("gone@whitlow.example", "550 5.1.1 No such user here")
    answer(goodword, to=(GRACE, "gone@whitlow.example"))
    smtp_sink.wait_for(1, timeout=20)
    wait_until(
        lambda: recipients(goodword)["gone@whitlow.example"][0] == "refused",
        seconds=20,
        what="the refusal is noted",
    )
    found = recipients(goodword)
    assert found[GRACE][0] == "accepted"
    assert "No such user here" in found["gone@whitlow.example"][1]
    assert check(goodword)["open_promises"] == 0


def test_not_now_is_tried_again_until_it_is_accepted(goodword, smtp_sink):
    smtp_sink.refuse(GRACE, "451 4.2.0 Greylisted, come back")
    answer(goodword)
    wait_until(
        lambda: "Greylisted" in recipients(goodword)[GRACE][1], seconds=20, what="it was put off"
    )
    smtp_sink.behave()
    let_time_pass(goodword)
    smtp_sink.wait_for(1, timeout=40)
    wait_for_state(goodword, "accepted")
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize("drop", [Drop.KEEPING, Drop.LOSING])
def test_a_line_that_breaks_while_it_could_be_accepted_is_left_to_a_person(
    goodword, smtp_sink, drop
):
    smtp_sink.drop(GRACE, drop)
    answer(goodword)
    wait_for_state(goodword, "unknown")
    now = check(goodword)
    assert (now["open_promises"], now["violations"]) == (1, [])


def test_a_server_that_is_down_delays_and_loses_nothing(goodword, smtp_sink):
    port = smtp_sink.port
    connect(goodword, sink=type("Nowhere", (), {"port": 1}))
    answer(goodword)
    wait_until(lambda: dispatch_why(goodword), seconds=20, what="the trouble is noted")
    assert recipients(goodword)[GRACE][0] == "queued"
    connect(goodword, sink=type("There", (), {"port": port}))
    let_time_pass(goodword)
    smtp_sink.wait_for(1, timeout=60)
    wait_for_state(goodword, "accepted")


def dispatch_why(goodword):
    return rows(goodword, "SELECT why FROM desk_dispatch")[0][0]


def test_two_workers_send_it_once(goodword, smtp_sink):
    goodword.stop()
    others = []
    for _ in range(2):
        # On the same data, each with an intake port of its own; `work` has no pages to look at.
        worker = type(goodword)(
            data=goodword.data,
            command="work",
            database_url=goodword.environment.get("GOODWORD_DATABASE_URL", ""),
        )
        worker._is_healthy = lambda worker=worker: "Goodword works" in worker.log
        others.append(worker.start())
    try:
        for _ in range(5):
            answer(goodword)
        smtp_sink.wait_for(5, timeout=40)
        wait_for_state(goodword, "accepted")
    finally:
        for worker in others:
            worker.stop()
    ids = [each.message["Message-ID"] for each in smtp_sink.received]
    assert len(ids) == len(set(ids)) == 5


@pytest.mark.long
def test_killed_while_answers_leave_none_is_lost_and_none_is_sent_twice(goodword, smtp_sink):
    for _ in range(3):
        answer(goodword)
        goodword.kill()
        end_leases(goodword)
        goodword.start()

    wait_until(
        lambda: not {"queued", "sending"} & set(states_of(goodword)),
        seconds=60,
        what="nothing is under way any more",
    )
    ids = [each.message["Message-ID"] for each in smtp_sink.received]
    assert len(ids) == len(set(ids))
    states = states_of(goodword)
    # What the kill left in doubt waits for a person; everything else was accepted.
    assert len(states) == 3
    assert set(states) <= {"accepted", "unknown"}
    assert states.count("accepted") <= len(ids)
    assert check(goodword)["violations"] == []
