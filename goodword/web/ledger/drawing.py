"""The rows of Today and of the ledger as HTML. Plain functions: a template took 4 ms a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.ui import marks
from goodword.ui.times import Clock
from goodword.web.ledger.showing import Shown

_ROOM = 110  # characters beside the name
FORM = "row-acts"  # one form on the page for the buttons of all rows: it holds token and way back


def owed_rows(rows: Iterable[Shown], *, now: datetime, first: str = "") -> SafeString:
    """What is still owed; `first` names the row that stands out.

    What else can be done with a row stands once on the page, in _acts.html: promises.js gives it to
    each. Without script all of it is a click away, on the promise's own page.
    """
    clock, about = Clock(now), escape(_("All about this promise"))
    return mark_safe(  # noqa: S308 -- each part is ours or escaped
        "".join(_owed(row, clock, about, stands_out=row.public_id == first) for row in rows)
    )


def kept_row(row: Shown, *, now: datetime, may_undo: bool) -> SafeString:
    """A promise just kept: it stays a moment, with Undo, and then closes."""
    clock = Clock(now)
    chip = marks.chip(row.state, clock, time=row.at, title=row.by)
    undo = ""
    if may_undo:
        button = _button(row, "not-kept", "button", "z", marks.icon("undo-2") + " " + _("Undo"))
        undo = f'<div class="owed-act">{button}</div>'
    return mark_safe(  # noqa: S308 -- as above
        f'<li class="owed-row owed-kept" data-row id="promise-{row.public_id}"'
        f' data-closes-after="4000">{_words(row, row.url, escape(row.stands))}'
        f'<div class="owed-chip" role="status">{chip}</div>{undo}</li>'
    )


def _owed(row: Shown, clock: Clock, about: str, *, stands_out: bool) -> str:
    chip = marks.chip(row.state, clock, time=row.at, title=row.by, uses=True)
    until = marks.due_in(row.promise.due_at, clock)
    detail = f" · {escape(_cut(row.detail))}" if row.detail else ""
    acts, main = "", ""
    if row.may_act:
        acts, main = f' data-acts="{_acts(row)}"', _main_act(row, stands_out=stands_out)
    return (
        f'<li class="owed-row{" row-cursor" if stands_out else ""}" data-row'
        f' id="promise-{row.public_id}"{acts}>'
        f"{_words(row, row.said.url or row.url, f'{until}{detail}')}"
        f'<a class="owed-chip" href="{row.url}" aria-label="{about}">{chip}</a>{main}</li>'
    )


def _words(row: Shown, url: str, rest: str) -> str:
    who = f"<b>{escape(row.who)}</b> " if row.who else ""
    return (
        f'<div class="owed-words"><a class="promise owed-link" href="{escape(url)}">'
        f'{escape(row.words)}</a><p class="owed-meta">{marks.used(row.said.icon, 13)} {who}'
        f"<span>{rest}</span></p></div>"
    )


def _cut(text: str) -> str:
    """To what a row has room for, on any screen."""
    return text if len(text) <= _ROOM else f"{text[: _ROOM - 1].rstrip()}…"


def _acts(row: Shown) -> str:
    """Which of those in _acts.html are this row's, beside its main one."""
    acts = ["keep"] if row.act.url else []
    acts.append("anew" if row.is_late else "move")
    if not row.is_theirs:
        acts.append("hand-over")
    return " ".join(acts)


def _main_act(row: Shown, *, stands_out: bool) -> str:
    css = "button button-filled" if stands_out else "button"
    inside = f"{marks.used(row.act.icon)} {escape(row.act.word)}"
    main = _button(row, "keep", css, "r", inside)
    if row.act.url:
        main = f'<a class="{css}" data-act-key="r" href="{escape(row.act.url)}">{inside}</a>'
    return f'<div class="owed-act">{main}</div>'


def _button(row: Shown, act: str, css: str, key: str, inside: str) -> str:
    """A button of the page's one form that acts on this row; by htmx in its place, as the list
    around it says.
    """
    url = f"{row.url}{act}/"
    return (
        f'<button class="{css}" form="{FORM}" formaction="{url}" hx-post="{url}"'
        f' data-act-key="{key}">{inside}</button>'
    )


# The ledger


def ledger_rows(rows: Iterable[Shown], *, now: datetime, now_before: str = "") -> SafeString:
    """Rows of its table; before the one that `now_before` names, the line that says now."""
    clock = Clock(now)
    line = f'<tr class="ledger-now"><td colspan="6"><span>{clock.clock(now)}</span></td></tr>\n'
    drawn = (
        f"{line if row.public_id == now_before else ''}{_ledger_row(row, clock)}" for row in rows
    )
    return mark_safe("\n".join(drawn))  # noqa: S308 -- as above


def _ledger_row(row: Shown, clock: Clock) -> str:
    chip = marks.chip(row.state, clock, time=row.at, title=row.by, uses=True)
    said = escape(f"{row.said.where}, {clock.short(row.said.at)}")
    if row.said.url:
        said = f'<a href="{escape(row.said.url)}">{said}</a>'
    stands: list[str] = []
    if row.promise.is_open:
        stands.append(marks.due_in(row.promise.due_at, clock))
    stands += [escape(row.stands)] if row.stands else []
    return (
        f'<tr class="ledger-row" data-row id="promise-{row.public_id}">'
        f'<td class="ledger-chip">{chip}</td>'
        f'<th scope="row" class="table-promise"><a href="{row.url}">{escape(row.words)}</a></th>'
        f'<td class="ledger-who">{escape(row.who) or "–"}</td>'
        f'<td class="ledger-owner">{_owner(row)}</td><td class="ledger-said">{said}</td>'
        f'<td class="ledger-stands">{" · ".join(stands)}</td></tr>'
    )


def _owner(row: Shown) -> str:
    if row.owner:
        face = marks.avatar(row.owner, marks.initials(row.owner), 24, row.is_mine)
        return f"{face}<span>{escape(row.owner_short)}</span>"
    return '<span class="faint">' + _("they do") + "</span>" if row.is_theirs else ""
