"""What is found in a draft, shown beside it: their questions, and the promises one is making.

Each promise comes with fields, so that its words and time can be put right, or it can be said to be
none. Without script they are shown as a step before sending.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import formatting
from goodword.conversations.models import Conversation
from goodword.core.text import clean_line
from goodword.desk.keeping import advising
from goodword.desk.keeping.advising import Advice, Found
from goodword.desk.keeping.promising import Said
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.ledger.forms import MOST_YEARS
from goodword.web.today.owed import in_words

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
    shown: str  # day and clock as the page first had them; while they stand, nobody said otherwise
    at: datetime

    @property
    def key(self) -> str:
        return self.found.key

    @property
    def is_untouched(self) -> bool:
        return f"{self.day} {self.clock}" == self.shown

    @property
    def is_by_default(self) -> bool:
        return self.found.by_default and self.is_untouched

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
    def asked_words(self) -> str:
        """ "They asked three things" """
        number = len(self.advice.questions)
        words = ngettext("They asked one thing", "They asked %(n)s things", number)
        return words % {"n": in_words(number)}

    @property
    def left_words(self) -> str:
        """The same in one line, for a narrow page: "Two of their three questions are open"."""
        number, left = len(self.advice.questions), self.advice.unanswered
        values = {"left": in_words(left).capitalize(), "n": in_words(number)}
        if not left:
            return _("All they asked is answered, as far as one can see")
        if number == 1:
            return _("Their question is open")
        if left == number == 2:
            return _("Both questions are open")
        if left == number:
            return _("All %(n)s questions are open") % values
        return (
            ngettext(
                "%(left)s of their %(n)s questions is open",
                "%(left)s of their %(n)s questions are open",
                left,
            )
            % values
        )

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
    theirs = advising.promised_by_them(found, by=by, at=now) if bar else []
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "bar": bar,
        "theirs": theirs,
    }
    return render(request, "web/inbox/_advice.html", context)


def of(
    conversation: Conversation, text: str, sent: QueryDict, *, by: Teammate, now: datetime
) -> Bar | None:
    """None for who wants no advice, or answers nobody."""
    if not by.is_advised or not rights.may_answer(by):
        return None
    words, place = formatting.without_marks(text.replace("\r\n", "\n"))
    found = advising.advise(conversation, words, by=by, at=now)
    found = replace(found, promises=[_in_text(each, place) for each in found.promises])
    bar = Bar(found)
    seen = set(sent.getlist("seen"))
    for each in found.promises:
        if each.key in seen:
            bar.rows.append(_as_sent(each, sent, conversation, now=now))
        else:
            bar.unseen = True
            bar.rows.append(_as_found(each))
    return bar


def _in_text(found: Found, place: Callable[[int], int]) -> Found:
    """The same, with its spans where they stand in the text as it is typed."""
    spans = tuple((place(start), place(end - 1) + 1) for start, end in found.spans)
    return replace(found, spans=spans)


def said(bar: Bar, conversation: Conversation, *, now: datetime) -> list[Said]:
    """What is followed from the sending on. Raises WrongTime."""
    return [
        Said(
            what=row.what or row.found.what,
            due=_due(row, conversation, now=now),
            kind=row.found.kind,
            words=row.found.sentence,
            due_by_default=row.is_by_default,
        )
        for row in bar.tracked
    ]


def remember_what_is_none(bar: Bar, *, by: Teammate, at: datetime) -> None:
    """What was said to be no promise is asked about no more."""
    none = [row.found.sentence for row in bar.rows if not row.is_tracked]
    if none:
        advising.dismiss(none, by=by, at=at)


def _as_found(found: Found) -> Row:
    here = timezone.localtime(found.due.at)
    day = f"{here:%Y-%m-%d}"
    clock = "" if found.due.said == "day" else f"{here:%H:%M}"
    return Row(found, found.what, day, clock, True, f"{day} {clock}", found.due.at)


def _as_sent(found: Found, sent: QueryDict, conversation: Conversation, *, now: datetime) -> Row:
    fresh = _as_found(found)
    row = Row(
        found,
        typed(sent, f"what-{found.key}") or fresh.what,
        typed(sent, f"day-{found.key}") or fresh.day,
        typed(sent, f"clock-{found.key}"),
        f"track-{found.key}" in sent,
        typed(sent, f"shown-{found.key}") or fresh.shown,
        found.due.at,
    )
    with suppress(WrongTime):
        row = replace(row, at=_due(row, conversation, now=now).at)
    return row


def _due(row: Row, conversation: Conversation, *, now: datetime) -> Due:
    if row.is_untouched:
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
