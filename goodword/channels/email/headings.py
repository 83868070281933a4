"""The lines by which a mail program says: from here on it is old.

Three kinds: the line above a quote ("On Monday Ana wrote:"), the block of From, Sent, To and
Subject, and a line of words between dashes. Their words, per language, are in
`words/trimming.toml`. All is read row by row with bounded patterns, so no mail takes long.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).with_name("words") / "trimming.toml"
_MOST_ROW = 400  # characters of a row that may be a heading
_WRAPPED_OVER = 4  # rows
_BLOCK_ROWS = 14
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Not the ">:" that is left of an address when the line above a quote is wrapped.
QUOTED = re.compile(r"^\s?>(?!\s*[:：]\s*$)")
# Also what Outlook makes of a horizontal line. Two dashes alone begin a signature.
RULE = re.compile(r"^[\s>]{0,9}[-_=*#~+\u2014\u2500]{3,}\s*$")
_DASHES = re.compile(
    r"^[\s*_]{0,9}[-=\u2014]{2,40}\s{0,4}(\S[^\n]{1,200}?)\s{0,4}[-=\u2014:]{1,40}[\s*_]{0,9}$"
)
_CLOCK = re.compile(r"(?<![\d.:])\d{1,2}[:.h]\d{2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>()\[\]@:]{1,64}@[^\s<>()\[\]@]{1,200}")
_BRACKETED = re.compile(r"[<(\[]\s{0,2}(?:mailto:)?[^\s<>()\[\]@:]{1,64}@[^\s<>()\[\]@]{1,200}")
_ENDS_A_SENTENCE = re.compile(r"[^\W\d]{5,40}[.!?…]+\s*$|[!?。！？]\s*$")
_GOES_ON = re.compile(r"[<(\[,]\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """Rows `start` to `end` (exclusive) that stand above history.

    `sure`: certain by itself, so that history follows even if nothing there is marked by ">".
    """

    start: int
    end: int
    rule: str
    sure: bool
    forwards: bool = False


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """The table: language, then key."""
    return tomllib.loads(_WORDS.read_text("utf-8"))


@cache
def languages_of(key: str) -> dict[str, str]:
    """Every word of `key` without regard to case, and the first language that has it."""
    found: dict[str, str] = {}
    for language, table in words().items():
        for word in table.get(key, ()):
            found.setdefault(word.casefold(), language)
    return found


@cache
def any_of(key: str) -> re.Pattern[str]:
    """One of the words of `key`, as whole words, in a text put to lower case by `casefold`."""
    longest_first = sorted(languages_of(key), key=len, reverse=True)
    # Most places in a text are ruled out by their first letter, long before all words are tried.
    firsts = re.escape("".join({word[0] for word in longest_first}))
    return re.compile(f"(?=[{firsts}])(?:{'|'.join(map(_whole, longest_first))})")


def _whole(word: str) -> str:
    before = "" if _UNSPACED.match(word[0]) else r"(?<!\w)"
    after = "" if _UNSPACED.match(word[-1]) else r"(?!\w)"
    return before + re.escape(word) + after


def may_be_heading(row: str) -> bool:
    """Whether a closer look is worth its time."""
    return len(row) <= _MOST_ROW and (
        row.rstrip(" \t\xa0*_-").endswith((":", "："))
        or bool(_FIELD.match(row) or _DASHES.match(row))
    )


def heading_at(rows: Sequence[str], number: int) -> Heading | None:
    """The heading that begins at row `number`, or, of one wrapped over rows, ends there."""
    row = rows[number]
    if len(row) > _MOST_ROW or not row.strip():
        return None
    return _dashed(rows, number) or _block(rows, number) or _attribution(rows, number)


def _dashed(rows: Sequence[str], number: int) -> Heading | None:
    """ "-----Original Message-----" and, without dashes, "Begin forwarded message:"."""
    row = rows[number]
    dashes = _DASHES.match(row)
    said = (dashes[1] if dashes else row).strip(" \t*_:：-").casefold()
    forwarded = any_of("forwarded").match(said)
    if forwarded and (dashes or len(said) <= len(forwarded[0]) + 1):
        rule = f"forwarded message ({languages_of('forwarded')[forwarded[0]]}): {row.strip()}"
        return Heading(number, number + 1, rule, sure=True, forwards=True)
    verb = any_of("wrote").search(said[-30:]) if dashes else None
    if verb and said.endswith(verb[0]):
        rule = f"line of dashes ({languages_of('wrote')[verb[0]]}): {row.strip()}"
        return Heading(number, number + 1, rule, sure=True)
    language = languages_of("original").get(said) if dashes else None
    if language is None:
        return None
    block = _block(rows, number + 1, least=1) if number + 1 < len(rows) else None
    end = block.end if block else number + 1
    return Heading(number, end, f"line of dashes ({language}): {row.strip()}", sure=True)


def _block(rows: Sequence[str], number: int, least: int = 3) -> Heading | None:
    """Sender, date and subject in some order; with the sender's address any three fields.

    "From: Berlin, To: Hamburg, Date: 4 May" may be an order; with "Sent: 10:02" it is a mail.
    """
    if _field(rows[number]) is None:
        return None
    found: dict[str, str] = {}
    end = number
    for at in range(number, min(number + _BLOCK_ROWS, len(rows))):
        field = None if len(rows[at]) > 4000 or QUOTED.match(rows[at]) else _field(rows[at])
        if field is not None:
            if field[0] in ("date", "sent") and not re.search(r"\d", rows[at]):
                continue
            found.setdefault(*field)
            end = at + 1
        elif not rows[at].strip() and (len(found) >= 3 or at > end + 1):
            break
    above = _row_above(rows, number)
    after_rule = above is not None and bool(RULE.match(rows[above]))
    dated = "date" in found or "sent" in found
    clocked = "sent" in found and any(_CLOCK.search(row) for row in rows[number:end])
    whole = "from" in found and ((dated and "subject" in found) or (clocked and "to" in found))
    addressed = "from" in found and any(_ADDRESS.search(row) for row in rows[number:end])
    if not (whole or (addressed and len(found) >= (2 if after_rule else 3)) or least == 1):
        return None
    language = found.get("subject") or next(iter(found.values()), "")
    start = above if after_rule and above is not None else number
    return Heading(start, end, f"header block ({language}): {rows[number].strip()}", sure=True)


def _row_above(rows: Sequence[str], number: int) -> int | None:
    return next((at for at in range(number - 1, -1, -1) if rows[at].strip()), None)


_FIELD = re.compile(r"^[\s*_]{0,6}([^\W\d_][^\n:：*_]{0,24}?)[\s*_\xa0]{0,4}[:：]")


def _field(row: str) -> tuple[str, str] | None:
    """Which field of a header block a row is, and its language."""
    named = _FIELD.match(row)
    if named is None:
        return None
    word = " ".join(named[1].casefold().split())
    for key in ("from", "date", "sent", "subject", "to"):
        language = languages_of(key).get(word)
        if language:
            return key, language
    return None


def _attribution(rows: Sequence[str], last: int) -> Heading | None:
    """ "On Monday, 4 May 2026, Ana <ana@shop.example> wrote:", which ends at row `last`.

    The verb makes it, or a moment together with an address: both are what programs write.
    """
    row = _bare(rows[last])
    if not row.endswith((":", "：")):
        return None
    best: Heading | None = None
    joined = ""
    for start in range(last, max(last - _WRAPPED_OVER, -1), -1):
        above = rows[start]
        if not above.strip() or QUOTED.match(above) or len(above) > _MOST_ROW:
            break
        if start < last and _ENDS_A_SENTENCE.search(above):
            break
        joined = f"{_bare(above)} {joined}".strip()
        if len(joined) > _MOST_ROW:
            break
        if start > 0 and _GOES_ON.search(rows[start - 1]):
            continue
        heading = _read_attribution(joined, rows[start].strip(), start, last + 1)
        if heading is None:
            continue
        if _begins(joined):
            return heading
        if best is None or _unbalanced(_bare(rows[best.start])):
            best = heading
    return best


def _bare(row: str) -> str:
    return row.strip(" \t\xa0*_-\u200e\u200f\u202a-\u202e").casefold()


def _read_attribution(joined: str, row: str, start: int, end: int) -> Heading | None:
    verb = next(any_of("wrote").finditer(joined), None)
    address = "@" in joined and _ADDRESS.search(joined)
    clock, year = _CLOCK.search(joined), _YEAR.search(joined)
    if verb is not None:
        if _is_own_sentence(joined, verb) or not (address or clock or year or _begins(joined)):
            return None
        sure = bool((address and (clock or year)) or (clock and year and _begins(joined)))
        rule = f"attribution line ({languages_of('wrote')[verb[0]]}): {row}"
        return Heading(start, end, rule, sure=sure)
    if address and (clock or year) and _BRACKETED.search(joined) and not _field(joined):
        return Heading(start, end, f"attribution line (moment and address): {row}", sure=True)
    return None


def _begins(joined: str) -> bool:
    """Whether it begins like such a line does: "On" and, not far, a figure; or a moment."""
    word = any_of("on").match(joined.lstrip("\"'([ -"))
    near = joined[: (word.end() if word else 0) + 40]
    return bool(re.search(r"\d", near)) if word else bool(re.match(r"\W{0,3}\d", joined))


def _is_own_sentence(joined: str, verb: re.Match[str]) -> bool:
    """ "As you wrote:" and "gestern schrieb ich:" are the writer's own."""
    before = re.findall(r"\w+", joined[max(0, verb.start() - 40) : verb.start()])[-2:]
    after = re.findall(r"\w+", joined[verb.end() : verb.end() + 40])[:1]
    return any(word in languages_of("own") for word in (*before, *after))


def _unbalanced(row: str) -> bool:
    return row.count("<") < row.count(">") or row.count("(") < row.count(")")
