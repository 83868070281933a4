"""The ledger as CSV: what is filtered, whole, as a stream."""

from __future__ import annotations

import csv
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

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER = "\ufeff"  # without it Excel takes UTF-8 for its own alphabet


class _Echo:
    """What csv writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def lines(ledger: Ledger, *, by: Teammate, now: datetime) -> Iterator[str]:
    """Times are the house's, with their offset from UTC."""
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER + writer.writerow(_heads())
    for page in ledger.all():
        for row in showing.shown(page, by=by, now=now):
            yield writer.writerow([safe(cell) for cell in _cells(row)])


def safe(cell: str) -> str:
    """As text: a spreadsheet runs what begins like a formula, and customers choose their names."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


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
