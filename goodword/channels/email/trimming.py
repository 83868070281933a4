"""What a person newly wrote in a mail, without history and signature. For showing only.

The whole text is kept beside it. Hiding a sentence that somebody wrote is far worse than showing
a quote too much, so wherever it is in doubt what is new, everything is shown:

- History that a heading announces (`headings.py`) is hidden; without one only a quote at the end.
- Answers between the quoted lines keep the whole mail in sight, as does a mail passed on.
- Of what is new, a signature below "-- " and lines such as "Sent from my iPhone" are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodword.channels.email.headings import (
    QUOTED,
    RULE,
    Heading,
    any_of,
    heading_at,
    languages_of,
    may_be_heading,
)
from goodword.channels.email.readable import above_history

_MOST_TEXT = 200_000
_MOST_LOOKS = 100  # at rows that may be headings; a text with more is no ordinary reply
# Zero-width characters and marks of direction, which stand anywhere in dates and addresses.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u2068\u2069\ufeff"))
_LONG_QUOTED_ROW = 60  # characters; the program that quoted may have wrapped it
_SIGNATURE_ROWS, _SIGNATURE_ROW = 10, 100
_END_MATTERS = 30
_SIGNATURE = re.compile(r"^\s?(?:--|__|—|–)\s*$")
_SENTENCE = re.compile(r"(?:\S+\s+){3}\S+[.!。！]$")
_LIST_RULE = re.compile(r"^[_-]{20,}\s*$")
_LIST = re.compile(r"mailing list|/listinfo/|unsubscribe", re.IGNORECASE)
_LINK = re.compile(r"[<(\[]?\s{0,2}(?:https?://|www\.|mailto:)[^\s>)\]]{1,2000}\s{0,2}[>)\]]?")


@dataclass(frozen=True, slots=True)
class _History:
    """Rows `start` to `end` (exclusive) are old; `why` names the rule and the line."""

    start: int
    end: int
    why: str

    def hides(self, row: int) -> bool:
        return self.start <= row < self.end


def reply_text(text: str, html: str = "") -> str:
    """`explain_reply` without the reason."""
    return explain_reply(text, html)[0]


def explain_reply(text: str, html: str = "") -> tuple[str, str]:
    """The rows of `text` that are new, and why the others are not. Never raises.

    The second part names each rule that decided and its line (untranslated, for whoever asks why);
    it is empty where all is shown. `html` is the same mail's other form, if it has one.
    """
    if len(text) > _MOST_TEXT:
        return text, ""
    rows = text.split("\n")
    read = text.translate(_INVISIBLE).split("\n")
    history, reason = _find_history(read)
    if history is None and not reason and html:
        history, reason = _find_history_by_html(read, html)
    new = [at for at in range(len(rows)) if history is None or not history.hides(at)]
    length, hidden = _without_signature([read[at] for at in new])
    new = new[:length]
    if len(new) == len(rows) or not _says_something([read[at] for at in new]):
        return text, reason
    reasons = [history.why if history else reason, *hidden]
    return "\n".join(rows[at] for at in new).strip("\n").rstrip(), "; ".join(filter(None, reasons))


def _find_history(rows: Sequence[str]) -> tuple[_History | None, str]:
    """The history, or None and, if there is something like it, why it is shown all the same."""
    looked_at = 0
    number = 0
    while number < len(rows) and looked_at < _MOST_LOOKS:
        if QUOTED.match(rows[number]):
            return _from_quote(rows, number)
        heading = None
        if may_be_heading(rows[number]):
            looked_at += 1
            heading = heading_at(rows, number)
        if heading is None:
            number += 1
            continue
        if heading.forwards:
            return None, _short(heading.rule)
        found = _from_heading(rows, heading)
        if found is not None:
            return found
        number = heading.end
    return None, ""


def _from_quote(rows: Sequence[str], number: int) -> tuple[_History | None, str]:
    """A quote that nothing announces is hidden at the end of a mail only."""
    line = _short(rows[number])
    if number and rows[number - 1].rstrip().endswith((":", "：")):
        return None, f"introduced by the writer: {_short(rows[number - 1])}"
    end = _quote_ends(rows, number)
    if not _says_something(_below(rows, end)):
        return _History(number, len(rows), f"quote at the end: {line}"), ""
    return _last_quote(rows), f"new words below the quote: {line}"


def _below(rows: Sequence[str], end: int) -> Sequence[str]:
    """What is said below the row `end`."""
    return rows[end : end + _without_signature(rows[end:], below_quote=True)[0]]


def _last_quote(rows: Sequence[str]) -> _History | None:
    """Below the last of several answers there may be a quote that nothing answers."""
    length = _without_signature(rows, below_quote=True)[0]
    start = length
    while start and (QUOTED.match(rows[start - 1]) or not rows[start - 1].strip()):
        start -= 1
    if not any(QUOTED.match(row) for row in rows[start:length]):
        return None
    return _History(start, len(rows), f"quote at the end: {_short(rows[start])}")


def _from_heading(rows: Sequence[str], heading: Heading) -> tuple[_History | None, str] | None:
    """What `heading` means for the rows below it; None if it seems to be no heading at all."""
    rule = _short(heading.rule)
    first = next((at for at in range(heading.end, len(rows)) if rows[at].strip()), None)
    if first is None:
        return (_History(heading.start, len(rows), rule), "") if heading.sure else None
    if QUOTED.match(rows[first]):
        end = _quote_ends(rows, first)
        below = _below(rows, end)
        if not _says_something(below):
            return _History(heading.start, len(rows), rule), ""
        if heading.weak:
            return None, f"new words below the quote: {rule}"
        if any(QUOTED.match(row) for row in below):
            return _last_quote(rows), f"answers between quoted lines: {rule}"
        return _History(heading.start, end, rule), ""
    if not heading.sure:
        return None
    above = rows[: heading.start]
    if not _says_something(above):
        return None, f"nothing new above: {rule}"
    introduced = next(row for row in reversed(above) if row.strip() and not RULE.match(row))
    if introduced.rstrip().endswith((":", "：")):
        return None, f"introduced by the writer: {_short(introduced)}"
    pointing = _points_below(above)
    if pointing:
        return None, f'"{pointing}" above: {rule}'
    return _History(heading.start, len(rows), rule), ""


def _find_history_by_html(rows: Sequence[str], html: str) -> tuple[_History | None, str]:
    """Where the HTML marks the history: that place in the text, if the words above are the same."""
    above = above_history(html)
    if above is None or not above.strip():
        return None, ""
    wanted = re.findall(r"\w+", above)
    found: list[str] = []
    at = 0
    while at < len(rows) and len(found) < len(wanted):
        found += re.findall(r"\w+", rows[at])
        at += 1
    if found != wanted or any(QUOTED.match(row) for row in rows[at:]):
        return None, ""
    heading = Heading(at, at, "mark in the HTML", sure=True)
    return _from_heading(rows, heading) or (None, "")


def _quote_ends(rows: Sequence[str], start: int) -> int:
    """The row after the last quoted one, counting those that the quoting program wrapped."""
    end = at = start
    while at < len(rows):
        if QUOTED.match(rows[at]) or _is_wrapped_quote(rows, at):
            end = at + 1
        elif rows[at].strip():
            break
        at += 1
    return end


def _is_wrapped_quote(rows: Sequence[str], at: int) -> bool:
    """A row without mark, between two with one, that goes on with a long row's sentence."""
    before, after = rows[at - 1], rows[at + 1] if at + 1 < len(rows) else ""
    return (
        bool(QUOTED.match(before) and QUOTED.match(after))
        and (len(before) >= _LONG_QUOTED_ROW or "http" in before)
        and before.rstrip()[-1:] not in ".?!:;"
        and (rows[at][:1].islower() or (len(rows[at].split()) == 1 and "http" in before))
    )


