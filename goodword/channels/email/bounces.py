"""Returned mail: whose, for good or for now, in the server's words, and which of our mails.

Also delay notices (not yet delivered) and complaints (see `complaints`). Where what lies:
`bounce_reports` takes the mail apart, `bounce_reasons` says why it came back, `bounce_words` holds
the words that servers use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodword.channels.email.bodies import Body
from goodword.channels.email.bounce_reasons import REPLY_CODE, STATUS, by_words, is_hard, reason_of
from goodword.channels.email.bounce_reports import (
    MOST_TEXT,
    Report,
    addresses_in,
    read_report,
    recipient,
    returned_ids,
)
from goodword.channels.email.bounce_words import (
    BAD_ADDRESS,
    DAEMON,
    DELAYED,
    FAREWELL,
    GREETING,
    MACHINE_WORDS,
    SERVER_WORDS,
    STOCK,
    SUBJECT,
    TELLING,
    Reason,
)
from goodword.channels.email.complaints import complaint_by, may_be_loop, who_complains
from goodword.channels.email.headers import addresses, first, line
from goodword.channels.email.mime import Part
from goodword.core.text import clean_line
from goodword.desk.roads import BounceKind

_ANSWERS_OR_FORWARDS = re.compile(
    r"^\s{0,5}(?:re|aw|antw|sv|vs|fwd?|wg|tr|rv|i|enc|doorst|odp|pd)\s{0,3}:", re.IGNORECASE
)
_DISPOSITION = re.compile(
    r"^Disposition[ \t]{0,9}:[ \t]{0,9}(.{0,200})", re.IGNORECASE | re.MULTILINE
)
_ARRIVED = ("relayed", "delivered", "expanded")


@dataclass(frozen=True, slots=True)
class Bounce:
    """`hard`: the address is bad (None: not told). `recipient` of a complaint: who complains."""

    why: str
    recipient: str = ""
    hard: bool | None = None
    words: str = ""
    returned_ids: Sequence[str] = ()
    kind: BounceKind = "failed"
    reason: Reason = ""
    reason_why: str = ""  # the words or the code that told it


def read_bounce(mail: Part, body: Body, *, sender: str) -> Bounce | None:
    """The bounce in `mail`, or None if it is none."""
    by = _by_a_server(mail, sender) or _by_a_servers_name(mail, sender)
    if not by and not may_be_loop(sender):
        return None
    report = read_report(body)
    if by.startswith("From:") and _is_a_persons(mail, sender, report):
        by = ""
    complaint = complaint_by(mail, report, sender=sender, by_server=bool(by))
    if complaint:
        return Bounce(
            why=complaint,
            recipient=who_complains(report),
            words=_first_line(report.notice),
            returned_ids=returned_ids(report, body),
            kind="complaint",
        )
    if not by or not _may_have_failed(mail, body, report):
        return None
    why = _why_by_report(report) or _why_by_words(mail, report, by=by, sender=sender)
    return _failure(mail, body, report, why=why, sender=sender) if why else None


def _failure(mail: Part, body: Body, report: Report, *, why: str, sender: str) -> Bounce:
    delayed = _is_delayed(mail, report)
    told = f"{report.field('Status')}\n{report.field('Diagnostic-Code', most=2000)}"
    reason, reason_why = reason_of(
        diagnosis=report.field("Diagnostic-Code", most=2000),
        status=report.field("Status"),
        notice=report.notice,
    )
    ours = {one.lower() for one in (sender, *addresses(mail, "To", "Delivered-To"))}
    return Bounce(
        why=why,
        recipient=recipient(report, addresses(mail, "X-Failed-Recipients"), not_these=ours),
        hard=is_hard(reason, codes=f"{told}\n{report.notice}", delayed=delayed),
        words=_words(report),
        returned_ids=returned_ids(report, body),
        kind="delayed" if delayed else "failed",
        reason=reason,
        reason_why=clean_line(reason_why, most=200),
    )


def _by_a_server(mail: Part, sender: str) -> str:
    """What shows that no person sent this: people forward bounces they got, reports and all."""
    failed = line(mail, "X-Failed-Recipients", most=100)
    if failed:
        return f"X-Failed-Recipients: {failed}"
    if mail.kind in {"multipart/report", "message/delivery-status"}:
        return f"Content-Type: {mail.kind}"
    if has_empty_path(mail):
        return f"Return-Path: {line(mail, 'Return-Path', most=100)}"
    return _daemon(mail, sender)


def _daemon(mail: Part, sender: str) -> str:
    shown = line(mail, "From", most=200)
    names = (sender, shown.strip("\"'<> "))
    return f"From: {shown}" if any(DAEMON.match(name) for name in names) else ""


def has_empty_path(mail: Part) -> bool:
    path = re.sub(r"\s", "", first(mail, "Return-Path")[:300])
    return path in {"<>", "<null>"} or bool(DAEMON.match(path.strip('<"')))


def _by_a_servers_name(mail: Part, sender: str) -> str:
    shown = line(mail, "From", most=200)
    if not sender and not shown.strip("<>\"' "):
        return f"From: {shown}"
    return f"From: {shown}" if _name_words(sender) & (SERVER_WORDS | MACHINE_WORDS) else ""


def _name_words(sender: str) -> set[str]:
    """no-reply, mail_gateway, bounce+x: the words of a name, also those written as one."""
    local = sender.partition("@")[0].lower()
    return {*re.split(r"[^a-z]+", local), re.sub(r"[^a-z]+", "", local)}


def _is_a_persons(mail: Part, sender: str, report: Report) -> bool:
    """A name is the weakest sign, for people write as postmaster@, too: they greet, ask, pass on.

    And a server always says which address it is about, or gives the mail back.
    """
    if _daemon(mail, sender):
        return False
    words = report.notice
    if not _name_words(sender) & SERVER_WORDS and not STOCK.search(words):
        return True
    ours = {one.lower() for one in (sender, *addresses(mail, "To", "Delivered-To"))}
    others = [one for one in addresses_in(words) if one.lower() not in ours]
    return bool(
        _ANSWERS_OR_FORWARDS.match(line(mail, "Subject", most=300))
        or GREETING.match(words.lstrip()[:100])
        or FAREWELL.search(words)
        or re.search(r"\?(?:\s|\Z)", words)
        or not (others or report.returned or report.has_copy)
    )


def _may_have_failed(mail: Part, body: Body, report: Report) -> bool:
    """Whether it is no receipt of a mail that was read or did arrive, nor about other things."""
    arrived = report.field("Action", most=30).strip().lower().startswith(_ARRIVED)
    return not (is_receipt(mail, body) or arrived or report.field("Feedback-Type"))


def is_receipt(mail: Part, body: Body) -> bool:
    """Whether it tells that a mail was read or deleted by its reader (MDN, RFC 8098).

    "Deleted" by no reader's act is how mail filters refuse a mail (Sieve, RFC 5429, 2.2).
    """
    told = next(
        (found for text in body.reports if (found := _DISPOSITION.search(text[:MOST_TEXT]))), None
    )
    if told is not None:
        return not re.match(
            r"automatic-action.{0,100};\s{0,9}deleted", told.group(1), re.IGNORECASE
        )
    return "disposition-notification" in first(mail, "Content-Type").lower()


def _why_by_report(report: Report) -> str:
    if report.fields is None:
        return ""
    action = report.field("Action", most=30).strip().lower()
    return f"Action: {action}" if action else "Final-Recipient"


def _why_by_words(mail: Part, report: Report, *, by: str, sender: str) -> str:
    """Without a report words alone never decide: `by`, a server's name or empty path, must join."""
    if by.startswith("X-Failed-Recipients") or _daemon(mail, sender):
        return _daemon(mail, sender) or by
    subject = line(mail, "Subject", most=300)
    failing = bool(SUBJECT.search(subject)) and not _ANSWERS_OR_FORWARDS.match(subject)
    enough = failing or (_tells(report) and _shows(report))
    if by.startswith("From:"):
        enough = failing and (_tells(report) or bool(report.returned))
    return f"{by}, Subject: {subject}" if enough else ""


