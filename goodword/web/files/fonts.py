"""Letters for paper: Inter, DejaVu for more scripts, and what this machine has for the rest."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import (  # type: ignore[import-untyped]  # it carries no types
    TTFont,
    TTLibError,
)

_OWN = Path(__file__).parent / "fonts"
REGULAR, BOLD, MORE = (
    _OWN / f"{name}.ttf" for name in ("inter-regular", "inter-bold", "dejavu-sans")
)
_MOST_LOOKED_AT = 400  # of the machine's fonts
_MOST_TAKEN = 3


def for_text(characters: Iterable[str]) -> tuple[list[Path], int]:
    """Fonts of the machine for those of `characters` that our own have no sign for, at most 3,
    and how many of them no font has.

    The first time it looks through the machine's fonts, which takes seconds on a desktop; for
    Latin, Greek, Cyrillic, Hebrew and Arabic it never has to.
    """
    missing = {ord(each) for each in characters if each.isprintable()} - _ours()
    taken: list[Path] = []
    while missing and len(taken) < _MOST_TAKEN:
        best = max(_machine(), key=lambda path: len(missing & _signs(path)), default=None)
        if best is None or not missing & _signs(best):
            break
        missing -= _signs(best)
        taken.append(best)
    return taken, len(missing)


@lru_cache
def _ours() -> frozenset[int]:
    return _signs(REGULAR) | _signs(MORE)


@lru_cache
def _machine() -> tuple[Path, ...]:
    """Where systems keep fonts that everybody may use."""
    home = Path.home()
    folders = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
    ]
    if sys.platform == "darwin":
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        folders = [Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "Fonts"]
    found = (
        path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.?tf"))
    )
    return tuple(path for path, _number in zip(found, range(_MOST_LOOKED_AT), strict=False))


@lru_cache(maxsize=_MOST_LOOKED_AT + 3)
def _signs(path: Path) -> frozenset[int]:
    """The characters a font has a sign for; none when it can't be read."""
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError, KeyError, ValueError):
        return frozenset()
