"""The words of `words/trimming.toml`: by language, over all languages, and as a pattern."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).with_name("words") / "trimming.toml"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD_BEGINS = rf"(?:(?<!\w)|(?<={_UNSPACED.pattern}))"


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """The table: language, then key."""
    return tomllib.loads(_WORDS.read_text("utf-8"))


@cache
def languages_of(key: str) -> dict[str, str]:
    """Every word of `key` without regard to case, and the first language that has it."""
    found: dict[str, str] = {}
    for language, table in words().items():
        for word in table.get(key, ()):
            found.setdefault(word.casefold(), language)
    return found


@cache
def any_of(key: str, *, inflected: bool = False) -> re.Pattern[str]:
    """One of the words of `key`, as whole words, in a text put to lower case by `casefold`.

    `inflected`: with any ending, as in the Finnish "iPhonesta".
    """
    # Grouped by their first letter: at most places of a text that alone rules out all of them.
    groups: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    for word in sorted(languages_of(key), key=len, reverse=True):
        after = "" if inflected or _UNSPACED.match(word[-1]) else r"(?!\w)"
        group = groups[not _UNSPACED.match(word[0])]
        group.setdefault(word[0], []).append(re.escape(word[1:]) + after)
    spaced, unspaced = _one_of(groups[True]), _one_of(groups[False])
    return re.compile("|".join(filter(None, [spaced and rf"{_WORD_BEGINS}{spaced}", unspaced])))


def _one_of(groups: dict[str, list[str]]) -> str:
    if not groups:
        return ""
    each = (f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in groups.items())
    return f"(?=[{re.escape(''.join(groups))}])(?:{'|'.join(each)})"
