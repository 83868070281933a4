"""A mail that only passes another one on: who wrote that one, and what.

Attached as a whole, or inline below a heading (`headings.py`). With more than a few words of its
own above, a mail is a message itself, whatever it carries along.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from goodword.channels.email.bodies import Body, read_body
from goodword.channels.email.headers import first, line, moment, parties
from goodword.channels.email.headings import (
    QUOTED,
    Heading,
    heading_at,
    may_be_heading,
)
from goodword.channels.email.mime import Part
from goodword.channels.email.trimming_words import any_of, languages_of, words
from goodword.core.text import clean_line
from goodword.desk.roads import Forwarded, InboundFile, Party

_WORDS = Path(__file__).with_name("words") / "forwards.toml"
_FEW_WORDS = 600  # characters above what is passed on
_ROWS_ABOVE = 40
_FIELD_ROWS = 16
_ROWS_TO_A_LINE = 5
_MOST_ATTACHED = 5_000_000
_FIELD = re.compile(
    r"^[\s*_]{0,6}([^\W\d_][^\n:：*_]{0,24}?)[\s*_\xa0]{0,4}[:：][\s*_]{0,4}(.{0,998})"
)
_FIELDS = ("from", "date", "sent", "to", "subject")
_GLUED = re.compile(
    r"^[ \t]{0,9}-{3,10} (\S[^\n-]{2,60}?) -{3,10} {1,3}(\S[^\n]{5,2000})$", re.MULTILINE
)
_MOST_GLUED = 20_000
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SIGNATURE = re.compile(r"^--\s*$", re.MULTILINE)


def explain_forwarded(subject: str, body: Body) -> tuple[Forwarded | None, str]:
    """The message inside a mail that was written only to pass it on, and what shows that.

    None for any other mail. An attached one comes first, then one below the first heading.
    """
    attached = [file for file in body.files if file.content_type == "message/rfc822"]
    if len(attached) == 1 and _is_short(body.text):
        found = _attached(attached[0]) if is_marked(subject) or not body.text.strip() else None
        if found:
            return found, f"attached: {attached[0].name}"
    return _inline(body.text, subject)


def is_marked(subject: str, *, language: str = "") -> bool:
    """Whether the subject begins as a program marks what it forwards, in any language.

    `language`: of the heading below, if known: "VS" forwards in Danish, and answers in Finnish.
    """
    prefix, colon, _rest = subject.replace("：", ":").partition(":")
    mark = prefix.strip(" []").casefold()
    marks, answers = _marks()
    return bool(colon) and mark in marks and mark not in answers.get(language, ())


@cache
def _marks() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The marks of all languages, and by language those that stand for an answer there."""
    table = tomllib.loads(_WORDS.read_text("utf-8"))
    answers = table.pop("answers")
    marks = frozenset(word.casefold() for words in table.values() for word in words)
    return marks, {
        language: frozenset(map(str.casefold, words)) for language, words in answers.items()
    }


def _is_short(text: str) -> bool:
    return len(_SIGNATURE.split(text)[0].strip()) <= _FEW_WORDS


def _attached(file: InboundFile) -> Forwarded | None:
    if len(file.data) > _MOST_ATTACHED:
        return None
    inside = Part(file.data)
    senders = parties(inside, "From")
    if not senders:
        return None
    return Forwarded(
        sender=senders[0],
        subject=line(inside, "Subject"),
        text=read_body(inside).text,
        claimed_at=moment(first(inside, "Date")),
    )


def _inline(text: str, subject: str) -> tuple[Forwarded | None, str]:
    text = _unglued(text)
    rows = _opened(text[:200_000].split("\n"))
    heading = _heading(rows)
    if heading is None:
        return None, ""
    if not (heading.forwards or is_marked(subject, language=heading.language)):
        return None, ""
    if not _is_short("\n".join(rows[: heading.start])):
        return None, ""
    # Below "Forwarded message" come the fields; a block of fields is the heading itself.
    inside = _unquoted(rows[heading.end if heading.forwards else heading.start :])
    found, text_at = _fields(inside)
    sender = _party(found.get("from", ""))
    if heading.forwards and not found:
        sender, text_at = _attributed(inside)
    if sender is None:
        return None, ""
    below = "\n".join(inside[text_at:]).strip("\n")
    inner = Forwarded(
        sender=sender,
        subject=clean_line(found.get("subject", "")),
        text=below + text[200_000:],
        claimed_at=_claimed(found.get("date", "")),
    )
    return inner, heading.rule


