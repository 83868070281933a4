"""The week as a picture: each inbox a row, each day a cell with its hours, who is there, who isn't.

Pure functions of the plan. All bars of a picture share one axis of whole hours, cut into `STEPS`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from goodword.accounts.models import Teammate
from goodword.plan import clocks
from goodword.plan import hours as business
from goodword.plan.hours import Hours, NeverOpen
from goodword.plan.models import Absence, Duty
from goodword.web.plan.fields import DAY, HOUR, clock

STEPS = 96  # plan.css has a class for each
_USUAL = (9 * HOUR, 17 * HOUR)

Kind = Literal["duty", "team", "away", "gap"]
Span = tuple[int, int]  # minutes of a day as the wall shows them


@dataclass(frozen=True, slots=True)
class Bar:
    """`begins` and `ends` in steps of the axis; `short` in the bar, `says` all there is to say."""

    kind: Kind
    begins: int
    ends: int
    short: str
    note: str  # smaller, after it
    times: str
    says: str
    duty: str = ""  # public id


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    is_today: bool
    opens: Sequence[tuple[int, int]]  # in steps
    open_words: str  # "09:00–17:00", empty when closed
    closed_words: str  # the holiday or closure
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    zone: str  # where it isn't the business's
    has_hours: bool
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Picture:
    rows: Sequence[Row]
    days: Sequence[date]
    today: date
    axis: Span

    @property
    def has_duties(self) -> bool:
        return any(bar.duty for row in self.rows for day in row.days for bar in day.bars)

    @property
    def axis_words(self) -> tuple[str, str]:
        return clock(self.axis[0]), clock(self.axis[1])

    @property
    def hour_steps(self) -> list[int]:
        """Where the full hours stand, without both ends."""
        first, last = self.axis
        every = HOUR if last - first <= 12 * HOUR else 3 * HOUR
        return [_step(at, self.axis) for at in range(first + every, last, every)]


@dataclass(slots=True)
class Scene:
    """What is known of one inbox in a week, in minutes of each day."""

    name: str
    hours: Hours | None
    zone: ZoneInfo
    duties: Sequence[Duty]
    team: str  # who answers in opening hours where no duty is set
    gaps: Sequence[tuple[datetime, datetime]]
    absences: Sequence[Absence]
    changeable: Container[int]  # the duties that whoever looks may change
    days: list[list[_Piece]] = field(default_factory=list)
    opens: list[list[Span]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: Kind
    span: Span
    short: str
    words: str
    says: str = ""
    note: str = ""
    duty: str = ""


def draw(
    scenes: Iterable[Scene], *, monday: date, today: date, zone: ZoneInfo, language: str
) -> Picture:
    """The week that begins on `monday`; `zone` is the business's."""
    scenes = list(scenes)
    days = [monday + timedelta(days=number) for number in range(7)]
    for scene in scenes:
        _work_out(scene, days)
    axis = _axis(scenes)
    rows = [
        Row(
            name=scene.name,
            zone="" if scene.zone == zone else str(scene.zone),
            has_hours=scene.hours is not None,
            days=[
                _day(scene, number, day, today=today, axis=axis, language=language)
                for number, day in enumerate(days)
            ],
        )
        for scene in scenes
    ]
    return Picture(rows=rows, days=days, today=today, axis=axis)


def _work_out(scene: Scene, days: Sequence[date]) -> None:
    for day in days:
        start, end = _day_of(scene.zone, day)
        spans = business.spans(scene.hours, start, end) if scene.hours else ()
        scene.opens.append([_minutes(a, b, day, scene.zone) for a, b in spans])
        pieces = [
            _Piece(
                "gap",
                _minutes(max(a, start), min(b, end), day, scene.zone),
                _("Nobody"),
                _("Nobody"),
            )
            for a, b in scene.gaps
            if a < end and b > start
        ]
        if scene.hours is None or not business.is_closed_day(scene.hours, day):
            pieces += [piece for duty in scene.duties for piece in _of_duty(scene, duty, day)]
        if scene.hours is not None and not scene.duties and not pieces:
            pieces += [_Piece("team", span, scene.team, scene.team) for span in scene.opens[-1]]
        scene.days.append(pieces)


def _of_duty(scene: Scene, duty: Duty, day: date) -> list[_Piece]:
    """The duty on this day, cut where who has it goes away and comes back."""
    pieces = []
    for weekday, shift in ((day.weekday(), 0), ((day.weekday() - 1) % 7, DAY)):
        start, end = duty.from_minute - shift, min(duty.until_minute - shift, DAY)
        if duty.weekday == weekday and end > 0:
            pieces += _cut(scene, duty, day, (max(start, 0), end))
    return pieces


