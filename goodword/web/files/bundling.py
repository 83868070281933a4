"""Many files as one: a zip that is written while it is sent, so that its size costs no memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from goodword.conversations.models import Attachment
from goodword.core.text import clean_line
from goodword.files import actions as files

_PIECE = 64 * 1024


class _Sink(io.RawIOBase):
    """Where the zip is written to; what was written is taken out as it comes."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._written += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def zipped(attachments: Iterable[Attachment], *, at: datetime) -> Iterator[bytes]:
    """The bytes of a zip with these files, under names that differ and lead nowhere else.

    Stored as they are: pictures and PDF are packed already. A file whose bytes are gone is left
    out; `goodword check` names it. `at`: the time the entries carry.
    """
    sink, names = _Sink(), _Names()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as bundle:
        for attachment in attachments:
            path = files.path_of(attachment.file)
            if path.is_file():
                yield from _entry(bundle, sink, path, names.free(attachment.name), at)
    yield sink.take()


def _entry(
    bundle: zipfile.ZipFile, sink: _Sink, path: Path, name: str, at: datetime
) -> Iterator[bytes]:
    entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
    with path.open("rb") as stored, bundle.open(entry, "w", force_zip64=True) as target:
        while piece := stored.read(_PIECE):
            target.write(piece)
            yield sink.take()


class _Names:
    """Gives each file a name of its own: "ring.png", "ring (2).png"."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wanted: str) -> str:
        plain = clean_line(wanted.replace("\\", "/").rpartition("/")[2], most=150).strip(". ")
        path = PurePosixPath(plain or "file")
        name, number = path.name, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{path.stem} ({number}){path.suffix}"
        self._taken.add(name.casefold())
        return name
