"""What was said, as HTML. Plain functions as for rows: a template took half of a conversation.

What few messages have (an invitation, a frame, files, a choice to make) is left to templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.template.context import Context
from django.template.loader import get_template
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.ui import marks
from goodword.ui.times import Clock
from goodword.web.inbox.asides import Aside
from goodword.web.inbox.deliveries import Line
from goodword.web.inbox.happenings import Happened
from goodword.web.inbox.timeline import Day, Said

_QUOTED = '<details class="quoted{css}"><summary{title}>{name}</summary>{inside}</details>'


class Reader(NamedTuple):
    """Who looks, and when. `context` is the template's, for what templates draw."""

    key: int
    may_answer: bool
    clock: Clock
    context: Context


def timeline(items: Iterable[Said | Happened | Aside | Day], reader: Reader) -> SafeString:
    lines = "\n".join(_item(each, reader) for each in items)
    return mark_safe(lines)  # noqa: S308 -- each part is ours or escaped


def _item(item: Said | Happened | Aside | Day, reader: Reader) -> str:
    if isinstance(item, Day):
        return _day(item, reader.clock)
    if isinstance(item, Happened):
        return _happened(item, reader.clock)
    if isinstance(item, Aside):
        with reader.context.push(item=item):
            return _drawn("_aside", reader)
    with reader.context.push(item=item, message=item.message):
        return _quiet(item, reader) if item.quiet else _article(item, reader)


def _day(item: Day, clock: Clock) -> str:
    here = clock.machine(item.at)[:10].replace("-", "")
    return f'<h2 class="day" id="day-{here}"><span>{escape(clock.day(item.at))}</span></h2>'


def _happened(item: Happened, clock: Clock) -> str:
    return (
        f'<p class="happened" id="happened-{item.key}">{marks.icon(item.icon, 13)}'
        f" {escape(item.words)} {_moment(item, clock)}</p>"
    )


def _article(item: Said, reader: Reader) -> str:
    """One message or note."""
    message = item.message
    kind = " message-note" if message.is_note else "" if message.is_inbound else " message-ours"
    trouble = " message-trouble" if item.in_trouble else ""
    return (
        f'<article class="message{kind}{trouble}" id="message-{message.public_id}">'
        f"{_header(item, reader)}{_before(item, reader)}{_said(item, reader)}"
        f"{_after(item, reader)}</article>"
    )


def _quiet(item: Said, reader: Reader) -> str:
    """An automatic mail: one line, its words on request."""
    message = item.message
    who = f", {escape(item.address or item.name)}" if message.is_inbound else ""
    words = _quoted(_("Show it"), f'<div class="message-text">{item.text}{escape(item.rest)}</div>')
    return (
        f'<article class="event message-quiet" id="message-{message.public_id}">'
        f"<header>{marks.icon('bot')}<span><b>{escape(item.quiet)}</b>{who}</span>"
        f"{_moment(item, reader.clock)}{_menu(item, reader)}</header>"
        f"{_before(item, reader)}{words}{_after(item, reader)}</article>"
    )


def _header(item: Said, reader: Reader) -> str:
    name, is_mine = item.name, item.message.teammate_id == reader.key
    picture = marks.avatar(name, marks.initials(name), 24, is_mine)
    return (
        f"<header>{picture}<b>{escape(name)}</b>{_way(item)}{_moment(item, reader.clock)}"
        f"{_menu(item, reader)}</header>"
    )


def _way(item: Said) -> str:
    """How it came."""
    message, address = item.message, escape(item.address)
    if item.is_note_by_mail:
        return "<span>" + escape(_("wrote this by mail; here it is a note")) + "</span>"
    if message.is_note:
        return "<span>" + escape(_("a note, seen by us alone")) + "</span>"
    if message.forwarded_by:
        words = _("forwarded in by %(who)s") % {"who": message.forwarded_by.name}
        return f'<span title="{address}">{escape(words)}</span>'
    plain = escape(_("by e-mail"))
    if not address or item.address == item.name:
        return f"<span>{plain}</span>"
    words = escape(_("%(address)s, by e-mail") % {"address": item.address})
    return (
        f'<span class="hide-phone">{words}</span>'
        f'<span class="only-phone" title="{address}">{plain}</span>'
    )


def _menu(item: Said, reader: Reader) -> str:
    """What can be done with it, fetched when somebody reaches for it."""
    message = item.message
    if not message.raw_id and (not reader.may_answer or message.is_note):
        return ""
    path = _path(get_script_prefix(), "message_menu", message.public_id)
    key, newest = (' data-acts="f"', "&amp;newest=1") if item.is_newest_of_theirs else ("", "")
    beside = escape(reader.context["place"].query)
    name, words = escape(_("This mail")), escape(_("What can be done with it"))
    return (
        f'<details class="menu message-menu"{key}><summary class="icon-button" title="{name}">'
        f'{marks.used("ellipsis", 16, name)}</summary><div class="menu-body">'
        f'<a href="{path}?{beside}{newest}" data-holds>{words}</a>'
        "</div></details>"
    )


