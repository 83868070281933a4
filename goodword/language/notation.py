"""The notation in which the word files say how promises and deadlines are written.

    i will [definitely] <act> ... (by|before) <weekday>

A plain word stands for itself, a star in it for any letters (`*ing`), `_` for any one word and
`...` for up to six within a clause; `@` marks where that begins which is promised. `[...]` may be
missing, `(a|b)` is one of these, and `<act>` is an entry of the list of that name (`<act*>`: up
to three of it or none; `<name>`: a word with a capital). `^` at the front: a clause begins here;
`$` at the end: it ends. A list whose entries stand for values catches which one was written, as
`<weekday>`; a second one in the same phrase is `<weekday2>`; `+` after it: without a blank.

Everything is bounded: no phrase takes longer than in proportion to the text it is held against.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_PIECES = re.compile(r"<[\w-]+\*?>|\.\.\.|[\[\]()|^$@]|[^\s\[\]()|<>^$@]+")
_END_OF_WORD = r"(?!\w)\s*"
_END_OF_ENTRY = r"(?:(?<!\w)|(?!\w))\s*"  # "mid-" may stand before a letter
_ALIKE = str.maketrans(
    dict.fromkeys("’‘`´ʼ", "'")
    | dict.fromkeys("–—‑", "-")
    | dict.fromkeys("\u00a0\u202f\u2009\n\r\t", " ")
)
_MARKS = {
    "^": r"(?:^|(?<=[,;:.!?(\-\"] )|(?<=[:;>\"(]))",
    "$": r"(?=$|[,;:.!?)\-])",
    "...": r"(?:[^\s,;:!?()]+\s+){0,6}?",
    "[": "(?:",
    "]": ")?",
    "(": "(?:",
    ")": ")",
    "|": "|",
    "_": r"(?<![\w'])[^\s,;:!?()]++\s*+",
    "@": "(?P<what>)",
}
# Figures stand close to what follows ("4pm", "15th", "9:30").
_FIGURES = {
    "hour": r"[01]?\d(?!\d)|2[0-4](?!\d)",
    "minute": r"[0-5]\d(?!\d)",
    "dom": r"0?[1-9](?!\d)|[12]\d(?!\d)|3[01](?!\d)",
    "moon": r"0?[1-9](?!\d)|1[0-2](?!\d)",
    "year": r"20\d\d(?!\d)",
    "short": r"\d\d(?!\d)",
    "number": r"[1-9](?!\d)|[1-4]\d(?!\d)|5[0-3](?!\d)",
}


def plain(text: str) -> str:
    """`text` in lower case with the plain apostrophe, dash and blank, of the same length."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a Turkish capital I with a dot becomes two characters
        lowered = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return lowered.translate(_ALIKE)


@dataclass(frozen=True, slots=True)
class Lists:
    """The named lists of a word file. `spellings`: letters that people also write otherwise."""

    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict)  # a list stands in many phrases

    def expression(self, phrase: str) -> str:
        """`phrase` as a regular expression. Raises ValueError when it names a list not there."""
        if phrase not in self._made:
            made = "".join(self._piece(piece, phrase) for piece in _PIECES.findall(phrase))
            self._made[phrase] = made.replace(_END_OF_ENTRY + r")\+\s*", ")")
        return self._made[phrase]

    def any_of(self, phrases: Iterable[str]) -> str:
        """One of `phrases` as a regular expression, the longer ones tried first."""
        made = sorted(map(self.expression, phrases), key=len, reverse=True)
        return f"(?:{'|'.join(made)})" if made else "(?!)"

    def _piece(self, piece: str, phrase: str) -> str:
        if piece in _MARKS:
            return _MARKS[piece]
        if piece.startswith("<"):
            return self._list(piece[1:-1], phrase)
        return self._word(piece)

    def _list(self, name: str, phrase: str) -> str:
        if name == "name":
            return r"(?P<name>(?<![\w'])[^\W\d_][\w.-]*+\s*+)"
        if name.endswith("*"):
            return f"(?:{self._list(name[:-1], phrase)}){{0,3}}"
        if name in self.words:
            listed = f"<{name}>"
            if listed not in self._made:
                self._made[listed] = self.any_of(self.words[name])
            return self._made[listed]
        kind = name.rstrip("0123456789")
        if kind in _FIGURES:
            return rf"(?P<{name}>(?:{_FIGURES[kind]})\s*)"
        if kind not in self.values:
            raise ValueError(f"{phrase!r} names a list that is not there: <{name}>")
        written = sorted(self.values[kind], key=len, reverse=True)
        figures = r"\d{1,3}(?!\d)(?![.,]\d)\s*|" if kind == "count" else ""  # "24h"
        return f"(?P<{name}>{figures}(?:{'|'.join(map(re.escape, written))}){_END_OF_ENTRY})"

    def _word(self, word: str) -> str:
        if not any(each.isalnum() or each in "*#" for each in word):
            return re.escape(word) + r"\s*"
        letters = "".join(map(self._letter, word))
        start = r"\b" if word[0].isalnum() else ""
        return start + letters + _END_OF_WORD

    def _letter(self, letter: str) -> str:
        if letter == "*":
            return r"\w*"
        if letter == "#":
            return r"\d"
        other = self.spellings.get(letter)
        return f"(?:{letter}|{other})" if other else re.escape(letter)


def values(table: Mapping[str, Sequence[str]], spellings: Mapping[str, str]) -> dict[str, str]:
    """What each way to write it stands for: `{"monday": "0", "mon": "0"}`."""
    found: dict[str, str] = {}
    for value, written in table.items():
        for each in written:
            found[each] = value
            for letter, other in spellings.items():
                found.setdefault(each.replace(letter, other), value)
    return found
