"""`goodword backup` and `goodword restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from goodword.cli import begin

_passphrase = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the passphrase (the age format).",
)


def _read(path: Path | None) -> str:
    if path is None:
        return ""
    lines = path.read_text().splitlines()
    if not lines or not lines[0].strip():
        raise click.UsageError(f"{path} holds no passphrase")
    return lines[0]


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_passphrase
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Write database, files and keys into FILE (readable by you alone).

    The desk may run meanwhile. Without a passphrase anyone who has FILE can read everything in
    it, the mailbox passwords too.
    """
    begin()
    from django.utils import timezone

    from goodword import backups

    file = file.resolve()
    if not file.parent.is_dir():
        raise click.UsageError(f"there is no folder {file.parent}")
    made = backups.write(file, passphrase=_read(passphrase_file), at=timezone.now())
    click.echo(f"{file}: {made.rows} rows, {made.files} files, {made.size_bytes} bytes")
    if made.missing:
        sys.exit(f"goodword: {len(made.missing)} files are missing on disk: {made.missing[0]}…")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_passphrase
def restore(file: Path, passphrase_file: Path | None) -> None:
    """Bring FILE back into an empty data folder (GOODWORD_DATA) and database.

    Stop Goodword first. Messages that were queued are held until a person lets them go, holding
    replies are drafted and not sent until an owner says so again, and mailboxes are looked through
    again.
    """
    begin()
    from django.utils import timezone

    from goodword import backups

    try:
        counts = backups.restore(
            file.resolve(), passphrase=_read(passphrase_file), at=timezone.now()
        )
    except backups.CannotRestore as why:
        sys.exit(f"goodword: not restored: {why}")
    click.echo(
        f"Restored {counts['rows']} rows and {counts['files']} files."
        f" {counts['held']} queued messages wait for a person."
    )
