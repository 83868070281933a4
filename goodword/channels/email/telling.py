"""How one mail is read, as plain facts: for `goodword mail explain` and for measuring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from goodword.channels.email.bounces import Bounce
from goodword.channels.email.parsing import Reading, read_mail
from goodword.channels.email.trimming import explain_reply
from goodword.desk.roads import Inbound


def without_a_desk() -> None:
    """Let mails be read where there is no installation: no settings, no database, and at once."""
    if not settings.configured:
        settings.configure(USE_I18N=False)


def tell(raw: bytes, *, ours: Sequence[str] = (), at: datetime) -> dict[str, object]:
    """What Goodword reads in a mail, and why; ready for JSON. Raises CannotParse.

    `ours`: the addresses it was delivered to, as the mail server or the inbox says. `why` has each
    rule and the header or line that decided; docs/mail.md says where the rules are.
    """
    reading = read_mail(raw, received_at=at, envelope_to=ours)
    inbound = reading.inbound
    return {
        "subject": inbound.subject,
        "from_address": inbound.sender.address,
        "text": inbound.text,
        "reply_text": inbound.reply_text,
        "attachments": [
            {"name": file.name, "size": len(file.data), "content_type": file.content_type}
            for file in inbound.files
        ],
        "kind": inbound.kind,
        "abuse": inbound.bounce_kind == "complaint",
        "bounced_recipient": inbound.bounced_recipient or None,
        "bounce_hard": inbound.bounce_hard,
        "why": _reasons(reading),
    } | _when_present(inbound)


def _reasons(reading: Reading) -> dict[str, object]:
    """By the name of what was decided, in the order in which it is."""
    inbound, verdict = reading.inbound, reading.verdict
    _reply, reply_why = explain_reply(inbound.text, inbound.html, subject=inbound.subject)
    nothing = "no sign of a robot, a list or returned mail"
    by_a_person = f"no rule decided; {verdict.beside}" if verdict.beside else nothing
    always: dict[str, object] = {
        "text": reading.body.read_as,
        "kind": verdict.why or by_a_person,
        "reply_text": reply_why or "all of it is shown",
    }
    sometimes = {
        "bounce_hard": _why_hard(verdict.bounce),
        "forwarded_from": reading.forwarded_why,
    }
    return always | {name: why for name, why in sometimes.items() if why}


def _why_hard(bounce: Bounce | None) -> str:
    if bounce is None or bounce.kind == "complaint":
        return ""
    if bounce.kind == "delayed":
        return "only delayed"
    return f"{bounce.reason or 'no reason told'}: {bounce.reason_why}".rstrip(": ")


def _when_present(inbound: Inbound) -> dict[str, object]:
    invitation, inside = inbound.invitation, inbound.forwarded
    found: dict[str, object] = {
        "protection": inbound.protection,
        "authentication": [
            {"server": one.server, "verdict": one.verdict, "why": one.why}
            for one in inbound.authentications
        ],
        "invitation": invitation
        and {
            "method": invitation.method,
            "title": invitation.title,
            "starts": invitation.starts,
            "ends": invitation.ends,
        },
        "forwarded_from": inside.sender.address if inside else "",
        "oddities": list(inbound.oddities),
    }
    return {name: value for name, value in found.items() if value}
