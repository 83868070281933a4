"""Calendar invitations (RFC 5545, iTIP RFC 5546), read as far as a card shows them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from goodword.core.text import clean, clean_line
from goodword.desk.roads import Invitation

if TYPE_CHECKING:
    from icalendar.cal import Component

_MOST_BYTES = 500_000
_METHOD = re.compile(r"^METHOD[^:\n]{0,100}:[ \t]*([A-Z-]{1,30})\s*$", re.MULTILINE | re.I)
_MOST_COMPONENT = 60_000
_MOST_ZONES = 30


def read_invitation(text: str, *, method: str = "") -> Invitation | None:
    """The first event of an iCalendar file; None when there is none, or none that can be read.

    `method`: as the Content-Type says it, for files that don't.
    """
    if len(text) > _MOST_BYTES or "BEGIN:VEVENT" not in text.upper():
        return None
    text = clean(text)
    event = _first_event(text)
    if event is None:
        return None
    try:
        return _told(event, _method(text) or method.lower())
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        return None


def _method(text: str) -> str:
    found = _METHOD.search(text)
    return found.group(1).lower() if found else ""


def _first_event(text: str) -> Component | None:
    """Read by the library, which is given that event and the zones alone: a year of dates in one
    file takes it seconds."""
    from icalendar import Calendar  # loads for 80 ms, and few mails need it

    events = _components(text, "VEVENT", most=1)
    zones = _components(text, "VTIMEZONE", most=_MOST_ZONES)
    if not events:
        return None
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", *zones, *events, "END:VCALENDAR", ""]
    try:
        found = Calendar.from_ical("\r\n".join(rows).replace("\r\n", "\n").replace("\n", "\r\n"))
        return next((one for one in found.walk("VEVENT")), None)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, OSError):
        return None


def _components(text: str, name: str, *, most: int) -> list[str]:
    found: list[str] = []
    begin = re.compile(rf"^BEGIN:{name}\s*$", re.MULTILINE | re.IGNORECASE)
    end = re.compile(rf"^END:{name}\s*$", re.MULTILINE | re.IGNORECASE)
    at = 0
    while len(found) < most:
        first = begin.search(text, at)
        last = end.search(text, first.end()) if first else None
        if first is None or last is None:
            break
        at = last.end()
        found += [text[first.start() : at]] if at - first.start() < _MOST_COMPONENT else []
    return found


def _told(event: Component, method: str) -> Invitation | None:
    starts = _moment(event, "DTSTART")
    if starts is None:
        return None
    ends = _moment(event, "DTEND")
    if ends is None and isinstance(length := _value(event, "DURATION"), timedelta):
        ends = starts + length
    all_day = not isinstance(starts, datetime)
    if all_day and ends is not None:
        # The end of whole days is the first day after them (RFC 5545, 3.6.1).
        ends = max(starts, ends - timedelta(days=1))
    return Invitation(
        method=method or "publish",
        title=clean_line(str(event.get("SUMMARY", "")), most=300),
        starts=starts.isoformat(),
        ends=ends.isoformat() if ends is not None and ends != starts else "",
        all_day=all_day,
        place=clean_line(str(event.get("LOCATION", "")), most=300),
        organiser=_organiser(event),
        repeats="RRULE" in event or "RDATE" in event,
    )


def _value(event: Component, name: str) -> Any:
    """A property's Python value; None when it isn't there or the library could not read it."""
    return getattr(event.get(name), "dt", None)


def _moment(event: Component, name: str) -> date | None:
    value = _value(event, name)
    return value if isinstance(value, date) else None


def _organiser(event: Component) -> str:
    written = event.get("ORGANIZER")
    if written is None:
        return ""
    address = re.sub(r"^mailto:", "", str(written).strip(), flags=re.IGNORECASE)
    name = clean_line(str(getattr(written, "params", {}).get("CN", "")), most=200).strip('"')
    return clean_line(f"{name} <{address}>" if name and name != address else address, most=300)
