"""The data of each language: a folder `words/<code>/` of TOML files, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_WORDS = Path(__file__).with_name("words")


@cache
def tongues() -> tuple[str, ...]:
    """Codes of the languages that have data, in order of the alphabet: `("de", "en")`."""
    return tuple(sorted(each.parent.name for each in _WORDS.glob("*/basics.toml")))


@cache
def read(tongue: str, name: str) -> dict[str, Any]:
    """The table `words/<tongue>/<name>.toml`; empty when this language has none of that name."""
    path = _WORDS / tongue / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
