"""Old mail on disk, in mbox files and Maildirs: found without being loaded, read one by one.

An mbox is read as programs really write it: with and without ">From " quoting, with either line
end, with or without a last one (RFC 4155 describes what was meant).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from goodword.channels.email.headers import moment

MOST_BYTES = 100 * 2**20  # of one mail; what is larger is no mail, or none that anyone wrote

Seen = Callable[[int], None]  # called with the number of bytes just looked through

_EMPTY = {b"\n", b"\r\n"}
_LINE_BYTES = 64 * 1024
_TELL_BYTES = 2**20
_HEAD_BYTES = 512 * 1024
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# "From someone Mon Jan  2 15:04:05 2006", with all that programs make of it: a date, a time, and
# after the time no more than a zone and a year.
_DATED = re.compile(
    rb"From (?=.*(?:\b" + _MONTH + rb"\b|\b\d{4}-\d\d-\d\d)).{0,300}?"
    rb"\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:[ \t]+[\w+()-]{1,6}){0,3}[ \t]*\r?\n?\Z",
    re.DOTALL,
)
_UNDATED = re.compile(rb"From (?:-|\S+@\S+|MAILER-DAEMON)?[ \t]*\r?\n?\Z")
_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:|>?From ")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_DATES = re.compile(rb"^(Date|Received|Delivery-Date):(.*(?:\r?\n[ \t].*)*)", re.M | re.I)
# What mailbox programs keep in the file for themselves: expunged by Thunderbird, notes of UW-IMAP.
_EXPUNGED = re.compile(rb"^X-Mozilla-Status:[ \t]*([0-9a-f]{4})", re.M | re.I)
_INTERNAL = re.compile(rb"^X-IMAP(?:base)?:[ \t]*\d+[ \t]+\d+", re.M | re.I)
_INTERNAL_SUBJECT = re.compile(rb"^Subject:.*FOLDER INTERNAL DATA", re.M | re.I)
# A date that is older than the first server's by more is a wrong clock, not a slow mail.
_ON_THE_WAY = timedelta(days=30)


class NotAMailbox(Exception):
    """It isn't what it was said to be; `str()` says why."""


@dataclass(frozen=True, slots=True)
class OldMail:
    """Where one mail lies, and when it was said. `deleted`: only its mailbox's program knows it."""

    path: Path
    offset: int
    size_bytes: int
    said_at: datetime
    is_in_mbox: bool
    deleted: bool = False


def in_mbox(path: Path, *, now: datetime, seen: Seen) -> Iterator[OldMail]:
    """Every mail of an mbox file, in its order. Raises NotAMailbox, OSError."""
    with path.open("rb") as file:
        for postmark, head, offset, end in _cut(path, file, seen):
            yield OldMail(
                path=path,
                offset=offset,
                size_bytes=end - offset,
                said_at=said_at(head, otherwise=moment(_date_of(postmark)), now=now),
                is_in_mbox=True,
                deleted=_is_deleted(head),
            )


def in_maildir(folder: Path, *, now: datetime, seen: Seen) -> Iterator[OldMail]:
    """Every mail of one Maildir, not of those inside it. Raises NotAMailbox, OSError."""
    places = [folder / name for name in ("cur", "new") if (folder / name).is_dir()]
    if not places:
        raise NotAMailbox(f"{folder} has neither a folder cur nor new in it, so it is no Maildir")
    for place in places:
        for path in sorted(place.iterdir()):
            if not path.is_file():
                continue
            about = path.stat()
            with path.open("rb") as file:
                head = _head(file.read(_HEAD_BYTES))
            # "1136214245.M1P2.host:2,S": most begin with the moment of delivery.
            begin = path.name.partition(".")[0]
            seconds = int(begin) if begin.isdecimal() and len(begin) == 10 else about.st_mtime
            arrived = datetime.fromtimestamp(seconds, tz=UTC)
            yield OldMail(
                path=path,
                offset=0,
                size_bytes=about.st_size,
                said_at=said_at(head, otherwise=arrived, now=now),
                is_in_mbox=False,
                # T: trashed, and gone at the next expunge.
                deleted="T" in path.name.partition(":2,")[2],
            )
            seen(about.st_size)


def read(mail: OldMail) -> bytes:
    """The mail as it was before it was put there. Raises OSError."""
    with mail.path.open("rb") as file:
        file.seek(mail.offset)
        raw = file.read(mail.size_bytes)
    if not mail.is_in_mbox:
        return raw
    for ending in (b"\r\n", b"\n"):  # the empty line before the next postmark is the mbox's
        if raw.endswith(ending * 2):
            raw = raw.removesuffix(ending)
            break
    return _QUOTED.sub(rb"\1", raw)


