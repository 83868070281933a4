"""Goodword against robots: one that answers every mail like a person, and a second Goodword."""

from __future__ import annotations

import time
from email import message_from_bytes

import pytest

from goodword.bench.servers import wait_until
from tests.doors.house import check, connect, hand_in, mail, rows

# Longer than an answer takes to go round once.
_QUIET_SECONDS = 2.5


ACKNOWLEDGING = "Inbox.objects.update(acknowledges=True)"
THE_OTHER = f"""{ACKNOWLEDGING}
from goodword.inboxes.models import InboxAddress
InboxAddress.objects.update(value="help@mill.example")
"""


def sent(goodword):
    return rows(goodword, "SELECT count(*) FROM conversations_message WHERE direction = 'out'")[0][
        0
    ]


def received(goodword):
    return rows(goodword, "SELECT count(*) FROM conversations_message WHERE direction = 'in'")[0][0]


@pytest.fixture(scope="module")
def goodword(shop_goodword):
    with shop_goodword.cast() as process:
        yield process


@pytest.mark.long
def test_a_stubborn_responder_is_answered_a_few_times_and_then_no_more(goodword, smtp_sink):
    connect(goodword, sink=smtp_sink, and_then=ACKNOWLEDGING)
    before = sent(goodword), received(goodword)
    hand_in(goodword, mail())
    answered = 0
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < _QUIET_SECONDS:
        for took in smtp_sink.received[answered:]:
            # No header says that a program writes this, and it names no mail it answers.
            subject = str(message_from_bytes(took.raw)["Subject"])
            hand_in(goodword, mail("I am away until Monday.", subject=f"Away: {subject}"))
            answered += 1
            quiet_since = time.monotonic()
        time.sleep(0.1)
    assert 1 <= sent(goodword) - before[0] <= 3
    assert received(goodword) - before[1] == answered + 1  # each is a message that a person sees
    held = rows(goodword, "SELECT data FROM events_event WHERE kind = 'desk.automatic_mail_held'")
    assert len(held) == 1
    assert check(goodword)["violations"] == []


def test_two_goodwords_do_not_thank_each_other_for_ever(goodword, start_shop):
    other = start_shop()
    connect(goodword, sink=Peer(other), and_then=ACKNOWLEDGING)
    connect(other, sink=Peer(goodword), and_then=THE_OTHER)
    before = sent(goodword), received(goodword)
    hand_in(goodword, mail(sender="Mill <help@mill.example>"))
    wait_until(lambda: received(other) >= 1, seconds=20, what="the acknowledgement arrived")
    time.sleep(_QUIET_SECONDS)
    assert (sent(goodword) - before[0], received(goodword) - before[1]) == (1, 1)
    assert (sent(other), received(other)) == (0, 1)
    kinds = rows(other, "SELECT inbound_kind FROM conversations_message")
    assert kinds == [("auto_reply",)]


class Peer:
    """Another Goodword's intake, where an outgoing server is expected."""

    def __init__(self, goodword):
        self.port = goodword.smtp_port
