"""The lines by which a mail program says: from here on it is old.

Three kinds: the line above a quote ("On Monday Ana wrote:"), the block of From, Sent, To and
Subject, and a line of words between dashes. Their words, per language, are in
`words/trimming.toml`. All is read row by row with bounded patterns, so no mail takes long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodword.channels.email.trimming_words import any_of, languages_of

_MOST_ROW = 400  # characters of a row that may be a heading
_WRAPPED_OVER = 4  # rows
_WRAPPED_AT = 60  # programs wrap at 72 to 78 characters, some a little earlier
_BLOCK_ROWS = 14
_ASKING_ROW = 160
_WHEN = ("date", "sent")  # of the fields of a header block

QUOTED = re.compile(r"^\s?>")
# Also what Outlook makes of a horizontal line. Two dashes alone begin a signature.
RULE = re.compile(r"^[\s>]{0,9}[-_=*#~+\u2010-\u2015\u2500]{3,}\s*$")
DASHES = re.compile(
    r"^[\s*_]{0,9}[-=\u2010-\u2015]{2,40}\s{0,4}([^\s=\u2010-\u2015-][^\n]{1,200}?)"
    r"\s{0,4}[-=\u2010-\u2015:]{1,40}[\s*_]{0,9}$"
)
_PROGRAMS_DASHES = re.compile(r"^[\s*_]{0,9}[-\u2010-\u2015]{4}")
# GroupWise: ">>> Ana <ana@shop.example> 04.05.2026 10:02 >>>", with no mark on the rows below.
BETWEEN_ANGLES = re.compile(r"^>>> (?!>)[^\n]{3,200} >>>\s*$")
_CLOCK = re.compile(r"(?<![\d.:])\d{1,2}[:.h]\d{2}(?!\d|\.\s?\d)")  # no "4.05.2026"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>()\[\]@:]{1,64}@[^\s<>()\[\]@]{1,200}")
_BRACKETED = re.compile(r"[<(\[]\s{0,2}(?:mailto:)?[^\s<>()\[\]@:]{1,64}@[^\s<>()\[\]@]{1,200}")
_ENDS_A_SENTENCE = re.compile(r"[^\W\d]{5,40}[.!?…]+\s*$|[!?。！？]\s*$")
_CLOSED = re.compile(r"[<(][^\s<>()]{1,100}@[^\s<>()]{1,200}[>)]\s{0,4}$")
# A bracket is open: an address goes on, or comes, in the row below.
GOES_ON = re.compile(r"[<(\[][^\s<>()\[\]]{0,200}\s{0,4}$")


@dataclass(frozen=True, slots=True)
class Heading:
    """Rows `start` to `end` (exclusive) that stand above history.

    `sure`: certain by itself, so that history follows even if nothing there is marked by ">".
    `weak`: neither moment nor address: what somebody may have written by hand ("Ana wrote:").
    `language`: of a header block. `fields_only`: a header block without a line of dashes above.
    """

    start: int
    end: int
    rule: str
    sure: bool
    weak: bool = False
    has_verb: bool = True
    forwards: bool = False
    language: str = ""
    fields_only: bool = False


def may_be_heading(row: str) -> bool:
    """Whether a closer look is worth its time."""
    return (
        bool(row.strip())
        and len(row) <= _MOST_ROW
        and (
            row.rstrip(" \t\xa0*_-").endswith((":", "：", ">", ")"))
            or not row.strip()[:1].isalnum()  # dashes, or "## reply above this line ##"
            or bool(_FIELD.match(row))
        )
    )


def heading_at(rows: Sequence[str], number: int) -> Heading | None:
    """The heading that begins at row `number`, or, of one wrapped over rows, ends there.

    In this order: a row between dashes may look like a field, and a field like an attribution.
    """
    row = rows[number]
    if len(row) > _MOST_ROW or not row.strip():
        return None
    return (
        _dashed(rows, number)
        or _between_angles(row, number)
        or _reply_above(row, number)
        or _block(rows, number)
        or _attribution(rows, number)
    )


def _dashed(rows: Sequence[str], number: int) -> Heading | None:
    """ "-----Original Message-----" and, without dashes, "Begin forwarded message:"."""
    row = rows[number]
    dashes = DASHES.match(row)
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
    below = number + 1 < len(rows) and (
        _block(rows, number + 1, below_dashes=True) or _attribution_from(rows, number + 1)
    )
    if not below and not _PROGRAMS_DASHES.match(row):
        return None  # as people set off a section: "--- Antwort ---"
    end = below.end if below else number + 1
    rule = f"line of dashes ({language}): {row.strip()}"
    return Heading(number, end, rule, sure=True, language=language)


def _between_angles(row: str, number: int) -> Heading | None:
    if not (BETWEEN_ANGLES.match(row) and _CLOCK.search(row) and _YEAR.search(row)):
        return None
    # Not sure: where the history has no marks, nothing tells an answer below it from it.
    return Heading(number, number + 1, f"line between angles: {row.strip()}", sure=False)


def _reply_above(row: str, number: int) -> Heading | None:
    """ "##- Please type your reply above this line -##" and its like."""
    asked = any_of("reply_above").search(row.casefold()) if len(row) <= _ASKING_ROW else None
    if asked is None or row.strip()[:1].isalnum():
        return None
    rule = f"request to reply above ({languages_of('reply_above')[asked[0]]}): {row.strip()}"
    return Heading(number, number + 1, rule, sure=True)


def _block(rows: Sequence[str], number: int, *, below_dashes: bool = False) -> Heading | None:
    """Rows of From, Sent, To and Subject in some order, with the rule above them."""
    if _field(rows[number]) is None:
        return None
    found: dict[str, str] = {}
    end = number
    for at in range(number, min(number + _BLOCK_ROWS, len(rows))):
        field = None if len(rows[at]) > 4000 or QUOTED.match(rows[at]) else _field(rows[at])
        if field is not None:
            if field[0] in _WHEN and not re.search(r"\d", rows[at]):
                continue
            found.setdefault(*field)
            end = at + 1
        elif not rows[at].strip() and (len(found) >= 3 or at > end + 1):
            break
    if not below_dashes and not _is_of_a_mail(set(found), rows[number:end]):
        return None
    language = found.get("subject") or next(iter(found.values()), "")
    above = next((at for at in range(number - 1, -1, -1) if rows[at].strip()), number)
    start = above if RULE.match(rows[above]) else number
    rule = f"header block ({language}): {rows[number].strip()}"
    return Heading(start, end, rule, sure=True, language=language, fields_only=True)


def _is_of_a_mail(found: set[str], rows: Sequence[str]) -> bool:
    """Whether these fields head a mail, rather than an order or what a contact form sends.

    Forms have a sender, a date and a subject too, but no "To"; "From: Berlin, To: Hamburg,
    Date: 4 May 10:02" may be an order, while "Sent: 10:02" is said of mail. Who changes an address
    writes of an old one, a new one and a day, but of no hour; who makes an appointment, of hours
    from and to.
    """
    addressed = any(_ADDRESS.search(row) for row in rows)
    if {"from", "for", "subject"} <= found and addressed:
        return True
    found = found - {"for"}
    if not {"from", "to"} <= found:
        return False
    clocked = any(_CLOCK.search(row) for row in rows if (_field(row) or ("",))[0] in _WHEN)
    dated = bool({"date", "sent"} & found)
    return (
        (addressed and len(found) >= 3 and ("subject" in found or clocked))
        or (clocked and "sent" in found)
        or (clocked and dated and "subject" in found)
    )


_FIELD = re.compile(r"^[\s*_]{0,6}([^\W\d_][^\n:：*_]{0,24}?)[\s*_\xa0]{0,4}[:：]")


def _field(row: str) -> tuple[str, str] | None:
    """Which field of a header block a row is, and its language."""
    named = _FIELD.match(row)
    if named is None:
        return None
    word = " ".join(named[1].casefold().split())
    for key in ("from", "date", "sent", "subject", "to", "for"):
        language = languages_of(key).get(word)
        if language:
            return key, language
    return None


def _attribution_from(rows: Sequence[str], number: int) -> Heading | None:
    """The attribution that begins at row `number`, with which Proton Mail follows its dashes."""
    for last in range(number, min(number + _WRAPPED_OVER, len(rows))):
        found = _attribution(rows, last)
        if found is not None:
            return found if found.start == number else None
    return None


def _attribution(rows: Sequence[str], last: int) -> Heading | None:
    """ "On Monday, 4 May 2026, Ana <ana@shop.example> wrote:", which ends at row `last`.

    The verb makes it, or a moment together with an address: both are what programs write. Read
    upwards, so that as few rows as possible are taken for part of it.
    """
    ends = _bare(rows[last]).endswith((":", "："))
    if not ends and not (_CLOSED.search(rows[last]) and _quote_follows(rows, last + 1)):
        return None
    best: Heading | None = None
    joined = ""
    for start in range(last, max(last - _WRAPPED_OVER, -1), -1):
        row = rows[start]
        if not row.strip() or QUOTED.match(row) or len(row) + len(joined) > _MOST_ROW:
            break
        if start < last and _ENDS_A_SENTENCE.search(row):
            break
        if best is not None and not _belongs(row, joined):
            break
        joined = f"{_bare(row)} {joined}".strip()
        if start > 0 and GOES_ON.search(rows[start - 1][-300:]):
            continue
        best = _read_attribution(joined, start, last + 1) or best
        if best is not None and any_of("on").match(joined.casefold()):
            break
    if best is None or _quote_follows(rows, last + 1):
        return best
    of_two = best.start < last and _is_moment(rows[best.start])
    if of_two and "@" not in "".join(rows[best.start : last + 1]):
        return None  # as people write it, too: Claws Mail marks what is below
    after_blank = best.start == 0 or not rows[best.start - 1].strip()
    return None if best.weak or not (best.has_verb or after_blank) else best


def _bare(row: str) -> str:
    return row.strip(" \t\xa0*_-")


def _belongs(row: str, below: str) -> bool:
    """Whether `row` is the beginning of what goes on `below`, which may be whole by itself."""
    if GOES_ON.search(row[-300:]) or below[0] == "@":  # an address in two halves
        return True
    if below[0] in "<([":  # an address without a name
        return _begins(row) or _is_full(row, below)
    if below[0].islower() and not re.search(r"[\d@]", below):  # nothing but "wrote:"
        return True
    if _is_moment(row) and not re.search(r"\d[:.]\d", below):  # Claws Mail's, in a row of its own
        return True
    lacks_moment = not (_CLOCK.search(below) and _YEAR.search(below))
    gives_moment = bool(_CLOCK.search(row) or _YEAR.search(row))
    gives_address = "@" not in below and bool(_BRACKETED.search(row))
    return _is_full(row, below) and ((lacks_moment and gives_moment) or gives_address)


def _is_moment(row: str) -> bool:
    """ "On Mon, 4 May 2026 10:02:00 +0200" and nothing more."""
    if not (_CLOCK.search(row) and _YEAR.search(row) and _begins(row)):
        return False
    return len(row) <= _WRAPPED_AT and not re.search(r"\b[^\W\d_A-Z]{4}|@", row)


def _is_full(row: str, below: str) -> bool:
    """Whether the next word found no more room in the row, as where a program wrapped it."""
    return len(row.strip()) + len(below.split(" ", 1)[0]) >= _WRAPPED_AT


def _read_attribution(joined: str, start: int, end: int) -> Heading | None:
    """What is written in `joined` as a heading, if it is one."""
    lower = joined.casefold()
    verb = any_of("wrote").search(lower)
    address = "@" in joined and _ADDRESS.search(joined)
    clock, year = _CLOCK.search(joined), _YEAR.search(joined)
    moment, begins = bool(clock or year), _begins(joined)
    bracket = _BRACKETED.search(joined) if address else None
    if verb is None:
        if not (moment and bracket) and not (clock and year and begins and _ends_in_whom(joined)):
            return None
        rule = f"attribution line (moment and address): {joined}"
        return Heading(start, end, rule, sure=begins and bracket is not None, has_verb=False)
    if _is_own_sentence(lower, verb) or _has_words_before(lower, verb):
        return None
    weak = not (address or moment or begins)
    at_end = lower.rstrip(":： ").endswith(verb[0])
    if weak and not (at_end and _is_name(joined[: verb.start()])):
        return None
    if begins or verb.start() == 0:
        sure = bool((address and moment) or (clock and year and _names_somebody(joined, verb)))
    else:
        sure = bool(moment and bracket and _is_name(joined[: bracket.start()]))
    rule = f"attribution line ({languages_of('wrote')[verb[0]]}): {joined}"
    return Heading(start, end, rule, sure=sure, weak=weak)


def _ends_in_whom(joined: str) -> bool:
    """Whether it is a moment and an address with hardly a word between: "4 May, 10:02 by a@b:".

    With "to" instead of "by" it is the writer's own mail.
    """
    address = re.search(rf"{_ADDRESS.pattern}$", joined.rstrip(":： "))
    if address is None:
        return False
    between = re.findall(r"[^\W\d_]+", joined[: address.start()].casefold())
    return len(between) <= 3 and not set(between[-1:]) & set(languages_of("to"))


def _begins(joined: str) -> bool:
    """Whether it begins as such a line does: "On" and, not far, a figure; or with a moment."""
    lower = joined.casefold().lstrip("\"'([ -*")
    word = any_of("on").match(lower)
    if word:
        return bool(re.search(r"\d", lower[: word.end() + 40]))
    return bool(re.match(r"(?:[^\W\d_]{1,3}[.,]{0,2} |[^\W\d_]{1,12}[.,]{1,2} ?)?\d", lower))


def _has_words_before(lower: str, verb: re.Match[str]) -> bool:
    """A person's words and the heading in one row: "Thanks On 4 May 2026 Ana wrote:"."""
    if _begins(lower):
        return False
    for word in any_of("on").finditer(lower, 0, verb.start()):
        if re.match(r".{0,12}\d", lower[word.end() :]) and "@" not in lower[: word.start()]:
            return True
    return False


def _is_own_sentence(lower: str, verb: re.Match[str]) -> bool:
    """ "As you wrote:" and "gestern schrieb ich:" are the writer's own."""
    before = re.findall(r"\w+", lower[max(0, verb.start() - 40) : verb.start()])[-2:]
    after = re.findall(r"\w+", lower[verb.end() : verb.end() + 40])[:1]
    return any(word in languages_of("own") for word in (*before, *after))


def _names_somebody(joined: str, verb: re.Match[str]) -> bool:
    """Whether the word next to the verb may be a name: "the driver wrote" is a person's."""
    before = joined[: verb.start()].split()[-2:]
    if before and before[0].endswith(","):  # one word, however it is written
        return True
    after = joined[verb.end() :].split()[:1]
    near = after if after and after[0] != ":" else before
    return not any(word[0].islower() for word in near)


def _is_name(written: str) -> bool:
    """Few words, none of them small: "Ana de Souza" is read as no name, which does no harm."""
    names = written.split()
    return len(names) <= 5 and not any(name[0].islower() for name in names)


def _quote_follows(rows: Sequence[str], number: int) -> bool:
    first = next((row for row in rows[number : number + 4] if row.strip()), "")
    return bool(QUOTED.match(first))
