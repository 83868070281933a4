"""Parts of a file, as players ask for them (RFC 9110, section 14): Safari plays nothing without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

_ASKED = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$")
_PIECE = 64 * 1024


def answer(path: Path, *, content_type: str, asked: str) -> HttpResponseBase:
    """The whole file, or the one part that `asked` (a Range header) names."""
    size = path.stat().st_size
    found = _ASKED.match(asked.strip())
    if found is None or found.groups() == ("", ""):
        whole = FileResponse(path.open("rb"), content_type=content_type)
        whole["Accept-Ranges"] = "bytes"
        return whole
    first, last = _part(*found.groups(), size=size)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = StreamingHttpResponse(_read(path, first, last), status=206, content_type=content_type)
    part["Content-Length"] = str(last - first + 1)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Accept-Ranges"] = "bytes"
    return part


def _part(first: str, last: str, *, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _read(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as stored:
        stored.seek(first)
        left = last - first + 1
        while left > 0 and (piece := stored.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
