"""Identifiers: keys that follow time, and names for URLs that can't be guessed."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

_RANDOM_BITS = 20
# No vowels and no look-alikes: nothing rude, nothing misread on the telephone.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def key_at(moment: datetime) -> int:
    """A 63-bit key whose order is order in time: milliseconds of `moment`, then 20 random bits.

    Two calls for one millisecond may collide (1 in a million): the caller draws again when the
    database refuses the row. `moment` must be aware.
    """
    return (_milliseconds(moment) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)


def first_key(moment: datetime) -> int:
    """The least key that `key_at` can give for `moment`."""
    return _milliseconds(moment) << _RANDOM_BITS


def moment_of(key: int) -> datetime:
    """The moment a key was made for, to the millisecond, UTC."""
    return datetime.fromtimestamp((key >> _RANDOM_BITS) / 1000, tz=UTC)


def public_id(length: int = 16) -> str:
    """A random name for a URL: 16 characters of 27 are 76 bits."""
    drawn = secrets.randbelow(len(_ALPHABET) ** length)  # one draw: each costs a system call
    letters = []
    for _ in range(length):
        drawn, letter = divmod(drawn, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "".join(letters)


def is_public_id(text: str) -> bool:
    """Whether `text` could have come from `public_id()`."""
    return len(text) == 16 and set(text) <= set(_ALPHABET)


def reference() -> str:
    """A short name people can read to each other on the telephone, as in `7HQ2-4MKD`.

    It identifies a conversation to a colleague and proves nothing: no mail joins by it.
    """
    drawn = public_id(8).upper()
    return f"{drawn[:4]}-{drawn[4:]}"


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a key needs an aware moment")
    return int(moment.astimezone(UTC).timestamp() * 1000)
