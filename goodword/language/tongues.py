"""Which language a text is in, by its commonest words. A guess, made in a moment."""

from __future__ import annotations

import re
from functools import cache

from goodword.language import words

_LOOKED_AT = 4000  # characters; more tells no more
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def tongue_of(text: str, *, default: str = "en") -> str:
    """The code of the language in which `text` is written; `default` where nothing decides."""
    score = dict.fromkeys(words.tongues(), 0.0)
    common, letters = _common(), _letters()
    for match in _WORD.finditer(text[:_LOOKED_AT].lower()):
        word = match.group().replace("’", "'")
        among = common.get(word)
        if among:
            for tongue in among:
                score[tongue] += 1
        elif not word.isascii():
            for tongue, own in letters:
                if not own.isdisjoint(word):
                    score[tongue] += 1
    best = max(score.values(), default=0)
    if not best or score.get(default) == best:
        return default
    return max(score, key=score.__getitem__)


@cache
def _common() -> dict[str, tuple[str, ...]]:
    """The languages in which a word is common."""
    among: dict[str, tuple[str, ...]] = {}
    for tongue in words.tongues():
        for word in words.read(tongue, "basics")["common"]:
            among[word] = (*among.get(word, ()), tongue)
    return among


@cache
def _letters() -> tuple[tuple[str, frozenset[str]], ...]:
    """The letters that tell a language; those without any are left out."""
    own = ((each, frozenset(words.read(each, "basics")["letters"])) for each in words.tongues())
    return tuple((tongue, letters) for tongue, letters in own if letters)
