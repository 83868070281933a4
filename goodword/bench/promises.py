"""`goodword bench promises`: what the sweep costs, however many promises are open."""

from __future__ import annotations

import json
import os
import platform
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click
import django

from goodword.bench import processes
from goodword.bench.servers.postgres import Postgres

FEW = 1000  # what everything is compared with
_CONVERSATIONS = 200
_BATCH = 50
_ANEW_EVERY = 50
_SPREAD = timedelta(days=365)  # over which the promises fall due


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of the clock on the wall, medians but for the sweeps.

    `sweep_ms` of 50 promises that are due at once; `mail_ms` of a mail received, alone and while a
    sweep is busy without a pause.
    """

    open_promises: int
    poll_ms: float
    sweep_ms: float
    today_ms: float
    mail_ms: float
    mail_beside_ms: float


@click.command()
@click.option("--promises", "count", type=click.IntRange(min=FEW), default=100_000)
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all there.")
def command(count: int, database: str, json_file: Path | None) -> None:
    """Measure with a thousand open promises, then with many; all is temporary and removed."""
    report: dict[str, Any] = {
        "command": f"goodword bench {' '.join(sys.argv[2:])}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{processes.machine()}, Python {platform.python_version()}",
        "load": processes.load(),
        "database": database,
    }
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="goodword-promises-"))
        os.environ["GOODWORD_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "goodword.settings"
        os.environ.pop("GOODWORD_DATABASE_URL", None)
        if database == "postgres":
            os.environ["GOODWORD_DATABASE_URL"] = stack.enter_context(Postgres(durable=True)).url
        django.setup()
        costs = _measure_both(count)
    few, many = costs
    report["costs"] = [asdict(each) for each in costs]
    report["ratios"] = {
        name: round(value / max(getattr(few, name), 0.001), 2)
        for name, value in asdict(many).items()
        if name.endswith("_ms")
    }
    click.echo(_table(few, many, report["ratios"]))
    if json_file:
        json_file.write_text(json.dumps(report, indent=1) + "\n")


def _measure_both(count: int) -> list[Cost]:
    from django.core.management import call_command
    from django.db import connection

    from goodword.bench import filling

    now = datetime.now(UTC)
    call_command("migrate", interactive=False, verbosity=0)
    filling.fill(_CONVERSATIONS, at=now)
    costs: list[Cost] = []
    have = 0
    for size in (FEW, count):
        fill(size - have, at=now, seed=size)
        have = size
        costs.append(_measure(size, now=now, since=len(costs)))
    connection.close()
    return costs


def fill(count: int, *, at: datetime, seed: int) -> None:
    """So many open promises more, due within the year from tomorrow on, everybody's alike."""
    from django.db.models import Max

    from goodword.bench.bulk import Table, loading
    from goodword.core import ids
    from goodword.inboxes.models import Inbox
    from goodword.people.models import Person
    from goodword.promises.models import Promise

    dice = random.Random(seed)
    people = list(Person.objects.values_list("pk", flat=True)[:1000])
    # A word is owed by who can keep it there.
    places = list(Inbox.objects.values_list("team__members", "pk"))
    key = (Promise.objects.aggregate(Max("pk"))["pk__max"] or 0) + 1
    with loading([Promise]):
        table = Table(
            Promise, "id", "public_id", "kind", "direction", "what", "person_id", "owner_id",
            "inbox_id", "due_at", "made_at", "look_at", "state", "ended_at", "successor_of_id",
        )  # fmt: skip
        for number in range(count):
            due_at = at + timedelta(days=1) + _SPREAD * dice.random()
            who = (dice.choice(people), *dice.choice(places))
            alike = ("do", "ours", "Send the drawing", *who)
            before = None
            if number % _ANEW_EVERY == 0:  # its time had passed, and it was promised anew
                table.add(
                    key, ids.public_id(), *alike, _text(at), _text(at), None, "broken", _text(at),
                    None,
                )  # fmt: skip
                before, key = key, key + 1
            table.add(
                key, ids.public_id(), *alike, _text(due_at), _text(at),
                _text(due_at - timedelta(hours=1)), "open", None, before,
            )  # fmt: skip
            key += 1
        table.write()


