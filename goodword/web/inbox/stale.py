"""What was said since an answer was begun, as it is shown above the draft that was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from goodword.conversations.models import Message
from goodword.desk.answering.meanwhile import SaidMeanwhile
from goodword.web.inbox.showing import MOST_SHOWN, linked


@dataclass(frozen=True, slots=True)
class News:
    """One message that the writer has not seen."""

    name: str
    address: str
    at: datetime
    text: SafeString
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """`newest`: the key up to which the writer has seen everything, once they have read it."""

    said: Sequence[News]
    newest: str


def of(error: SaidMeanwhile, *, after: int) -> Stale:
    newest = max(after, *(each.pk for each in error.messages))
    return Stale([_news(each) for each in error.messages], str(newest))


def _news(message: Message) -> News:
    address = message.address.written if message.address else ""
    teammate = message.teammate.name if message.teammate else ""
    return News(
        name=message.author_name or teammate or address or _("Goodword"),
        address=address,
        at=message.said_at,
        text=linked(message.shown_text.strip("\n")[:MOST_SHOWN]),
        is_ours=not message.is_inbound,
    )
