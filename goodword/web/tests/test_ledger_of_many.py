"""Today and the ledger where very much was promised: the same numbers, and as few rows read."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodword.core import prepared
from goodword.promises import day, ledger
from goodword.promises.ledger import Asked, Ledger
from goodword.promises.models import Promise
from goodword.web.tests.promised import THURSDAY, promise
from tests.factories import DAY, HOUR, make_house

pytestmark = pytest.mark.django_db
NOW = THURSDAY
FIRST = NOW - 20 * DAY
DAYS = [(FIRST + n * DAY, FIRST + (n + 1) * DAY) for n in range(30)]


@pytest.fixture(autouse=True)
def made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many are few stands in queries that are made once."""
    monkeypatch.setattr(prepared, "_made", {})


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 600 * DAY)


def _made(house: SimpleNamespace, moments: list[datetime], dice: random.Random) -> None:
    """Promises due then, of any state, owner and inbox."""
    person = promise(house, due=NOW).person
    found = []
    for number, due_at in enumerate(moments):
        state = dice.choice(["kept", "kept", "kept_late", "broken", "released", "open", "open"])
        found.append(
            Promise(
                kind="do", direction=dice.choice(["ours", "to_ourselves"]), person=person,
                owner=dice.choice([house.ana, house.ben, house.lea]), made_at=due_at - DAY,
                inbox=dice.choice([house.hello, house.repairs, None]), due_at=due_at,
                public_id=f"many{number}", state=state, times_moved=dice.choice([0, 0, 1]),
                ended_at=None if state == "open" else due_at + dice.randint(-40, 40) * DAY,
            )
        )  # fmt: skip
    Promise.objects.bulk_create(found)


def _state(each: Promise) -> str:
    if each.state != "open":
        return each.state
    return "late" if each.due_at < NOW else "moved" if each.times_moved else "due"


def _counted(rows: list[Promise]) -> list[Counter[str]]:
    return [Counter(_state(r) for r in rows if a <= r.due_at < b) for a, b in DAYS]


@pytest.mark.parametrize("few", [0, 5, 2000])
@pytest.mark.parametrize("seed", range(3))
def test_each_day_has_what_is_due_on_it_be_the_house_large_or_small(
    house, monkeypatch, few, seed
) -> None:
    monkeypatch.setattr(ledger, "_FEW", few)
    dice = random.Random(seed)
    _made(house, [NOW + dice.randint(-700, 400) * HOUR for _ in range(150)], dice)
    person = Promise.objects.exclude(person=None)[0].person_id
    # As wide as the days, narrower, wider, and without a beginning or an end.
    reaches = (
        {"start": FIRST, "end": DAYS[-1][1]},
        {"start": NOW - 5 * DAY + HOUR, "end": NOW + 2 * DAY - HOUR},
        {"start": FIRST - DAY, "end": NOW + 90 * DAY}, {"end": NOW}, {},
    )  # fmt: skip
    within = ({}, {"owner": house.ben}, {"persons": (person, 0)}, {"direction": "ours"})
    everything = list(product((house.ana, house.ben, house.lea), within, reaches))
    for who, more, reached in dice.sample(everything, 20):
        asked: dict[str, Any] = {**more, **reached}
        whole = Ledger(who, Asked(**asked), now=NOW)
        rows = [row for page in whole.all() for row in page]
        assert whole.by_day(DAYS, most=99) == _counted(rows)


def test_of_a_crowded_day_a_share_is_read_and_of_the_next_one_all(house, monkeypatch) -> None:
    monkeypatch.setattr(ledger, "_FEW", 10)
    dice = random.Random(7)
    crowded = [DAYS[4][0] + n * timedelta(minutes=1) for n in range(300)]
    _made(house, [*crowded, DAYS[3][0], DAYS[5][0] + HOUR, DAYS[29][0]], dice)
    asked = Asked(start=FIRST, end=DAYS[-1][1])
    whole = Ledger(house.lea, asked, now=NOW)
    rows = [row for page in whole.all() for row in page]

    found, wanted = whole.by_day(DAYS, most=8), _counted(rows)

    assert 8 < found[4].total() < 30  # nobody counts these one by one
    assert found[4] <= wanted[4]
    assert found[:4] + found[5:] == wanted[:4] + wanted[5:]


