"""What in a message is its writer's own: not a quotation, not the signature below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from goodword.language import words
from goodword.language.late import Late
from goodword.language.sentences import Sentence, split
from goodword.language.wording import flat, pattern

_QUOTED = re.compile(r"\s{0,3}>")
_DASHES = re.compile(r"\s?(?:--|__|—|–)\s*$")
_RULE = re.compile(r"[-_=]{3,}")
_MOST_LINE = 300  # characters of a line that may be a heading or a closing
_SIGNATURE_LINES, _SIGNATURE_LINE = 14, 120


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    start: int


def own_sentences(text: str) -> list[Sentence]:
    """The sentences of the writer's own words, with offsets into `text`."""
    return [each for part in own_parts(text) for each in _moved(part)]


def own_parts(text: str) -> list[Line]:
    """The stretches of `text` that are its writer's own words, in order."""
    parts: list[Line] = []
    begin: int | None = None
    end = 0
    for line in _own_lines(text):
        if begin is not None and line.start > end + 1:
            parts.append(Line(text[begin:end], begin))
            begin = None
        begin = line.start if begin is None else begin
        end = line.start + len(line.text)
    if begin is not None:
        parts.append(Line(text[begin:end], begin))
    return parts


def _moved(part: Line) -> Iterator[Sentence]:
    for each in split(part.text):
        yield Sentence(each.text, each.start + part.start, each.end + part.start)


def _own_lines(text: str) -> Iterator[Line]:
    lines = list(_lines(text))
    patterns = _patterns()
    skipping = False  # within a signature, until a postscript
    heads = 0
    for number, line in enumerate(lines):
        if not line.text.strip():
            heads = 0
            continue
        if _QUOTED.match(line.text):
            skipping = False  # answers stand between quotations
            continue
        low = flat(line.text[:_MOST_LINE])
        if skipping and not patterns.postscripts.match(low):
            continue
        skipping = False
        heads = heads + 1 if patterns.heads.match(low) else 0
        if heads >= 3 or _begins_history(low, patterns):
            if not _quoted_below(lines, number):
                return
            continue
        if _begins_signature(lines, number, low, patterns):
            skipping = True
            if not patterns.weak_closings.match(low):
                continue
        yield line


def _lines(text: str) -> Iterator[Line]:
    at = 0
    for row in text.split("\n"):
        yield Line(row, at)
        at += len(row) + 1


def _begins_history(low: str, patterns: _Patterns) -> bool:
    bare = _RULE.sub(" ", low).strip()
    return len(low) < _MOST_LINE and bool(patterns.quote_begins.match(bare))


def _quoted_below(lines: list[Line], number: int) -> bool:
    """Whether what a heading announces is marked by ">", so that it ends where the marks end."""
    for line in lines[number + 1 : number + 4]:
        if line.text.strip():
            return bool(_QUOTED.match(line.text))
    return False


def _begins_signature(lines: list[Line], number: int, low: str, patterns: _Patterns) -> bool:
    line = lines[number].text
    if _DASHES.match(line):
        return len(_below(lines, number)) <= _SIGNATURE_LINES
    if len(line) > _SIGNATURE_LINE or "?" in line or not line.strip():
        return False
    if patterns.closings.match(low):
        return len(_below(lines, number)) <= _SIGNATURE_LINES
    if not patterns.weak_closings.match(low):
        return False
    below = _below(lines, number)
    return bool(below) and _is_name(below[0])


def _below(lines: list[Line], number: int) -> list[str]:
    """The written lines below, up to a quotation; not many more than a signature has."""
    below: list[str] = []
    for line in lines[number + 1 : number + 3 * _SIGNATURE_LINES]:
        if _QUOTED.match(line.text) or len(below) > _SIGNATURE_LINES:
            break
        if line.text.strip():
            below.append(line.text)
    return below


def _is_name(line: str) -> bool:
    written = line.strip()
    return (
        len(written.split()) <= 4
        and written[:1].isupper()
        and not written.endswith(("?", "!", ":", ","))
        and flat(written.split()[0]) not in _common()
    )


@dataclass(frozen=True, slots=True)
class _Patterns:
    quote_begins: Late
    closings: Late
    weak_closings: Late
    postscripts: Late
    heads: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Of all languages together: programs write theirs, whatever the writer's language."""

    def joined(key: str) -> list[str]:
        tables = (words.read(each, "letters") for each in words.tongues())
        return [phrase for table in tables for phrase in table.get(key, [])]

    heads = "|".join(re.escape(each) for each in joined("quote_heads"))
    return _Patterns(
        quote_begins=pattern(joined("quote_begins")),
        closings=pattern(joined("closings")),
        weak_closings=pattern(joined("weak_closings")),
        postscripts=pattern(joined("postscripts")),
        heads=re.compile(rf"\s{{0,3}}\*?(?:{heads})\*?:\s"),
    )


@cache
def _common() -> frozenset[str]:
    tables = (words.read(each, "basics") for each in words.tongues())
    return frozenset(word for table in tables for word in table["common"])
