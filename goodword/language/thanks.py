"""Messages that only thank, acknowledge or say goodbye, so that *no answer needed* can be offered.

The words of such messages are listed; whatever else is in a message makes it more. So a thank-you
in unusual words is overlooked now and then, while a message with a matter in it is hardly ever
taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from goodword.language import words
from goodword.language.late import Late
from goodword.language.letters import own_sentences
from goodword.language.questions.tables import table
from goodword.language.tongues import tongue_of
from goodword.language.wording import flat, pattern

_MOST = 600  # characters; who only thanks writes no more
_LEAST_NAME = 2  # letters
_MOST_NAMES = 3
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MATTER = re.compile(r"[\d€$£%@]|https?:|www\.")


@dataclass(frozen=True, slots=True)
class _Table:
    thanks: Late
    listed: Late
    more: Late
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
    if language:
        return _only(sentences, language)
    likely = tongue_of(" ".join(sentences))
    others = [each for each in words.tongues() if each != likely]
    return any(_only(sentences, tongue) for tongue in (likely, *others))


def _only(sentences: Sequence[str], tongue: str) -> bool:
    known = _table(tongue)
    thanked = False
    for number, sentence in enumerate(sentences):
        low = flat(sentence)
        if known.more.search(low) or _MATTER.search(low):
            return False
        left = known.listed.sub(lambda found: " " * len(found.group()), low)
        signs = number > 0 and number == len(sentences) - 1
        if not _empty(left, sentence, known, signs=signs):
            return False
        thanked = thanked or bool(known.thanks.search(low))
    return thanked


def _empty(left: str, sentence: str, known: _Table, *, signs: bool) -> bool:
    """Whether what is `left` of a sentence, at the same places, are fillers and a name.

    `signs`: the sentence may be a name and nothing else.
    """
    unknown = [each for each in _WORD.finditer(left) if each.group() not in known.fillers]
    names = [sentence[each.start() : each.end()] for each in unknown]
    if names and not signs and len(names) == len(_WORD.findall(sentence)):
        return False
    return len(names) <= _MOST_NAMES and all(map(_is_name, names))


def _is_name(word: str) -> bool:
    """Capitalised, and in no language a word that the questions' words know."""
    if len(word) < _LEAST_NAME or not word[0].isupper():
        return False
    low = flat(word)
    every = (table(each).stems for each in words.tongues())
    return not any(low in stems.empty or stems.stem(low).startswith("=") for stems in every)


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