def _without_signature(rows: Sequence[str], *, below_quote: bool = False) -> tuple[int, list[str]]:
    """How many of `rows` are left without what is put at the end of each mail, and why.

    `below_quote`: what is left may be nothing at all.
    """
    length, reasons = len(rows), []
    for _ in range(_END_MATTERS):
        while length and not rows[length - 1].strip():
            length -= 1
        cut, why = _end_matter(rows[:length])
        if cut is None or not (below_quote or _says_something(rows[:cut])):
            break
        reasons.append(f"{why}: {_short(rows[cut])}")
        length = cut
    return (length, reasons) if reasons else (len(rows), [])


def _end_matter(rows: Sequence[str]) -> tuple[int | None, str]:
    """Where the last stretch of `rows` that is no message begins, and what it is."""
    if not rows:
        return None, ""
    last = len(rows) - 1
    if RULE.match(rows[last]) or any_of("marks").fullmatch(rows[last].strip()):
        return last, "line at the end"
    apart = last == 0 or not rows[last - 1].strip() or bool(_SIGNATURE.match(rows[last - 1]))
    language = _program_line(rows[last]) if apart else ""
    if language:
        return last, f"a program's line ({language})"
    begins = [at for at, row in enumerate(rows) if _SIGNATURE.match(row)]
    if len(begins) == 1 and _is_signature(rows, begins[0]):
        return begins[0], "signature"
    footer = [at for at in range(max(0, last - 6), last) if _LIST_RULE.match(rows[at])]
    if footer and any(_LIST.search(row) for row in rows[footer[-1] :]):
        return footer[-1], "footer of a mailing list"
    return None, ""


