"""A mail's lines, many at a time: aiosmtpd reads, joins and looks at each by itself."""

from __future__ import annotations

from asyncio import StreamReader

_END = b"\r\n"


class Lines:
    """Reads from `reader` in its place. What is asked for as one line of a mail, up to CR LF, is as
    many as are there, up to one that begins with a dot: such a one is looked at, for the end of
    the mail and for a dot that was doubled. `most`: bytes that are handed out as one.
    """

    def __init__(self, reader: StreamReader, *, most: int) -> None:
        self._reader, self._most = reader, most
        self.read = reader.read

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """Raises what StreamReader's does."""
        line = await self._reader.readuntil(separator)
        if separator != _END or line == b"." + _END:
            return line
        more = self._whole_lines(self._most - len(line))
        return line + await self._reader.readexactly(more) if more else line

    def _whole_lines(self, most: int) -> int:
        """How many bytes of those that are there stand before the next line with a dot."""
        there: bytearray = self._reader._buffer  # type: ignore[attr-defined]  # to look, no more
        if most <= 0 or there.startswith(b"."):
            return 0
        dot = there.find(_END + b".", 0, most)
        end = dot if dot >= 0 else there.rfind(_END, 0, most)
        return end + len(_END) if end >= 0 else 0
