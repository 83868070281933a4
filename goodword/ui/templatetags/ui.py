"""Tags and filters of the design system, available in every template without ``{% load %}``.

Icons and marks: ``icon``, ``chip``, ``avatar``, ``initials``, ``field``.
Times (all take an aware datetime and show it in the active time zone and language):
``short_time``, ``row_time``, ``clock_time``, ``day_name``, ``full_time``, ``relative``, ``ago`` and
the tag ``due_in``. Filters take the request's clock as argument, ``{{ due_at|relative:now }}``, and
read the real one without it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from goodword.ui import marks, numbers, times

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "", css: str = "") -> SafeString:
    """A lucide icon, inlined; with a label it says something, without it is decoration."""
    return marks.icon(name, size, str(label), css)


@register.simple_tag(takes_context=True)
def chip(
    context: Context,
    state: str,
    time: datetime | None = None,
    when: str = "",
    label: str = "",
    title: str = "",
    large: bool = False,
) -> SafeString:
    """The promise chip: icon, word, time.

    `state` is a key of `goodword.ui.chips.FORMS`. `when` replaces the short time, `label` the word
    of the state; `title` is said in the tooltip after the full date (who said it, where).
    """
    return marks.chip(
        state, _clock(context), time=time, when=when, label=label, title=title, large=large
    )


def _clock(context: Context) -> times.Clock:
    now = context.get("now")
    return times.Clock(now if isinstance(now, datetime) else timezone.now())


@register.simple_tag
def avatar(
    name: str,
    initials: str = "",
    size: int = 24,
    ours: bool = False,
    reading: bool = False,
    says: str = "",
) -> SafeString:
    """Initials in a circle; decoration beside a name, so hidden from screen readers.

    Sizes 24, 28, 40. `ours` tints it green (the one who looks); `reading` adds the green dot of a
    colleague who has the conversation open, and is then said aloud; `says`: in these words.
    """
    said = (says or gettext("%(name)s is reading this") % {"name": name}) if reading else ""
    return marks.avatar(name, initials or marks.initials(name), size, ours, said)


@register.filter
def initials(name: str) -> str:
    """ "Grace Mary Whitlow" → "GW"; "?" without a letter."""
    return marks.initials(name)


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """One form field: label, control, hint and errors, tied together for screen readers."""
    kind = getattr(bound.field.widget, "input_type", "")
    hint = hint or str(bound.help_text)
    described = [f"{bound.auto_id}_hint"] if hint else []
    described += [f"{bound.auto_id}_errors"] if bound.errors else []
    attrs: dict[str, str | bool] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    many = kind in ("radio", "checkbox") and hasattr(bound.field, "choices")
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "hint": hint,
        "single_box": kind == "checkbox" and not many,
        "group": many,
        "optional": not bound.field.required and kind != "checkbox",
    }


@register.filter
def short_time(when: datetime | None, now: datetime | None = None) -> str:
    """``14:00`` today, ``Fri 12:00`` within six days, ``18 Apr``, ``18 Apr 2027``."""
    return times.short(when, now or timezone.now()) if when else ""


@register.filter
def row_time(when: datetime | None, now: datetime | None = None) -> str:
    """As `short_time` with the day alone: ``10:05`` today, ``Wed``, ``18 Apr``."""
    return times.row(when, now or timezone.now()) if when else ""


@register.filter
def clock_time(when: datetime | None) -> str:
    """The time of day: ``14:00``."""
    return times.clock(when) if when else ""


@register.filter
def day_name(when: datetime | None, now: datetime | None = None) -> str:
    """For day separators: ``Today``, ``Yesterday``, ``Tuesday, 12 May``, with the year if other."""
    return times.day(when, now or timezone.now()) if when else ""


@register.filter
def full_time(when: datetime | None) -> str:
    """``Thursday, 14 May 2026, 14:00 CEST``."""
    return times.full(when) if when else ""


@register.filter
def relative(due: datetime | None, now: datetime | None = None) -> str:
    """How long until it is due, or how late it is: ``in 48 min``, ``tomorrow``, ``22 min late``."""
    return times.relative(due, now or timezone.now()) if due else ""


@register.filter
def ago(when: datetime | None, now: datetime | None = None) -> str:
    """How long since: ``just now``, ``3 min ago``, ``2 days ago``."""
    return times.ago(when, now or timezone.now()) if when else ""


@register.filter
def percent(share: int) -> str:
    """``26%``, as the language writes it."""
    return numbers.percent(share)


@register.filter
def filesizeformat(count: int | str | None) -> str:
    """``13 kB``. In place of Django's own, which says KB where the rest of Goodword says kB."""
    return numbers.size(count)


@register.simple_tag
def ticking_words() -> SafeString:
    """Attributes of `<body>`: the words in which `times.js` counts on."""
    return marks.ticking_words()


@register.simple_tag(takes_context=True)
def due_in(context: Context, due: datetime | None) -> SafeString | str:
    """`relative` in a ``<time>`` that `times.js` keeps ticking, minute by minute."""
    if due is None:
        return ""
    return marks.due_in(due, _clock(context))


@register.filter
def undo_form(extra_tags: str | None) -> dict[str, Any] | None:
    """What a message offers to undo (goodword/web/undoing.py), None for most: its url and fields.

    It comes from our own session or signed cookie.
    """
    return json.loads(extra_tags) if extra_tags and extra_tags.startswith("{") else None