def _is_signature(rows: Sequence[str], begins: int) -> bool:
    """Few short rows below "-- ". Without its space, people also write it between paragraphs."""
    written = [row.rstrip() for row in rows[begins + 1 :] if row.strip()]
    if len(written) > _SIGNATURE_ROWS or any(len(row) > _SIGNATURE_ROW for row in written):
        return False
    if any(row.endswith(("?", "？")) or QUOTED.match(row) for row in written):
        return False
    if rows[begins] == "-- " or not written:
        return True
    after_blank = begins == 0 or not rows[begins - 1].strip()
    return after_blank and not any(_SENTENCE.search(row) for row in written)


def _program_line(row: str) -> str:
    """The language of "Sent from my iPhone" and its like, or nothing.

    A program or a link must be named: "Sent from my office in Lyon" is a person's sentence.
    """
    if len(row) > 2500:
        return ""
    link = _LINK.search(row)
    said = " ".join(_LINK.sub(" ", row).casefold().strip(" \t.*_。[]()").split())
    if not said or len(said) > 120 or row.rstrip().endswith(("?", "!")):
        return ""
    for phrase, language in languages_of("sent_from").items():
        if phrase == said:
            return language
        begin, star, end = phrase.partition("*")
        if not (star and said.startswith(begin.rstrip()) and said.endswith(end.lstrip())):
            continue
        named = said[len(begin.rstrip()) : len(said) - len(end.lstrip())].strip()
        if len(named.split()) <= 8 and (link or _names_program(named)):
            return language
    return ""


def _names_program(named: str) -> bool:
    near = " ".join(named.split()[:5])
    if any_of("programs", inflected=True).search(near):
        return True
    last_words = named.split()[-2:]
    return len(named.split()) <= 3 and bool(any_of("devices").search(" ".join(last_words)))


def _points_below(rows: Sequence[str]) -> str:
    found = any_of("below").search("\n".join(rows)[:5000].casefold())
    return found[0] if found else ""


def _says_something(rows: Sequence[str]) -> bool:
    return any(row.strip() and not QUOTED.match(row) and not RULE.match(row) for row in rows)


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= 160 else f"{line[:159]}…"
