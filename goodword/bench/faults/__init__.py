"""`goodword bench faults`: never lost, never twice, shown on the real processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from goodword.bench.faults import killing, plan
from goodword.bench.faults.account import Account
from goodword.bench.faults.house import House
from goodword.bench.servers import NotInstalled
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.postgres import Postgres
from goodword.bench.servers.smtp_sink import SmtpSink


@contextmanager
def furnished(database: str) -> Iterator[House]:
    """A furnished house on a new database, with a mail server on each side of it."""
    with ExitStack() as servers:
        url = servers.enter_context(Postgres(durable=True)).url if database == "postgres" else ""
        sink = servers.enter_context(SmtpSink())
        dovecot = servers.enter_context(Dovecot())
        house = servers.enter_context(House(sink=sink, dovecot=dovecot, database_url=url))
        house.furnish()
        yield house


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed plans the same.")
@click.option("--kills", default=200, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True
)
def command(seed: int, kills: int, database: str) -> None:
    """Kill the processes while mail flows both ways, and account for every message.

    Ends with 1 when anything was lost or came twice.
    """
    drawn = plan.draw(seed, kills=kills)
    click.echo(f"seed {seed}, plan {drawn.digest}, {kills} kills, {database}")
    try:
        with furnished(database) as house:
            account = killing.run(drawn, house, tell=click.echo)
    except NotInstalled as missing:
        sys.exit(f"goodword: {missing}")
    tell(account)


def tell(account: Account) -> None:
    for line in account.lines:
        click.echo(line)
    for fault in account.wrong:
        click.echo(f"WRONG: {fault}")
    if account.wrong:
        sys.exit(1)
    click.echo("Nothing was lost, and nothing came twice.")
