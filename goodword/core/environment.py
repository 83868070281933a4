"""Typed readers of the environment. A wrong value stops the start with one sentence.

`KNOWN` collects every name that is read, so that a test can hold `docs/settings.md` to it.
A secret may be given as a file: NAME_FILE holds the path.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KNOWN: set[str] = set()


def text(name: str, default: str = "") -> str:
    KNOWN.add(name)
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE is {path!r}, which can't be read: {error.strerror}"
            ) from error
    return os.environ.get(name, default).strip()


def whole_number(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    raw = text(name, str(default))
    if not raw.isdecimal() or not least <= int(raw) <= most:
        raise ImproperlyConfigured(f"{name} is {raw!r}; give a whole number from {least} to {most}")
    return int(raw)


def one_of(name: str, default: str, choices: tuple[str, ...]) -> str:
    raw = text(name, default).upper()
    if raw not in choices:
        raise ImproperlyConfigured(f"{name} is {raw!r}; give one of {', '.join(choices)}")
    return raw


def names(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def web_address(name: str, default: str) -> str:
    """An origin such as https://desk.shop.example, without a path."""
    raw = text(name, default).rstrip("/")
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(
            f"{name} is {raw!r}; give scheme and host alone, such as https://desk.shop.example"
        )
    return raw
