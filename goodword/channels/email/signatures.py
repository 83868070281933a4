"""What stands at the end of each mail of a person and is no message.

A signature below "-- ", lines such as "Sent from my iPhone", the footer of a mailing list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from goodword.channels.email.headings import QUOTED, RULE
from goodword.channels.email.trimming_words import any_of, languages_of

_END_MATTERS = 30
_SIGNATURE_ROWS, _SIGNATURE_ROW = 10, 100
_SIGNATURE = re.compile(r"^\s?(?:--|__|—|–)\s*$")
_SENTENCE = re.compile(r"(?:\S{1,60}\s{1,3}){3}\S{1,60}[.!。！]$")
_GOES_NOT_ON = re.compile(r"[.!。！]\W?$")  # below a question it may be the choice
_WORDS_TO_A_PROGRAM, _WORDS_BEHIND_A_PROGRAM = 5, 2
# Letters of languages that set no blanks between words; of those, beside a program.
_UNSPACED, _LETTERS_BESIDE = (
    re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"),
    3,
)
_LIST_RULE = re.compile(r"^[_-]{20,}\s*$")
_LIST = re.compile(r"mailing list|/listinfo/|unsubscribe", re.IGNORECASE)
_LIST_PLACE = re.compile(r"https?://|mailto:|/listinfo/|^\s*\S+@\S+\s*$", re.IGNORECASE)
_LINK = re.compile(r"[<(\[]?\s{0,2}(?:https?://|www\.|mailto:)[^\s>)\]]{1,2000}\s{0,2}[>)\]]?")


def without_signature(rows: Sequence[str], *, below_quote: bool = False) -> tuple[int, list[str]]:
    """How many of `rows` are left without what is put at the end of each mail, and why.

    `below_quote`: what is left may be nothing at all.
    """
    length, reasons = len(rows), []
    for _ in range(_END_MATTERS):
        while length and not rows[length - 1].strip():
            length -= 1
        cut, why = _end_matter(rows[:length])
        if cut is None or not (below_quote or says_something(rows[:cut])):
            break
        reasons.append(f"{why}: {short(rows[cut])}")
        length = cut
    return (length, reasons) if reasons else (len(rows), [])


def _end_matter(rows: Sequence[str]) -> tuple[int | None, str]:
    """Where the last stretch of `rows` that is no message begins, and what it is."""
    if not rows:
        return None, ""
    last = len(rows) - 1
    if RULE.match(rows[last]) or any_of("marks").fullmatch(rows[last].strip()):
        return last, "line at the end"
    above = rows[last - 1].strip() if last else ""
    apart = not above or bool(_SIGNATURE.match(rows[last - 1]))
    sentence_ended = bool(_GOES_NOT_ON.search(above))
    language = _program_line(rows[last], apart=apart) if apart or sentence_ended else ""
    if language:
        return last, f"a program's line ({language})"
    begins = [at for at, row in enumerate(rows) if _SIGNATURE.match(row)]
    if len(begins) == 1 and _is_signature(rows, begins[0]):
        return begins[0], "signature"
    footer = [at for at in range(max(0, last - 6), last) if _LIST_RULE.match(rows[at])]
    if footer and _is_list_footer(rows[footer[-1] :]):
        return footer[-1], "footer of a mailing list"
    return None, ""


def _is_list_footer(rows: Sequence[str]) -> bool:
    """It says where the list is; "Please unsubscribe me" below a rule is what a person wants."""
    return any(map(_LIST.search, rows)) and any(map(_LIST_PLACE.search, rows))


def _is_signature(rows: Sequence[str], begins: int) -> bool:
    """Few short rows below "-- ". Without its space, people also write it between paragraphs."""
    below = [row.rstrip() for row in rows[begins + 1 :]]
    written = [row for row in below if row]
    if not written:
        return True
    if len(written) > _SIGNATURE_ROWS or any(len(row) > _SIGNATURE_ROW for row in written):
        return False
    if any(row.endswith(("?", "？")) or QUOTED.match(row) for row in written):
        return False
    if rows[begins] == "-- ":  # as RFC 3676 (4.3) has it: even a sentence right below is no message
        later = below[below.index("") :] if "" in below else []
        return not any(_SENTENCE.search(row) for row in later)
    after_blank = begins == 0 or not rows[begins - 1].strip()
    return after_blank and not any(_SENTENCE.search(row) for row in written)


def _program_line(row: str, *, apart: bool) -> str:
    """The language of "Sent from my iPhone" and its like, or nothing.

    A program or a link must be named: "Sent from my office in Lyon" is a person's sentence. Right
    below a sentence (not `apart`) so is "Get it for Android".
    """
    if len(row) > 2500:
        return ""
    link = _LINK.search(row)
    linked = link is not None and link[0][0] in "<(["
    said = " ".join(_LINK.sub(" ", row).casefold().strip(" \t.*_。[]()").split())
    if not said or len(said) > 120 or row.rstrip().endswith(("?", "!")):
        return ""
    phrases = languages_of("sent_from")
    if said in phrases:
        return phrases[said]
    if not (
        linked or any_of("programs", inflected=True).search(said) or any_of("devices").search(said)
    ):
        return ""
    for phrase, language in phrases.items():
        begin, star, end = (part.strip() for part in phrase.partition("*"))
        if not (star and said.startswith(begin) and said.endswith(end)):
            continue
        if not apart and " " not in begin:
            continue
        named = said[len(begin) : len(said) - len(end)].split()
        if len(named) <= 8 and (linked or _is_program(named)):
            return language
    return ""


def _is_program(named: Sequence[str]) -> bool:
    """A program near the beginning and hardly a word behind it, or a device at the end."""
    said = " ".join(named)
    programs = list(any_of("programs", inflected=True).finditer(said))
    if programs and len(said[: programs[0].start()].split()) < _WORDS_TO_A_PROGRAM:
        last = max([*programs, *any_of("devices").finditer(said)], key=re.Match.end)
        before, behind = said[: programs[0].start()], said[last.end() :]
        if max(len(_UNSPACED.findall(before)), len(_UNSPACED.findall(behind))) > _LETTERS_BESIDE:
            return False
        words = [each for each in behind.split() if not re.search(r"\d", each)]  # "S21 Ultra 5G"
        return len(words) <= _WORDS_BEHIND_A_PROGRAM
    return len(named) <= 3 and bool(any_of("devices").search(" ".join(named[-2:])))


def says_something(rows: Sequence[str]) -> bool:
    return any(row.strip() and not QUOTED.match(row) and not RULE.match(row) for row in rows)


def short(line: str) -> str:
    """A row as a reason names it."""
    line = " ".join(line.split())
    return line if len(line) <= 160 else f"{line[:159]}…"
