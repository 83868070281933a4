"""A conversation as it stands on paper: what was said, by whom and when, and what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk.keeping import public_links
from goodword.promises import kinds
from goodword.promises import queries as promises
from goodword.promises.models import REPLY, Promise
from goodword.web.inbox import showing

MOST = 500  # messages, the newest


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said. `kind`: theirs, ours, note or automatic."""

    kind: str
    who: str
    to: str
    at: datetime
    text: str
    files: list[str]


@dataclass(frozen=True, slots=True)
class Word:
    """A promise in a line: what, and how it stands."""

    what: str
    stands: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    subject: str
    reference: str
    who: str
    inbox: str
    entries: list[Entry]
    words: list[Word]
    is_cut: bool  # older messages are left out


def of(conversation: Conversation, *, notes: bool) -> Paper:
    """Without what was said aside or has not left yet. `notes`: with what is for the house alone,
    which is what came back or never arrived, too.

    Nobody's own page opens by what stands on it.
    """
    rows = conversation.messages.select_related("address", "teammate").defer("html", "search_text")
    rows = rows.exclude(conversations.waits_to_leave())
    if not notes:
        rows = rows.exclude(kind=Message.Kind.NOTE).exclude(inbound_kind="bounce")
        rows = rows.exclude(conversations.reached_nobody())
    newest = list(rows.order_by("-id")[: MOST + 1])
    shown = newest[:MOST][::-1]
    told, attached = conversations.told(shown), conversations.attached(shown)
    return Paper(
        subject=conversation.subject or conversation.reference,
        reference=conversation.reference,
        who=showing.name_of(conversation.person),
        inbox=conversation.inbox.name,
        entries=[
            Entry(
                kind=_kind(each),
                who=_author(each),
                to=_to(told[each.pk]),
                at=each.said_at,
                text=public_links.without_keys(_text(each, notes=notes).strip("\n")),
                files=[row.name for row in attached[each.pk] if not row.is_inline],
            )
            for each in shown
        ],
        words=[_word(each) for each in _promised(conversation, notes=notes)],
        is_cut=len(newest) > MOST,
    )


def _kind(message: Message) -> str:
    if message.is_note:
        return "note"
    if message.automatic:
        return "automatic"
    return "theirs" if message.is_inbound else "ours"


def _author(message: Message) -> str:
    address = message.address.written if message.address else ""
    name = message.author_name or (message.teammate.name if message.teammate else "")
    if name and address and name != address:
        return f"{name} <{address}>"
    return name or address or "Goodword"


def _text(message: Message, *, notes: bool) -> str:
    """Of what a teammate passed on, the words above it are for us."""
    if message.forwarded_by_id is not None and not notes:
        return message.reply_text
    return message.shown_text


def _to(told: Iterable[Recipient]) -> str:
    """Whom it names. Hidden copies stay hidden on paper too."""
    roles = {Recipient.Role.TO, Recipient.Role.CC}
    return ", ".join(row.address.written for row in told if row.role in roles)


def _promised(conversation: Conversation, *, notes: bool) -> Iterable[Promise]:
    rows = promises.of_conversation(conversation) if notes else promises.shown_in(conversation)
    return (
        rows.exclude(kind=REPLY).select_related("owner", "team", "person").order_by("made_at", "id")
    )


def _word(promise: Promise) -> Word:
    kind = str(kinds.get(promise.kind).title)
    owner = promise.owner or promise.team or promise.person
    what = f"{kind}: {promise.what}" if promise.what else kind
    state = _("open") if promise.is_open else str(promise.get_state_display()).lower()
    return Word(what=f"{what} ({owner})", stands=state, at=promise.ended_at or promise.due_at)
