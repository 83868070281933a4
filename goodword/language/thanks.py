"""Messages that only thank, acknowledge or say goodbye, so that *no answer needed* can be offered.

The words of such messages are listed; whatever else is in a message makes it more. So a thank-you
in unusual words is overlooked now and then, while a message with a matter in it is hardly ever
taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from goodword.language import words
from goodword.language.letters import own_sentences
from goodword.language.questions.tables import table
from goodword.language.tongues import tongue_of
from goodword.language.wording import flat, pattern

_MOST = 600  # characters; who only thanks writes no more
_MOST_NAMES = 3
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MATTER = re.compile(r"[\d€$£%@]|https?:|www\.")


@dataclass(frozen=True, slots=True)
class _Table:
    thanks: re.Pattern[str]
    listed: re.Pattern[str]
    more: re.Pattern[str]
    fillers: frozenset[str]


def only_thanks(text: str, *, language: str | None = None) -> bool:
    """Whether nothing in `text` awaits an answer: thanks, "ok", a goodbye.

    To offer, never to decide. Quotations and signatures aren't read. `language`: the code, when it
    is known.
    """
    if len(text) > 50 * _MOST:
        return False
    sentences = [each.text for each in own_sentences(text)]
    if not sentences or sum(map(len, sentences)) > _MOST or "?" in "".join(sentences):
        return False
    tongue = language or tongue_of(" ".join(sentences))
    known = _table(tongue)
    thanked = False
    for sentence in sentences:
        low = flat(sentence)
        if known.more.search(low) or _MATTER.search(low):
            return False
        left = known.listed.sub(lambda found: " " * len(found.group()), low)
        if not _empty(left, sentence, tongue, known):
            return False
        thanked = thanked or bool(known.thanks.search(low))
    return thanked


def _empty(left: str, sentence: str, tongue: str, known: _Table) -> bool:
    """Whether what is `left` of a sentence, at the same places, are fillers and a name."""
    unknown = [each for each in _WORD.finditer(left) if each.group() not in known.fillers]
    names = [sentence[each.start() : each.end()] for each in unknown]
    return len(names) <= _MOST_NAMES and all(_is_name(each, tongue) for each in names)


def _is_name(word: str, tongue: str) -> bool:
    """Capitalised, and no word of a matter that the questions' words know."""
    low, stems = flat(word), table(tongue).stems
    return word[0].isupper() and low not in stems.empty and not stems.stem(low).startswith("=")


@cache
def _table(tongue: str) -> _Table:
    data = words.read(tongue, "thanks")
    thanks, beside = data.get("thanks", []), data.get("beside", [])
    return _Table(
        thanks=pattern(thanks),
        listed=pattern(_longest_first([*thanks, *beside])),
        more=pattern(data.get("more", [])),
        fillers=frozenset(data.get("fillers", [])),
    )


def _longest_first(phrases: Iterable[str]) -> list[str]:
    return sorted(phrases, key=lambda each: len(each.split()), reverse=True)
