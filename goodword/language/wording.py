"""Phrases as people write them into the data files, made into patterns.

    please send            these words, one after the other
    send|give me|us        one of these words
    send*                  a word that begins so
    so_far|yet             "so far" or "yet"
    what _ is              one word, whichever
    [still] waiting        a word that may be left out
    would ... great        up to five words in between
    ^any news              where a sentence or clause begins, after "Hi", "and", "so"
    thanks $               where it ends

Every pattern is bounded, so that hostile text takes no longer than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from goodword.language.late import Late

_BETWEEN = r"[,;:]?[ ]{1,4}"
_ANY_WORD = r"[^ ]{1,40}"
_SAME_LENGTH = str.maketrans({"’": "'", "‘": "'", "\n": " ", "\t": " ", "\r": " ", "\xa0": " "})
NOTHING = Late(r"(?!)")


def flat(text: str) -> str:
    """`text` as patterns read it: lower case, plain apostrophes and blanks, the same length."""
    lower = text.lower()
    if len(lower) != len(text):  # the one capital letter of Turkish that grows
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return lower.translate(_SAME_LENGTH)


def pattern(phrases: Iterable[str], *, leads: Iterable[str] = ()) -> Late:
    """One pattern for all `phrases`, to be searched in what `flat` made.

    `leads`: words that may stand before a phrase that begins with ^.
    """
    before = "|".join(_literal(each) for each in leads)
    begin = r"^[ \"'“„»(*•–-]{0,8}(?:(?:\d{1,2}|[a-z])[.)] {1,4})?"
    if before:
        begin += rf"(?:(?:{before})(?![^\W_])[ ,;:!.–-]{{0,5}}){{0,4}}"
    made = [_one(each, begin) for each in phrases]
    return Late("|".join(made)) if made else NOTHING


def _one(phrase: str, begin: str) -> str:
    start, end = r"(?<![\w'])", r"(?!\w)"
    if phrase.startswith("^"):
        start, phrase = begin, phrase[1:]
    tokens = phrase.split()
    if tokens[-1] == "$":
        tokens, end = tokens[:-1], r"[ .,!?…:;)(\"'“”–-]{0,12}$"
    made, first = "", True
    for piece in tokens:
        if piece == "...":
            made += f"(?:{_BETWEEN}{_ANY_WORD}){{0,5}}?"
        elif piece.startswith("["):
            words = _words(piece[1:-1])
            made += f"(?:{words}{_BETWEEN})?" if first else f"(?:{_BETWEEN}{words})?"
        else:
            made += _words(piece) if first else f"{_BETWEEN}{_words(piece)}"
            first = False
    return f"{start}{made}{end}"


def _words(piece: str) -> str:
    if piece == "_":
        return _ANY_WORD
    alternatives = sorted(piece.split("|"), key=len, reverse=True)
    return f"(?:{'|'.join(_literal(each) for each in alternatives)})"


def _literal(word: str) -> str:
    made = re.escape(word.strip("*")).replace("_", "[ ]{1,4}").replace(r"\ ", "[ ]{1,4}")
    begins = r"[^\W_]{0,30}" if word.startswith("*") else ""
    ends = r"[^\W_]{0,30}" if word.endswith("*") else ""
    return f"{begins}{made}{ends}"
