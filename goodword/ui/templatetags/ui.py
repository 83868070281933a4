"""Tags and filters of the design system, available in every template without ``{% load %}``.

Icons and marks: ``icon``, ``chip``, ``avatar``, ``initials``, ``field``.
Times (all take an aware datetime and show it in the active time zone and language):
``short_time``, ``row_time``, ``clock_time``, ``day_name``, ``full_time``, ``relative``, ``ago`` and
the tag ``due_in``. Filters take the request's clock as argument, ``{{ due_at|relative:now }}``, and
read the real one without it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from goodword.ui import chips, drawings, times

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "", css: str = "") -> SafeString:
    """A lucide icon, inlined: stroke 1.75, or 2 at 13 px and below so that it holds its weight.

    Without a label it is decoration and hidden from screen readers. An unknown name is an error.
    """
    drawing = mark_safe(drawings.drawing(name))  # noqa: S308 -- our own files
    role = (
        format_html(' role="img"><title>{}</title>', label)
        if label
        else mark_safe(' aria-hidden="true" focusable="false">')
    )
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round"'
        "{}{}</svg>",
        f"icon {css}".strip(),
        size,
        size,
        "2" if size <= 13 else "1.75",
        role,
        drawing,
    )


@register.inclusion_tag("ui/_chip.html", takes_context=True)
def chip(
    context: Context,
    state: str,
    time: datetime | None = None,
    when: str = "",
    label: str = "",
    title: str = "",
    large: bool = False,
) -> dict[str, Any]:
    """The promise chip: icon, word, time.

    `state` is a key of `goodword.ui.chips.FORMS`. `when` replaces the short time, `label` the word
    of the state; `title` is said in the tooltip after the full date (who said it, where).
    """
    form = chips.FORMS[state]
    now = context.get("now") or timezone.now()
    shown = when or (times.short(time, now) if time else "")
    if shown and state == "moved" and not when:
        shown = gettext("to %(time)s") % {"time": shown}
    full = times.full(time) if time else ""
    return {
        "state": state,
        "icon": form.icon,
        "word": label or form.word,
        "shown": shown,
        "time": time,
        "tooltip": " · ".join(part for part in (full, title) if part),
        "large": large,
    }


@register.simple_tag
def avatar(
    name: str, initials: str = "", size: int = 24, ours: bool = False, reading: bool = False
) -> SafeString:
    """Initials in a circle; decoration beside a name, so hidden from screen readers.

    Sizes 24, 28, 40. `ours` tints it green (the one who looks); `reading` adds the green dot of a
    colleague who has the conversation open, and is then said aloud.
    """
    css = f"avatar avatar-{size}" + (" avatar-ours" if ours else "")
    short = initials or _initials(name)
    if reading:
        said = gettext("%(name)s is reading this") % {"name": name}
        return format_html(
            '<span class="{} avatar-reading" role="img" aria-label="{}" title="{}">{}</span>',
            css, said, said, short,
        )  # fmt: skip
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, short)


def _initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return name.strip()[:1].upper() or "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def initials(name: str) -> str:
    """ "Grace Mary Whitlow" → "GW"; "?" without a letter."""
    return _initials(name)


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


@register.simple_tag(takes_context=True)
def due_in(context: Context, due: datetime | None) -> SafeString | str:
    """`relative` in a ``<time>`` that `times.js` keeps ticking, minute by minute."""
    if due is None:
        return ""
    return format_html(
        '<time class="num" datetime="{}" title="{}" data-relative data-ahead="{}" data-past="{}"'
        ' data-now="{}" data-minutes="{}" data-hours="{}" data-both="{}">{}</time>',
        due.isoformat(),
        times.full(due),
        pgettext("how long until", "in %(span)s"),
        pgettext("how long past due", "%(span)s late"),
        gettext("now"),
        pgettext("span of time", "%(minutes)s min"),
        pgettext("span of time", "%(hours)s h"),
        pgettext("span of time", "%(hours)s h %(minutes)s"),
        times.relative(due, context.get("now") or timezone.now()),
    )
