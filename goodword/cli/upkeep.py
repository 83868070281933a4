"""`goodword migrate` and `goodword check`."""

from __future__ import annotations

import json
import sys

import click

from goodword.cli import begin


@click.command()
def migrate() -> None:
    """Bring the database and the static files up to date. `run` and `web` do it by themselves."""
    begin()
    from django.core.management import call_command

    from goodword.core import preparing

    call_command("migrate", interactive=False, verbosity=1)
    preparing.static_files()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(as_json: bool) -> None:
    """Prove that nothing is lost and nobody waits unowed. Ends with 1 when something is wrong."""
    begin()
    from goodword.desk import checking

    counts, found = checking.counts(), checking.violations()
    if as_json:
        rows = [{"rule": each.rule, "row": each.row, "words": each.words} for each in found]
        click.echo(json.dumps({**counts, "violations": rows}))
    else:
        for name, count in counts.items():
            click.echo(f"{count:>10}  {name.replace('_', ' ')}")
        for each in found:
            click.echo(f"WRONG ({each.rule}) {each.row}: {each.words}")
        if not found:
            click.echo("All is well: nothing is lost, and nobody waits unowed.")
    sys.exit(1 if found else 0)
