"""What is found in a draft, shown beside it: their questions, and the promises one is making.

Each promise comes with fields, so that its words and time can be put right, or it can be said to be
none. Without script they are shown as a step before sending.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.core.text import clean_line
from goodword.desk import advising
from goodword.desk.advising import Advice, Found
from goodword.desk.promising import Said
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.ledger.forms import MOST_YEARS

_MOST_TEXT = 500_000


class WrongTime(Exception):
    """The time given for a promise can't be read or has passed; `str()` is the promise."""


@dataclass(frozen=True, slots=True)
class Row:
    """A promise in the bar, as found or as put right since. `day` and `clock` as fields hold them,
    in the house's zone.
    """

    found: Found
    what: str
    day: str
    clock: str
    is_tracked: bool

    @property
    def key(self) -> str:
        return self.found.key

    @property
    def at(self) -> datetime:
        return self.found.due.at

    @property
    def spans(self) -> str:
        """For the underlining: "23-80 91-99"."""
        return " ".join(f"{start}-{end}" for start, end in self.found.spans)


@dataclass(slots=True)
class Bar:
    """All that is advised on a draft. `unseen`: promises that the page has not shown yet."""

    advice: Advice
    rows: list[Row] = field(default_factory=list)
    unseen: bool = False

    @property
    def questions_word(self) -> str:
        left = self.advice.unanswered
        return _("Advice only") if left else _("All answered, as far as one can see")

    @property
    def tracked(self) -> list[Row]:
        return [row for row in self.rows if row.is_tracked]


@inside
@require_POST
def advice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a pause in the writing asks for."""
    found = pages.visible(request, public_id)
    by, now = teammate_of(request), moment_of(request)
    text = request.POST.get("text", "")[:_MOST_TEXT]
    bar = of(found, text, request.POST, by=by, now=now)
    if bar is not None:
        remember_what_is_none(bar, by=by, at=now)
    theirs = advising.promised_by_them(found, by=by, at=now) if bar else []
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "bar": bar,
        "theirs": [each for _message, each in theirs],
    }
    return render(request, "web/inbox/_advice.html", context)


def of(
    conversation: Conversation, text: str, sent: QueryDict, *, by: Teammate, now: datetime
) -> Bar | None:
    """None for who wants no advice, or answers nobody."""
    if not by.is_advised or not rights.may_answer(by):
        return None
    found = advising.advise(conversation, text.replace("\r\n", "\n"), by=by, at=now)
    bar = Bar(found)
    seen = set(sent.getlist("seen"))
    for each in found.promises:
        if each.key in seen:
            bar.rows.append(_as_sent(each, sent))
        else:
            bar.unseen = True
            bar.rows.append(_as_found(each))
    return bar


def said(bar: Bar, conversation: Conversation, *, now: datetime) -> list[Said]:
    """What is followed from the sending on. Raises WrongTime."""
    return [
        Said(
            what=row.what or row.found.what,
            due=_due(row, conversation, now=now),
            words=row.found.sentence,
            due_by_default=row.found.by_default and _is_untouched(row),
        )
        for row in bar.tracked
    ]


def remember_what_is_none(bar: Bar, *, by: Teammate, at: datetime) -> None:
    """What was said to be no promise is asked about no more."""
    none = [row.found.sentence for row in bar.rows if not row.is_tracked]
    if none:
        advising.dismiss(none, by=by, at=at)
        bar.rows = bar.tracked


def _as_found(found: Found) -> Row:
    here = timezone.localtime(found.due.at)
    clock = "" if found.due.said == "day" else f"{here:%H:%M}"
    return Row(found, found.what, f"{here:%Y-%m-%d}", clock, True)


def _as_sent(found: Found, sent: QueryDict) -> Row:
    fresh = _as_found(found)
    return Row(
        found,
        typed(sent, f"what-{found.key}") or fresh.what,
        typed(sent, f"day-{found.key}") or fresh.day,
        typed(sent, f"clock-{found.key}"),
        f"track-{found.key}" in sent,
    )


def _is_untouched(row: Row) -> bool:
    fresh = _as_found(row.found)
    return (row.day, row.clock) == (fresh.day, fresh.clock)


def _due(row: Row, conversation: Conversation, *, now: datetime) -> Due:
    if _is_untouched(row):
        return row.found.due
    zone = timezone.get_current_timezone_name()
    try:
        day = date.fromisoformat(clean_line(row.day, most=10))
        clock = time.fromisoformat(row.clock) if row.clock else None
    except ValueError as error:
        raise WrongTime(row.what) from error
    if abs(day.year - now.year) > MOST_YEARS:
        raise WrongTime(row.what)
    if clock is None:
        due = plan.current().day_due(conversation.inbox_id, day, zone=zone)
    else:
        at = datetime.combine(day, clock.replace(tzinfo=None), tzinfo=ZoneInfo(zone))
        due = plan.current().moment_due(at, zone=zone)
    if due.at <= now:
        raise WrongTime(row.what)
    return due
