"""Several sweeps at once, and one that is killed: on a database as it is run, not in memory."""

from __future__ import annotations

import json
import signal

import pytest

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import rows, run_code
from tests.servers.fixtures import Mould

SETTING = """
from datetime import timedelta
from goodword.desk.keeping import reminding
from goodword.notices import mailing
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON
SOON = MONDAY_NOON + DAY - HOUR
"""
ORDERS = """
from tests.factories import make_house, receive
house = make_house()
for number in range(6):
    receive(house, subject=f"Order {number}", at=MONDAY_NOON)
"""
AT_ONCE = """
import threading
from django.db import connection

def at_once(job):
    gate, results = threading.Barrier(3), []
    def run():
        gate.wait(5)
        results.append(job())
        connection.close()
    threads = [threading.Thread(target=run) for _ in range(3)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    return results
"""


@pytest.fixture
def goodword(empty_goodword: Mould):
    """Six answers are owed by Tuesday noon; nothing runs by itself."""
    process = empty_goodword.cast()
    run_code(process, SETTING + ORDERS)
    yield process
    process.remove()


def told(goodword: GoodwordProcess) -> list[tuple[int, int]]:
    """For each promise that somebody was told of: its reminders, and its notices."""
    steps = "SELECT promise_id, count(*) FROM promises_step WHERE kind = 'reminded' GROUP BY 1"
    notices = "SELECT matter, count(*) FROM notices_notice GROUP BY 1"
    found = dict(rows(goodword, notices))
    return [(count, found[f"promise:{key}"]) for key, count in rows(goodword, steps)]


def test_three_sweeps_at_once_tell_each_teammate_once_and_write_one_mail_to_each(goodword):
    printed = run_code(
        goodword,
        f"""{SETTING}{AT_ONCE}
import json
def sweep():
    return sum(reminding.remind_due(at=SOON, most=most) for most in (2, 3, 50))
looked = at_once(sweep)
at_once(lambda: mailing.mail_due(clock=lambda: SOON + 5 * MINUTE))
print(json.dumps(looked))
""",
    )

    assert sum(json.loads(printed)) == 6  # each promise was looked at by one of them
    assert told(goodword) == [(1, 2)] * 6  # Ben and Lea, of each
    mails = rows(goodword, 'SELECT "to", count(*) FROM email_notice GROUP BY 1 ORDER BY 1')
    assert mails == [("ben@shop.example", 1), ("lea@shop.example", 1)]


@pytest.mark.long
def test_a_sweep_that_is_killed_in_the_middle_of_a_batch_leaves_it_to_the_next(goodword):
    killed = goodword.python(
        f"""{SETTING}
import os, signal
real, left = reminding._climb, [2]
def climb(*arguments, **named):
    real(*arguments, **named)
    left[0] -= 1
    if not left[0]:  # the second: told, written and not committed
        os.kill(os.getpid(), signal.SIGKILL)
reminding._climb = climb
reminding.remind_due(at=SOON)
"""
    )
    assert killed.returncode == -signal.SIGKILL
    assert told(goodword) == [(1, 2)]

    run_code(goodword, SETTING + "reminding.remind_due(at=SOON + MINUTE)")
    assert told(goodword) == [(1, 2)]  # the claim of the dead one still holds

    run_code(goodword, SETTING + "reminding.remind_due(at=SOON + reminding.LEASE + MINUTE)")
    assert told(goodword) == [(1, 2)] * 6
