"""The rows of Today and of the ledger as HTML. Plain functions: a template took 4 ms a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.ui import marks
from goodword.ui.times import Clock
from goodword.web.ledger.showing import Shown

FORM = "row-acts"  # one form on the page for the buttons of all rows: it holds token and way back


def owed_rows(rows: Iterable[Shown], *, now: datetime, first: str = "", back: str) -> SafeString:
    """What is still owed, with its acts in place; `first` names the row that stands out."""
    clock, way = Clock(now), quote(back, safe="")
    return mark_safe(  # noqa: S308 -- each part is ours or escaped
        "".join(_owed(row, clock, way, stands_out=row.public_id == first) for row in rows)
    )


def kept_row(row: Shown, *, now: datetime, may_undo: bool) -> SafeString:
    """A promise just kept: it stays a moment, with Undo, and then closes."""
    clock = Clock(now)
    chip = marks.chip(row.state, clock, time=row.at, title=row.by)
    undo = ""
    if may_undo:
        button = _button(row, "not-kept", "button", "z", f"{marks.icon('undo-2')} {_('Undo')}")
        undo = f'<div class="owed-act">{button}</div>'
    return mark_safe(  # noqa: S308 -- as above
        f'<li class="owed-row owed-kept" data-row id="promise-{row.public_id}"'
        f' data-closes-after="4000">{_words(row, row.url, escape(row.stands))}'
        f'<div class="owed-chip" role="status">{chip}</div>{undo}</li>'
    )


def _owed(row: Shown, clock: Clock, way: str, *, stands_out: bool) -> str:
    about = _("All about this promise")
    chip = marks.chip(row.state, clock, time=row.at, title=row.by)
    until = marks.due_in(row.promise.due_at, clock)
    detail = f" · {escape(row.detail)}" if row.detail else ""
    acts = _acts(row, way, stands_out=stands_out) if row.may_act else ""
    return (
        f'<li class="owed-row{" row-cursor" if stands_out else ""}" data-row'
        f' id="promise-{row.public_id}">'
        f"{_words(row, row.said.url or row.url, f'{until}{detail}')}"
        f'<a class="owed-chip" href="{row.url}" aria-label="{about}">{chip}</a>{acts}</li>'
    )


def _words(row: Shown, url: str, rest: str) -> str:
    who = f"<b>{escape(row.who)}</b> " if row.who else ""
    return (
        f'<div class="owed-words"><a class="promise owed-link" href="{escape(url)}">'
        f'{escape(row.words)}</a><p class="owed-meta">{marks.icon(row.said.icon, 13)} {who}'
        f"<span>{rest}</span></p></div>"
    )


def _acts(row: Shown, way: str, *, stands_out: bool) -> str:
    kept, move, hand = (
        _("Mark as kept"),
        _("Promise anew") if row.is_late else _("Move the time"),
        _("Hand over"),
    )
    filled = " button-filled" if stands_out else ""
    inside = f"{marks.icon(row.act.icon)} {escape(row.act.word)}"
    quick, menu = [], []
    if row.act.url:
        main = (
            f'<a class="button{filled}" data-act-key="r" href="{escape(row.act.url)}">{inside}</a>'
        )
        quick.append(
            _button(row, "keep", "icon-button tip", "e", marks.icon("check", 16, kept), tip=kept)
        )
        menu.append(_button(row, "keep", "", "", f"{marks.icon('check')} {kept}"))
    else:
        main = _button(row, "keep", f"button{filled}", "r", inside)
    asked = [("move", "m", "corner-up-right", move)]
    if not row.is_theirs:
        asked.append(("hand-over", "w", "user-round-plus", hand))
    for act, key, drawn, word in asked:
        url = f"{row.url}{act}/?back={way}"
        quick.append(
            f'<a class="icon-button tip" data-act-key="{key}" href="{url}" hx-get="{url}"'
            f' hx-target="#asking" hx-swap="innerHTML" data-tip="{word} ({key})">'
            f"{marks.icon(drawn, 16, word)}</a>"
        )
        menu.append(f'<a href="{url}">{marks.icon(drawn)} {word}</a>')
    menu.append(f'<a href="{row.url}">{marks.icon("history")} {_("All about it")}</a>')
    more = _("More")
    return (
        f'<div class="owed-more">{"".join(quick)}</div>'
        f'<details class="menu owed-menu"><summary class="icon-button" title="{more}">'
        f'{marks.icon("ellipsis", 16, more)}</summary><div class="menu-body">{"".join(menu)}</div>'
        f'</details><div class="owed-act">{main}</div>'
    )


def _button(row: Shown, act: str, css: str, key: str, inside: str, *, tip: str = "") -> str:
    """A button of the page's one form that acts on this row; by htmx in its place."""
    url = f"{row.url}{act}/"
    named = f' data-act-key="{key}"' if key else ""
    named += f' data-tip="{tip} ({key})"' if tip else ""
    return (
        f'<button class="{css}" form="{FORM}" formaction="{url}" hx-post="{url}"'
        f' hx-target="closest [data-row]" hx-swap="outerHTML"{named}>{inside}</button>'
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
    chip = marks.chip(row.state, clock, time=row.at, title=row.by)
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
    return f'<span class="faint">{_("they do")}</span>' if row.is_theirs else ""
