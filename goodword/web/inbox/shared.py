"""Drafts that colleagues see: each a card above where one writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import getaddresses

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation, Draft, DraftFile
from goodword.core import prepared
from goodword.desk.answering import sharing
from goodword.inboxes import queries as inboxes
from goodword.web.inbox.showing import linked

AskedFor = Draft.AskedFor


@dataclass(frozen=True, slots=True)
class Card:
    """A shared draft as `by` sees it."""

    draft: Draft
    text: SafeString
    files: list[DraftFile]
    words: str  # who is asked for what
    sender: str  # what it leaves from, where that was chosen
    is_mine: bool
    may_finish: bool
    may_approve: bool
    stamp: str

    @property
    def may_send_back(self) -> bool:
        return self.may_finish or self.may_approve

    @property
    def to(self) -> str:
        """Names with their addresses: who approves it shall see where it goes."""
        to, copied, hidden = map(_named, (self.draft.to, self.draft.cc, self.draft.bcc))
        words = [to] if to else []
        if copied:
            words.append(_("copy to %(whom)s") % {"whom": copied})
        if hidden:
            words.append(_("hidden copy to %(whom)s") % {"whom": hidden})
        if self.sender:
            words.append(_("from %(address)s") % {"address": self.sender})
        return ", ".join(words)


def _named(typed: str) -> str:
    both = [(name, address) for name, address in getaddresses([typed]) if address]
    return ", ".join(f"{name} <{address}>" if name else address for name, address in both)


def of(conversation: Conversation, *, by: Teammate) -> list[Card]:
    """Asks the database only where the conversation is known to have any."""
    if not getattr(conversation, "has_shared", True):
        return []
    drafts = prepared.objects("shared drafts", _shared, conversation.pk)
    chosen = any(each.sender for each in drafts)
    own = inboxes.addresses_of(conversation.inbox_id) if chosen else []
    return [_card(each, own, by=by) for each in drafts]


def _shared(conversation: int) -> QuerySet[Draft]:
    rows = Draft.objects.filter(conversation=conversation, shared_at__isnull=False)
    return rows.select_related("teammate", "asked", "approved_by").order_by("shared_at", "pk")


def _card(draft: Draft, own: Sequence[str], *, by: Teammate) -> Card:
    asks_me = draft.asked_id == by.pk and rights.may_answer(by)
    waits = asks_me and draft.approved_at is None
    return Card(
        draft=draft,
        text=linked(draft.text),
        files=list(draft.files.select_related("file").order_by("pk")),
        words=_words(draft, by=by),
        sender=draft.sender if draft.sender in own else "",
        is_mine=draft.teammate_id == by.pk,
        may_finish=asks_me and draft.asked_for == AskedFor.FINISH,
        may_approve=waits and draft.asked_for == AskedFor.APPROVE,
        stamp=sharing.stamp(draft),
    )


def _words(draft: Draft, *, by: Teammate) -> str:
    if draft.approved_by is not None:
        if draft.approved_by_id == by.pk:
            return _("You approved it.")
        return _("%(who)s approved it.") % {"who": draft.approved_by.name}
    if draft.asked is None:
        return _("Shown to colleagues.")
    if draft.asked_id == by.pk:
        finish = _("You are asked to finish it.")
        return finish if draft.asked_for == AskedFor.FINISH else _("You are asked to approve it.")
    words = (
        _("%(who)s is asked to finish it.")
        if draft.asked_for == AskedFor.FINISH
        else _("%(who)s is asked to approve it.")
    )
    return words % {"who": draft.asked.name}
