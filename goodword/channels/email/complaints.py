"""Complaints: a provider tells that somebody who got our mail calls it abuse (RFC 5965)."""

from __future__ import annotations

import re

from goodword.channels.email.bounce_reports import Report, addresses_in
from goodword.channels.email.headers import addresses, first, line
from goodword.channels.email.mime import Part, parameter

# What a report of this format may say besides: a check that failed (RFC 6591) and mail that was
# taken for junk wrongly (RFC 6430) are nobody's complaint.
_NO_COMPLAINT = {"auth-failure", "not-spam", "dmarc"}
# Feedback loops older than the format: a fixed sender, a fixed subject and the mail itself.
_LOOP_SENDER = re.compile(
    r"^(?:staff|scomp|fbl|feedback|feedback-?loop|complaints?|abuse|abuse-?reports?|jmrp|arf|"
    r"spam-?reports?|no-?reply|do-?not-?reply)[\w.+-]{0,30}@",
    re.IGNORECASE,
)
_LOOP_SUBJECT = re.compile(
    r"^\s{0,5}(?:complaint about message from|e-?mail feedback report for|abuse report\b|"
    r"fbl (?:report|notification)|spam report\b|feedback loop|user complaint|"
    r"client tos notification)",
    re.IGNORECASE,
)
# What Hotmail's junk mail programme adds to the copy, naming who complained.
_JUNK_MAIL_PROGRAM = "X-HmXmrOriginalRecipient"


def may_be_loop(sender: str) -> bool:
    """Whether the sender's name is one that feedback loops use."""
    return bool(_LOOP_SENDER.match(sender))


def complaint_by(mail: Part, report: Report, *, sender: str, by_server: bool) -> str:
    """The rule by which `mail` is a complaint; empty when it is none.

    `by_server`: no person sent it. People forward complaints they got, report and all.
    """
    subject = line(mail, "Subject", most=200)
    loop = may_be_loop(sender)
    feedback = report.field("Feedback-Type").strip().lower()
    if feedback and (by_server or (loop and _LOOP_SUBJECT.match(subject))):
        return "" if feedback in _NO_COMPLAINT else f"Feedback-Type: {feedback}"
    kind = first(mail, "Content-Type")
    if mail.kind == "multipart/report" and parameter(kind, "report-type") == "feedback-report":
        return f"Content-Type: {mail.kind}; report-type=feedback-report"
    copied = any(_JUNK_MAIL_PROGRAM in head for head in report.returned)
    if report.returned and loop and (copied or _LOOP_SUBJECT.match(subject)):
        return f"From: {sender}, Subject: {subject}"
    return ""


def who_complains(report: Report) -> str:
    """The address the complaint is from, as far as the provider tells."""
    for name in ("Original-Rcpt-To", "Removal-Recipient", "Final-Recipient"):
        found = addresses_in(report.field(name, most=400))
        if found:
            return found[0]
    for name in (_JUNK_MAIL_PROGRAM, "To", "Delivered-To"):
        for head in report.returned:
            found = addresses(head, name)
            if found:
                return found[0]
    return ""
