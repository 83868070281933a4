"""`goodword example FOLDER`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from goodword.cli import begin


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--weeks",
    default=13,
    envvar="GOODWORD_EXAMPLE_WEEKS",
    show_default=True,
    show_envvar=True,
    help="How far back it goes.",
)
@click.option("--a-week", default=12, show_default=True, help="Conversations a week.")
def example(folder: Path, weeks: int, a_week: int) -> None:
    """Furnish an example in FOLDER: a shop with months of conversations and promises.

    Your data is not touched. Look at it with GOODWORD_DATA=FOLDER goodword run.
    """
    if (folder / "goodword.sqlite3").exists():
        sys.exit(f"goodword: there is a database in {folder} already; give an empty folder")
    began = time.monotonic()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.umask(0o077)
    for name in ("GOODWORD_DATABASE_URL", "GOODWORD_DATABASE_URL_FILE"):
        os.environ.pop(name, None)
    os.environ["GOODWORD_DATA"] = str(folder)
    (folder / "this-is-an-example").touch()  # settings.EXAMPLE_MARK, which settings look for
    begin()
    from django.db import connection
    from django.utils import timezone

    from goodword.core import preparing, statistics
    from goodword.example.furnishing import furnish

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # a power cut costs no more than an example
    preparing.tables()
    preparing.static_files()
    furnish(now=timezone.now(), weeks=weeks, a_week=a_week)
    statistics.refresh()
    click.echo(f"The example is furnished, in {time.monotonic() - began:.0f} s.")
