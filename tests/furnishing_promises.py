"""Words given, for looking at: a month of promises in every state, and a day full of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation
from goodword.desk.keeping import promising
from goodword.people import actions as people
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.promises import actions as promises
from goodword.promises import kinds
from goodword.promises.models import Promise

ZONE = "Europe/Berlin"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
THINGS = (
    "Send the gift-card link", "Have the pearls restrung", "Call about the clasp repair",
    "Say what the wax seal ring would cost", "Look for a second-hand clasp",
    "Send proofs of the printed boxes", "Ask how the new server is holding up",
    "Quote for two wedding bands",
)  # fmt: skip
PEOPLE = ("Joe Petty", "Amara Obi", "Delia Marsh", "Priya Nair", "Lars Vik", "Ana Maria Torres")


def moment(at: datetime) -> Due:
    return plan.current().moment_due(at, zone=ZONE)


def give(
    house: Any,
    what: str,
    due: datetime,
    *,
    to: str = "Joe Petty",
    owner: Teammate | Team | None = None,
    kind: str = kinds.DO,
    made: datetime,
    **more: Any,
) -> Promise:
    """Given on the phone: seen in the front team's inbox."""
    first, last = to.lower().split(" ", 1)
    person = people.meet(f"{first}@{last.replace(' ', '')}.example", name=to, at=made)[0]
    return promising.give(
        what=what, due=moment(due), inbox=house.hello, person=person, kind=kind,
        owner=owner, by=house.ana, at=made, **more,
    )  # fmt: skip


def furnish(house: Any, now: datetime) -> dict[str, str]:
    """Returns the addresses of the pages worth seeing, by name."""
    _month(house, now)
    return _day(house, now)


def _month(house: Any, now: datetime) -> None:
    """Four weeks of it: most of it kept, some of it late, a little broken."""
    monday = timezone.localtime(now, ZoneInfo(ZONE)).replace(hour=0, minute=0) - timedelta(days=28)
    number = 0
    for day in range(34):
        noon = monday + timedelta(days=day, hours=12)
        if noon.weekday() == 6:
            continue
        for _n in range(1 + (day * 7 + noon.weekday() * 5) % 5):
            number += 1
            due = (noon + timedelta(minutes=number * 37 % 240)).astimezone(now.tzinfo)
            if now <= due < now + 30 * HOUR or abs(due - now) < 20 * HOUR:
                continue
            owner = (house.ana, house.ben, house.lea)[number % 3]
            made = min(due, now) - timedelta(days=1 + number % 4)
            promise = give(
                house, THINGS[number % 8], due, to=PEOPLE[number % 6], owner=owner, made=made
            )
            if due < now:
                _end(promise, number, owner, due)


def _end(promise: Promise, number: int, owner: Teammate, due: datetime) -> None:
    if number % 23 == 0:
        promises.break_(promise, by=owner, at=due + HOUR, why="")
    elif number % 17 == 0:
        promises.keep(promise, by=owner, at=due + 40 * MINUTE)
    elif number % 19 == 0:
        promises.release(promise, by=owner, at=due - 2 * HOUR, why="no_longer_needed")
    else:
        promises.keep(promise, by=owner, at=due - (number % 50 + 1) * MINUTE)


def _day(house: Any, now: datetime) -> dict[str, str]:
    ago = now - 26 * HOUR
    at = now.replace(second=0, microsecond=0)
    late = give(
        house, "Call back about the clasp repair; we were cut off", at - 22 * MINUTE,
        kind=kinds.CALL, made=ago,
    )  # fmt: skip
    give(house, "Answer whether the £480 we quoted still holds", at + 18 * MINUTE,
         to="Henrik Lund", made=ago)  # fmt: skip
    give(house, "Ring fitting, in the shop", at + 93 * MINUTE, to="Amara Obi", made=ago)
    give(house, "Send the corrected artwork", at + 50 * HOUR, to="Priya Nair", kind=kinds.SEND,
         made=ago)  # fmt: skip
    moved = give(house, "Have the pearls restrung", at + 30 * HOUR, to="David Okonkwo", made=ago)
    promising.move(
        moved, due=moment(at + 54 * HOUR), why="The thread comes on Tuesday", by=house.ana,
        at=ago + HOUR,
    )  # fmt: skip
    give(house, "Quote for two wedding bands", at - 90 * MINUTE, to="Delia Marsh", owner=house.ben,
         made=ago)  # fmt: skip
    give(house, "Say where parcel 4417 is", at + 40 * MINUTE, to="Lars Vik", owner=house.lea,
         made=ago)  # fmt: skip
    give(house, "Bring the receipt", at + 3 * HOUR, to="Grace Whitlow", direction="theirs",
         made=ago)  # fmt: skip
    give(house, "Polish the ring, free, within a year", at + timedelta(days=200),
         to="Grace Whitlow", made=ago)  # fmt: skip
    kept = give(house, "Thank him, in public, for what he wrote", at - 2 * HOUR, made=ago)
    promises.keep(kept, by=house.ana, at=at - 3 * HOUR)
    talk = Conversation.objects.filter(subject="Thank you").first()
    if talk is not None:
        promising.come_back(
            talk, due=moment(at + 4 * HOUR), why="Ask whether the clasp holds", by=house.ana, at=ago
        )
    broken = give(house, "Send the gift-card link", at - 19 * HOUR, to="Grace Whitlow", made=ago)
    anew = promising.promise_anew(
        broken, due=moment(at + 28 * HOUR), why="Nobody had made the card", by=house.ana, at=at
    )
    return {
        "promise-late": f"/promises/{late.public_id}/",
        "promise-anew": f"/promises/{anew.public_id}/",
        "promise-kept": f"/promises/{kept.public_id}/",
    }
