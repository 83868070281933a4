"""`goodword import`: years of old mail, taken in without waking anybody."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodword.cli import begin

if TYPE_CHECKING:
    from goodword.channels.email.importing import OldMail
    from goodword.desk.intake.importing import Old
    from goodword.inboxes.models import Inbox

    MailsIn = Callable[..., Iterator[OldMail]]

_MOST_BYTES_TOGETHER = 32 * 2**20

_inbox = click.option(
    "--inbox", "inbox_name", required=True, help="The inbox's name, or one of its addresses."
)
_failed = click.option(
    "--failed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Put what can't be read at the end of this mbox file.",
)


@click.group(name="import")
def import_() -> None:
    """Take years of old mail in from mbox files or Maildirs.

    Conversations arrive closed and owe nothing; nobody is told and nothing is answered. Interrupt
    it when you like and run it again: nothing is taken in twice. Name everything that belongs
    together at once (what came in, what was sent), so that answers find what they answer.
    """


@import_.command()
@click.argument(
    "files", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
@_inbox
@_failed
def mbox(files: tuple[Path, ...], inbox_name: str, failed: Path | None) -> None:
    """Take in mbox files, such as Thunderbird's, Google Takeout's or mutt's."""
    if failed and any(failed.exists() and failed.samefile(file) for file in files):
        sys.exit("goodword: --failed names a file that is to be read; give another one")
    from goodword.channels.email.importing import in_mbox

    _import(files, in_mbox, inbox_name, failed, sum(file.stat().st_size for file in files))


@import_.command()
@click.argument(
    "folders", nargs=-1, required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)  # fmt: skip
@_inbox
@_failed
def maildir(folders: tuple[Path, ...], inbox_name: str, failed: Path | None) -> None:
    """Take in Maildirs: folders with cur and new in them. Those inside them are not looked into."""
    from goodword.channels.email.importing import in_maildir

    size_bytes = sum(
        file.stat().st_size
        for folder in folders
        for name in ("cur", "new")
        for file in (folder / name).glob("*")
    )
    _import(folders, in_maildir, inbox_name, failed, size_bytes)


class _Tally:
    """What became of the mails. What can't be read is told at the end, when no bar is drawn."""

    def __init__(self, failed: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        self._failed = failed
        self._refused: list[str] = []

    def refuse(self, mail: OldMail, why: str) -> None:
        from goodword.channels.email.importing import append

        self.counts["failed"] += 1
        place = f"{mail.path} at byte {mail.offset}" if mail.is_in_mbox else str(mail.path)
        self._refused.append(f"goodword: {place}: {why}")
        if self._failed and mail.path.exists():
            with self._failed.open("ab") as out:
                append(mail, out)

    def tell(self) -> None:
        for line in self._refused:
            click.echo(line, err=True)
        words = (
            ("taken", "taken in"),
            ("there", "there already"),
            ("deleted", "marked as deleted, left out"),
            ("failed", "could not be read"),
        )
        told = [f"{self.counts[key]} {what}" for key, what in words if self.counts[key]]
        click.echo(f"{sum(self.counts.values())} mails: {', '.join(told) or 'nothing to do'}.")


def _import(
    places: tuple[Path, ...],
    mails_in: MailsIn,
    inbox_name: str,
    failed: Path | None,
    size_bytes: int,
) -> None:
    begin()
    from django.db import DatabaseError
    from django.utils import timezone

    from goodword.channels.email.importing import NotAMailbox

    tally = _Tally(failed)
    try:
        inbox = _inbox_named(inbox_name)
        mails = _found(places, mails_in, size_bytes, now=timezone.now())
        _take_in(mails, inbox, tally)
    except NotAMailbox as why:
        sys.exit(f"goodword: {why}")
    except (DatabaseError, OSError) as error:
        tally.tell()
        sys.exit(f"goodword: stopped: {error}. Mend that and run it again: it goes on from here.")
    except KeyboardInterrupt:
        click.echo(err=True)
        tally.tell()
        click.echo("Stopped. What was taken in stays; run it again to go on.", err=True)
        sys.exit(130)
    tally.tell()
    sys.exit(1 if tally.counts["failed"] else 0)


def _inbox_named(name: str) -> Inbox:
    from goodword.inboxes import queries as inboxes
    from goodword.inboxes.models import Inbox

    inbox = Inbox.objects.filter(name__iexact=name).first() or inboxes.at_address([name])
    if inbox is None:
        names = ", ".join(Inbox.objects.order_by("name").values_list("name", flat=True))
        sys.exit(f"goodword: there is no inbox {name!r}; there are: {names or 'none yet'}")
    return inbox


def _found(
    places: tuple[Path, ...], mails_in: MailsIn, size_bytes: int, *, now: datetime
) -> list[OldMail]:
    """Every mail in all places, in the order of time: what is answered before its answer."""
    with click.progressbar(length=size_bytes, label="Looking through", file=sys.stderr) as bar:
        mails = [mail for place in places for mail in mails_in(place, now=now, seen=bar.update)]
    return sorted(mails, key=lambda mail: mail.said_at)


def _take_in(mails: list[OldMail], inbox: Inbox, tally: _Tally) -> None:
    from django.utils import timezone

    from goodword.channels.email.intake import disk_is_short
    from goodword.desk.intake import importing

    size_bytes = sum(mail.size_bytes for mail in mails)
    with click.progressbar(length=size_bytes, label="Taking in", file=sys.stderr) as bar:
        for helping in _helpings(mails):
            if disk_is_short():
                raise OSError("the disk is nearly full")
            read = [(mail, old) for mail in helping if (old := _read(mail, tally))]
            olds = [old for _, old in read]
            outcomes = importing.take_in(olds, road="email", inbox=inbox, at=timezone.now())
            for (mail, _), outcome in zip(read, outcomes, strict=True):
                if outcome.state == "failed":
                    tally.refuse(mail, outcome.why)
                else:
                    tally.counts[outcome.state] += 1
            bar.update(sum(mail.size_bytes for mail in helping))


def _helpings(mails: list[OldMail]) -> Iterator[list[OldMail]]:
    """By as many as are in memory, and in a transaction, at once."""
    from goodword.desk.intake.importing import MOST_TOGETHER

    helping: list[OldMail] = []
    size_bytes = 0
    for mail in mails:
        size_bytes += mail.size_bytes
        if helping and (len(helping) == MOST_TOGETHER or size_bytes > _MOST_BYTES_TOGETHER):
            yield helping
            helping, size_bytes = [], mail.size_bytes
        helping.append(mail)
    if helping:
        yield helping


def _read(mail: OldMail, tally: _Tally) -> Old | None:
    from goodword.channels.email import importing as mailboxes
    from goodword.desk.intake.importing import Old

    if mail.deleted:
        tally.counts["deleted"] += 1
        return None
    if mail.size_bytes > mailboxes.MOST_BYTES:
        tally.refuse(mail, f"larger than {mailboxes.MOST_BYTES // 2**20} MB")
        return None
    try:
        return Old(mailboxes.read(mail), mail.said_at)
    except FileNotFoundError:  # a mail program moved it while we read the others
        tally.refuse(mail, "it has gone meanwhile; run this again")
        return None