def _cut(scene: Scene, duty: Duty, day: date, span: Span) -> list[_Piece]:
    begin, finish = (clocks.wall(scene.zone, day, minute) for minute in span)
    mine = [each for each in scene.absences if each.teammate_id == duty.teammate_id]
    edges = {begin, finish}
    for each in mine:
        edges |= {at for at in (each.since, each.until) if at and begin < at < finish}
    pieces = []
    for start, end in pairwise(sorted(edges)):
        away = next((each for each in mine if _holds(each, start)), None)
        part = _minutes(start, end, day, scene.zone)
        piece = _away(scene, duty, part, away, at=start) if away else _there(duty, part)
        pieces.append(piece if duty.pk in scene.changeable else replace(piece, duty=""))
    return pieces


def _there(duty: Duty, span: Span) -> _Piece:
    says = ""
    if duty.backup:
        says = _("backup: %(who)s") % {"who": duty.backup.name}
    return _Piece(
        "duty", span, _first(duty.teammate), duty.teammate.name, says, duty=duty.public_id
    )


def _away(scene: Scene, duty: Duty, span: Span, absence: Absence, *, at: datetime) -> _Piece:
    """Whoever stands in has the bar, unless they are away themselves."""
    stand_in = absence.stand_in or duty.backup
    words = _("%(who)s is away") % {"who": duty.teammate.name}
    gone = {each.teammate_id for each in scene.absences if _holds(each, at)}
    if stand_in is None or stand_in.pk in gone:
        return _Piece(
            "away", span, _first(duty.teammate), words, note=_("away"), duty=duty.public_id
        )
    says = _("%(who)s stands in") % {"who": stand_in.name}
    note = _("for %(who)s") % {"who": _first(duty.teammate)}
    return _Piece("away", span, _first(stand_in), words, says, note, duty.public_id)


def _holds(absence: Absence, at: datetime) -> bool:
    return absence.since <= at and (absence.until is None or at < absence.until)


def _first(teammate: Teammate) -> str:
    """A bar has room for the first name; all of it is in its tooltip."""
    return teammate.name.split()[0] if teammate.name.strip() else teammate.email


def _day(scene: Scene, number: int, day: date, *, today: date, axis: Span, language: str) -> Day:
    opens, pieces = scene.opens[number], sorted(scene.days[number], key=_order)
    return Day(
        date=day,
        is_today=day == today,
        opens=[(_step(a, axis), max(_step(b, axis), _step(a, axis) + 1)) for a, b in opens],
        open_words=", ".join(_times(span) for span in opens),
        closed_words=why_closed(scene.hours, day, language) if scene.hours else "",
        bars=[_bar(piece, axis) for piece in pieces],
    )


def _order(piece: _Piece) -> tuple[int, int, str]:
    return piece.span[0], piece.kind == "gap", piece.words


def _bar(piece: _Piece, axis: Span) -> Bar:
    begins = _step(piece.span[0], axis)
    times = _times(piece.span)
    says = ", ".join(part for part in (piece.words, times, piece.says) if part)
    ends = max(_step(piece.span[1], axis), begins + 1)
    return Bar(piece.kind, begins, ends, piece.short, piece.note, times, says, piece.duty)


def why_closed(hours: Hours, day: date, language: str) -> str:
    """The holiday or the closure that takes the hours away."""
    named = [name for _day, name in business.holidays_between(hours, day, day, language=language)]
    closure = business.closure_on(hours, day)
    if closure:
        named.insert(0, closure.text or _("Closed"))
    return ", ".join(named)


def back_on(hours: Hours, last_day: date) -> datetime | None:
    """When we open again after days off; a holiday may follow on them. None: never."""
    try:
        return business.opens_next(hours, clocks.wall(hours.zone, last_day + timedelta(days=1), 0))
    except NeverOpen:
        return None


def _axis(scenes: Sequence[Scene]) -> Span:
    """From the first whole hour in which anything happens to the last."""
    spans = [span for scene in scenes for opens in scene.opens for span in opens]
    spans += [piece.span for scene in scenes for pieces in scene.days for piece in pieces]
    first = min((span[0] for span in spans), default=_USUAL[0])
    last = max((span[1] for span in spans), default=_USUAL[1])
    return first // HOUR * HOUR, -(-last // HOUR) * HOUR


def _step(minute: int, axis: Span) -> int:
    return round((minute - axis[0]) * STEPS / (axis[1] - axis[0]))


def _times(span: Span) -> str:
    return f"{clock(span[0])}–{clock(span[1])}"


def _day_of(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    return clocks.wall(zone, day, 0), clocks.wall(zone, day + timedelta(days=1), 0)


def _minutes(start: datetime, end: datetime, day: date, zone: ZoneInfo) -> Span:
    """Both moments as the wall shows them on `day`; its end is 24:00."""
    return _minute(start, day, zone), _minute(end, day, zone)


def _minute(at: datetime, day: date, zone: ZoneInfo) -> int:
    here = at.astimezone(zone)
    if here.date() != day:
        return DAY if here.date() > day else 0
    return here.hour * HOUR + here.minute
