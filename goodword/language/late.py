"""Regular expressions that are made when they are first used.

A language has hundreds of them, long ones, whose making takes the better part of a second. Whoever
writes in one language needs none of the others, and of that one not all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

_END = sys.maxsize


class Late:
    """An expression with the methods of `re.Pattern` that this room uses.

    Two threads may make it at once; both get the same from it.
    """

    __slots__ = ("_made", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._made: re.Pattern[str] | None = None

    def made(self) -> re.Pattern[str]:
        if self._made is None:
            self._made = re.compile(self.pattern)
        return self._made

    def search(self, text: str, start: int = 0, end: int = _END) -> re.Match[str] | None:
        return self.made().search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = _END) -> re.Match[str] | None:
        return self.made().match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = _END) -> re.Match[str] | None:
        return self.made().fullmatch(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = _END) -> Iterator[re.Match[str]]:
        return self.made().finditer(text, start, end)

    def sub(self, put: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self.made().sub(put, text, count)
