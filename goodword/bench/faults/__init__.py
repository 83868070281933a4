"""`goodword bench faults`: never lost, never twice, shown on the real processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from goodword.bench.faults import crowd, disk, killing, outage, plan, together
from goodword.bench.faults.account import Account
from goodword.bench.faults.house import House
from goodword.bench.faults.killing import Tell
from goodword.bench.servers import NotInstalled
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.postgres import Postgres
from goodword.bench.servers.smtp_sink import SmtpSink


@contextmanager
def furnished(
    database: str = "sqlite",
    *,
    cluster: Postgres | None = None,
    database_url: str = "",
    data: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[House]:
    """A furnished house with a mail server on each side of it.

    It is on a new database, unless `database_url` or `data` bring one whose tables are made.
    """
    with ExitStack() as servers:
        if database == "postgres" and cluster is None:
            cluster = servers.enter_context(Postgres(durable=True))
        house = servers.enter_context(
            House(
                sink=servers.enter_context(SmtpSink()),
                dovecot=servers.enter_context(Dovecot()),
                database_url=cluster.create_database() if cluster else database_url,
                data=data,
                environment=environment,
            )
        )
        house.furnish()
        yield house


def kills(seed: int, number: int, database: str, *, tell: Tell) -> Account:
    drawn = plan.draw(seed, kills=number)
    tell(f"plan {drawn.digest}")
    with furnished(database) as house:
        return killing.run(drawn, house, tell=tell)


def outages(seed: int, number: int, *, tell: Tell) -> Account:
    drawn = plan.draw(seed, kills=number)
    tell(f"plan {drawn.digest}")
    with Postgres(durable=True) as cluster, furnished("postgres", cluster=cluster) as house:
        return outage.run(drawn, house, cluster, tell=tell)


def full_disk(seed: int, *, tell: Tell) -> Account:
    drawn = plan.draw(seed, kills=2)
    least = {"GOODWORD_LEAST_DISK_MB": str(disk.LEAST_MB)}
    with (
        disk.small_disk() as folder,
        furnished(data=folder / "data", environment=least) as house,
    ):
        return disk.run(drawn, house, tell=tell)


def crowded_mailbox(mails: int, database: str, *, tell: Tell) -> Account:
    with furnished(database) as house:
        return crowd.run(house, mails=mails, tell=tell)


def people_together(seed: int, seconds: int, database: str, *, tell: Tell) -> Account:
    with furnished(database) as house:
        return together.run(house, seed=seed, seconds=seconds, tell=tell)


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed plans the same.")
@click.option("--kills", "number", default=200, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True
)
@click.option(
    "--instead",
    type=click.Choice(["outages", "disk", "crowd", "together"]),
    help="Of kills: the database goes away (PostgreSQL, --kills times), the disk is full,"
    " a mailbox holds --mails mails, several people press everything at once for --seconds.",
)
@click.option("--mails", default=20_000, show_default=True, type=click.IntRange(min=1))
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(min=1))
def command(
    seed: int, number: int, database: str, instead: str | None, mails: int, seconds: int
) -> None:
    """Kill the processes while mail flows both ways, and account for every message.

    Ends with 1 when anything was lost or came twice.
    """
    database = {"outages": "postgres", "disk": "sqlite"}.get(instead or "", database)
    click.echo(f"seed {seed}, {instead or 'kills'}, {database}")
    try:
        if instead == "outages":
            account = outages(seed, number, tell=click.echo)
        elif instead == "disk":
            account = full_disk(seed, tell=click.echo)
        elif instead == "crowd":
            account = crowded_mailbox(mails, database, tell=click.echo)
        elif instead == "together":
            account = people_together(seed, seconds, database, tell=click.echo)
        else:
            account = kills(seed, number, database, tell=click.echo)
    except NotInstalled as missing:
        sys.exit(f"goodword: {missing}")
    for line in account.lines:
        click.echo(line)
    for fault in account.wrong:
        click.echo(f"WRONG: {fault}")
    if account.wrong:
        sys.exit(1)
    click.echo("Nothing was lost, and nothing came twice.")
