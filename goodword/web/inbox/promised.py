"""The words given in a conversation, both ways, as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.inboxes import queries as inboxes
from goodword.promises import kinds
from goodword.promises.models import REPLY, Promise
from goodword.web.inbox.happenings import Happened
from goodword.web.inbox.showing import chip_of

Direction, State = Promise.Direction, Promise.State
_MOST = 12  # open ones that stand beside a conversation


@dataclass(frozen=True, slots=True)
class Word:
    """A promise. `state` is a key of goodword.ui.chips.FORMS; `stands` says whose it is, or how it
    ended; `quote` is how it was said.
    """

    public_id: str
    state: str
    at: datetime
    words: str
    stands: str
    quote: str
    url: str
    is_open: bool


@dataclass(slots=True)
class Promised:
    """`ours` and `theirs`: what is open between the person and us, wherever it was said."""

    ours: list[Word] = field(default_factory=list)
    theirs: list[Word] = field(default_factory=list)
    to_ourselves: list[Word] = field(default_factory=list)
    by_message: dict[int, list[Word]] = field(default_factory=dict)
    lines: list[Happened] = field(default_factory=list)
    can_keep: list[Word] = field(default_factory=list)  # by an answer in this conversation


def of(
    conversation: Conversation, *, rows: Sequence[Promise], by: Teammate, now: datetime
) -> Promised:
    """`rows`: what `between` gives for the conversation and its person."""
    found = Promised()
    others = [each for each in here(conversation, rows) if each.kind != REPLY]
    for each in others:
        if each.message_id is not None:
            word = word_of(each, by=by, now=now)
            found.by_message.setdefault(each.message_id, []).append(word)
    found.lines = [line for each in others for line in _lines(each, by)]
    lists = {
        Direction.OURS.value: found.ours,
        Direction.THEIRS.value: found.theirs,
        Direction.TO_OURSELVES.value: found.to_ourselves,
    }
    for each in _open(conversation, rows, by=by):
        lists[each.direction].append(word_of(each, by=by, now=now))
    if rights.may_answer(by):
        found.can_keep = [
            word_of(each, by=by, now=now)
            for each in others
            if each.is_open and each.direction == Direction.OURS
        ]
    return found


def here(conversation: Conversation, rows: Sequence[Promise]) -> list[Promise]:
    """Those of the conversation itself, in the order they were made."""
    return [each for each in rows if each.conversation_id == conversation.pk]


def between(conversation: int, *person: int) -> QuerySet[Promise]:
    """All promises of a conversation, and what is open with its person elsewhere: one query.

    `person`: all their keys (`people.keys_of`).
    """
    elsewhere = Q(person__in=person, state=State.OPEN) & ~Q(direction=Direction.TO_OURSELVES)
    rows = Promise.objects.filter(Q(conversation=conversation) | elsewhere)
    return rows.select_related("owner", "team", "person", "made_by", "ended_by").order_by(
        "made_at", "id"
    )


def _open(conversation: Conversation, rows: Sequence[Promise], *, by: Teammate) -> list[Promise]:
    """Soonest first, as far as `by` may see it."""
    found = [each for each in rows if each.is_open]
    if not by.is_owner and any(each.inbox_id != conversation.inbox_id for each in found):
        mine = {*inboxes.open_to(by).values_list("pk", flat=True), conversation.inbox_id}
        found = [each for each in found if each.inbox_id in mine or each.owner_id == by.pk]
    return sorted(found, key=lambda each: (each.due_at, each.pk))[:_MOST]


def word_of(promise: Promise, *, by: Teammate, now: datetime) -> Word:
    state, at = chip_of(promise, now=now)
    return Word(
        public_id=promise.public_id,
        state=state,
        at=at,
        words=_words(promise, by),
        stands=_stands(promise, by),
        quote=promise.said,
        url=reverse("promises:promise", args=[promise.public_id]),
        is_open=promise.is_open,
    )


def _words(promise: Promise, by: Teammate) -> str:
    if promise.kind == REPLY:
        return _("An answer")
    return promise.what or str(kinds.get(promise.kind).title)


def _stands(promise: Promise, by: Teammate) -> str:
    if promise.is_open:
        if promise.direction == Direction.THEIRS:
            return ""
        owner = promise.owner or promise.team
        who = _("you") if promise.owner_id == by.pk else str(owner or "")
        return pgettext("who owes a promise", "by %(who)s") % {"who": who}
    ended = promise.ended_by
    who = pgettext("who did it", "you") if ended == by else str(ended or "")
    if promise.state == State.BROKEN:
        return _("not kept")
    if promise.state == State.RELEASED:
        if promise.ended_why == "they_let_go":
            return _("they need it no longer")
        return _("let go by %(who)s") % {"who": who} if who else _("let go")
    return _("kept by %(who)s") % {"who": who} if who else _("kept")


def _lines(promise: Promise, by: Teammate) -> Iterable[Happened]:
    """The quiet lines of a promise that no message made."""
    if promise.message_id is not None:
        return
    who = pgettext("who did it", "You") if promise.made_by == by else str(promise.made_by or "")
    values = {"who": who or pgettext("who did it", "Somebody"), "what": promise.what}
    icon = "message-square-quote"
    if promise.kind == kinds.COME_BACK:
        icon, words = "alarm-clock", _("%(who)s will come back to this: %(what)s") % values
    elif promise.direction == Direction.THEIRS:
        icon, words = "hourglass", _("%(who)s noted what they promised: %(what)s") % values
    else:
        words = _("%(who)s promised: %(what)s") % values
    yield Happened(promise.made_at, icon, words, promise.pk * 2)
    if promise.ended_at is not None:
        ended = str(promise.get_state_display())
        words = _("%(state)s: %(what)s") % {"state": ended, "what": promise.what}
        yield Happened(promise.ended_at, "check", words, promise.pk * 2 + 1)
