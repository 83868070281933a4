"""`goodword bench intake`: mails a second and CPU a mail, by every road that mail comes in."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from goodword.bench import mails, processes
from goodword.bench.desk_under_load import ADDRESS, Desk, Moment
from goodword.bench.sending import Senders
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.postgres import Postgres

# Each lane of the worker has looked, and what a start makes ready after fifteen seconds is made.
_IDLE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What a road takes. Milliseconds of CPU; `ratio`: mails for each bare durable commit."""

    road: str
    mails: int
    mails_a_second: float
    commits_a_second: float
    ratio: float
    cpu_ms: float
    database_cpu_ms: float
    idle_mb: dict[str, float]
    busy_mb: dict[str, float]


@click.command()
@click.option("--mails", "count", type=click.IntRange(min=10), default=2000, show_default=True)
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--senders", type=click.IntRange(min=1), default=8, show_default=True)
@click.option("--only", type=click.Choice(["imap", "smtp", "import"]), help="One road alone.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all there.")
def command(
    count: int, database: str, senders: int, only: str | None, seed: int, json_file: Path | None
) -> None:
    """Bring the same mails to an empty desk by IMAP, by SMTP and from an mbox file.

    A tenth carries a file, four of ten answer one before. Mails a second are counted until all
    are received; CPU until what follows from them is done as well. All is made in a temporary
    folder and removed.
    """
    report: dict[str, Any] = {
        "command": f"goodword bench {' '.join(sys.argv[2:])}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{processes.machine()}, Python {platform.python_version()}",
        "load": processes.load(),
        "database": database,
        "roads": [],
    }
    raws = list(mails.make(count, seed=seed, to=ADDRESS))
    roads: dict[str, Callable[[Desk], Moment]] = {
        "imap": lambda desk: _by_imap(desk, raws),
        "smtp": lambda desk: _by_smtp(desk, count=count, seed=seed, senders=senders),
        "import": lambda desk: _by_import(desk, raws),
    }
    click.echo(_HEAD)
    for road, bring in roads.items():
        if only in (None, road):
            cost = _measure(road, bring, count=count, database=database)
            click.echo(_line(cost))
            report["roads"].append(asdict(cost))
    if json_file:
        json_file.write_text(json.dumps(report, indent=1) + "\n")


def _measure(road: str, bring: Callable[[Desk], Moment], *, count: int, database: str) -> Cost:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goodword-intake-")))
        postgres = stack.enter_context(Postgres(durable=True)) if database == "postgres" else None
        desk = stack.enter_context(Desk(folder / "data", postgres))
        commits = desk.commits_a_second()
        spent = bring(desk)
        commits = (commits + desk.commits_a_second()) / 2
        desk.check(count)
    rate = count / spent.seconds
    return Cost(
        road=road,
        mails=count,
        mails_a_second=round(rate, 1),
        commits_a_second=round(commits, 1),
        ratio=round(rate / commits, 2),
        cpu_ms=round(spent.cpu_seconds * 1000 / count, 2),
        database_cpu_ms=round(spent.database_cpu_seconds * 1000 / count, 2),
        idle_mb=desk.idle_mb,
        busy_mb=desk.busy_mb,
    )


def _by_imap(desk: Desk, raws: Sequence[bytes]) -> Moment:
    """A mailbox that filled up while nobody looked; the clock begins with the first mail."""
    with Dovecot() as dovecot:
        user = dovecot.new_user()
        dovecot.fill(user, raws, arrived=datetime.now(UTC))
        with desk.running(idle_seconds=_IDLE_SECONDS):
            begun = desk.moment()
            desk.connect(dovecot, user)
            return desk.wait_for(len(raws), since=begun, from_the_first=True)


def _by_smtp(desk: Desk, *, count: int, seed: int, senders: int) -> Moment:
    """Senders at once, each waiting for its 250 before the next mail, in a process of their own."""
    them = Senders(desk.smtp_port, count=count, seed=seed, to=ADDRESS, at_once=senders)
    with desk.running(idle_seconds=_IDLE_SECONDS), them:
        begun = desk.moment()
        them.begin()
        spent = desk.wait_for(count, since=begun)
        them.finish()
    return spent


def _by_import(desk: Desk, raws: Sequence[bytes]) -> Moment:
    """`goodword import` of an mbox, its start included."""
    box = desk.folder.parent / "old.mbox"
    with box.open("wb") as out:
        for raw in raws:
            # As `git` and others write it; a line that begins so would be quoted.
            out.write(b"From MAILER-DAEMON Mon Nov 16 09:12:00 2026\n")
            out.write(raw.replace(b"\r\n", b"\n") + b"\n")
    return desk.run_to_its_end("import", "mbox", str(box), "--inbox", ADDRESS)


_HEAD = (
    f"{'road':8}{'mails':>7}{'mails/s':>9}{'commits/s':>11}{'ratio':>7}"
    f"{'CPU ms':>8}{'of it db':>9}  MB idle, busy"
)


def _line(cost: Cost) -> str:
    idle, busy = (round(sum(each.values())) for each in (cost.idle_mb, cost.busy_mb))
    return (
        f"{cost.road:8}{cost.mails:7}{cost.mails_a_second:9}{cost.commits_a_second:11}"
        f"{cost.ratio:7}{cost.cpu_ms:8}{cost.database_cpu_ms:9}  {idle}, {busy}"
    )
