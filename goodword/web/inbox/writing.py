"""What a teammate is writing in a conversation, as the composer shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import getaddresses
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation, Draft, DraftFile
from goodword.core import ids, prepared
from goodword.desk import roads
from goodword.desk.answering import recipients as whom_to
from goodword.desk.answering.leaving_from import Senders
from goodword.desk.answering.queueing import ROAD
from goodword.desk.answering.recipients import Recipients
from goodword.web.inbox import marks, whom
from goodword.web.inbox.marks import AddressMark
from goodword.web.inbox.whom import Whom

if TYPE_CHECKING:
    from goodword.web.inbox.advice import Bar
    from goodword.web.inbox.sending import Wish
    from goodword.web.inbox.snoozing import Choice
    from goodword.web.inbox.stale import Stale


@dataclass(slots=True)
class Composer:
    """The composer as shown. `errors` by field; "" is about the whole."""

    mode: str  # reply, all or note
    text: str = ""
    saved: str = ""  # the draft as the page knows it from now on
    was_joined: bool = False  # more stands in it than the page sent
    to: str = ""
    cc: str = ""
    bcc: str = ""
    sender: str = ""  # which of the other `senders` was chosen; empty: the usual one
    senders: Senders = field(default_factory=Senders)
    files: list[DraftFile] = field(default_factory=list)
    saved_at: datetime | None = None
    may_answer: bool = True
    can_leave: bool = True  # the inbox has a way out; without one it is said before it is written
    can_reply_all: bool = False
    once: str = field(default_factory=ids.public_id)  # what this form says, it says once
    begins: bool = False  # someone asked for it: the cursor goes there
    errors: dict[str, list[str]] = field(default_factory=dict)
    marks: list[AddressMark] = field(default_factory=list)  # of those it goes to
    usual: Recipients = field(default_factory=Recipients)  # whom a reply to all goes to
    whom: Whom = field(default_factory=Whom)
    bar: Bar | None = None  # what is advised, where it is a step before sending
    wish: Wish | None = None  # when it leaves and what comes after, chosen before and not done yet
    knows_late: str = ""  # it leaves after what is promised by then, and the page says so
    language: str = ""  # of the person it is for: the browser checks its spelling
    asks: str = ""  # which of the menus beside Send stands open: later, then
    sending_choices: list[Choice] = field(default_factory=list)
    seen: str = ""  # key of the newest message that the page showed when writing was begun
    stale: Stale | None = None  # what was said since, when that stopped it

    @property
    def most_mb(self) -> int:
        return settings.MAX_UPLOAD_MB

    @property
    def most_together_mb(self) -> int:
        return settings.MAX_SENT_MB

    @property
    def is_note(self) -> bool:
        return self.mode == "note"

    @property
    def whole_errors(self) -> list[str]:
        return self.errors.get("", [])

    def choose(self, sender: str) -> None:
        """What it leaves from; the usual one where that is no address of the inbox any more."""
        self.sender = self.senders.choice(sender)

    @property
    def recipients_wrong(self) -> bool:
        return bool(self.errors.keys() & {"to", "cc", "bcc", "sender"})


def _addresses(*typed: str) -> list[str]:
    """For saying them only: what can't be read is left to `recipients.read_addresses`."""
    return [address for _name, address in getaddresses(list(typed)) if address]


def of(conversation: Conversation, *, by: Teammate, mode: str = "", now: datetime) -> Composer:
    """What `by` was writing here, else an empty answer to whoever wrote last."""
    begins = mode in {"reply", "all", "note"}
    if not rights.may_answer(by):
        mode = "note"
    elif not begins:
        mode = "reply"
    draft = draft_of(conversation, by, mode)
    made = Composer(mode=mode, may_answer=rights.may_answer(by), begins=begins)
    if not made.is_note:
        made.can_leave = roads.road(ROAD).can_send(conversation.inbox_id)
        made.language = conversation.person.language or conversation.inbox.language
    if made.may_answer:
        only, everyone, made.senders = whom_to.usual(conversation)
        made.can_reply_all = everyone.count > only.count
        made.usual = everyone
        _address(made, everyone if mode == "all" else only)
    if draft is not None:
        made.text = made.saved = draft.text
        made.saved_at, made.files = (
            draft.saved_at,
            list(draft.files.select_related("file").order_by("pk")),
        )
        if draft.to or draft.cc or draft.bcc:
            made.to, made.cc, made.bcc = draft.to, draft.cc, draft.bcc
        made.choose(draft.sender)
    made.seen = str(conversation.latest_key)
    mark(made, conversation, now=now)
    return made


def mark(shown: Composer, conversation: Conversation, *, now: datetime) -> None:
    """Say whom it goes to and what is known of the addresses."""
    if not shown.is_note:
        shown.whom = whom.of(
            conversation, shown.to, shown.cc, shown.bcc, sender=shown.sender, usual=shown.usual
        )
        shown.marks = marks.of_written(_addresses(shown.to, shown.cc, shown.bcc), now=now)


def draft_of(conversation: Conversation, by: Teammate, mode: str) -> Draft | None:
    kind = Draft.Kind.NOTE if mode == "note" else Draft.Kind.REPLY
    found = prepared.objects("draft", _drafts, conversation.pk, by.pk, str(kind))
    return found[0] if found else None


def _drafts(conversation: int, teammate: int, kind: str) -> QuerySet[Draft]:
    return Draft.objects.filter(conversation=conversation, teammate=teammate, kind=kind)


def _address(made: Composer, recipients: Recipients) -> None:
    made.to, made.cc, made.bcc = map(", ".join, (recipients.to, recipients.cc, recipients.bcc))
