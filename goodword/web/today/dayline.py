"""The day as a line: our hours, closed time hatched, what was kept behind, what is owed ahead.

Measured here, drawn by the template as SVG: once for each width, so that its words keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodword.accounts.models import Teammate
from goodword.plan import clocks
from goodword.plan import hours as business_time
from goodword.plan.service_plan import ServicePlan
from goodword.ui.times import Clock

Span = tuple[datetime, datetime]
WIDTHS = {"wide": 804, "middle": 640, "phone": 358}
MARK = 22  # px, as high as wide
_APART = MARK + 2
_HOUR = timedelta(hours=1)
_USUAL = (8, 18)  # o'clock, where nothing says when we are there
_LABEL_EVERY_PX = 44
_WORST_FIRST = ("late", "soon", "due", "moved", "kept_late", "kept")


@dataclass(frozen=True, slots=True)
class Moment:
    """What is put on the line. `state` is a key of goodword.ui.chips.FORMS."""

    at: datetime
    state: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment, or several that lie too close: then `count` of them, the worst one's look."""

    x: float
    state: str
    icon: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """`closed`: from x, how wide."""

    size: str
    width: int
    marks: list[Mark]
    ticks: list[Tick]
    closed: list[tuple[float, float]]
    now_x: float
    now: str
    words: str  # the text twin

    @property
    def flag_x(self) -> float:
        """The middle of the flag that says what time it is; within the line."""
        return min(max(self.now_x, 22), self.width - 22)


def lines(
    moments: Sequence[Moment], open_spans: Sequence[Span] | None, *, now: datetime
) -> list[Line]:
    """One for each of WIDTHS; the phone's begins now. `moments` are those of today.

    `open_spans` None: nothing says when we are there.
    """
    start, end = _reach(moments, open_spans or [], now)
    clock = Clock(now)
    words = _in_words(moments, open_spans or [], clock)
    drawn = []
    for size, width in WIDTHS.items():
        first = now if size == "phone" else start
        last = max(end, first + 4 * _HOUR) if size == "phone" else end
        scale = _Scale(first, last, width)
        here = [each for each in moments if first <= each.at <= last]
        drawn.append(
            Line(
                size=size,
                width=width,
                marks=_marks(here, scale, clock),
                ticks=_ticks(scale, now),
                closed=[(x, w) for x, w in _closed(open_spans, scale) if w > 1],
                now_x=scale.x(now),
                now=clock.clock(now),
                words=words,
            )
        )
    return drawn


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime
    width: int

    def x(self, at: datetime) -> float:
        part = (at - self.start) / (self.end - self.start)
        return round(min(max(part, 0), 1) * self.width, 1)


def _reach(moments: Sequence[Moment], spans: Sequence[Span], now: datetime) -> Span:
    """The whole hours that hold everything, with room before and after; within this day."""
    here = timezone.localtime(now)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    next_midnight = midnight + timedelta(days=1)  # on the wall, whatever happens in the night
    usual = [midnight.replace(hour=hour) for hour in _USUAL]
    known = [now, *(each.at for each in moments), *(each for span in spans for each in span)]
    known += usual if not spans else []
    first = min(known).astimezone(here.tzinfo) - _HOUR / 2
    last = max(known).astimezone(here.tzinfo) + _HOUR / 2
    return max(first, midnight).astimezone(UTC), min(last, next_midnight).astimezone(UTC)


def _marks(moments: Iterable[Moment], scale: _Scale, clock: Clock) -> list[Mark]:
    groups: list[list[Moment]] = []
    for each in sorted(moments, key=lambda moment: moment.at):
        if groups and scale.x(each.at) - scale.x(groups[-1][0].at) < _APART:
            groups[-1].append(each)
        else:
            groups.append([each])
    return [_mark(group, scale, clock) for group in groups]


def _mark(group: list[Moment], scale: _Scale, clock: Clock) -> Mark:
    worst = min(group, key=lambda each: _WORST_FIRST.index(each.state))
    room = MARK / 2
    x = min(max(scale.x(group[0].at), room), scale.width - room)
    words = "\n".join(f"{clock.clock(each.at)} {each.words}" for each in group)
    return Mark(x, worst.state, worst.icon, len(group) if len(group) > 1 else 0, words)


def _ticks(scale: _Scale, now: datetime) -> list[Tick]:
    """Every whole hour; labels as many as fit, none below the flag that says now."""
    begun = timezone.localtime(scale.start).replace(minute=0, second=0, microsecond=0)
    at, hours = begun.astimezone(UTC), []
    while (at := at + _HOUR) < scale.end:
        hours.append(timezone.localtime(at))
    per_hour = scale.width / max(len(hours), 1)
    every = next((n for n in (1, 2, 3, 4, 6) if per_hour * n >= _LABEL_EVERY_PX), 6)
    ticks = []
    for each in hours:
        x = scale.x(each)
        free = abs(x - scale.x(now)) > 36 and 14 < x < scale.width - 14
        ticks.append(Tick(x, f"{each:%H}" if free and each.hour % every == 0 else ""))
    return ticks


def _closed(spans: Sequence[Span] | None, scale: _Scale) -> list[tuple[float, float]]:
    if spans is None:
        return []
    found, at = [], scale.start
    for start, end in [*spans, (scale.end, scale.end)]:
        if start > at:
            found.append((scale.x(at), round(scale.x(start) - scale.x(at), 1)))
        at = max(at, end)
    return found


def _in_words(moments: Sequence[Moment], spans: Sequence[Span], clock: Clock) -> str:
    """What the picture shows, said."""
    hours = ", ".join(f"{clock.clock(start)}–{clock.clock(end)}" for start, end in spans)
    kept = [each for each in moments if each.state in ("kept", "kept_late")]
    owed = [each for each in moments if each not in kept]
    parts = [_("Hours today: %(hours)s.") % {"hours": hours}] if hours else []
    parts.append(ngettext("%(n)d kept.", "%(n)d kept.", len(kept)) % {"n": len(kept)})
    for each in owed:
        parts.append(f"{clock.clock(each.at)} {each.words}.")
    return " ".join(parts)


# When we are there


def hours_of(
    plan: ServicePlan, teammate: Teammate, inbox_ids: Sequence[int], *, day: date
) -> list[Span] | None:
    """When `teammate` answers on `day`: their duties, else the opening hours of their inboxes.

    None: there is no calendar.
    """
    calendars = [hours for key in [*inbox_ids, None] if (hours := plan.hours_of(key))]
    if not calendars:
        return None
    mine = [each for each in plan.duties if each.teammate_id == teammate.pk]
    if not mine:
        different = {id(hours): hours for hours in calendars}.values()
        return _joined(
            span for hours in different for span in business_time.spans_of_day(hours, day)
        )
    return _joined(
        (
            clocks.wall(hours.zone, day, duty.period.from_minute),
            clocks.wall(hours.zone, day, duty.period.until_minute),
        )
        for duty in mine
        if duty.weekday == day.weekday()
        and (hours := plan.hours_of(duty.inbox_id))
        and not business_time.is_closed_day(hours, day)
    )


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
