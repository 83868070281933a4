"""What is said aside of a conversation, as cards in its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message
from goodword.core import prepared
from goodword.people.models import Holding
from goodword.web.inbox import showing

_MOST = 30  # asides of one conversation that are shown
State = Conversation.State


@dataclass(frozen=True, slots=True)
class Aside:
    """A side conversation as a card. `stands`: whose turn it is, or what is wrong."""

    key: int
    public_id: str
    who: str
    subject: str
    words: str
    count: int
    at: datetime  # it was begun
    is_ours: bool  # the last word
    state: str
    in_trouble: bool
    kind: str = "aside"

    @property
    def awaits_them(self) -> bool:
        return self.is_ours and self.count > 0 and self.state == State.OPEN

    @property
    def stands(self) -> str:
        if self.in_trouble:
            return _("not delivered")
        if self.state != State.OPEN:
            return str(State(self.state).label)
        if not self.count:
            return _("not sent")
        return _("no answer yet") if self.is_ours else _("answered")

    @property
    def url(self) -> str:
        return reverse("inbox:conversation", args=[self.public_id])


def of(conversation: Conversation, *, by: Teammate) -> list[Aside]:
    """What is said aside of it, as far as `by` may see it: one query."""
    if conversation.side_of_id is not None:
        return []

    def build(key: int, parent: int) -> QuerySet[Conversation, Any]:
        return _cards(conversations.visible_to(accounts.like(by, key)).filter(side_of=parent))

    rows = prepared.rows(("asides", by.role, by.is_active), build, by.pk, conversation.pk)
    return [_card(*row) for row in rows]


def _cards(sides: QuerySet[Conversation]) -> QuerySet[Conversation, Any]:
    said = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind=Message.Kind.NOTE)
    number = said.order_by().values("conversation").annotate(n=Count("pk")).values("n")
    held = Holding.objects.filter(person=OuterRef("person")).exclude(address__written="")
    troubled = conversations.in_trouble().filter(message__conversation=OuterRef("pk"))
    rows = sides.order_by("made_at", "pk").annotate(
        number=Subquery(number),
        written=Subquery(held.order_by("pk").values("address__written")[:1]),
        in_trouble=Exists(troubled),
    )
    return rows.values_list(
        "pk", "public_id", "person__name", "written", "subject", "latest_words", "number",
        "made_at", "latest_is_ours", "state", "in_trouble",
    )[:_MOST]  # fmt: skip


def _card(
    key: int, public_id: str, name: str, written: str | None, subject: str, words: str,
    number: int | None, at: datetime, is_ours: bool, state: str, in_trouble: bool,
) -> Aside:  # fmt: skip
    who = name or written or showing.nameless()
    return Aside(
        key, public_id, who, subject, words, number or 0, at, bool(is_ours), state, bool(in_trouble)
    )


def around(found: Conversation, *, by: Teammate) -> Conversation | None:
    """The conversation that an aside is about, where `by` may see it."""
    if found.side_of_id is None:
        return None
    seen = conversations.visible_to(by).select_related("person")
    return seen.filter(pk=found.side_of_id).first()


def who_is_awaited(found: Conversation, *, by: Teammate) -> list[str]:
    """Whom we asked aside and have not heard from."""
    return [each.who for each in of(found, by=by) if each.awaits_them]
