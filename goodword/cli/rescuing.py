"""`goodword rescue`: for an owner whom nobody else can let in again."""

from __future__ import annotations

import sys

import click

from goodword.cli import begin


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

    from goodword.accounts import queries, signing_in
    from goodword.web.settings import inviting

    teammate = queries.active().filter(email__iexact=address.strip()).first()
    if teammate is None:
        sys.exit(f"goodword: nobody signs in with {address} here, or they are deactivated")
    if without_second_factor:
        signing_in.take_second_factor(teammate, by=None, at=timezone.now())
        click.echo("Signed out everywhere; app, passkeys and recovery codes open nothing any more.")
    click.echo(f"For {teammate.name} alone; it works once, for three days:")
    click.echo(inviting.password_link(teammate))
