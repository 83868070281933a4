"""Icon, chip, avatar and ticking time as HTML: the tags of `ui` and the long lists draw with these.

Plain functions, because a page has hundreds of them: a template for each costs ten times as much.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from goodword.ui import chips, drawings
from goodword.ui.times import Clock


@lru_cache(maxsize=2000)
def icon(name: str, size: int = 16, label: str = "", css: str = "") -> SafeString:
    """A lucide icon, inlined: stroke 1.75, or 2 at 13 px and below so that it holds its weight.

    Without a label it is decoration and hidden from screen readers. Raises UnknownIcon.
    """
    drawing = mark_safe(drawings.drawing(name))  # noqa: S308 -- our own files
    role = (
        format_html(' role="img"><title>{}</title>', label)
        if label
        else mark_safe(' aria-hidden="true">')
    )
    # How lines are drawn stands in marks.css: some hundred icons on a page would each repeat it.
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 24 24"{}{}{}</svg>',
        f"icon {css}".strip(),
        size,
        size,
        mark_safe(' stroke-width="2"') if size <= 13 else "",
        role,
        drawing,
    )


@lru_cache
def used(name: str, size: int = 16, label: str = "") -> SafeString:
    """An icon that `symbols` drew on the same page, for lists with hundreds; a label as in `icon`.

    16 or 13 px, as marks.css says.
    """
    css = "icon icon-13" if size == 13 else "icon icon-16"
    role = f'role="img"><title>{escape(label)}</title>' if label else 'aria-hidden="true">'
    return mark_safe(  # noqa: S308 -- names of ours, and what is escaped
        f'<svg class="{css}" {role}<use href="#icon-{name}"/></svg>'
    )


@lru_cache
def symbols(names: frozenset[str]) -> SafeString:
    """These icons, once a page, for `used`."""
    return mark_safe(  # noqa: S308 -- our own files
        "".join(
            f'<symbol id="icon-{name}" viewBox="0 0 24 24">{drawings.drawing(name)}</symbol>'
            for name in sorted(names)
        )
    )


def chip(
    state: str,
    clock: Clock,
    *,
    time: datetime | None = None,
    when: str = "",
    label: str = "",
    title: str = "",
    large: bool = False,
    uses: bool = False,
) -> SafeString:
    """The promise chip; its arguments are those of the tag. `uses`: its icon is as in `used`."""
    shown = when or (clock.short(time) if time else "")
    if shown and state == "moved" and not when:
        shown = gettext("to %(time)s") % {"time": shown}
    full = clock.full(time) if time else ""
    tooltip = " · ".join(part for part in (full, title) if part)
    moment = ""
    if time:
        moment = f' <time datetime="{clock.machine(time)}">{escape(shown)}</time>'
    elif shown:
        moment = f' <span class="num">{escape(shown)}</span>'
    hint = f' title="{escape(tooltip)}"' if tooltip else ""
    return mark_safe(  # noqa: S308 -- each part is ours or escaped
        f'<span class="chip chip-{state}{" chip-large" if large else ""}"{hint}>'
        f"{_form(state, clock.language, label, uses)}{moment}</span>"
    )


@lru_cache
def _form(state: str, language: str | None, label: str, uses: bool) -> SafeString:
    """Icon and word of a chip, in the language that is active."""
    form = chips.FORMS[state]
    drawn = used(form.icon, 13) if uses else icon(form.icon, 13)
    return format_html("{}<b>{}</b>", drawn, label or form.word)


@lru_cache(maxsize=2000)
def avatar(
    name: str, short: str, size: int = 24, ours: bool = False, reading: str = ""
) -> SafeString:
    """Initials in a circle; decoration beside a name. `reading`: what is said of one who reads."""
    css = f"avatar avatar-{size}" + (" avatar-ours" if ours else "")
    if reading:
        return format_html(
            '<span class="{} avatar-reading" role="img" aria-label="{}" title="{}">{}</span>',
            css, reading, reading, short,
        )  # fmt: skip
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, short)


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return name.strip()[:1].upper() or "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def due_in(due: datetime, clock: Clock) -> SafeString:
    """How long until, in a `<time>` that `times.js` keeps ticking; a chip beside it says when."""
    return mark_safe(  # noqa: S308 -- each part is ours or escaped
        f'<time class="num" datetime="{clock.machine(due)}" data-relative>'
        f"{escape(clock.relative(due))}</time>"
    )


def ticking_words() -> SafeString:
    """What `times.js` counts on with, in the language that is active."""
    return format_html(
        'data-ahead="{}" data-past="{}" data-now="{}" data-minutes="{}" data-hours="{}"'
        ' data-both="{}"',
        pgettext("how long until", "in %(span)s"),
        pgettext("how long past due", "%(span)s late"),
        gettext("now"),
        pgettext("span of time", "%(minutes)s min"),
        pgettext("span of time", "%(hours)s h"),
        pgettext("span of time", "%(hours)s h %(minutes)s"),
    )
