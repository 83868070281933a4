"""`goodword doctor`."""

from __future__ import annotations

import dataclasses
import json
import sys

import click

from goodword.cli import begin

_COLOURS = {"ok": "green", "look": "yellow", "wrong": "red"}


@click.command()
@click.option("--live", is_flag=True, help="Also try mail servers and our own address now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def doctor(live: bool, as_json: bool) -> None:
    """Say in words what is wrong with this installation, and what to do about it.

    Changes nothing. Ends with 0 when nothing is wrong, else with 1. `goodword check` proves the
    messages and promises themselves.
    """
    begin()
    from django.utils import timezone

    from goodword.checkup import looking
    from goodword.core.diagnosis import worst

    found = []
    for each in looking.look(at=timezone.now(), live=live):
        found.append(each)
        if not as_json:
            state = click.style(f"{each.state:<6}", fg=_COLOURS[each.state])
            click.echo(f"{state} {each}")
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(each) for each in found]))
    else:
        click.echo(_sum(sum(each.state == "wrong" for each in found)))
    sys.exit(1 if worst(found) == "wrong" else 0)


def _sum(wrong: int) -> str:
    if not wrong:
        return "\nNothing is wrong."
    return f"\n{wrong} thing{'s are' if wrong > 1 else ' is'} wrong."
