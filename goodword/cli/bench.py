"""`goodword bench NAME`: the `command` of the module `goodword.bench.NAME`."""

from __future__ import annotations

from importlib import import_module

import click

MEASUREMENTS = {
    "understanding": "How well mails are understood, on a folder of labelled mails.",
    "faults": "Kill the processes while mail flows both ways, and account for every message.",
    "intake": "Mails a second and CPU a mail, through the real path.",
    "promises": "The sweep over open promises, by how many there are.",
    "pages": "Time, CPU and queries of the pages of a desk with many conversations.",
    "live": "How soon a colleague's change shows with 200 people signed in.",
}


class _Measurements(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(MEASUREMENTS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in MEASUREMENTS:
            return None
        command: click.Command = import_module(f"goodword.bench.{name}").command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Measurements"):
            formatter.write_dl(list(MEASUREMENTS.items()))


@click.command(cls=_Measurements)
def bench() -> None:
    """Measure what Goodword costs, and what it survives.

    Each starts what it needs on loopback, in a folder of its own, and leaves your data alone.
    """
