"""What the clock on the wall of a zone shows, and when it shows it.

Moments are whole microseconds since 1970 in UTC, and what a clock shows ("wall") is counted alike
without a zone: whole numbers are ten times quicker to reckon with than datetimes.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_STEP = 3  # days; no zone changes its clock twice within six
_ALWAYS = 1 << 80


def since_epoch(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def midnight(day: int) -> int:
    """What a clock shows as the day with this ordinal begins."""
    return (day - _EPOCH_DAY) * DAY


def wall(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The first moment when the clock of `zone` shows this minute of `day`, or a later one."""
    number = day.toordinal()
    clock = clock_of(zone, number - 2, number + 4)
    return moment(clock.shows([midnight(number) + minute * MINUTE])[0])


class Clock(NamedTuple):
    """A zone's clock over some days: the stretches between its changes."""

    begins: list[int]  # of each stretch
    offsets: list[int]  # microseconds ahead of UTC, in each stretch
    shown: list[int]  # by the end of each stretch

    def shows(self, walls: list[int]) -> list[int]:
        """For each of `walls`, ascending, the first moment when it or a later time is shown."""
        moments: list[int] = []
        for begin, offset, shown in zip(self.begins, self.offsets, self.shown, strict=True):
            reached = bisect_left(walls, shown, len(moments))
            moments += [max(begin, wall - offset) for wall in walls[len(moments) : reached]]
        return moments

    def spans(self, walls: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The moments of such stretches of wall time, in order, apart from each other."""
        edges = self.shows([edge for span in _joined(walls) for edge in span])
        return _joined(list(zip(edges[::2], edges[1::2], strict=True)))


def _joined(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that overlap or touch made one, empty ones left out."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(pieces):
        if opens == closes:  # the clock skipped it
            continue
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined


@lru_cache(maxsize=1000)
def clock_of(zone: ZoneInfo, first_day: int, last_day: int) -> Clock:
    """On the days with these ordinals, the last one left out."""
    before = midnight(first_day)
    begins, offsets = [-_ALWAYS], [_offset(zone, before)]
    shown: list[int] = []
    for day in range(first_day + _STEP, last_day + _STEP, _STEP):
        now = midnight(min(day, last_day))
        offset = _offset(zone, now)
        if offset != offsets[-1]:
            change = _change(zone, before, now, offset)
            shown.append(change + offsets[-1])
            begins.append(change)
            offsets.append(offset)
        before = now
    return Clock(begins, offsets, [*shown, _ALWAYS])


def _change(zone: ZoneInfo, before: int, now: int, offset: int) -> int:
    """The first moment of `offset` after `before`. Zones change at whole seconds."""
    low, high = before // 1_000_000, now // 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * 1_000_000) == offset:
            high = middle
        else:
            low = middle
    return high * 1_000_000


def _offset(zone: ZoneInfo, number: int) -> int:
    offset = moment(number).astimezone(zone).utcoffset()
    return offset // _MICROSECOND if offset else 0
