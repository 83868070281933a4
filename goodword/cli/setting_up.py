"""`goodword setup`: the first evening without a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from goodword.cli import begin


@click.command()
@click.option("--owner", required=True, metavar="ADDRESS", help="The owner's mail address.")
@click.option("--owner-name", default="", help="The owner's name; else from the address.")
@click.option(
    "--password-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="File whose first line is the owner's password; - for standard input.",
)
@click.option("--business", required=True, help="The name of the business.")
@click.option("--country", required=True, metavar="CODE", help="Two letters, such as DE.")
@click.option("--zone", required=True, help="Such as Europe/Berlin.")
@click.option("--language", default="en", show_default=True, help="Of the business.")
@click.option("--inbox", required=True, metavar="ADDRESS", help="The first inbox's address.")
def setup(
    owner: str,
    owner_name: str,
    password_file: Path,
    business: str,
    country: str,
    zone: str,
    language: str,
    inbox: str,
) -> None:
    """Make owner, business and first inbox without a browser.

    Mail for the inbox is taken in by SMTP or `goodword mail receive` at once; connect a mailbox
    on the inbox's settings page. No opening hours are guessed: until they are set (the page Plan),
    answers are promised within 24 hours by the clock.
    """
    begin()
    from django.utils import timezone

    from goodword.core import preparing
    from goodword.web.setup import actions

    preparing.tables()
    with click.open_file(str(password_file)) as lines:
        password = lines.readline().rstrip("\r\n")
    try:
        actions.set_up(
            owner_name=owner_name or owner.partition("@")[0].replace(".", " ").title(),
            owner_email=owner,
            password=password,
            business=business,
            country=country.upper(),
            zone=zone,
            language=language,
            inbox_address=inbox,
            at=timezone.now(),
        )
    except actions.SetupFault as why:
        sys.exit(f"goodword: {why}")
    click.echo(f"{business} is set up. {owner} owns it; {inbox} takes mail in.")
