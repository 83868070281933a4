"""Returned mail: which recipient, for good or for now, in the server's words, and which mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_string
from email.message import Message

from goodword.channels.email.bodies import BROKEN, Body, content_type
from goodword.channels.email.headers import POLICY, addresses, distinct, first, ids, line, values
from goodword.core.text import clean_line
from goodword.desk.roads import BounceKind

_MAILER = re.compile(r"^(?:mailer[-_. ]?daemon|mail-?daemon|mdaemon|mailerdaemon)\b", re.IGNORECASE)
_SERVER_NAMES = re.compile(
    r"^(?:postmaster|mail[-_. ]?(?:er)?[-_. ]?(?:deliver\w*|system|server|admin\w*)|smtp|root|"
    r"microsoftexchange\w*|no-?reply|bounces?[\w+.=-]*|mms-?bounce\w*|autoresponder|uucp|daemon)"
    r"(?:@|$)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|not? delivered|non-?delivery|non remis|delivery (?:status )?(?:notification|"
    r"failure|report|status)|delivery[\w ]{0,20}fail|failure notice|returned mail|"
    r"mail(?: delivery)? fail|"
    r"message (?:status - undeliverable|undeliverable|delivery)|could not be (?:sent|delivered)|"
    r"returning message|return(?:ed)? to sender|mail delivery|delivery (?:error|problem|delayed)|"
    r"unzustellbar|nicht zugestellt|zustellung|mail error|bounced?\b|mail system error|"
    r"user unknown|warning: (?:could not send|message)|rejected|délivr|remise|recapit|entrega|"
    r"unable to deliver|undelivered|address(?:ee)? (?:unknown|not found)|esmtp|mail could not|"
    r"配信|メール|エラー|退信|не доставлено|недоставлен",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:could|can|was|were|is|has|did|will)(?: ?not|n't)(?: yet)?(?: been)?(?: be)? (?:deliver|"
    r"reach|accept|process|sent|found)|delivery (?:to the following|has )?fail|undeliverable|"
    r"permanent (?:fatal )?errors?|returned (?:below|to you|to the sender|message)|"
    r"unknown (?:user|recipient|address|local)|user unknown|no such (?:user|recipient|mailbox|"
    r"local|address)|mailbox (?:is )?(?:full|unavailable|not found|over)|over (?:its )?quota|"
    r"address(?:es)? had|did not reach|unable to deliver|not able to deliver|recipient rejected|"
    r"does ?n[o']t (?:exist|have an? )|account (?:is |has been )?(?:disabled|inactive|not)|"
    r"invalid (?:final )?(?:delivery|recipient|userid|user|address)|"
    r"nicht (?:zugestellt|übermittelt|ausgeliefert)|unzustellbar|\b5\d\d[ -]5\.\d\.\d|"
    r"delivery report|transcript of session|\b5[05]\d \S",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.:\-])([45])\d\d(?=[ \-]+\S)(?![.\d])")
_SOFT_WORDS = re.compile(
    r"delay|will (?:keep|continue|be retried|retry)|still (?:being )?(?:trying|retried)|temporar|"
    r"you do not need to resend|not yet been delivered|warning message only|mailbox (?:is )?full|"
    r"quota|try again later|greylist|deferred",
    re.IGNORECASE,
)
_HARD_WORDS = re.compile(
    r"permanent(?:ly)? (?:fatal )?(?:error|fail)|(?:user|host|address|recipient|account)s? "
    r"(?:is )?(?:unknown|disabled|not found|inactive)|unknown (?:user|host|recipient|address)|"
    r"no such (?:user|recipient|mailbox|address|host)|"
    r"invalid (?:final )?(?:delivery|recipient|user)|not listed in|does ?n[o']t exist",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[A-Za-z0-9_.+=\-/!#$%&'*?^`{|}~]{1,64}@[A-Za-z0-9][A-Za-z0-9.\-]{1,250}")
_RETURNED_FROM = re.compile(
    r"^[-\s>=*_]*(?:(?:begin|start|below|here)?[-\s]*(?:this is a copy|original message|returned "
    r"message|unsent message|undelivered message|message (?:header|text|follows)|copy of (?:the|"
    r"your)|-+ ?included|headers? (?:of|follow)|message headers?|ursprüngliche)|received:|"
    r"return-path:)",
    re.IGNORECASE | re.MULTILINE,
)
_TEXT_LOOKED_AT = 60_000


@dataclass(frozen=True, slots=True)
class Bounce:
    why: str
    recipient: str = ""
    hard: bool | None = None
    words: str = ""
    returned_ids: Sequence[str] = ()
    kind: BounceKind = "failed"


def read_bounce(mail: Message, body: Body, *, sender: str) -> Bounce | None:
    """The bounce in `mail`, or None if it is none."""
    report = _delivery_report(body) if _by_a_server(mail, sender) else None
    why = _why(mail, body, report, sender)
    if not why:
        return None
    notice = _notice(body)
    status = _status(report, notice)
    return Bounce(
        why=why,
        recipient=_recipient(mail, body, report, notice, sender),
        hard=_is_hard(report, status, notice),
        words=_words(report, notice),
        returned_ids=_returned_ids(body),
        kind=_kind(report),
    )


def _why(mail: Message, body: Body, report: Message | None, sender: str) -> str:
    if "disposition-notification" in first(mail, "Content-Type").lower() or _is_receipt(body):
        return ""  # someone has read it, or thrown it away
    if report is not None and "Feedback-Type" in report:
        return "multipart/report; report-type=feedback-report"
    if report is not None:
        action = line(report, "Action", most=30).lower()
        if action in {"relayed", "delivered", "expanded"}:
            return ""  # a receipt: the mail did arrive
        if "Final-Recipient" in report or "Original-Recipient" in report or action:
            return "multipart/report; report-type=delivery-status"
    if first(mail, "X-Failed-Recipients"):
        return "X-Failed-Recipients"
    return _why_by_sender(mail, body, sender)


def _why_by_sender(mail: Message, body: Body, sender: str) -> str:
    """Without a report words alone never decide: a server's name or empty path must join."""
    name = sender.lower()
    subject = line(mail, "Subject")
    failing = bool(_SUBJECT.search(subject))
    telling = bool(_BODY.search(body.text[:_TEXT_LOOKED_AT]))
    empty_path = re.sub(r"\s", "", first(mail, "Return-Path")) in {"<>", "<MAILER-DAEMON>"}
    daemon_path = bool(_MAILER.match(first(mail, "Return-Path").strip(" <")))
    if _MAILER.match(name) or _MAILER.match(_display_name(mail)):
        return "From: mailer-daemon"
    if content_type(mail) == "multipart/report" and (failing or telling):
        return "multipart/report"
    if (empty_path or daemon_path) and (failing or (telling and body.returned)):
        return "Return-Path: <>"
    if _SERVER_NAMES.match(name) and (failing and (telling or body.returned)):
        return f"From: {name.partition('@')[0]}"
    return ""


