"""The card of a calendar invitation: what, when by our clock, and by whose clock it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.conversations.models import Attachment
from goodword.ui import times

CALENDAR = frozenset({"text/calendar", "application/ics"})


@dataclass(frozen=True, slots=True)
class Card:
    """`as_written`: the same moment by the sender's clock, where that shows another time."""

    heading: str
    icon: str
    title: str
    when: str
    as_written: str = ""
    note: str = ""  # what to mind about the time
    repeats: bool = False
    place: str = ""
    organiser: str = ""
    is_off: bool = False  # it won't take place
    file: Attachment | None = None


def card_of(told: dict[str, Any] | None, *, attached: list[Attachment]) -> Card | None:
    """The card of `Message.invitation`; `attached` may hold the file it was read from."""
    if not told:
        return None
    heading, icon = _heading(str(told.get("method", "")))
    when, as_written, note = _when(told)
    return Card(
        heading=heading,
        icon=icon,
        title=told.get("title") or _("(without a title)"),
        when=when,
        as_written=as_written,
        note=note,
        repeats=bool(told.get("repeats")),
        place=told.get("place", ""),
        organiser=told.get("organiser", ""),
        is_off=told.get("method") == "cancel",
        file=next((each for each in attached if _is_calendar(each)), None),
    )


def _is_calendar(attachment: Attachment) -> bool:
    kind = attachment.content_type.lower().partition(";")[0].strip()
    return kind in CALENDAR or attachment.name.lower().endswith(".ics")


def _heading(method: str) -> tuple[str, str]:
    """By iTIP (RFC 5546). A change comes as a request too, so it can't be told from a first one."""
    return {
        "request": (_("Invitation"), "calendar-plus"),
        "cancel": (_("Cancelled"), "calendar-x"),
        "reply": (_("Answer to an invitation"), "calendar-check"),
        "counter": (_("Another time is proposed"), "calendar-clock"),
        "declinecounter": (_("The proposed time is declined"), "calendar-x"),
        "add": (_("One more date of a series"), "calendar-plus"),
        "refresh": (_("Asks for the newest version"), "calendar"),
    }.get(method, (_("A date in the calendar"), "calendar"))


def _when(told: dict[str, Any]) -> tuple[str, str, str]:
    """When it is, the same as written, and what to mind."""
    starts, ends = _read(told.get("starts", "")), _read(told.get("ends", ""))
    if starts is None:
        return _("no time given"), "", ""
    if not isinstance(starts, datetime):
        return _days(starts, ends), "", _("all day")
    until = ends if isinstance(ends, datetime) else None
    if timezone.is_naive(starts):
        return _span(starts, until), "", _("no time zone given: ask by whose clock it is meant")
    try:
        here = timezone.localtime(starts)
        until_here = timezone.localtime(until) if until and timezone.is_aware(until) else None
    except OverflowError:  # at the ends of all time no other zone has a day for it
        return f"{_span(starts, until)} {times.zone_name(starts)}", "", ""
    # Both ends in one zone: the zone is said once, after them.
    shown = f"{_span(here, until_here)} {times.zone_name(here)}"
    if here.utcoffset() == starts.utcoffset():
        return shown, "", ""
    return shown, f"{_span(starts, until)} {times.zone_name(starts)}", ""


def _read(text: str) -> date | None:
    """A date of whole days, else a moment, aware or floating."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def _span(starts: datetime, ends: datetime | None) -> str:
    first = f"{_day(starts)}, {_clock(starts)}"
    if ends is None or (ends.utcoffset() is None) != (starts.utcoffset() is None):
        return first
    if ends.date() == starts.date():
        return f"{first}–{_clock(ends)}"
    return f"{first} – {_day(ends)}, {_clock(ends)}"


def _days(first: date, last: date | None) -> str:
    return f"{_day(first)} – {_day(last)}" if last and last != first else _day(first)


def _day(moment: date) -> str:
    return date_format(moment, pgettext("date pattern: weekday and full date", "l, j F Y"))


def _clock(moment: datetime) -> str:
    return date_format(moment, pgettext("date pattern: time", "H:i"))
