"""The ledger as CSV: what is filtered, whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.accounts.models import Teammate
from goodword.promises import kinds
from goodword.promises.ledger import Ledger
from goodword.ui.chips import FORMS
from goodword.web.ledger import showing
from goodword.web.ledger.showing import Shown


def rows(ledger: Ledger, *, by: Teammate, now: datetime) -> Iterator[list[str]]:
    """Times are the house's, with their offset from UTC."""
    yield _heads()
    for page in ledger.all():
        for row in showing.shown(page, by=by, now=now):
            yield _cells(row)


def _heads() -> list[str]:
    return [
        pgettext("column", "State"), pgettext("column", "Promise"), pgettext("column", "Kind"),
        pgettext("column", "Direction"), pgettext("column", "To"), pgettext("column", "Owner"),
        pgettext("column", "Given"), pgettext("column", "Due"), pgettext("column", "Ended"),
        pgettext("column", "Times moved"), pgettext("column", "Said"),
        pgettext("column", "Conversation"), pgettext("column", "How it stands"),
    ]  # fmt: skip


def _cells(row: Shown) -> list[str]:
    promise, conversation = row.promise, row.promise.conversation
    state = FORMS["due" if row.state == "soon" else row.state].word
    return [
        str(state), row.words, str(kinds.get(promise.kind).title),
        str(promise.get_direction_display()), row.who, row.owner,
        _moment(promise.made_at), _moment(promise.due_at), _moment(promise.ended_at),
        str(promise.times_moved), row.said.where,
        conversation.reference if conversation else _("none"), row.stands,
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds", sep=" ") if at else ""