def _text(moment: datetime) -> str:
    """As both databases read it, in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:-6]


def _measure(size: int, *, now: datetime, since: int) -> Cost:
    from goodword.accounts.models import Teammate
    from goodword.bench import filling
    from goodword.desk.keeping import reminding
    from goodword.promises import day

    agent = Teammate.objects.get(email=filling.AGENT)
    while reminding.remind_due(at=now):  # the answers of the conversations, once and for all
        pass
    until = now + timedelta(days=2)
    alone = _receive(80, at=now, first=since * 1000)
    return Cost(
        open_promises=size,
        poll_ms=_median_ms(lambda: reminding.remind_due(at=now), times=300),
        sweep_ms=_sweep_ms(now, times=5),
        today_ms=_median_ms(lambda: list(day.owed_by(agent, until=until, most=_BATCH)), times=50),
        mail_ms=alone,
        mail_beside_ms=_beside_a_sweep(now, first=since * 1000 + 500),
    )


def _median_ms(job: Callable[[], object], *, times: int) -> float:
    job()  # what is asked once is in hand
    took = []
    for _time in range(times):
        begun = time.perf_counter()
        job()
        took.append(time.perf_counter() - begun)
    return round(median(took) * 1000, 3)


def _sweep_ms(now: datetime, *, times: int) -> float:
    """Fifty promises are made due, told and written."""
    from goodword.desk.keeping import reminding

    took = []
    for _time in range(times):
        _make_due(_BATCH, at=now)
        begun = time.perf_counter()
        assert reminding.remind_due(at=now, most=_BATCH) == _BATCH
        took.append(time.perf_counter() - begun)
    return round(median(took) * 1000, 1)


def _make_due(count: int, *, at: datetime) -> None:
    from goodword.promises.models import Promise

    ahead = Promise.objects.filter(state="open", looked="", look_at__gt=at).order_by("look_at")
    keys = list(ahead.values_list("pk", flat=True)[:count])
    soon = at + timedelta(minutes=30)
    Promise.objects.filter(pk__in=keys).update(look_at=at, due_at=soon)


def _receive(mails: int, *, at: datetime, first: int) -> float:
    """The median of a mail's reception, in milliseconds."""
    from goodword.desk.intake import receiving
    from goodword.desk.roads import Inbound, Party
    from goodword.inboxes.models import Inbox

    inbox = Inbox.objects.order_by("pk")[0]
    took = []
    for number in range(first, first + mails):
        sender = Party(f"bench.{number}@mail.example", "Bench")
        mail = Inbound(
            road="email", identity=f"bench-{number}", sender=sender, said_at=at,
            subject="A question", text="When will it be ready?", to=[Party("hello@shop.example")],
            external_ids=[f"bench-{number}@mail.example"],
        )  # fmt: skip
        begun = time.perf_counter()
        receiving.receive(mail, inbox=inbox, at=at)
        took.append(time.perf_counter() - begun)
    return round(median(took) * 1000, 2)


def _beside_a_sweep(now: datetime, *, first: int) -> float:
    from django.db import connection

    from goodword.desk.keeping import reminding

    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            if not reminding.remind_due(at=now, most=_BATCH):
                _make_due(_BATCH, at=now)
        connection.close()

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        return _receive(80, at=now, first=first)
    finally:
        stop.set()
        thread.join()


def _table(few: Cost, many: Cost, ratios: dict[str, float]) -> str:
    names = {
        "poll_ms": "a poll with nothing due",
        "sweep_ms": f"a sweep with {_BATCH} due",
        "today_ms": "what one owes until tomorrow",
        "mail_ms": "receiving a mail",
        "mail_beside_ms": "the same beside a busy sweep",
    }
    lines = [f"{'ms':32}{few.open_promises:>10}{many.open_promises:>10}{'ratio':>8}"]
    for name, words in names.items():
        lines.append(
            f"{words:32}{getattr(few, name):>10}{getattr(many, name):>10}{ratios[name]:>8}"
        )
    return "\n".join(lines)
