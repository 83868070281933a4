"""`goodword rescue`: for an owner whom nobody else can let in again."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from goodword.cli import begin

if TYPE_CHECKING:
    from goodword.accounts.models import Teammate


@click.command()
@click.argument("address")
@click.option(
    "--without-second-factor",
    is_flag=True,
    help="Take app, passkeys and recovery codes away too: phone and codes are lost.",
)
def rescue(address: str, without_second_factor: bool) -> None:
    """Print a link with which the teammate of ADDRESS sets a new password.

    It works once, for three days. Whoever may run this on the machine may read all of its data
    anyway; everybody else asks an owner, who has the same on the teammate's page.
    """
    begin()
    from django.utils import timezone

    from goodword.accounts import queries
    from goodword.web.settings import inviting

    teammate = queries.active().filter(email__iexact=address.strip()).first()
    if teammate is None:
        sys.exit(f"goodword: nobody signs in with {address} here, or they are deactivated")
    at = timezone.now()
    if without_second_factor:
        _take_second_factor(teammate, at=at)
    click.echo(f"For {teammate.name} alone; it works once, for three days:")
    click.echo(inviting.password_link(teammate, by=None, at=at))


def _take_second_factor(teammate: Teammate, *, at: datetime) -> None:
    from goodword.accounts import signing_in
    from goodword.web.settings import inviting

    if not signing_in.take_second_factor(teammate, by=None, at=at):
        click.echo("There was no second factor to take away.")
        return
    click.echo("Signed out everywhere; app, passkeys and recovery codes open nothing any more.")
    if not inviting.tell_of_taken_factor(teammate, by_owner=False, at=at):
        click.echo("No inbox can send mail yet: tell them, unless it is you.")