def _before(item: Said, reader: Reader) -> str:
    """What to know of it before one reads it."""
    parts = [_drawn("_marks", reader)] if item.marks else []
    if item.sent_to:
        words = escape(_("Sent by mail to %(who)s") % {"who": item.sent_to})
        parts.append(f'<p class="message-mark">{marks.icon("mail", 13)} <span>{words}</span></p>')
    if item.card:
        with reader.context.push(card=item.card):
            parts.append(_drawn("_invitation", reader))
    return "".join(parts)


def _said(item: Said, reader: Reader) -> str:
    if item.framed:
        return _drawn("_framed", reader)
    parts = []
    if item.text:
        formatted = " message-formatted" if item.is_formatted else ""
        parts.append(f'<div class="message-text{formatted}">{item.text}</div>')
    elif not item.files and not item.pictures and not item.card:
        parts.append('<p class="message-text faint">' + escape(_("(without text)")) + "</p>")
    if item.rest:
        parts.append(_quoted(_("Show the rest"), _plain(item.rest)))
    if item.quoted:
        passed_on = item.message.forwarded_by is not None
        name = _("Show the whole mail") if passed_on else _("Show quoted history")
        title = ' title="' + escape(_("The whole mail, with what it quotes")) + '"'
        parts.append(_quoted(name, _plain(item.quoted), title=title))
    if item.message.has_html and not item.is_formatted:  # type: ignore[attr-defined]
        parts.append(_quoted(_("Formatted"), _frame(item), css=" formatted"))
    return "".join(parts)


def _plain(text: str) -> str:
    return f'<div class="message-text">{escape(text)}</div>'


def _quoted(name: str, inside: str, *, css: str = "", title: str = "") -> str:
    return _QUOTED.format(css=css, title=title, name=escape(name), inside=inside)


def _frame(item: Said) -> str:
    title = escape(_("The mail of %(name)s") % {"name": item.name})
    return (
        f'<iframe class="message-frame" src="'
        f'{_path(get_script_prefix(), "frame", item.message.public_id)}"'
        ' sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"'
        f' height="{item.frame_height}" loading="lazy" title="{title}"></iframe>'
    )


def _after(item: Said, reader: Reader) -> str:
    """What belongs to it, and what became of it."""
    parts = [_drawn("_mentions", reader)] if item.mentions else []
    if item.pictures or item.files:
        parts.append(_drawn("_files", reader))
    for oddity in item.message.oddities:
        sign = marks.icon("triangle-alert", 13)
        parts.append(f'<p class="oddity">{sign} ' + escape(_(oddity)) + "</p>")
    parts.append(_delivered(item, reader))
    for word in item.promised:
        with reader.context.push(word=word):
            parts.append(_drawn("_said", reader))
    if item.ended:
        chip = marks.chip(item.ended.state, reader.clock, time=item.ended.at, uses=True)
        words = escape(item.ended.words)
        parts.append(f'<div class="message-owed">{chip}<span>{words}</span></div>')
    return "".join(parts)


def _delivered(item: Said, reader: Reader) -> str:
    """Mostly one line: that it was accepted."""
    if item.leaving or any(each.choices or each.advice or each.said for each in item.lines):
        return _drawn("_delivery", reader)
    lines = "".join(_line(each) for each in item.lines)
    return f'<ul class="delivery">{lines}</ul>' if lines else ""


def _line(line: Line) -> str:
    tone = f' class="delivery-{line.tone}"' if line.tone else ""
    return f"<li{tone}>{marks.icon(line.icon, 13)} <div>{escape(line.words)}</div></li>"


def _moment(item: Said | Happened, clock: Clock) -> str:
    return (
        f'<time datetime="{clock.machine(item.at)}" title="{escape(clock.full(item.at))}">'
        f"{escape(clock.clock(item.at))}</time>"
    )


def _drawn(name: str, reader: Reader) -> str:
    template = get_template(f"web/inbox/{name}.html").template  # type: ignore[attr-defined]
    return str(template.render(reader.context))


def _path(prefix: str, name: str, public_id: str) -> str:
    return _pattern(prefix, name).replace("/0/", f"/{public_id}/")


@lru_cache
def _pattern(prefix: str, name: str) -> str:
    """Of a message called 0: reversing takes longer than all else of a line."""
    return reverse(f"inbox:{name}", args=["0"])
