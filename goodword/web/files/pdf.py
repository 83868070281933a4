"""A conversation as PDF. Made here, without a system's libraries, so that it works everywhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from fpdf import FPDF

from goodword.core.text import runs_to_the_left
from goodword.ui import times
from goodword.web.files import fonts
from goodword.web.files.papers import Entry, Paper

_LETTER = {"US", "CA", "MX", "PH", "CL", "CO", "VE"}  # countries that print on Letter
_INK, _FAINT, _LINE = (28, 25, 20), (110, 103, 92), (217, 211, 200)
_MARGIN = 20  # mm
_LEADING = 0.52  # mm from line to line, for each point of size
_MOST_EFFORT = 200_000  # characters of all messages, which take a quarter of a minute
_SHAPING_COSTS = 10  # times as much a character
# Scripts whose letters join, stack or run from right to left.
_SHAPED = re.compile("[\u0590-\u08ff\u0900-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufeff]")
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufe00-\ufe0f]")


class _Sheet(FPDF):
    """Pages with the subject above and a number below."""

    def __init__(self, paper: Paper, *, house: str, country: str) -> None:
        super().__init__(format="letter" if country in _LETTER else "A4")
        self._head = f"{house} · {paper.reference}" if house else paper.reference
        self.set_title(paper.subject)
        self.set_creator("Goodword")
        self.set_lang(get_language() or "en")
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN)
        self.add_font("Inter", "", fonts.REGULAR)
        self.add_font("Inter", "B", fonts.BOLD)
        self.add_font("More", "", fonts.MORE)
        more = ["More"]
        found, self.unprinted = fonts.for_text(set(_printed("".join(_letters(paper)))))
        for number, path in enumerate(found):
            self.add_font(f"Here{number}", "", path)
            more.append(f"Here{number}")
        self.set_fallback_fonts(more, exact_match=False)

    def footer(self) -> None:
        self.set_text_shaping(False)
        self.set_y(-14)
        self.set_font("Inter", "", 8)
        self.set_text_color(*_FAINT)
        self.cell(0, 5, self._head)
        self.set_x(_MARGIN)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def line_of(self, text: str, *, size: float, bold: bool = False, faint: bool = False) -> None:
        """A paragraph at the left margin."""
        self._set(size, bold=bold, faint=faint)
        self._row(text, size=size, to_the_left=False)

    def words_of(self, text: str, *, size: float, bold: bool = False) -> None:
        """What somebody wrote: each line runs as its own first letter does, left or right."""
        self._set(size, bold=bold)
        for row in text.split("\n"):
            if row.strip():
                self._row(row, size=size, to_the_left=runs_to_the_left(row))
            else:
                self.ln(size * _LEADING)

    def _set(self, size: float, *, bold: bool = False, faint: bool = False) -> None:
        self.set_font("Inter", "B" if bold else "", size)
        self.set_text_color(*(_FAINT if faint else _INK))

    def _row(self, text: str, *, size: float, to_the_left: bool) -> None:
        if _SHAPED.search(text):
            self.set_text_shaping(True, direction="rtl" if to_the_left else "ltr")
        else:
            self.set_text_shaping(False)
        align = "R" if to_the_left else "L"
        height = size * _LEADING
        self.multi_cell(0, height, _printed(text), align=align, new_x="LMARGIN", new_y="NEXT")

    def rule(self) -> None:
        self.ln(3)
        self.set_draw_color(*_LINE)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.ln(3)


def made_of(paper: Paper, *, house: str, country: str, at: datetime) -> bytes:
    """The PDF of a paper. `at`: when it was made."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table it cuts
    sheet = _Sheet(paper, house=house, country=country)
    sheet.set_creation_date(at)
    sheet.add_page()
    sheet.words_of(paper.subject, size=17, bold=True)
    sheet.ln(1)
    about = _("Conversation with %(who)s in %(inbox)s") % {"who": paper.who, "inbox": paper.inbox}
    sheet.line_of(f"{about} · {_moment(at)}", size=9, faint=True)
    entries, is_cut = fitting(paper.entries)
    if paper.is_cut or is_cut:
        sheet.line_of(_("Older messages are left out."), size=9, faint=True)
    for entry in entries:
        sheet.rule()
        _say(sheet, entry)
    if paper.words:
        sheet.rule()
        sheet.line_of(_("Promised"), size=11, bold=True)
        for word in paper.words:
            sheet.line_of(f"{word.what}, {word.stands}, {_moment(word.at)}", size=10)
    if sheet.unprinted:
        sheet.rule()
        words = ngettext(
            "%(count)s sign is missing here: no font of this machine has it.",
            "%(count)s signs are missing here: no font of this machine has them.",
            sheet.unprinted,
        )
        sheet.line_of(words % {"count": sheet.unprinted}, size=9, faint=True)
    return bytes(sheet.output())


def fitting(entries: Sequence[Entry]) -> tuple[list[Entry], bool]:
    """The newest of them, as many as are set in reasonable time; and whether older are left out.

    Of one that is too long by itself its beginning.
    """
    left, shown = _MOST_EFFORT, list[Entry]()
    for entry in reversed(entries):
        cost = _SHAPING_COSTS if _SHAPED.search(entry.text) else 1
        if shown and len(entry.text) * cost > left:
            return shown[::-1], True
        most = left // cost
        text = entry.text if len(entry.text) <= most else f"{entry.text[:most]} …"
        shown.append(replace(entry, text=text))
        left -= len(text) * cost
    return shown[::-1], False


def _say(sheet: _Sheet, entry: Entry) -> None:
    who = _("Internal note by %(who)s") % {"who": entry.who} if entry.kind == "note" else entry.who
    sheet.line_of(who, size=10, bold=True)
    to = _("to %(whom)s") % {"whom": entry.to} if entry.to else ""
    sheet.line_of(
        " · ".join(part for part in (_moment(entry.at), to) if part), size=8.5, faint=True
    )
    sheet.ln(1.5)
    sheet.words_of(entry.text or _("(without text)"), size=10)
    if entry.files:
        sheet.ln(1)
        sheet.line_of(_("Files: %(names)s") % {"names": ", ".join(entry.files)}, size=9, faint=True)


def _moment(at: datetime) -> str:
    return times.full(at)


def _letters(paper: Paper) -> set[str]:
    found = set(paper.subject + paper.who + paper.inbox)
    for entry in paper.entries:
        found.update(entry.who, entry.to, entry.text, *entry.files)
    for word in paper.words:
        found.update(word.what)
    return found


def _printed(text: str) -> str:
    """Without what no printer has a sign for."""
    return _UNPRINTED.sub("", text.replace("\t", "    "))
