"""Bytes of a mail to one `Inbound`. Pure: no database, no network, no clock."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from goodword.channels.email.authentication import authentications
from goodword.channels.email.bodies import Body, read_body
from goodword.channels.email.forwards import explain_forwarded
from goodword.channels.email.headers import (
    MOST_PARTIES,
    delivered_to,
    distinct,
    first,
    line,
    message_id,
    parties,
    refers_to,
    written_at,
)
from goodword.channels.email.mime import Part
from goodword.channels.email.robots import Verdict, is_list_of, judge
from goodword.channels.email.trimming import reply_text
from goodword.core.text import clean
from goodword.desk.roads import CannotParse, Inbound, Party

ROAD = "email"
# Headers that servers add on the way: two copies of one mail differ in them.
_TRACE = re.compile(
    r"(?:received|return-path|delivered-to|envelope-to|delivery-date|status|lines|arc-|dkim-|"
    r"authentication-results|domainkey|errors-to|x-|content-length|list-|old-|resent-|sender$)"
)
_CLOCK_SLACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail as it was read, with what decided; `telling` says it in words."""

    inbound: Inbound
    body: Body
    verdict: Verdict
    forwarded_why: str


def parse(raw: bytes, *, received_at: datetime, envelope_to: Sequence[str]) -> Inbound:
    """Read a mail. Raises CannotParse only when there is nothing in it at all.

    `html` is the sender's, uncleaned (but for NUL and surrogates): `html.clean_html` cleans it
    each time it is shown, so that a better cleaner also serves old mail.
    """
    return read_mail(raw, received_at=received_at, envelope_to=envelope_to).inbound


def read_mail(raw: bytes, *, received_at: datetime, envelope_to: Sequence[str]) -> Reading:
    """`parse`, step by step: the body, who wrote it, what it is, what it passes on (docs/mail.md).

    Each step may lean on those before it, and on none after.
    """
    if not raw.strip(b"\x00\r\n\t "):
        raise CannotParse(_("The mail is empty."))
    raw = _without_mbox_line(raw)
    mail = Part(raw if b"\n" in raw else raw.replace(b"\r", b"\n"))
    body = read_body(mail)
    written = _sender(mail)
    behind = _behind_a_list(mail, written, envelope_to)
    verdict = judge(mail, body, sender=(behind or written).address, ours=envelope_to)
    passed_on, forwarded_why = None, ""
    if verdict.kind == "human":
        passed_on, forwarded_why = explain_forwarded(line(mail, "Subject"), body)
    inbound = replace(
        _inbound(mail, body, written, behind, verdict, received_at),
        delivered_to=delivered_to(mail, envelope_to),
        forwarded=passed_on,
    )
    return Reading(inbound, body, verdict, forwarded_why)


def _inbound(
    mail: Part,
    body: Body,
    written: Party,
    behind: Party | None,
    verdict: Verdict,
    received_at: datetime,
) -> Inbound:
    """`behind`: who wrote it if a list put its own address, `written`, in From."""
    own_id, claimed, subject = message_id(mail), written_at(mail), line(mail, "Subject")
    bounce = verdict.bounce
    return Inbound(
        road=ROAD,
        identity=_identity(mail, body, own_id, written),
        sender=behind or written,
        said_at=received_at,
        subject=subject,
        text=body.text,
        reply_text=reply_text(body.text, body.html, subject=subject),
        html=body.html,
        to=parties(mail, "To"),
        cc=parties(mail, "Cc"),
        reply_to=[] if behind else parties(mail, "Reply-To"),
        claimed_at=claimed,
        kind=verdict.kind,
        kind_why=verdict.why,
        external_ids=[own_id] if own_id else [],
        refers_to=_refers_to(mail, own_id, bounce.returned_ids if bounce else ()),
        files=body.files,
        bounce_kind=bounce.kind if bounce else "",
        bounced_recipient=bounce.recipient if bounce else "",
        bounce_hard=bounce.hard if bounce else None,
        bounce_words=bounce.words if bounce else "",
        language=_language(mail),
        oddities=_oddities(mail, body, written, behind, ahead=_is_ahead(claimed, received_at)),
        authentications=authentications(mail, behind),
        protection=body.protection,
        invitation=body.invitation,
    )


