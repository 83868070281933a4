"""The rows of lists as HTML. Plain functions instead of a template, which took 0.6 ms a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.conversations.models import Conversation
from goodword.ui import marks
from goodword.ui.chips import FORMS
from goodword.ui.times import Clock
from goodword.web.inbox.showing import Row

_SIGNS = ("mail", "reply", "sticky-note", "pencil-line")  # who wrote what a row shows, or does


def icons() -> SafeString:
    """All that rows may show, and messages beside them: once on their page."""
    return marks.symbols(frozenset([*_SIGNS, "ellipsis", *(form.icon for form in FORMS.values())]))


def rows(
    shown: Iterable[Row],
    *,
    columns: Collection[str],
    now: datetime,
    opened: Conversation | None = None,
    written_in: Collection[str] = (),
) -> SafeString:
    """List items with these columns (desk.saved.COLUMNS); the one of `opened` is marked.

    `written_in`: conversations, by public id, in which a colleague writes.
    """
    opened_key, clock, words = opened.pk if opened else None, Clock(now), _words(columns)
    drawn = (
        _row(
            row,
            clock,
            words,
            is_opened=row.conversation.pk == opened_key,
            is_written_in=row.conversation.public_id in written_in,
        )
        for row in shown
    )
    return mark_safe("\n".join(drawn))  # noqa: S308 -- each part is ours or escaped


class _Words(NamedTuple):
    """Asked once for all rows. `signs`: what begins a row when they wrote last, and when we did."""

    signs: tuple[str, str]
    dot: str
    writing: str
    without_text: str
    you: str
    until: str
    waiting: str
    leaves: str
    columns: frozenset[str]


def _words(columns: Collection[str]) -> _Words:
    signs = marks.used("mail"), marks.used("reply", 16, _("we wrote last"))
    return _Words(
        signs,
        _dot(),
        writing(),
        _("(without text)"),
        _("you"),
        escape(_("until")),
        escape(_("waiting since")),
        escape(_("Leaves")),
        frozenset(columns),
    )


def writing() -> SafeString:
    """The mark of a row in which a colleague writes; live.js puts it there as well."""
    said = escape(_("A colleague is writing here"))
    return mark_safe(  # noqa: S308 -- ours, or escaped
        f'<span class="row-writing" role="img" aria-label="{said}" title="{said}">'
        f"{marks.used('pencil-line', 13)}</span>"
    )


def _row(
    row: Row, clock: Clock, words: _Words, *, is_opened: bool, is_written_in: bool = False
) -> str:
    conversation = row.conversation
    url, who = escape(row.url), escape(row.who)
    current = ' aria-current="true"' if is_opened else ""
    unread, dot = (" row-unread", words.dot) if conversation.unread else ("", "")
    if row.excerpt:
        sign, said = row.excerpt.sign, str(row.excerpt.words)
    else:
        sign = words.signs[conversation.latest_is_ours]
        said = escape(conversation.latest_words or words.without_text)
    subject = conversation.subject if "subject" in words.columns else ""
    if "words" not in words.columns:
        said = ""
    # That htmx follows its link, and where it opens, stands once, in _rows.html.
    return (
        f'<li class="row{unread}" data-row id="row-{conversation.public_id}"{current}>{dot}'
        f'<input type="checkbox" class="row-check" name="pick" value="{conversation.public_id}"'
        f' aria-label="{who}">\n'
        f'<div class="row-top">{sign}'
        f'<a class="row-who" href="{url}">{who}</a>{words.writing if is_written_in else ""}'
        f'<span class="row-org">{escape(subject)}</span>{_owner(row.owner)}'
        f"{_said_at(row.said_at, clock)}</div>\n"
        f'<p class="row-words">{said}</p>\n'
        f'<div class="row-owed">{_owed(row, clock, words)}</div>\n</li>'
    )


def _dot() -> str:
    said = escape(_("unread"))
    return f'<span class="dot" role="img" aria-label="{said}" title="{said}"></span>'


@lru_cache(maxsize=1000)
def _owner(name: str) -> str:
    if not name:
        return ""
    short = escape(marks.initials(name))
    return f'<span class="avatar row-owner" role="img" title="{escape(name)}">{short}</span>'


def _said_at(at: datetime, clock: Clock) -> str:
    return (
        f'<time class="row-time" datetime="{clock.machine(at)}"'
        f' title="{escape(clock.full(at))}">{escape(clock.row(at))}</time>'
    )


def _owed(row: Row, clock: Clock, words: _Words) -> str:
    """What is owed, by a chip; what comes next; the tags; how long there is left."""
    owed = row.owed
    parts: list[str] = []
    columns = words.columns
    if row.inbox:
        parts.append(f'<span class="row-verb">{escape(row.inbox)}</span>')
    if owed and "due" in columns:
        by = words.you if owed.is_mine else owed.owner
        parts.append(marks.chip(owed.state, clock, time=owed.at, title=by, uses=True))
    if row.leaves_at:
        at = row.leaves_at
        moment = f'<time datetime="{clock.machine(at)}">{escape(clock.short(at))}</time>'
        parts.append(f'<span class="row-verb">{words.leaves} {moment}</span>')
    elif row.verb:
        until = _until(row, clock, words)
        parts.append(f'<span class="row-verb">{escape(row.verb)}{until}</span>')
    if row.waiting_since and "waiting" in columns:
        at = row.waiting_since
        moment = f'<time datetime="{clock.machine(at)}">{escape(clock.short(at))}</time>'
        parts.append(f'<span class="row-verb">{words.waiting} {moment}</span>')
    if row.tags and "tags" in columns:
        tags = [f'<span class="tag">{escape(name)}</span>' for name in row.tags[:2]]
        parts.append(f'<span class="row-tags">{"".join(tags)}</span>')
    if owed and owed.is_open and "due" in columns:
        parts.append(f'<span class="row-left">{marks.due_in(owed.at, clock)}</span>')
    return "".join(parts)


def _until(row: Row, clock: Clock, words: _Words) -> str:
    until = row.conversation.snoozed_until
    if until is None:
        return ""
    moment = f'<time datetime="{clock.machine(until)}">{escape(clock.short(until))}</time>'
    return f" {words.until} {moment}"
