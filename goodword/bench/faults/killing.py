"""SIGKILL at drawn moments, while mail flows both ways."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from goodword.bench.faults.account import Account, account_for
from goodword.bench.faults.house import House
from goodword.bench.faults.plan import Kill, Moment, Plan, Round
from goodword.bench.faults.traffic import Traffic
from goodword.bench.servers import wait_until

Tell = Callable[[str], None]
_MOMENT_COMES_WITHIN = 2.0
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"


def run(plan: Plan, house: House, *, hurry: bool = False, tell: Tell = lambda _: None) -> Account:
    """Live through the plan, let all settle, and account for it. The house is furnished.

    `hurry`: in the end everything is killed, and the leases of the dead are taken as run out.
    """
    begun = time.monotonic()
    struck: Counter[str] = Counter()
    traffic = Traffic(house)
    try:
        for number, each in enumerate(plan.rounds, 1):
            _round(each, house, traffic, struck)
            if number % 20 == 0:
                tell(f"{number} of {len(plan.rounds)} kills, {time.monotonic() - begun:.0f} s")
        if hurry:
            house.kill()
            house.end_leases()
        house.live_as(plan.rounds[-1].shape)
        traffic.finish(seconds=240)
    finally:
        traffic.stop()
    tell(f"all handed over after {time.monotonic() - begun:.0f} s; settling")
    settle(plan, house)
    account = account_for(plan, house)
    account.wrong += traffic.trouble
    for words, count in struck.items():
        account.say(words, count)
    account.say("times a sender was cut off or told to wait, and tried again", traffic.tried_again)
    account.say("seconds it took", round(time.monotonic() - begun))
    return account


def _round(each: Round, house: House, traffic: Traffic, struck: Counter[str]) -> None:
    if each.mailbox_restarts and house.dovecot:
        house.dovecot.stop()
        house.dovecot.start()
    if each.mailbox_renumbered and house.dovecot:
        house.dovecot.reset_uidvalidity(house.users[each.mailbox_renumbered])
    traffic.add(each.letters, each.replies)
    if each.kill.moment is not Moment.STARTING:
        house.live_as(each.shape)
    _strike(each, house, traffic)
    whom = each.kill.whom or ("everything" if each.shape == "grown" else "goodword run")
    struck[f"kills of {whom}"] += 1
    struck[f"kills {each.kill.moment.value}"] += 1


def _strike(each: Round, house: House, traffic: Traffic) -> None:
    kill: Kill = each.kill
    if kill.moment is Moment.STARTING:
        house.launch_as(each.shape)
    elif kill.moment is not Moment.WHENEVER:
        traffic.wait_for(kill.moment, seconds=_MOMENT_COMES_WITHIN)
    time.sleep(kill.seconds)
    house.kill(kill.whom)


def settle(plan: Plan, house: House, *, seconds: float = 300) -> None:
    """Wait until nothing is under way. What was put off is brought forward; leases run out."""
    expected = len(plan.letters)
    bring_forward = f"UPDATE desk_dispatch SET due_at = {_now(house)} WHERE due_at > {_now(house)}"

    def settled() -> bool:
        time.sleep(0.5)
        house.write(bring_forward)
        [(came, arriving, leaving, announcing)] = house.rows(
            "SELECT (SELECT count(*) FROM conversations_message WHERE direction = 'in'),"
            " (SELECT count(*) FROM desk_arrival WHERE due_at IS NOT NULL),"
            " (SELECT count(*) FROM desk_dispatch WHERE due_at IS NOT NULL),"
            " (SELECT count(*) FROM events_delivery WHERE due_at IS NOT NULL)"
        )
        return came >= expected and not (arriving or leaving or announcing)

    try:
        wait_until(settled, seconds=seconds, what="all has settled")
    except TimeoutError:
        pass  # the account says what is missing
    time.sleep(2)  # what would come a second time has the time to


def _now(house: House) -> str:
    return "now()" if house.database_url else _NOW
