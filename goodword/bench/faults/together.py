"""Several people do everything at once to the same few conversations, while customers write.

Who does what is drawn from a seed, and how it crosses is the machine's. Whatever crosses, no page
breaks, no worker fails, and every rule of `goodword check` holds in the end.
"""

from __future__ import annotations

import random
import re
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP

from goodword.bench.faults.account import Account
from goodword.bench.faults.house import OWNER, PASSWORD, House
from goodword.bench.faults.killing import Tell
from goodword.bench.faults.plan import INBOXES
from goodword.bench.faults.pressing import ACTS, CUSTOMERS, FEW, NEWEST, Window
from goodword.bench.servers import LOOPBACK, wait_until

_STAFF = (OWNER, "ben@shop.example", "lea@shop.example")
_WINDOWS = 2  # of each of them
_WRITES_EVERY_SECONDS = 0.2
_SETTLE_SECONDS = 60
_HIRE = """
import django; django.setup()
from django.utils import timezone
from goodword.accounts import actions as accounts
from goodword.accounts.models import Team, Teammate
ana, at = Teammate.objects.get(email={owner!r}), timezone.now()
mates = [
    accounts.join(name=each[:3].title(), email=each, password={password!r}, role="agent", by=ana,
                  at=at)
    for each in {others!r}
]
for team in Team.objects.all():
    accounts.change_team(team, name=team.name, members=[ana, *mates], by=ana, at=at)
accounts.make_team(name="Workshop", members=mates[:1], by=ana, at=at)
"""
_IN_REPLY_TO = """
    SELECT e.value FROM conversations_externalid e
    JOIN conversations_message m ON m.id = e.message_id
    WHERE e.scope = 'email' ORDER BY m.id DESC LIMIT 12
"""
_WAITING = """
    SELECT (SELECT count(*) FROM desk_arrival WHERE state = 'pending')
         + (SELECT count(*) FROM events_delivery WHERE due_at IS NOT NULL)
         + (SELECT count(*) FROM desk_dispatch WHERE due_at IS NOT NULL AND tries = 0)
"""
_FAULT = re.compile(r"^\S+ \S+ (?:ERROR|CRITICAL) .*|^\w+(?:\.\w+)*(?:Error|Exception)\b.*", re.M)


def run(house: House, *, seed: int, seconds: float, tell: Tell = lambda _: None) -> Account:
    """The house is furnished and not running."""
    account = Account()
    _hire(house)
    house.live_as("grown")
    _write_first(house)
    tell("the house is open")
    until = time.monotonic() + seconds
    windows = [
        Window(house, (email, PASSWORD), random.Random(f"{seed} {email} {n}"))
        for email in _STAFF
        for n in range(_WINDOWS)
    ]
    post = random.Random(f"{seed} post")
    acts: list[Callable[[], None]] = [each.act for each in windows]
    acts.append(lambda: _write(house, post))
    threads = [threading.Thread(target=_until, args=(until, act, account)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in windows:
        each.close()
    wait_until(
        lambda: house.rows(_WAITING) == [(0,)],
        seconds=_SETTLE_SECONDS,
        what="all that came is done",
    )
    house.stop()
    _sum_up(account, house, windows)
    return account


def _until(end: float, act: Callable[[], None], account: Account) -> None:
    while time.monotonic() < end:
        try:
            act()
        except Exception as error:  # noqa: BLE001  # whatever it is, this window presses no more
            account.wrong.append(f"not heard: {type(error).__name__}: {error}")
            return


def _sum_up(account: Account, house: House, windows: Sequence[Window]) -> None:
    done = Counter[tuple[str, int]]()
    for each in windows:
        done += each.done
    by_status = Counter[int]()
    for (_verb, status), number in done.items():
        by_status[status] += number
    account.say("things done by teammates", done.total())
    for status, number in sorted(by_status.items()):
        account.say(f"of them answered with {status}", number)
    [(mails,)] = house.rows("SELECT count(*) FROM desk_arrival")
    account.say("mails from customers", mails)
    never = set(ACTS) - {verb for verb, status in done if status < 400}
    account.say(f"kinds of things that were never done ({', '.join(sorted(never))})", len(never))
    for (verb, status), number in sorted(done.items()):
        if status >= 500:
            account.wrong.append(f"{verb} answered {status}, {number} times")
    account.wrong += list(dict.fromkeys(_FAULT.findall(house.log)))
    for each in house.check()["violations"]:
        account.wrong.append(f"goodword check: {each['row']}: {each['words']}")


def _hire(house: House) -> None:
    house.python(_HIRE.format(owner=OWNER, password=PASSWORD, others=_STAFF[1:]))


# Customers


def _write_first(house: House) -> None:
    dice = random.Random(0)
    for number in range(FEW):
        _mail(house, CUSTOMERS[number % len(CUSTOMERS)], dice)
    wait_until(
        lambda: len(house.rows(NEWEST)) == FEW, seconds=_SETTLE_SECONDS, what="they are here"
    )


def _write(house: House, dice: random.Random) -> None:
    said = house.rows(_IN_REPLY_TO)
    answers = str(dice.choice(said)[0]) if said and dice.random() < 0.8 else ""
    _mail(house, dice.choice(CUSTOMERS), dice, answers=answers)
    time.sleep(_WRITES_EVERY_SECONDS)


def _mail(house: House, sender: str, dice: random.Random, *, answers: str = "") -> None:
    mail = EmailMessage(policy=SMTP)
    to = dice.choice(INBOXES)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "About my order"
    mail["Message-ID"] = f"<{dice.getrandbits(64):x}@home.example>"
    if answers:
        mail["In-Reply-To"] = f"<{answers}>"
    mail.set_content(f"Where is parcel {dice.randrange(1000)}?")
    with smtplib.SMTP(LOOPBACK, dice.choice(house.doors()), timeout=30) as line:
        line.sendmail(sender, [to], mail.as_bytes())
