"""What a person newly wrote in a mail, without history and signature. For showing only.

The whole text is kept beside it. Hiding a sentence that somebody wrote is far worse than showing
a quote too much, so wherever it is in doubt what is new, everything is shown:

- History that a heading announces (`headings.py`) is hidden; without one only a quote at the end.
- Answers between the quoted lines keep the quotes in sight. A mail passed on is shown whole, and
  so is one whose writer points at what stands below.
- Of what is new, the signature is hidden (`signatures.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodword.channels.email.forwards import is_marked
from goodword.channels.email.headings import (
    BETWEEN_ANGLES,
    DASHES,
    GOES_ON,
    QUOTED,
    RULE,
    Heading,
    heading_at,
    may_be_heading,
)
from goodword.channels.email.readable import above_history
from goodword.channels.email.signatures import says_something, short, without_signature
from goodword.channels.email.trimming_words import any_of

_MOST_TEXT, _MOST_ROWS = 200_000, 20_000  # no reply of a person; shown whole
_MOST_LOOKS = 100  # at rows that may be headings; a text with more is no ordinary reply
_GREETING_ROW, _GREETED = 60, 4  # characters; words of whoever is greeted
_LONG_QUOTED_ROW = 60  # characters; the program that quoted may have wrapped it
_ONLY_A_LINK = re.compile(r"^\s{0,4}[<(\[]https?://[^\s<>()\[\]]{1,2000}[>)\]][\s>]{0,4}$")
_ROWS_OF_A_HEAD = 12
_NAMES_AND_TELLS = re.compile(r"[^\W\d][^\n:：]{0,30}[:：]\s*\S")  # "Nork: Grace"
# Zero-width characters and marks of direction, which stand anywhere in dates and addresses.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u2068\u2069\ufeff"))


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows `start` to `end` (exclusive) are history, none if they are equal.

    `why` names the rule and the line. `whole`: nothing may be hidden, not even a signature.
    `language`: of the header block above it.
    """

    why: str
    start: int = 0
    end: int = 0
    whole: bool = False
    language: str = ""


def reply_text(text: str, html: str = "", *, subject: str = "") -> str:
    """`explain_reply` without the reason."""
    return explain_reply(text, html, subject=subject)[0]


def explain_reply(text: str, html: str = "", *, subject: str = "") -> tuple[str, str]:
    """The rows of `text` that are new, and why the others are not. Never raises.

    The second part names each rule that decided and its line (untranslated, for whoever asks why);
    it is empty where nothing looked like history. `html` is the same mail's other form, if any.
    What looks like history below a subject that says "Fwd:" is what the mail is about.
    """
    if len(text) > _MOST_TEXT or text.count("\n") > _MOST_ROWS:
        return text, ""
    rows, read = text.split("\n"), _plain(text)
    found = _find_history(read) or _find_history_by_html(read, html) or _Found("")
    if found.end > found.start and is_marked(subject, language=found.language):
        return text, f"shown whole, passed on by its subject: {found.why}"
    if found.whole:
        return text, f"shown whole, {found.why}"
    new = [*range(found.start), *range(found.end, len(rows))]
    length, reasons = without_signature([read[at] for at in new])
    new = new[:length]
    if len(new) == len(rows):
        return text, found.why
    if not says_something([read[at] for at in new]):
        return text, f"shown whole, nothing new beside: {found.why}"
    kept = "\n".join(rows[at] for at in new).strip("\n").rstrip()
    return kept, "; ".join(filter(None, [found.why, *reasons]))


def _plain(text: str) -> list[str]:
    """Its rows as they are read: without what can't be seen, and with ">" only where it quotes."""
    rows = text.translate(_INVISIBLE).split("\n")
    for at in range(1, len(rows)):
        above = rows[at - 1]
        if rows[at].startswith(">") and not QUOTED.match(above) and GOES_ON.search(above[-300:]):
            rows[at] = rows[at][1:]  # it closes the bracket of an address
    return rows


def _find_history(rows: Sequence[str]) -> _Found | None:
    looked_at = number = 0
    while number < len(rows) and looked_at < _MOST_LOOKS:
        if not rows[number].strip():
            number += 1
            continue
        if QUOTED.match(rows[number]) and not BETWEEN_ANGLES.match(rows[number]):
            return _from_quote(rows, number)
        heading = None
        if may_be_heading(rows[number]):
            looked_at += 1
            heading = heading_at(rows, number)
        if heading is not None:
            found = _from_heading(rows, heading)
            if found is not None:
                return found
        number = heading.end if heading else number + 1
    return None


def _from_quote(rows: Sequence[str], number: int) -> _Found:
    """A quote that nothing announces is hidden at the end of a mail only."""
    if number and rows[number - 1].rstrip().endswith((":", "：")):
        return _Found(f"introduced by the writer: {short(rows[number - 1])}", whole=True)
    line = short(rows[number])
    if not says_something(_below(rows, _quote_ends(rows, number))):
        return _Found(f"quote at the end: {line}", number, len(rows))
    return _with_last_quote(rows, f"new words below the quote: {line}")