def _tells(report: Report) -> bool:
    """Whether it says that a mail came back, or why."""
    words = report.notice
    said = TELLING.search(words) or STATUS.search(words) or REPLY_CODE.search(words)
    return bool(said) or by_words(words)[0] in BAD_ADDRESS | {"mailbox_full"}


def _shows(report: Report) -> bool:
    """Whether there is a copy of the mail, or the words of the server that refused it."""
    copied = bool(report.returned) or report.has_copy
    return copied or bool(STATUS.search(report.notice) or REPLY_CODE.search(report.notice))


def _is_delayed(mail: Part, report: Report) -> bool:
    action = report.field("Action").strip().lower()
    if action:
        return action.startswith("delay")
    return bool(DELAYED.search(report.notice) or DELAYED.search(line(mail, "Subject")))


def _words(report: Report) -> str:
    """The sentence that tells why, for a person to read."""
    diagnosis = report.field("Diagnostic-Code", most=1000)
    diagnosis = re.sub(r"(?i)^\s*[a-z0-9\-]{1,30}\s*;\s*", "", diagnosis)
    return clean_line(diagnosis, most=500) if diagnosis else _first_line(report.notice)


def _first_line(notice: str) -> str:
    """The line that tells most: one with a code, else with the words of failing, else the first."""
    rows = [row[:500].strip() for row in notice.split("\n") if row.strip()][:60]
    coded = (row for row in rows if STATUS.search(row) or REPLY_CODE.search(row))
    telling = (row for row in rows if TELLING.search(row))
    best = next(coded, "") or next(telling, "") or next(iter(rows), "")
    return clean_line(best, most=500)