def test_what_one_kept_today_is_all_of_it_and_nobody_elses(house) -> None:
    dice = random.Random(3)
    _made(house, [NOW + dice.randint(-900, 900) * HOUR for _ in range(400)], dice)
    for who in (house.ana, house.ben, house.lea):
        for since, until in ((NOW - DAY, NOW), (NOW - 9 * DAY, NOW + DAY), (NOW, NOW)):
            kept = [
                row.public_id
                for row in sorted(Promise.objects.all(), key=lambda row: (row.due_at, row.pk))
                if row.owner_id == who.pk
                and row.state in ("kept", "kept_late")
                and row.ended_at is not None
                and since <= row.ended_at < until
                and since - 30 * DAY <= row.due_at < until + 30 * DAY
                and Ledger(who, Asked(), now=NOW).page(most=1000).rows.count(row)
            ]
            for most in (3, 1000):
                found = day.kept_by(who, since=since, until=until, most=most)
                assert [row.public_id for row in found] == kept[:most]


def _steps(act: Callable[[], object]) -> int:
    """How many instructions SQLite takes for it, in hundreds."""
    act()  # what is made once is in hand
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.connection.set_progress_handler(count, 100)
    act()
    connection.connection.set_progress_handler(None, 0)
    return steps


@pytest.mark.once  # counts the instructions of SQLite
def test_what_stands_in_other_days_costs_no_day_anything(house, monkeypatch) -> None:
    monkeypatch.setattr(ledger, "_FEW", 10)
    dice = random.Random(11)
    _made(house, [each + n * HOUR for each, _end in DAYS for n in range(2)], dice)
    whole = Ledger(house.ana, Asked(start=FIRST, end=DAYS[-1][1]), now=NOW)

    def read() -> None:
        whole.by_day(DAYS, most=8)

    before = _steps(read)
    Promise.objects.all().delete()
    many = [DAYS[29][0] + n * timedelta(minutes=1) for n in range(1200)]
    _made(house, [*many, *(each + n * HOUR for each, _end in DAYS for n in range(2))], dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert _steps(read) < before * 3 // 2


@pytest.mark.once  # in the words of SQLite's plans
def test_what_one_kept_today_is_found_by_when_it_was_kept(house) -> None:
    with CaptureQueriesContext(connection) as asked:
        day.kept_by(house.ana, since=NOW, until=NOW + DAY, most=100)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[-1]['sql']}")
        plan = str(cursor.fetchall())
    assert "INDEX promise_kept_by (owner_id=? AND ended_at>? AND ended_at<?)" in plan


if connection.vendor == "postgresql":

    def test_a_table_that_is_believed_empty_is_not_read_anew_for_each_row_of_it(house) -> None:
        _made(house, [each + HOUR for each, _end in DAYS], random.Random(5))
        with connection.cursor() as cursor:  # as after all was deleted, until it is looked at anew
            cursor.execute(
                "UPDATE pg_class SET reltuples = 0, relpages = 1"
                " WHERE oid = 'promises_promise'::regclass"
            )
        parts = [Promise.objects.filter(due_at__gte=a, due_at__lt=b)[:9] for a, b in DAYS]
        [told] = json.loads(ledger.together(parts).explain(format="json", analyze=True))
        assert _rows_read(told["Plan"]) < 40 * len(DAYS) ** 2

    def _rows_read(node: dict[str, Any]) -> int:
        seen = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
        each = sum(node.get(name, 0) for name in seen) * node["Actual Loops"]
        return each + sum(_rows_read(part) for part in node.get("Plans", []))
