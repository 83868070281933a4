"""A mailbox with thousands of mails: met for the first time, taken in, and met under new uids."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from goodword.bench.faults import probes
from goodword.bench.faults.account import Account
from goodword.bench.faults.house import House
from goodword.bench.faults.killing import Tell
from goodword.bench.faults.plan import INBOXES
from goodword.bench.servers import wait_until

_INBOX = INBOXES[0]
_LINES = 40  # some 3 kB a mail


def run(house: House, *, mails: int, tell: Tell = lambda _: None) -> Account:
    """The mailbox is filled with mail from before; the house is furnished and not running."""
    account = Account()
    assert house.dovecot is not None
    user = house.users[_INBOX]
    before = datetime.now(UTC) - timedelta(days=30)
    house.dovecot.fill(user, (_mail(f"old {n}") for n in range(mails)), arrived=before)
    account.say("mails in the mailbox when it is connected", mails)

    house.live_as("embedded")
    house.dovecot.deliver(_mail("new"), user)
    account.say("seconds until a new one is here", f"{_until(house, 1):.1f}")
    tell("a new one is here, and no old one")

    house.write(f"UPDATE email_mailaccount SET uidvalidity = NULL, begin_at = '{before:%Y-%m-%d}'")
    _restart(house)
    took = _until(house, mails + 1)
    account.say("seconds to take all of them in, once they were asked for", f"{took:.1f}")
    # What follows is about fetching; the same process would be busy with receiving.
    waiting = "SELECT count(*) FROM desk_arrival WHERE state = 'pending'"
    wait_until(lambda: house.rows(waiting) == [(0,)], seconds=900, what="all are received")
    tell("all of them are here")

    house.dovecot.reset_uidvalidity(user)
    _restart(house)
    house.dovecot.deliver(_mail("newer"), user)
    took = _until(house, mails + 2)
    account.say("seconds until a newer one is here, after all uids had changed", f"{took:.1f}")
    account.say("MB that the process had at most meanwhile", house.most_memory_mb)
    _wait_until_remembered(house)
    if (here := probes.arrivals(house)) != mails + 2:
        account.wrong.append(f"{here} arrivals for {mails + 2} mails")
    house.stop()
    return account


def _until(house: House, count: int) -> float:
    begun = time.monotonic()
    wait_until(lambda: probes.arrivals(house) >= count, seconds=900, what=f"{count} arrivals")
    return time.monotonic() - begun


def _wait_until_remembered(house: House) -> None:
    """All uids have been looked at: what would come a second time has come."""
    assert house.dovecot is not None
    user = house.users[_INBOX]
    now = house.dovecot.uidvalidity(user)
    known = f"SELECT uidvalidity FROM email_mailaccount WHERE imap_user = '{user}'"
    wait_until(lambda: house.rows(known) == [(now,)], seconds=60, what="the uids are known")
    time.sleep(1)


def _restart(house: House) -> None:
    house.stop()
    house.live_as("embedded")


def _mail(name: str) -> bytes:
    return (
        f"From: Grace <grace@home.example>\r\nTo: {_INBOX}\r\nSubject: {name}\r\n"
        f"Message-ID: <{name.replace(' ', '.')}@home.example>\r\n\r\n"
        + f"This is what {name} says, and it goes on for a while, as mails do.\r\n"
        * _LINES
    ).encode()