def _display_name(mail: Message) -> str:
    return line(mail, "From", most=200).strip("\"' ")


def _by_a_server(mail: Message, sender: str) -> bool:
    """Whether a mail server sent this itself: people forward bounces they got, reports and all."""
    names = (sender, _display_name(mail), first(mail, "Return-Path").strip(" <"))
    return (
        content_type(mail) == "multipart/report"
        or re.sub(r"\s", "", first(mail, "Return-Path")) == "<>"
        or any(_MAILER.match(name) or _SERVER_NAMES.match(name) for name in names)
        or "X-Failed-Recipients" in mail
        or not sender
    )


def _is_receipt(body: Body) -> bool:
    fields = re.compile(r"^Disposition:", re.IGNORECASE | re.MULTILINE)
    return any(fields.search(text) for text in body.reports)


def _delivery_report(body: Body) -> Message | None:
    """The fields of the first recipient that failed, else of the first recipient (RFC 3464)."""
    blocks = [_fields(block) for text in body.reports for block in re.split(r"\r?\n\r?\n+", text)]
    found = [block for block in blocks if block is not None]
    complaints = [block for block in found if "Feedback-Type" in block]
    named = [block for block in found if "Final-Recipient" in block or "Action" in block]
    failed = [block for block in named if line(block, "Action").lower().startswith("fail")]
    other = [block for block in found if "Original-Recipient" in block]
    return next(iter([*complaints, *failed, *named, *other]), None)


def _fields(block: str) -> Message | None:
    if ":" not in block:
        return None
    try:
        return message_from_string(block.strip() + "\n\n", policy=POLICY)
    except BROKEN:
        return None


def _notice(body: Body) -> str:
    """What the server wrote itself, without the copy of our mail below it."""
    text = body.text[:_TEXT_LOOKED_AT]
    copy = _RETURNED_FROM.search(text)
    return text[: copy.start()] if copy and copy.start() > 40 else text