def _without_mbox_line(raw: bytes) -> bytes:
    """Pipes from an mbox begin with "From someone date", which is no header."""
    raw = raw.lstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")
    if raw.startswith((b"From ", b">From ")) and not raw[5:100].lstrip().startswith(b":"):
        raw = raw.partition(b"\n")[2]
    return raw


def _sender(mail: Part) -> Party:
    for name in ("From", "Reply-To", "Sender", "Return-Path"):
        found = parties(mail, name)
        if found:
            return found[0]
    return Party(address="", name=line(mail, "From", most=200).strip("\"'<> "))


def _behind_a_list(mail: Part, written: Party, ours: Sequence[str]) -> Party | None:
    """Who wrote to a list of ours that puts its own address in From, as it must for many senders.

    Else every customer whose domain forbids others to send in its name (DMARC) would be the one
    person "support@": Google notes the sender beside, Mailman as where to answer. Anybody can
    write that down, so no other list is believed, nor one that leads the answer elsewhere.
    """
    list_itself = written.address.lower()
    if list_itself not in map(str.lower, ours) or not is_list_of(mail, [list_itself]):
        return None
    if any(each.verdict == "fail" for each in authentications(mail)):
        return None
    name, _via, of_list = written.name.rpartition(" via ")
    answer_to = parties(mail, "Reply-To")
    noted = parties(mail, "X-Original-From")
    if not noted and of_list and name:
        noted = parties(mail, "X-Original-Sender") or answer_to
    found = next((each for each in noted if each.address.lower() != list_itself), None)
    if found is None:
        return None
    if {each.address.lower() for each in answer_to} - {list_itself, found.address.lower()}:
        return None
    return Party(found.address, found.name or name.strip("' "))


def _refers_to(mail: Part, own_id: str, returned: Sequence[str]) -> list[str]:
    return distinct([*returned, *refers_to(mail, own_id)], without=own_id)


def _identity(mail: Part, body: Body, own_id: str, sender: Party) -> str:
    """One mail that came twice, also by two ways, has one identity."""
    parts = [own_id, sender.address.lower(), body.digest]
    if not own_id:
        kept = [(name.lower(), value) for name, value in mail.headers if _stays(name)]
        parts += [f"{name}:{' '.join(value.split())}" for name, value in sorted(kept)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stays(name: str) -> bool:
    return not _TRACE.match(name.lower())


def _language(mail: Part) -> str:
    told = first(mail, "Content-Language").partition(",")[0].strip()
    return told if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", told) else ""


def _is_ahead(claimed: datetime | None, received_at: datetime) -> bool:
    return claimed is not None and claimed - received_at > _CLOCK_SLACK


def _oddities(
    mail: Part, body: Body, written: Party, behind: Party | None, *, ahead: bool
) -> list[str]:
    found: list[str] = []
    if behind:
        found.append(_("A list put its own address in place of the sender's."))
    if not written.address:
        found.append(_("The mail names no sender."))
    elif not parties(mail, "From"):
        found.append(_("The mail has no From address; the sender is taken from another header."))
    if len(mail.all("From")) > 1:
        found.append(_("The mail has several From headers; the first one counts."))
    if max(len(parties(mail, name)) for name in ("To", "Cc")) == MOST_PARTIES:
        found.append(_("The mail names very many people; not all of them are listed here."))
    if ahead:
        found.append(_("The sender's clock is ahead: the mail is dated in the future."))
    if body.too_deep:
        found.append(_("The mail's parts are nested too deep; some may be shown out of place."))
    if body.too_long:
        found.append(_("The text is very long; the whole of it is attached as a file."))
    if any(file.name.lower() == "winmail.dat" for file in body.files):
        found.append(_("The mail carries a winmail.dat of Outlook's that could not be unpacked."))
    return [clean(one) for one in found]
