"""Mail as a road: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from goodword.channels.email import accounts, composing, parsing, smtp_out
from goodword.channels.email.html import text_to_html
from goodword.channels.email.models import MailAccount
from goodword.core import prepared
from goodword.core.text import runs_to_the_left
from goodword.desk.roads import Inbound, Outbound, Outcome


class EmailRoad:
    name = "email"

    def parse(self, raw: bytes, *, received_at: datetime, envelope_to: Sequence[str]) -> Inbound:
        return parsing.parse(raw, received_at=received_at, envelope_to=envelope_to)

    def send(self, outbound: Outbound, *, commit: Callable[[Sequence[str]], None]) -> Outcome:
        account = MailAccount.objects.filter(inbox=outbound.inbox_id).first()
        if account is None or not account.smtp_host:
            return Outcome(trouble=_("This inbox has no outgoing mail server yet."))
        return smtp_out.send(
            accounts.smtp_of(account),
            composing.compose(written_out(outbound)),
            sender=outbound.sender.address,
            envelope=outbound.envelope,
            commit=commit,
        )

    def can_send(self, inbox_id: int) -> bool:
        return bool(prepared.rows("way out", _with_a_way_out, inbox_id))


def _with_a_way_out(inbox: int) -> QuerySet[MailAccount, tuple[int]]:
    return MailAccount.objects.filter(inbox=inbox).exclude(smtp_host="").values_list("pk")


def written_out(outbound: Outbound) -> Outbound:
    """Text and HTML as they are sent: the answer, the signature, the history below it."""
    text, html = outbound.text, outbound.html or text_to_html(outbound.text)
    if outbound.html and runs_to_the_left(text):
        html = f'<div dir="rtl">{html}</div>'
    if outbound.signature:
        text += f"\n\n-- \n{outbound.signature}"
        html += f"<p>-- <br></p>{text_to_html(outbound.signature)}"
    if outbound.history:
        below, below_html = composing.quoted(
            outbound.history.text,
            outbound.history.html,
            author=outbound.history.author,
            moment=outbound.history.moment,
            language=outbound.language,
        )
        text += f"\n\n{below}"
        html += f"<br>{below_html}"
    return replace(outbound, text=text, html=html)
