"""`goodword mail`: the pipe a mail server feeds, and what Goodword makes of a mail."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from goodword.cli import begin

_TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message and comes again


@click.group()
def mail() -> None:
    """Take in a message from standard input, or explain how one is read."""


@mail.command()
@click.option(
    "--to", "recipients", multiple=True, help="The address it was delivered to; may be repeated."
)
def receive(recipients: tuple[str, ...]) -> None:
    """Store the message on standard input. Ends with 0 only once it is stored, else with 75."""
    try:
        begin()
        from django.utils import timezone

        from goodword.channels.email.intake import disk_is_short
        from goodword.desk.intake import arriving

        if disk_is_short():
            raise OSError("the disk is nearly full")
        raw = sys.stdin.buffer.read()
        if not raw.strip():
            raise ValueError("there is no message on standard input")
        arriving.take_in(
            raw, road="email", source="pipe", envelope_to=recipients, at=timezone.now()
        )
    except Exception as error:  # noqa: BLE001  # whatever it was, the caller keeps the message
        print(f"goodword: not stored, try again: {error}", file=sys.stderr)
        sys.exit(_TRY_AGAIN)


@mail.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option(
    "--to", "ours", multiple=True, help="An address of yours that it came to; may be repeated."
)
def explain(files: tuple[str, ...], ours: tuple[str, ...]) -> None:
    """Print a JSON line for each FILE ("-": standard input): what is read in it, and why.

    A mail that came by a group of your own is read as in your inbox only with --to.
    Needs no installation. Ends with 1 if a file could not be read; its line has the "error".
    """
    from goodword.channels.email.telling import tell, without_a_desk
    from goodword.desk.roads import CannotParse

    without_a_desk()
    failed = False
    for file in files:
        told: dict[str, object] = {"file": os.fsencode(file).decode("utf-8", "replace")}
        try:
            raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            told |= tell(raw, ours=ours, at=datetime.now(UTC))
        except (OSError, CannotParse) as error:
            told["error"] = str(error)
            failed = True
        click.echo(json.dumps(told, ensure_ascii=False).encode())
    sys.exit(1 if failed else 0)