def _from_heading(rows: Sequence[str], heading: Heading) -> _Found | None:
    """What `heading` means for the rows below it; None if it seems to be no heading at all."""
    why = short(heading.rule)
    if heading.forwards:
        return _Found(why, whole=True)
    first = next((at for at in range(heading.end, len(rows)) if rows[at].strip()), None)
    if first is not None and QUOTED.match(rows[first]):
        end = _quote_ends(rows, first)
        below = _below(rows, end)
        if not says_something(below):
            return _Found(why, heading.start, len(rows))
        if heading.weak:
            return _Found(f"new words below the quote: {why}", whole=True)
        if any(QUOTED.match(row) for row in below):
            return _with_last_quote(rows, f"answers between quoted lines: {why}")
        return _Found(why, heading.start, end)
    if not heading.sure:
        return None
    doubt = _doubt(rows[: heading.start], fields_only=heading.fields_only)
    if doubt:
        return _Found(f"{doubt}: {why}", whole=True)
    return _Found(why, heading.start, len(rows), language=heading.language)


def _doubt(above: Sequence[str], *, fields_only: bool) -> str:
    """Why history that nothing marks is to be shown, by what stands above it.

    `fields_only`: people write rows of From, To and Date as well, of a removal for instance.
    """
    said = [row for row in above if row.strip() and not RULE.match(row)]
    if not says_something(above):
        return "nothing new above"
    if fields_only and all(map(_is_greeting, said)):
        return f"nothing but a greeting above ({short(said[0])})"
    if said[-1].rstrip().endswith((":", "：")):
        return f"introduced by the writer ({short(said[-1])})"
    pointing = any_of("below").search("\n".join(said)[:5000].casefold())
    return f'the writer says "{pointing[0]}"' if pointing else ""


def _is_greeting(row: str) -> bool:
    """ "Hello," or "Lieber Herr Meier": a message follows that must be what looks like history."""
    row = row.strip()
    begins = any_of("greeting").match(row.casefold()) if len(row) <= _GREETING_ROW else None
    if begins is None:
        return False
    named = row[begins.end() :].strip(" ,!.;:，！。、").split()
    return len(named) <= _GREETED and not any(name[0].islower() for name in named)


def _below(rows: Sequence[str], end: int) -> Sequence[str]:
    """What is said below the row `end`."""
    return rows[end : end + without_signature(rows[end:], below_quote=True)[0]]


def _with_last_quote(rows: Sequence[str], why: str) -> _Found:
    """Below the last of several answers there may be a quote that nothing answers."""
    start = without_signature(rows, below_quote=True)[0]
    quoted = 0
    while start and (QUOTED.match(rows[start - 1]) or not rows[start - 1].strip()):
        start -= 1
        quoted += bool(rows[start].strip())
    return _Found(why, start, len(rows)) if quoted else _Found(why)


def _find_history_by_html(rows: Sequence[str], html: str) -> _Found | None:
    """Where the HTML marks the history: that place in the text, if the words above are the same."""
    above = above_history(html)
    if above is None or not above.strip():
        return None
    wanted = re.findall(r"\w+", above)
    found: list[str] = []
    at = 0
    while at < len(rows) and len(found) < len(wanted):
        found += re.findall(r"\w+", rows[at])
        at += 1
    if found != wanted or any(QUOTED.match(row) for row in rows[at:]):
        return None
    below = [row.strip() for row in rows[at : at + _ROWS_OF_A_HEAD] if row.strip()]
    if not _looks_headed(below):
        return None
    return _from_heading(rows, Heading(at, at, "mark in the HTML", sure=True))


def _looks_headed(below: Sequence[str]) -> bool:
    """Whether a mark in the HTML stands above history, in whatever language, or above own words.

    Tables have Outlook's line, too. What dashes say in a language not known here may be that the
    mail is passed on.
    """
    if not below or DASHES.match(below[0]):
        return False
    fields = [row for row in below if _NAMES_AND_TELLS.match(row)]
    folded = " --- " in below[0]  # Domino's
    announced = any(row.endswith((":", "：")) for row in below)
    return folded or announced or len(fields) > 1 or "@" in "".join(fields)


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
    """A row without mark, between two with one, that goes on with a long row's words or link."""
    row, before, after = rows[at], rows[at - 1], rows[at + 1] if at + 1 < len(rows) else ""
    if not (QUOTED.match(before) and QUOTED.match(after)):
        return False
    if _ONLY_A_LINK.match(row):
        return True
    if before.rstrip()[-1:] in ".?!:;":
        return False
    linked = "http" in before
    return (row[:1].islower() and (linked or len(before) >= _LONG_QUOTED_ROW)) or (
        linked and len(row.split()) == 1
    )
