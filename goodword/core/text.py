"""Text from outside: cleaned in one place, folded for search in one place."""

from __future__ import annotations

import re
import unicodedata

# Right-to-left overrides and isolates: in a name they show "fdp.exe" as "exe.pdf" (CVE-2021-42574).
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W_]+")
_MAX_WORD = 64
_MAX_FOLDED = 250_000  # a PostgreSQL tsvector ends at 1 MB


def clean(text: str) -> str:
    """Text that both databases store: no NUL, no lone surrogates; line ends as ``\\n``."""
    if not text.isascii():
        text = _SURROGATES.sub("\ufffd", text)
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def clean_line(text: str, *, most: int = 500) -> str:
    """A name, subject or file name: one line, no controls, no bidi marks, at most `most` long."""
    line = text
    if not (text.isascii() and text.isprintable()):  # most headers need no more than a look
        line = _CONTROLS.sub(" ", clean(text)).translate(_BIDI)
    return " ".join(line.split())[:most]


def fold(text: str) -> str:
    """Text as it is searched: lower case, no diacritics, ß = ss, CJK in bigrams.

    Words are separated by one space and contain letters and digits only, so that SQLite's and
    PostgreSQL's tokenizers have nothing left to disagree about.
    """
    flat = clean(text).casefold()
    if flat.isascii():  # nothing to take apart
        pieces = _WORD.findall(flat)
    else:
        flat = unicodedata.normalize("NFKD", flat)
        flat = "".join(c for c in flat if not unicodedata.combining(c))
        # NFKD takes Hangul apart; put what belongs together back.
        flat = unicodedata.normalize("NFC", flat)
        pieces = [piece for word in _WORD.findall(flat) for piece in _split_cjk(word)]
    words = [piece[:_MAX_WORD] for piece in pieces]
    folded = " ".join(words)
    return folded if len(folded) <= _MAX_FOLDED else folded[:_MAX_FOLDED].rsplit(" ", 1)[0]


def _split_cjk(word: str) -> list[str]:
    pieces: list[str] = []
    at = 0
    for match in _CJK.finditer(word):
        if match.start() > at:
            pieces.append(word[at : match.start()])
        run = match.group()
        pieces += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        at = match.end()
    if at < len(word):
        pieces.append(word[at:])
    return pieces


def one_line(text: str, *, most: int = 200) -> str:
    """The first words of a text, for a list row; cut at a word, with an ellipsis."""
    line = clean_line(text, most=most * 4)
    if len(line) <= most:
        return line
    return line[:most].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def runs_to_the_left(text: str) -> bool:
    """Whether a line is written from right to left: as its first letter is."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind != "L" for kind in kinds if kind in {"L", "R", "AL"}), False)
