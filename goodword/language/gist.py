"""What a promise comes to in few words, and of which kind it is: a call, something sent, or a deed.

A language's `gist.toml` lists the words, in the notation of `notation`.
"""

from __future__ import annotations

import re
from functools import cache

from goodword.language import words
from goodword.language.notation import Lists, plain

_ASTRAY = re.compile(r"\s+(?=[,;:.!?])")
_PIECE = re.compile(r"\s*(?:[,;:]|\s[-–—])\s*(?=[^,;:–—]*$)")
_ENDS = " ,;:-–—.!?\"'"
_MOST_PIECES = 5


def brief(what: str) -> str:
    """Without what hangs on its end and is no part of the deed: "send the link, myself, I promise".

    What stands between two of such pieces stays, and so does what would leave nothing.
    """
    kept = _ASTRAY.sub("", what).strip(_ENDS)
    for _n in range(_MOST_PIECES):
        cut = _PIECE.search(kept)
        if cut is None or not _idle().fullmatch(plain(kept[cut.end() :]) + " "):
            break
        kept = kept[: cut.start()].rstrip(_ENDS)
    return kept


def kind_of(what: str) -> str:
    """ "call", "send", or "" for any other deed."""
    text = plain(what)
    return next((kind for kind, begins in _kinds().items() if begins.search(text)), "")


@cache
def _idle() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_of('idle')})+\s*")


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(_any_of(kind)) for kind in ("call", "send")}


def _any_of(name: str) -> str:
    phrases = [each for tongue in words.tongues() for each in words.read(tongue, "gist")[name]]
    return Lists().any_of(phrases)
