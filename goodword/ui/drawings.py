"""Lucide drawings, read once from ``icons/*.svg``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "icons"
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_NAME = re.compile(r"[a-z0-9-]+")


class UnknownIcon(LookupError):
    """No such file in ``goodword/ui/icons``; `docs/assets.md` says how to add one."""


@cache
def drawing(name: str) -> str:
    """What stands inside the icon's ``<svg>``, on one line. Raises `UnknownIcon`."""
    path = FOLDER / f"{name}.svg"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise UnknownIcon(name)
    inside = _INSIDE.search(path.read_text(encoding="utf-8"))
    if inside is None:
        raise UnknownIcon(name)
    return "".join(line.strip() for line in inside[1].splitlines()).replace(" />", "/>")
