"""What a returned mail carries: a report, a notice for people, a copy of our mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goodword.channels.email.bodies import Body
from goodword.channels.email.bounce_words import COPY, DAEMON, TELLING
from goodword.channels.email.headers import addresses, distinct, ids, line, values
from goodword.channels.email.mime import Part

MOST_TEXT = 60_000
_MOST_NOTICE = 6_000  # what is longer is our own mail by then
_MOST_BLOCKS = 200
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9_.+=/!#$%&'*?^`{|}~-])[A-Za-z0-9_.+=/!#$%&'*?^`{|}~-]{1,100}"
    r"@[A-Za-z0-9][A-Za-z0-9.\-]{1,250}"
)
_TYPE = re.compile(r"\b(?:rfc822|smtp|utf-8|x-unix|system|unknown|x400)\s{0,5};", re.IGNORECASE)
_ALONE = re.compile(
    r"^[\s>*\"<(\[-]{0,40}(?:(?:to|recipient|address|rcpt to|user)\b[\s:=]{0,5})?[<\"(\[]?"
    rf"(?:mailto:|smtp:|rfc822;)?({_ADDRESS.pattern})[>\"\])]?\s{{0,20}}"
    r"(?::|\.{2,9}|-|\(|\[|<|$|;|,|on )",
    re.IGNORECASE,
)
_FIELDS_IN_TEXT = re.compile(
    r"^(?:Final-Recipient|Feedback-Type)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_OTHER_PEOPLE = re.compile(r"^\s{0,20}(?:from|to|cc|bcc|sender|reply-to)\s{0,5}:", re.IGNORECASE)
_FROM_WHOM = re.compile(
    r"\b(?:(?:e-?)?mails?|messages?|sender) from:?\s{1,5}<?[^\s<>@]{1,100}@[^\s<>]{1,250}",
    re.IGNORECASE,
)
_ID_LINE = re.compile(
    r"^[ \t>]{0,20}(?:Original-)?Message-ID:[ \t]*(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Report:
    """A mail that came back, taken apart.

    `fields`: of the recipient that failed (RFC 3464). `notice`: what the server wrote for people;
    `has_copy`: our mail followed it in the text. `returned`: heads of our mail, as parts.
    """

    fields: Part | None
    notice: str
    has_copy: bool
    returned: list[Part]

    def field(self, name: str, *, most: int = 500) -> str:
        return line(self.fields, name, most=most) if self.fields is not None else ""


def read_report(body: Body) -> Report:
    heads = [_fields(_head(text)) for text in body.returned[:20]]
    text = body.text[:_MOST_NOTICE]
    copy = COPY.search(text, 40)
    return Report(
        fields=_report_fields(body),
        notice=text[: copy.start()] if copy else text,
        has_copy=bool(copy),
        returned=[head for head in heads if head is not None],
    )


def _head(text: str) -> str:
    return text[:MOST_TEXT].lstrip("\r\n").replace("\r\n", "\n").split("\n\n")[0]


def _report_fields(body: Body) -> Part | None:
    """The fields of a complaint, of the first recipient that failed, or of the first at all."""
    text = body.text[:MOST_TEXT]
    # Some write the report's fields into the text, in no part of their own.
    texts = body.reports or ([text] if _FIELDS_IN_TEXT.search(text) else [])
    found = [block for text in texts for block in _blocks(text)]
    complaints = [block for block in found if "Feedback-Type" in block]
    named = [block for block in found if "Final-Recipient" in block or "Action" in block]
    failed = [block for block in named if line(block, "Action").lower().startswith("fail")]
    other = [block for block in found if "Original-Recipient" in block]
    return next(iter([*complaints, *failed, *named, *other]), None)


def _blocks(text: str) -> Iterator[Part]:
    for block in re.split(r"\n[ \t\r]*\n", text[:MOST_TEXT])[:_MOST_BLOCKS]:
        fields = _fields(block)
        if fields is not None:
            yield fields


def _fields(block: str) -> Part | None:
    return Part(block.strip().encode("utf-8", "replace")) if ":" in block else None


def recipient(report: Report, failed: list[str], *, not_these: set[str]) -> str:
    """Whom the mail did not reach; `failed` as the notice's own header says."""
    # First where we wrote to: the final address may be one that they forward to (RFC 3464, 2.3).
    told = [
        one
        for name in ("Original-Recipient", "Final-Recipient", "X-Actual-Recipient")
        for one in addresses_in(report.field(name, most=400))
    ]
    # Without a dot it is a name inside their system.
    known = [one for one in told if "." in one.partition("@")[2] and one.lower() not in not_these]
    if known or failed:
        return next(iter([*known, *failed]))
    written = [one for one in _recipients_in(report.notice) if one.lower() not in not_these]
    sent_to = [one for head in report.returned for one in addresses(head, "To")]
    ours = {one.lower() for one in sent_to}
    both = [one for one in written if one.lower() in ours]
    return next(iter([*both, *written, *sent_to, *told]), "")


def _recipients_in(notice: str) -> list[str]:
    """Addresses in the server's words: after it says that it failed, and on a line of their own."""
    said = TELLING.search(notice)
    start = notice.rfind("\n", 0, said.start()) + 1 if said else 0
    found: list[str] = []
    for words in (notice[start:], notice[:start]):
        rows = [row[:1000] for row in words.split("\n") if "@" in row]
        alone = [match.group(1).rstrip(".") for row in rows if (match := _ALONE.match(row))]
        plain = [_FROM_WHOM.sub(" ", row) for row in rows if not _OTHER_PEOPLE.match(row)]
        found += [*alone, *(one for row in plain[:200] for one in addresses_in(row))]
    return found


def addresses_in(words: str) -> list[str]:
    """Addresses in a line of text, without those of mail systems."""
    found = [one.strip(".'`=") for one in _ADDRESS.findall(_TYPE.sub(" ", words))]
    return [
        one for one in found if not DAEMON.match(one) and not one.lower().startswith("postmaster@")
    ]


def returned_ids(report: Report, body: Body) -> list[str]:
    """Message-IDs of the mail that came back: of its copy, in the text, in the report."""
    found = [
        one
        for head in report.returned
        for value in values(head, "Message-ID")
        for one in ids(value)
    ]
    for text in (body.text[: MOST_TEXT * 4], *body.reports):
        found += [
            one for match in _ID_LINE.finditer(text[: MOST_TEXT * 4]) for one in ids(match.group(1))
        ]
    return distinct(found)
