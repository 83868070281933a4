"""Conversations with a person or an organisation, newest first, keyset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.core import ids
from goodword.desk import lists
from goodword.desk.lists import Listed
from goodword.web.inbox.showing import Owed, nameless, owed_of

PAGE = 20
_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Line:
    """One conversation."""

    subject: str
    url: str
    who: str
    said_at: datetime
    words: str
    owed: Owed | None
    stands: str
    inbox: str


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the cursor of the next page."""

    lines: list[Line]
    after: str = ""


def page_of(
    rows: QuerySet[Conversation], *, after: str, by: Teammate, now: datetime, most: int = PAGE
) -> Page:
    """Of `rows`, as far as `by` may see them; an unreadable cursor begins at the top."""
    if after.isascii() and after.isdecimal() and len(after) <= _DIGITS:
        rows = rows.filter(latest_key__lt=int(after))
    found = list(rows.order_by("-latest_key").values_list("pk", flat=True)[: most + 1])
    listed = lists.listed(found[:most])
    inboxes = lists.inbox_names(listed) if listed else {}
    lines = [_line(each, inboxes.get(each.pk, ""), by=by, now=now) for each in listed]
    return Page(lines, str(listed[-1].latest_key) if len(found) > most and listed else "")


def _line(listed: Listed, inbox: str, *, by: Teammate, now: datetime) -> Line:
    return Line(
        subject=listed.subject or _("(no subject)"),
        url=reverse("inbox:conversation", args=[listed.public_id]),
        who=listed.who or nameless(),
        said_at=ids.moment_of(listed.latest_key),
        words=listed.latest_words,
        owed=owed_of(listed.owed, by=by, now=now) if listed.owed else None,
        stands=_stands(listed),
        inbox=inbox,
    )


def _stands(listed: Listed) -> str:
    if listed.side_of_id is not None:
        return _("Aside")
    if listed.state == Conversation.State.OPEN:
        return _("Their turn") if listed.latest_is_ours else _("Open")
    return str(Conversation.State(listed.state).label)
