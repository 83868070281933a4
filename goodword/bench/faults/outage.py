"""The database goes away at once and comes back, while mail flows both ways.

The processes stay: nobody starts them again. While it is away SMTP says "later", the pipe ends
with 75 and /healthz says so.
"""

from __future__ import annotations

import time

from goodword.bench.faults import probes
from goodword.bench.faults.account import Account, account_for
from goodword.bench.faults.house import House
from goodword.bench.faults.killing import Tell, settle
from goodword.bench.faults.plan import Letter, Plan
from goodword.bench.faults.traffic import Traffic
from goodword.bench.servers import wait_until
from goodword.bench.servers.postgres import Postgres

_AWAY_SECONDS = 2.0


def run(
    plan: Plan,
    house: House,
    cluster: Postgres,
    *,
    hurry: bool = False,
    tell: Tell = lambda _: None,
) -> Account:
    """Each round of the plan is an outage instead of a kill.

    `hurry`: once all is handed over, everything is stopped and the leases are taken as run out.
    """
    wrong: list[str] = []
    longest = 0.0
    traffic = Traffic(house)
    try:
        for number, each in enumerate(plan.rounds, 1):
            house.live_as(each.shape)
            processes = {name: one.pid for name, one in house.running.items()}
            traffic.add(each.letters, each.replies)
            time.sleep(each.kill.seconds)
            cluster.fail()
            wrong += _while_away(house, each.letters[0])
            time.sleep(_AWAY_SECONDS)
            cluster.come_back()
            longest = max(longest, _seconds_until_well(house))
            if {name: one.pid for name, one in house.running.items() if one.running} != processes:
                wrong.append("a process ended when the database went away")
            tell(f"{number} of {len(plan.rounds)} outages")
        traffic.finish(seconds=240)
    finally:
        traffic.stop()
    if hurry:
        house.stop()
        house.end_leases()
        house.live_as(plan.rounds[-1].shape)
    settle(plan, house)
    account = account_for(plan, house)
    account.wrong += wrong + traffic.trouble
    account.say("times the database went away at once, and came back", len(plan.rounds))
    account.say("seconds at most until /healthz was content again", f"{longest:.1f}")
    return account


def _while_away(house: House, letter: Letter) -> list[str]:
    wrong = []
    status, told = house.health()
    if (status, told.get("database")) != (503, "unreachable"):
        wrong.append(f"/healthz said {status} {told} while the database was away")
    code = probes.smtp_says(house, letter)
    if not 400 <= code < 500:
        wrong.append(f"SMTP said {code} while the database was away")
    if (code := probes.pipe_says(house, letter)) != 75:
        wrong.append(f"the pipe ended with {code} while the database was away")
    return wrong


def _seconds_until_well(house: House) -> float:
    begun = time.monotonic()
    wait_until(lambda: house.health()[0] == 200, seconds=60, what="/healthz is content again")
    return time.monotonic() - begun
