"""A text cut into sentences: by full stops that are ends, by lines, by list items.

Every pattern is bounded and the text is walked through once, so that 200 kB take no longer than
their length. Cut too often rather than too seldom: a sentence never runs over a blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from goodword.language import words

_MOST = 1000  # characters; what is longer is no sentence and is cut between words
_WRAPPED_FROM = 58  # mail programs wrap at 72 to 78 characters; what is shorter was ended by hand
_GOES_ON_FROM = 40  # the same, when the next line begins in lower case
_EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\u2b50\ufe0f\u200d\u2764"
_SMILEY = r"(?:[:;=]-?[)(DPp]|<3|\^\^)"
# What may end a sentence, with the quotes, brackets and emoji that still belong to it.
_END = re.compile(
    rf"(?:[.!?…。！？]{{1,40}}[\"'”’“»«)\]*_]{{0,4}}"
    rf"(?:[ \t]{{0,2}}(?:[{_EMOJI}]{{1,20}}|{_SMILEY}))?"
    rf"|[{_EMOJI}]{{1,20}}|(?<=\s){_SMILEY})"
)
_ITEM = re.compile(r"[ \t]{0,8}(?:[-*•·–—+‣▪]|\(?\d{1,2}[.)]|\(?[a-zA-Z]\))[ \t]")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'„“»]{1,30}$")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}")
_SPACE = re.compile(r"\s{0,2000}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is the text's own stretch from `start` to `end` (exclusive), blanks outside cut off.

    It may hold line ends where a program wrapped the line.
    """

    text: str
    start: int
    end: int


def split(text: str) -> list[Sentence]:
    """The sentences of `text`, in order; nothing but blanks lies between them."""
    found: list[Sentence] = []
    for start, end in _paragraphs(text):
        at = start
        for cut in _ends(text, start, end):
            found += _cut(text, at, cut)
            at = cut
        found += _cut(text, at, end)
    return found


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The stretch without its outer blanks; in pieces when it is far too long."""
    while end - start > _MOST:
        space = text.rfind(" ", start + 1, start + _MOST)
        stop = space if space > start else start + _MOST
        yield from _stripped(text, start, stop)
        start = stop
    yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    inner = piece.strip()
    if inner:
        begin = start + piece.index(inner[0])
        yield Sentence(inner, begin, begin + len(inner))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of lines that go on into each other."""
    begin = at = 0
    while at < len(text):
        newline = text.find("\n", at)
        if newline < 0:
            break
        if not _goes_on(text, at, newline):
            yield begin, newline
            begin = newline + 1
        at = newline + 1
    yield begin, len(text)


def _goes_on(text: str, start: int, newline: int) -> bool:
    """Whether the line `start` to `newline` was wrapped, so that the next one belongs to it."""
    following = newline + 1
    length = len(text[start:newline].rstrip())
    if length < _GOES_ON_FROM or following >= len(text) or text[following] in "\n\r>":
        return False
    if text.startswith(">", start) or _ITEM.match(text, following):
        return False
    first = text[following : following + 9].lstrip(" \t")[:1]
    if not first or first == "\n":
        return False
    return length >= _WRAPPED_FROM or first.islower()


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences end within a paragraph."""
    item = _ITEM.match(text, start, end)
    at = item.end() if item else start
    for match in _END.finditer(text, at, end):
        after = match.end()
        if after < end and _is_end(text, match, end):
            yield after


def _is_end(text: str, match: re.Match[str], end: int) -> bool:
    mark, after = match.group(), match.end()
    spaced = _SPACE.match(text, after, end)
    following = spaced.end() if spaced else after
    first = text[following : following + 1]
    if mark[0] not in ".!?…。！？":  # an emoji or a smiley
        return first.isupper()
    if mark[0] in "。！？":
        return True
    if following == after:
        return _is_end_without_space(text, match, end)
    if mark[0] == "…" or mark.startswith(".."):
        return not first.islower()
    if mark[0] != ".":
        return True
    return _full_stop_ends(text, match.start(), following, end)


def _is_end_without_space(text: str, match: re.Match[str], end: int) -> bool:
    """ "It came.Now what": a slip; but not in an address, a name of a file or a version."""
    at, after = match.start(), match.end()
    if not (text[after : after + 1].isupper() and _starts_one(text, after, end)):
        return False
    before = _WORD_BEFORE.search(text, max(0, at - 30), at)
    return before is not None and before.group()[-1].islower()


def _full_stop_ends(text: str, at: int, following: int, end: int) -> bool:
    """Whether the full stop at `at`, with a blank after it, ends a sentence."""
    before = _WORD_BEFORE.search(text, max(0, at - 30), at)
    word = before.group().lower() if before else ""
    first = text[following : following + 1]
    table = _abbreviations()
    if word in table.never:
        return False
    if len(word) == 1 and word.isalpha():  # an initial, unless "Plan B. We ..."
        return first.isupper() and _starts_one(text, following, end)
    if word in table.may_end:
        return first.isupper()
    if word in table.before_digits:
        return not first.isdigit()
    if first.islower() and _DATE.fullmatch(word):  # "am 1.12. verschickt"
        return False
    if word.isdecimal() and len(word) <= 2:
        return not _is_ordinal(text, at - len(word), following, end)
    return True


def _is_ordinal(text: str, at: int, following: int, end: int) -> bool:
    """ "am 3. Dezember", "der 2. Stock": the number's full stop belongs to it."""
    if text[following : following + 1].islower():
        return True
    after = _next_word(text, following, end)
    table = _abbreviations()
    if after in table.months:
        return True
    before = _WORD_BEFORE.search(text, max(0, at - 31), max(0, at - 1))
    led = before is not None and before.group().lower() in table.before_ordinals
    return led and (after.isdecimal() or not _starts_one(text, following, end))


def _starts_one(text: str, at: int, end: int) -> bool:
    """Whether the word there is one with which sentences begin, rather than a noun."""
    return _next_word(text, at, end) in _abbreviations().common


def _next_word(text: str, at: int, end: int) -> str:
    piece = text[at : min(end, at + 24)].split(None, 1)
    return piece[0].strip(".,;:!?").lower() if piece else ""


@dataclass(frozen=True, slots=True)
class _Abbreviations:
    never: frozenset[str]
    may_end: frozenset[str]
    before_digits: frozenset[str]
    months: frozenset[str]
    before_ordinals: frozenset[str]
    common: frozenset[str]


@cache
def _abbreviations() -> _Abbreviations:
    """Those of all languages together: a German writes "asap." too."""

    def joined(key: str) -> frozenset[str]:
        every = (words.read(each, "basics")[key] for each in words.tongues())
        return frozenset(word for each in every for word in each)

    return _Abbreviations(
        never=joined("abbreviations") - joined("abbreviations_that_may_end"),
        may_end=joined("abbreviations_that_may_end"),
        before_digits=joined("abbreviations_before_digits"),
        months=joined("months"),
        before_ordinals=joined("before_ordinals"),
        common=joined("common"),
    )
