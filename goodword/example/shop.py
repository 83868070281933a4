"""Marlow & Finch, jewellers: who works there, where people write to, and the plan."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
from goodword.people import actions as people
from goodword.people.models import Kind
from goodword.plan.actions import absences, calendars, duties, targets
from goodword.plan.actions.changing import WeeklyPeriod

ZONE = "Europe/London"
NAME = "Marlow & Finch"
OWNER = "nora@marlow-finch.example"
WEEKDAYS, SATURDAY = range(5), 5
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Shop:
    nora: Teammate  # owns it
    tom: Teammate  # leads the workshop
    ida: Teammate
    sam: Teammate
    counter: Team
    bench: Team
    hello: Inbox
    repairs: Inbox
    trade: Kind  # shops and printers, who are answered sooner

    def inbox(self, name: str) -> Inbox:
        return self.repairs if name == "repairs" else self.hello


def _at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


def open_shop(*, now: datetime, at: datetime) -> Shop:
    """Found the house at `at`, with a plan that fits the weeks around `now`."""
    nora = _join("Nora Finch", Role.OWNER, at=at)
    accounts.name_business(name=NAME, zone=ZONE, country="GB", language="en", by=nora, at=at)
    tom, ida = _join("Tom Marlow", Role.LEAD, at=at), _join("Ida Berg", Role.AGENT, at=at)
    sam, ben = _join("Sam Osei", Role.AGENT, at=at), _join("Ben Hollis", Role.LIGHT, at=at)
    counter = accounts.make_team(name="Counter", members=[nora, tom, ida, sam, ben], by=nora, at=at)
    bench = accounts.make_team(name="Workshop", members=[nora, tom, sam], by=nora, at=at)
    hello = _inbox("Shop", "hello", counter, "Marlow & Finch, 14 Castle Street", by=nora, at=at)
    repairs = _inbox("Repairs", "repairs", bench, "The workshop at Marlow & Finch", by=nora, at=at)
    trade = people.name_kind("Trade", by=nora, at=at)
    shop = Shop(nora, tom, ida, sam, counter, bench, hello, repairs, trade)
    _plan(shop, at=at)
    _around(shop, now=now, at=at)
    return shop


def _join(name: str, role: str, *, at: datetime) -> Teammate:
    """Nobody signs in with a password here: the owner is let in by a key that works once."""
    first = name.split()[0]
    teammate = accounts.join(
        name=name,
        email=f"{first.lower()}@marlow-finch.example",
        password=secrets.token_urlsafe(24),
        role=role,
        by=None,
        at=at,
    )
    accounts.describe(teammate, name=name, signature=f"{first}\nMarlow & Finch", theme="")
    return teammate


def _inbox(
    name: str, local: str, team: Team, signature: str, *, by: Teammate, at: datetime
) -> Inbox:
    inbox = inboxes.make(
        name=name, addresses=[f"{local}@marlow-finch.example"], team=team, by=by, at=at
    )
    inboxes.word(inbox, "signature", {"en": signature}, by=by, at=at)
    return inbox


def _plan(shop: Shop, *, at: datetime) -> None:
    by = shop.nora
    week = [WeeklyPeriod(day, _at(9), _at(17, 30)) for day in WEEKDAYS]
    week.append(WeeklyPeriod(SATURDAY, _at(10), _at(16)))
    calendars.make_calendar(
        name="Shop hours", zone=ZONE, country="GB", region="ENG", periods=week, by=by, at=at
    )
    targets.set_target(first_minutes=240, next_minutes=240, by=by, at=at)
    targets.set_target(inbox=shop.repairs, first_minutes=510, next_minutes=510, by=by, at=at)
    targets.set_target(kind=shop.trade, first_minutes=120, next_minutes=120, by=by, at=at)
    targets.set_target(urgent=True, first_minutes=60, next_minutes=60, by=by, at=at)
    for day in WEEKDAYS:
        _duty(shop, shop.hello, shop.nora, day, _at(9), _at(13), backup=shop.ida, at=at)
        if day != FRIDAY:  # nobody has Friday afternoon: the plan says so
            _duty(shop, shop.hello, shop.ida, day, _at(13), _at(17, 30), backup=shop.sam, at=at)
        _duty(shop, shop.repairs, shop.tom, day, _at(9), _at(17, 30), backup=shop.sam, at=at)
    for inbox in (shop.hello, shop.repairs):
        _duty(shop, inbox, shop.sam, SATURDAY, _at(10), _at(16), backup=shop.nora, at=at)


def _duty(
    shop: Shop,
    inbox: Inbox,
    who: Teammate,
    day: int,
    begins: int,
    ends: int,
    *,
    backup: Teammate,
    at: datetime,
) -> None:
    duties.add_duty(
        teammate=who, period=WeeklyPeriod(day, begins, ends), inbox=inbox, backup=backup,
        by=shop.nora, at=at,
    )  # fmt: skip


def _around(shop: Shop, *, now: datetime, at: datetime) -> None:
    """A closure behind us and one ahead, an absence behind us and one ahead."""
    from goodword.plan import queries as plan

    calendar, by = plan.calendars().get(), shop.nora
    monday = now.date() - timedelta(days=now.weekday())
    fair = monday - timedelta(weeks=6)
    calendars.close_days(
        calendar, first_day=fair, last_day=fair + timedelta(days=1),
        text="We are at the trade fair in Birmingham", by=by, at=at,
    )  # fmt: skip
    stock = monday + timedelta(weeks=4)
    calendars.close_days(
        calendar, first_day=stock, last_day=stock + timedelta(days=5),
        text="We count the stock, and polish what is left of it", by=by, at=at,
    )  # fmt: skip
    for who, stand_in, since, days, text in (
        (shop.sam, shop.ida, now - timedelta(weeks=4), 7, "On holiday"),
        (shop.tom, shop.sam, now + timedelta(days=9), 5, "At the diamond grader's in Antwerp"),
    ):
        begins = since.replace(hour=0, minute=0, second=0, microsecond=0)
        absences.be_absent(
            who, since=begins, until=begins + timedelta(days=days), stand_in=stand_in, text=text,
            by=by, at=at,
        )  # fmt: skip
