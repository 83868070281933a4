"""Why a mail came back, and whether its address is bad: from the server's words, then its codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from goodword.channels.email.bounce_words import (
    BAD_ADDRESS,
    REASONS,
    REPLY_REASONS,
    STATUS_REASONS,
    SUBJECT_REASONS,
    Reason,
)

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# A port, a time or a size looks much the same: a reply code begins a line or follows a mark.
REPLY_CODE = re.compile(r"(?:^|[\s:;'\"\[(>])([45]\d\d)(?=[ \-#]+\S)(?![.\d])", re.MULTILINE)
_SAID_ABOUT_CONTENT = re.compile(
    r"end of data|end of message|after data|\bdata command|\(data\)|"
    r"^[ \t]{0,9}(?:>>> )?data[ \t\r]{0,9}$",
    re.MULTILINE,
)
_REFUSED_CODES = re.compile(
    r"\b[245]\d\d[- ](?=[245]\.\d)|(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])"
)
_NOT_WORDS = re.compile(
    r"https?://\S{1,500}|(?<![^\s<>@])[^\s<>@]{1,100}@[^\s<>@]{1,250}|"
    r"\[?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b\]?"
)
# A few headers of our mail often stand amid the notice; our subject is none of their words.
_HEADERS = re.compile(r"^[ \t>]{0,20}(?:subject|from|sent|date) ?:.{0,1000}", re.I | re.MULTILINE)
# IronPort writes this before the words of whatever server refused.
_WRAPPER = re.compile(r"unknown address error(?= [45]\d\d)")
_GOES_ON = re.compile(r"\b[45]\d\d-")  # RFC 5321, 4.2.1
_MOST_ANSWERS = 5
Told = tuple[Reason, str]  # a reason, and the words or the code that told it
_MOST_WORDS = 2000


def plain(words: str) -> str:
    """Words as the table of phrases expects them."""
    text = _WRAPPER.sub(" ", _NOT_WORDS.sub("<>", words[:_MOST_WORDS].lower()))
    return " ".join(_REFUSED_CODES.sub(" ", text).replace("\u2019", "'").split())


def by_words(words: str) -> Told:
    """The first reason of the table that the words name, and those words."""
    text = plain(words)
    for reason, phrase in REASONS:
        said = phrase.search(text)
        if said:
            return reason, said.group()
    return "", ""


def by_code(words: str) -> Told:
    """The reason that an enhanced status code stands for, else a reply code, and the code."""
    found = [match.groups() for match in STATUS.finditer(words[:_MOST_WORDS])]
    told = [(subject, detail) for _, subject, detail in found if subject != "0"]
    # A detail of 0 is "other": another code beside it tells more (RFC 3463, 3).
    for subject, detail in sorted(told, key=lambda code: code[1] == "0"):
        known = STATUS_REASONS.get(f"{subject}.{detail}")
        return known or SUBJECT_REASONS.get(subject, ""), f"x.{subject}.{detail}"
    code = REPLY_CODE.search(words[:_MOST_WORDS])
    return (REPLY_REASONS.get(code.group(1), ""), code.group(1)) if code else ("", "")


def reason_of(*, diagnosis: str, status: str, notice: str) -> Told:
    """Why, and what told it: the words of the server that refused, else its codes, else the notice.

    `diagnosis` and `status` are fields of the report (RFC 3464); `notice` is the text for people.
    """
    notice = _HEADERS.sub("", notice)
    answers = _answers(notice)
    told = chain(
        map(by_words, (diagnosis, *answers, status)),
        map(by_code, (diagnosis, status, *answers)),
        map(by_words, (notice,)),
    )
    reason, why = _first_told(told)
    if reason == "no_such_address" and _only_after_the_content(f"{diagnosis}\n{status}\n{notice}"):
        return "refused", f"only after the content: {why}"
    return reason, why


def _first_told(reasons: Iterator[Told]) -> Told:
    """The first that tells something; that it was refused tells least."""
    least: Told = ("", "")
    for told in reasons:
        if told[0] and told[0] != "refused":
            return told
        least = least if least[0] else told
    return least if least[0] else ("", "")


def _answers(notice: str) -> list[str]:
    """The answers of servers in a notice: a line with a code and those that continue it."""
    found: list[str] = []
    after = 0  # rows that may still belong to the answer above
    above = ""
    for row in notice.split("\n"):
        coded = bool(STATUS.search(row) or REPLY_CODE.search(row))
        if after and (not coded or _GOES_ON.search(above)):
            found[-1] += f"\n{row}"
            after -= 1
        elif coded:
            found.append(row)
        if coded:
            after = 2
        above = row
    return [answer[:600] for answer in dict.fromkeys(found)][:_MOST_ANSWERS]


def _only_after_the_content(words: str) -> bool:
    """A server that took the recipient and says "unknown" only to the content means the mail.

    Unless its code names the address (x.1.x): some can't look addresses up before.
    """
    said = _SAID_ABOUT_CONTENT.search(words.lower())
    return bool(said) and not any(found.group(2) == "1" for found in STATUS.finditer(words))


def is_hard(reason: Reason, *, codes: str, delayed: bool) -> bool | None:
    """Whether the address itself is bad. None: nothing was told that would say so or not."""
    if delayed:
        return False
    if reason:
        return reason in BAD_ADDRESS
    return False if STATUS.search(codes) or REPLY_CODE.search(codes) else None