def _unglued(text: str) -> str:
    """Yahoo Mail has it all in one row: "----- Forwarded Message ----- From: Ana <a@b>To: ..."."""
    glued = _GLUED.search(text, 0, _MOST_GLUED)
    known = glued and any_of("forwarded").fullmatch(glued[1].casefold())
    first = _FIELD.match(glued[2]) if glued and known else None
    if glued is None or first is None:
        return text
    tables = [table for table in words().values() if first[1] in table.get("from", ())]
    names = {word for table in tables for key in _FIELDS for word in table.get(key, ())}
    if not names:
        return text
    any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    block = re.sub(rf"(?<=\S)(?=(?:{any_name})\s?:)", "\n", glued[2])
    return f"{text[: glued.end(1)]} -----\n{block}{text[glued.end() :]}"


def _opened(rows: list[str]) -> list[str]:
    """Apple Mail may quote "Begin forwarded message:" together with what it passes on."""
    first = next((at for at, row in enumerate(rows[:_ROWS_ABOVE]) if QUOTED.match(row)), None)
    if first is None or any(
        heading_at(rows, at) for at in range(first) if may_be_heading(rows[at])
    ):
        return rows
    inside = _unquoted(rows[first:])
    heading = heading_at(inside, 0)
    return [*rows[:first], *inside] if heading and heading.forwards else rows


def _heading(rows: Sequence[str]) -> Heading | None:
    """The first heading, if no quote stands above it and it isn't far down."""
    for number, row in enumerate(rows[:_ROWS_ABOVE]):
        if QUOTED.match(row):
            return None
        heading = heading_at(rows, number) if may_be_heading(row) else None
        if heading:
            return heading
    return None


def _unquoted(rows: list[str]) -> list[str]:
    """Apple Mail passes a mail on as a quote."""
    if all(QUOTED.match(row) for row in rows if row.strip()):
        return [re.sub(r"^\s?> ?", "", row) for row in rows]
    return rows


def _attributed(rows: list[str]) -> tuple[Party | None, int]:
    """Yandex Mail has no fields: "04.05.2026, 10:02, Ana <ana@b.example>:", as above a quote."""
    for number, row in enumerate(rows[:_ROWS_TO_A_LINE]):
        heading = heading_at(rows, number) if may_be_heading(row) else None
        if heading:
            party = _party(" ".join(rows[heading.start : heading.end]))
            name = re.sub(r"^.*[\d,;]", "", party.name).strip(" \"'") if party else ""
            return party and Party(party.address, name), heading.end
    return None, 0


def _fields(rows: list[str]) -> tuple[dict[str, str], int]:
    """The fields of the block by name, and the row where the text below them begins."""
    found: dict[str, str] = {}
    end = 0
    for number, row in enumerate(rows[:_FIELD_ROWS]):
        field = _field(row)
        if field:
            found.setdefault(*field)
            end = number + 1
        elif found and not row.strip() and not _more_fields(rows[number + 1 : number + 3]):
            break
    return found, end


def _more_fields(rows: list[str]) -> bool:
    following = [row for row in rows if row.strip()]
    return bool(following and _field(following[0]))


def _field(row: str) -> tuple[str, str] | None:
    match = _FIELD.match(row)
    if match is None:
        return None
    word = " ".join(match.group(1).casefold().split())
    for key in ("from", "date", "subject", "to", "for"):
        if word in languages_of(key):
            return key.replace("for", "to"), match.group(2).strip()
    return None


def _party(written: str) -> Party | None:
    """ "Carla <carla@c.example>", "Carla [mailto:carla@c.example]", "carla@c.example"."""
    address = _ADDRESS.search(written)
    if address is None:
        return None
    name = re.sub(r"[<\[(]\s*(?:mailto:)?$", "", written[: address.start()].strip(), flags=re.I)
    return Party(address.group(), clean_line(name, most=200).strip(" \"'*<["))


def _claimed(written: str) -> datetime | None:
    """Only a date that names its zone is a moment."""
    return moment(written) if re.search(r"[+-]\d{4}|\b(?:GMT|UTC)\b", written) else None
