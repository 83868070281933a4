"""`goodword mail`: the pipe a mail server feeds."""

from __future__ import annotations

import sys

import click

from goodword.cli import begin

_TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message and comes again


@click.group()
def mail() -> None:
    """Take in a message from standard input."""


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
        from goodword.desk import receiving

        if disk_is_short():
            raise OSError("the disk is nearly full")
        raw = sys.stdin.buffer.read()
        if not raw.strip():
            raise ValueError("there is no message on standard input")
        receiving.take_in(
            raw, road="email", source="pipe", envelope_to=recipients, at=timezone.now()
        )
    except Exception as error:  # noqa: BLE001  # whatever it was, the caller keeps the message
        print(f"goodword: not stored, try again: {error}", file=sys.stderr)
        sys.exit(_TRY_AGAIN)
