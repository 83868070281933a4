"""The words of one language for questions and answers, made ready for reading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from goodword.language import words
from goodword.language.late import Late
from goodword.language.wording import NOTHING, flat, pattern

TOKEN = re.compile(r"[^\W_]{1,40}(?:'[^\W_]{1,10})?|€")
_LEAST_COMPOUND = 5  # letters of a word that may stand at the end of a longer one
_UMLAUTS = str.maketrans("äöüß", "aous")


@dataclass(frozen=True, slots=True)
class Table:
    starts: Late
    starts_plainly: Late  # without a question mark
    openers: Late
    seconds: Late
    asking: Late
    requests: Late
    deeds: Late
    missing: Late
    never: Late
    pleasantries: Late
    vague: Late
    settled: Late
    kinds: Mapping[str, Late]
    proofs: Mapping[str, Late]
    answers: Mapping[str, Late]
    dates: re.Pattern[str]
    pronouns: frozenset[str]
    subordinate: frozenset[str]
    referring: frozenset[str]
    verb_follows: bool  # right behind "please", as in English
    joints: frozenset[str]
    joint: re.Pattern[str]
    stems: Stems


@dataclass(frozen=True, slots=True)
class Stems:
    """What words are the same in this language, roughly.

    `giving` is the stem of "send", `calendar` those of the months.
    """

    empty: frozenset[str]
    weak: frozenset[str]
    same: Mapping[str, str]
    same_beginning: Mapping[str, str]
    endings: tuple[str, ...]
    prefixes: tuple[str, ...]
    separable: tuple[str, ...]
    compounds: bool
    giving: str
    calendar: frozenset[str]

    def content(self, text: str) -> frozenset[str]:
        """The stems of the words in `text` that say something about a matter."""
        return frozenset(
            self.stem(word)
            for word in TOKEN.findall(flat(text))
            if word not in self.empty and not word[0].isdecimal() and (len(word) > 1 or word == "€")
        )

    def faint(self, text: str) -> frozenset[str]:
        """The stems of words that say little: "take" in "how long does it take"."""
        return frozenset(self.stem(w) for w in TOKEN.findall(flat(text)) if w in self.weak)

    def stem(self, word: str) -> str:
        """The class of the word, "=3", or the word without its endings."""
        known = self._class(word)
        if known:
            return known
        stem = self._bare(word)
        known = self.same.get(stem, "")
        if not known and self.compounds:
            ends = (word[at:] for at in range(2, len(word) - _LEAST_COMPOUND + 1))
            known = next(filter(None, map(self._class, ends)), "")
        return known or stem

    def _class(self, word: str) -> str:
        known = self.same.get(word)
        if known:
            return known
        for length in range(len(word), 2, -1):
            known = self.same_beginning.get(word[:length])
            if known:
                return known
        return ""

    def _bare(self, word: str) -> str:
        word = word.removesuffix("'s")
        for prefix in self.prefixes:
            if word.startswith(prefix) and len(word) > len(prefix) + 4:
                word = word[len(prefix) :]
        for first in self.separable:
            for infix in ("ge", "zu"):
                if word.startswith(first + infix) and len(word) > len(first) + 5:
                    word = first + word[len(first) + 2 :]
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: -len(ending)]
                break
        if len(word) > 3 and word[-1] == word[-2]:
            word = word[:-1]
        return word.translate(_UMLAUTS)

    def shared(self, wanted: frozenset[str], given: frozenset[str]) -> frozenset[str]:
        """Those of `wanted` that are in `given`, also as a part of a longer word."""
        found = wanted & given
        if not self.compounds or len(found) == len(wanted):
            return found
        longer = [each for each in given if len(each) > _LEAST_COMPOUND]
        parts = {each for each in wanted - found if _is_part(each, longer)}
        return found | parts


def _is_part(stem: str, others: list[str]) -> bool:
    if len(stem) < _LEAST_COMPOUND:
        return False
    return any(
        each.endswith(stem) or stem.endswith(each) or each.startswith(stem) for each in others
    )


@cache
def table(tongue: str) -> Table:
    """The table of a language; a language that knows no questions gets empty patterns."""
    data = words.read(tongue, "questions")
    letters = words.read(tongue, "letters")
    leads, turning = letters.get("leads", []), letters.get("turning_leads", [])

    def made(key: str, within: Mapping[str, list[str]] = data) -> Late:
        return pattern(within.get(key, []), leads=leads)

    def all_of(key: str) -> dict[str, Late]:
        group = data.get(key, {})
        return defaultdict(lambda: NOTHING, {name: made(name, group) for name in group})

    own = data.get("words", {})
    months = "|".join(words.read(tongue, "basics").get("months", [])) or "&"
    joints = "|".join(re.escape(each) for each in own.get("joints", ["&"]))
    return Table(
        starts=made("starts"),
        starts_plainly=pattern(
            data.get("starts", []), leads=[each for each in leads if each not in turning]
        ),
        openers=made("openers"),
        seconds=made("seconds"),
        asking=made("asking"),
        requests=made("requests"),
        deeds=made("deeds"),
        missing=made("missing"),
        never=made("never"),
        pleasantries=made("pleasantries"),
        vague=made("vague"),
        settled=made("settled"),
        kinds=all_of("kinds"),
        proofs=all_of("proofs"),
        answers=all_of("answers"),
        dates=re.compile(rf"\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?(?:{months})\b|\b(?:{months}) \d"),
        pronouns=frozenset(own.get("pronouns", [])),
        subordinate=frozenset(own.get("subordinate", [])),
        referring=frozenset(own.get("referring", [])),
        verb_follows=bool(own.get("verb_follows", True)),
        joints=frozenset(own.get("joints", [])),
        joint=re.compile(
            rf"[,;:–—]? {{1,4}}(?:{joints}) {{1,4}}|[,;:] {{1,4}}| {{1,4}}[–—-] {{1,4}}"
        ),
        stems=_stems(tongue, own),
    )


def _stems(tongue: str, own: Mapping[str, Any]) -> Stems:
    same: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for number, group in enumerate(own.get("same", [])):
        for word in group:
            which = beginnings if word.endswith("*") else same
            which.setdefault(word.removesuffix("*"), f"={number}")
    common = words.read(tongue, "basics")["common"]
    weak = frozenset(own.get("weak", []))
    months = words.read(tongue, "basics")["months"]
    stems = Stems(
        empty=frozenset(own.get("empty", [])) | (frozenset(common) - same.keys()) | weak,
        weak=weak,
        same=same,
        same_beginning=beginnings,
        endings=tuple(own.get("endings", [])),
        prefixes=tuple(own.get("prefixes", [])),
        separable=tuple(own.get("separable", [])),
        compounds=bool(own.get("compounds", False)),
        giving="",
        calendar=frozenset(),
    )
    giving, calendar = own.get("giving", ""), frozenset(stems.stem(each) for each in months)
    return replace(stems, giving=stems.stem(giving), calendar=calendar)
