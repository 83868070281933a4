"""Hours and spans of time as people write them: "9-12:30, 13:30-17", "4 hours", "1 day"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

HOUR = 60
DAY = 24 * HOUR

_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?"
_TIME = re.compile(_CLOCK, re.IGNORECASE)
_PERIOD = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to|bis)\s*{_CLOCK}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]+")

Minutes = tuple[int, int]  # from, until, after midnight of the day it begins; until may go past it


def clock(minute: int) -> str:
    """570 is "09:30", 1440 is "24:00", and 1560 is "02:00" of the next day."""
    minute = minute if minute <= DAY else minute - DAY
    return f"{minute // HOUR:02}:{minute % HOUR:02}"


def periods_as_text(periods: Sequence[Minutes]) -> str:
    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in sorted(periods))


class TimeField(forms.CharField):
    """A time of day, cleaned to minutes after midnight: "9", "9:30", "5 pm", "24:00"."""

    def __init__(self, **kwargs: Any) -> None:
        plain = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(max_length=10, widget=plain, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        found = _TIME.fullmatch(text)
        return _minute(text, *(found.groups() if found else ("99", None, None)))


class PeriodsField(forms.CharField):
    """The periods of one day, cleaned to pairs of minutes in their order; empty: closed."""

    def __init__(self, **kwargs: Any) -> None:
        plain = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(max_length=200, required=False, widget=plain, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else periods_as_text(value or [])

    def clean(self, value: Any) -> list[Minutes]:
        text = super().clean(value)
        periods = sorted(_period(part.strip()) for part in _BETWEEN.split(text) if part.strip())
        for (_start, end), (start, _end) in pairwise(periods):
            if start < end:
                raise ValidationError(
                    _("Two periods overlap at %(time)s. Let one end where the next begins."),
                    params={"time": clock(start)},
                )
        return periods


def _period(text: str) -> Minutes:
    found = _PERIOD.fullmatch(text)
    if not found:
        raise ValidationError(
            _("“%(text)s” is not a period. Write it such as 9:00-17:00, several with commas."),
            params={"text": text},
        )
    parts = found.groups()
    return span_of(_minute(text, *parts[:3]), _minute(text, *parts[3:]))


def span_of(start: int, end: int) -> Minutes:
    """From `start` until `end`, on the next day where that is earlier. Raises ValidationError."""
    if start == end:
        raise ValidationError(
            _("It ends at %(time)s, just when it begins. For a whole day write 0:00-24:00."),
            params={"time": clock(start)},
        )
    if start == DAY:
        raise ValidationError(_("A period that begins at 24:00 belongs to the next day, at 0:00."))
    return start, end if end > start else end + DAY


def _minute(text: str, hours: str | None, minutes: str | None, half: str | None) -> int:
    hour, minute = int(hours or 0), int(minutes or 0)
    if half:
        possible = 1 <= hour <= 12
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    else:
        possible = hour < 24 or (hour == 24 and minute == 0)
    if not possible or minute > 59:
        raise ValidationError(
            _("“%(text)s” is not a time of day. Write it such as 9:00, at most 24:00."),
            params={"text": text},
        )
    return hour * HOUR + minute


UNITS = [
    ("minutes", pgettext_lazy("unit of time", "minutes")),
    ("hours", pgettext_lazy("unit of time", "hours")),
    ("days", pgettext_lazy("unit of time", "days")),
]
Span = tuple[int, str]  # how many of which unit


class SpanWidget(forms.MultiWidget):
    """A number and its unit beside each other; the second says aloud what the first is about."""

    template_name = "web/plan/_span.html"

    def __init__(self, label: Any) -> None:
        number = forms.NumberInput(attrs={"min": 0, "max": 999, "inputmode": "numeric"})
        super().__init__([number, forms.Select(choices=UNITS)])
        self.label = label

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, "hours"]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["subwidgets"][1]["attrs"]["aria-label"] = _("%(of)s: unit") % {
            "of": self.label
        }
        return context


class SpanField(forms.MultiValueField):
    """ "4 hours" or "1 day", cleaned to (4, "hours"); a day means what the form decides."""

    def __init__(self, *, label: Any, least: int = 1, **kwargs: Any) -> None:
        number = forms.IntegerField(min_value=least, max_value=999)
        fields = (number, forms.ChoiceField(choices=UNITS))
        super().__init__(
            fields, label=label, widget=SpanWidget(label), require_all_fields=True, **kwargs
        )

    def compress(self, data_list: list[Any]) -> Span | None:
        return (data_list[0], data_list[1]) if data_list else None


def minutes_of(span: Span, *, day_minutes: int = DAY) -> int:
    number, unit = span
    return number * {"minutes": 1, "hours": HOUR, "days": day_minutes}[unit]


def span_from(minutes: int, *, day_minutes: int = DAY) -> Span:
    """The largest unit in which it is a whole number."""
    if minutes and minutes % day_minutes == 0:
        return minutes // day_minutes, "days"
    if minutes and minutes % HOUR == 0:
        return minutes // HOUR, "hours"
    return minutes, "minutes"