def append(mail: OldMail, to: BinaryIO) -> None:
    """Write it to the end of another mbox, as it lies there. Raises OSError."""
    to.write(b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n")
    with mail.path.open("rb") as file:
        file.seek(mail.offset)
        left, begins, line = mail.size_bytes, True, b""
        while left and (row := file.readline(min(_LINE_BYTES, left))):
            line = row
            quote = begins and not mail.is_in_mbox and re.match(rb">*From ", line)
            to.write(b">" + line if quote else line)
            left, begins = left - len(line), line.endswith(b"\n")
    if not begins:
        to.write(b"\n")
    if not (mail.is_in_mbox and line in _EMPTY):  # an mbox has its empty line already
        to.write(b"\n")


def said_at(head: bytes, *, otherwise: datetime | None, now: datetime) -> datetime:
    """The earliest trustworthy of Received and Date, never later than `now`.

    The uppermost Received is by the server that kept the mail and is believed. What is said to
    have happened after it, or long before, is a wrong clock. Mail we sent has a Date alone.
    """
    found: dict[bytes, list[datetime]] = {b"date": [], b"received": [], b"delivery-date": []}
    for name, value in _DATES.findall(head):
        words = value.rpartition(b";")[2] if name.lower() == b"received" else value
        read = moment(words.decode("latin-1"))
        if read is not None and read <= now:
            found[name.lower()].append(read)
    anchors = [*found[b"delivery-date"][:1], *found[b"received"][:1], *found[b"date"][:1]]
    anchor = next(iter(anchors), None) or otherwise or now
    told = [*found[b"received"], *found[b"date"]]
    return min([anchor, now, *(each for each in told if anchor - _ON_THE_WAY <= each <= anchor)])


def _cut(path: Path, file: BinaryIO, seen: Seen) -> Iterator[tuple[bytes, bytes, int, int]]:
    """Postmark, head, and where it begins and ends, of each mail."""
    mark = _first_postmark(path, file)
    begin = end = file.tell()
    head = bytearray()
    in_head = starts_line = True
    blank = False
    waiting = b""  # a line that is a postmark if a header follows it
    told = 0
    while line := file.readline(_LINE_BYTES):
        if end - told > _TELL_BYTES:
            seen(end - told)
            told = end
        if waiting and _FIELD.match(line):
            yield mark, bytes(head), begin, end - len(waiting)
            mark, begin, in_head, head = waiting, end, True, bytearray()
        waiting = b""
        end += len(line)
        empty = starts_line and line in _EMPTY
        if starts_line and line.startswith(b"From") and _may_be_postmark(line, blank):
            waiting = line
        elif in_head and empty:
            in_head = False
        elif in_head and len(head) < _HEAD_BYTES:
            head += line
        blank = empty
        starts_line = line.endswith(b"\n")
    yield mark, bytes(head), begin, end
    seen(end - told)


def _first_postmark(path: Path, file: BinaryIO) -> bytes:
    line = file.readline(_LINE_BYTES)
    while line in _EMPTY:
        line = file.readline(_LINE_BYTES)
    if not line.removeprefix(b"\xef\xbb\xbf").startswith(b"From "):
        raise NotAMailbox(f"{path} doesn't begin with a line “From …”, so it is no mbox file")
    return line


def _may_be_postmark(line: bytes, after_empty_line: bool) -> bool:
    return bool(_DATED.match(line) or (after_empty_line and _UNDATED.match(line)))


def _date_of(postmark: bytes) -> str:
    """Of "From a@b.example Mon Jan  2 15:04:05 2006" the date, as a mail would write it."""
    words = postmark.decode("latin-1").split()
    at = next((n for n, word in enumerate(words) if re.fullmatch(r"\d\d?:\d\d(:\d\d)?", word)), 0)
    year = next((word for word in words[at + 1 :] if re.fullmatch(r"(19|20)\d\d", word)), "")
    if at < 3 or not year:
        return ""
    zone = next((word for word in words[at + 1 :] if re.fullmatch(r"[+-]\d{4}", word)), "+0000")
    return f"{words[at - 1]} {words[at - 2]} {year} {words[at]} {zone}"


def _head(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]


def _is_deleted(head: bytes) -> bool:
    marked = _EXPUNGED.search(head)
    with suppress(ValueError):
        if marked and int(marked[1], 16) & 0x0008:
            return True
    return bool(_INTERNAL.search(head) and _INTERNAL_SUBJECT.search(head))