def _status(report: Message | None, notice: str) -> str:
    told = line(report, "Status") if report is not None else ""
    diagnosis = line(report, "Diagnostic-Code", most=2000) if report is not None else ""
    for words in (told, diagnosis, notice):
        found = _STATUS.search(words)
        # "5.0.0" says nothing; the diagnosis may say more.
        if found and (found.group().endswith(".0.0") is False or words is notice):
            return found.group()
    found = _STATUS.search(told)
    return found.group() if found else ""


def _is_hard(report: Message | None, status: str, notice: str) -> bool | None:
    action = line(report, "Action").lower() if report is not None else ""
    if action.startswith("delay"):
        return False
    if status:
        # "Mailbox full" is for now, though many servers say 5.2.2 (RFC 3463, 3.3).
        return status[0] == "5" and not status.endswith("2.2")
    if report is not None and "Feedback-Type" in report:
        return None
    if _SOFT_WORDS.search(notice):
        return False
    code = _REPLY_CODE.search(notice)
    if code:
        return code.group(1) == "5"
    return True if _HARD_WORDS.search(notice) else None


def _kind(report: Message | None) -> BounceKind:
    if report is not None and "Feedback-Type" in report:
        return "complaint"
    action = line(report, "Action").lower() if report is not None else ""
    return "delayed" if action.startswith("delay") else "failed"


def _recipient(mail: Message, body: Body, report: Message | None, notice: str, sender: str) -> str:
    ours = {sender.lower(), *(found.lower() for found in addresses(mail, "To", "Delivered-To"))}
    told: list[str] = []
    if report is not None:
        for name in ("Original-Rcpt-To", "Final-Recipient", "Original-Recipient"):
            told += _addresses_in(line(report, name, most=400))
        told += _addresses_in(line(report, "X-Actual-Recipient", most=400))
    told += addresses(mail, "X-Failed-Recipients")
    if told:
        return told[0]
    written = [found for found in _recipients_in(notice) if found.lower() not in ours]
    returned = [_fields(text.split("\n\n")[0]) for text in body.returned]
    sent_to = [to for head in returned if head is not None for to in addresses(head, "To")]
    both = [found for found in written if found.lower() in {to.lower() for to in sent_to}]
    return next(iter([*both, *written, *sent_to]), "")


def _recipients_in(notice: str) -> Iterable[str]:
    """Addresses in the server's words, those on a line of their own first."""
    own_line = re.compile(
        rf"^[\s>*\-]*(?:to|recipient|address|rcpt to)?[\s:=]*[<\"(\[]?(?:mailto:|smtp:|rfc822;)?"
        rf"({_ADDRESS.pattern})[>\"\])]?\s*(?::|\.{{2,}}|-|\(|$|;|,)",
        re.IGNORECASE | re.MULTILINE,
    )
    alone = [found.rstrip(".") for found in own_line.findall(notice)]
    return [*alone, *_addresses_in(notice)]


def _addresses_in(words: str) -> list[str]:
    plain = re.sub(r"(?i)\b(?:rfc822|smtp|utf-8|x-unix|system)\s*;", " ", words)
    found = [one.strip(".'`=") for one in _ADDRESS.findall(plain)]
    return [
        one for one in found if not _MAILER.match(one) and not one.lower().startswith("postmaster@")
    ]


def _words(report: Message | None, notice: str) -> str:
    """The sentence that tells why, for a person to read."""
    if report is not None:
        diagnosis = line(report, "Diagnostic-Code", most=1000)
        diagnosis = re.sub(r"(?i)^\s*[a-z0-9\-]+\s*;\s*", "", diagnosis)
        if diagnosis:
            return clean_line(diagnosis, most=500)
    rows = [row.strip() for row in notice.split("\n") if row.strip()]
    telling = [row for row in rows if _STATUS.search(row) or _REPLY_CODE.search(row)]
    telling += [row for row in rows if _BODY.search(row)]
    return clean_line(next(iter([*telling, *rows]), ""), most=500)


def _returned_ids(body: Body) -> list[str]:
    """Message-IDs of the mail that came back, from its copy or from the text."""
    found: list[str] = []
    for text in body.returned:
        head = _fields(text.lstrip("\r\n").replace("\r\n", "\n").split("\n\n")[0])
        if head is not None:
            found += [one for value in values(head, "Message-ID") for one in ids(value)]
    pattern = re.compile(r"^[\s>]*Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
    for match in pattern.finditer(body.text[: _TEXT_LOOKED_AT * 4]):
        found += ids(match.group(1))
    for text in body.reports:
        found += [
            one
            for mark in re.findall(r"(?im)^Original-Message-ID:\s*(<[^<>\s]+>)", text)
            for one in ids(mark)
        ]
    return distinct(found)
