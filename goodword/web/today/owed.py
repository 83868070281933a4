"""What stands before someone today: the rows in their groups, and the one sentence that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from goodword.accounts.models import Teammate
from goodword.promises import day as promises
from goodword.promises.models import Promise
from goodword.web.inbox.showing import SOON
from goodword.web.ledger import showing
from goodword.web.ledger.showing import Shown

MOST = 50  # rows; whoever owes more finds them in the ledger
Direction = Promise.Direction


@dataclass(frozen=True, slots=True)
class Group:
    key: str  # "late", "soon", "back", "today" or "later"
    word: str
    rows: list[Shown]


@dataclass(frozen=True, slots=True)
class Owed:
    groups: list[Group]
    sentence: SafeString
    closing: str
    has_more: bool  # than MOST

    @property
    def rows(self) -> list[Shown]:
        return [row for group in self.groups for row in group.rows]


def of(teammate: Teammate, *, now: datetime) -> Owed:
    ends = _Ends(now)
    mine = promises.owed_by(teammate, until=ends.week, most=MOST + 1)
    theirs = promises.waited_for(teammate, until=ends.day, most=MOST)
    has_more = len(mine) > MOST
    rows = showing.shown([*mine[:MOST], *theirs], by=teammate, now=now)
    groups = _grouped(sorted(rows, key=lambda row: row.promise.due_at), ends)
    after = promises.due_times_after(teammate, ends.week)
    return Owed(groups, _sentence(rows, now), _closing(after, ends), has_more)


class _Ends:
    """The moments at which the groups end, in the house's zone."""

    def __init__(self, now: datetime) -> None:
        here = timezone.localtime(now)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        self.now = now
        self.soon = now + SOON
        self.day = midnight + timedelta(days=1, microseconds=-1)
        # On Saturday and Sunday there is little left of a week: the next days count to it.
        days = 7 - here.weekday() if here.weekday() < 5 else 3
        self.week = midnight + timedelta(days=days, microseconds=-1)
        self.is_weekend = here.weekday() >= 5


def _grouped(rows: Sequence[Shown], ends: _Ends) -> list[Group]:
    later = _("In the next days") if ends.is_weekend else _("Later this week")
    words = {
        "late": pgettext("promises", "Late"),
        "soon": _("Next two hours"),
        "today": pgettext("promises", "Today"),
        "back": _("Comes back today"),
        "later": later,
    }
    found: dict[str, list[Shown]] = {key: [] for key in words}
    for row in rows:
        found[_group_of(row, ends)].append(row)
    return [Group(key, words[key], rows) for key, rows in found.items() if rows]


def _group_of(row: Shown, ends: _Ends) -> str:
    due = row.promise.due_at
    if row.promise.direction != Direction.OURS and due <= ends.day:
        return "back"
    if due < ends.now:
        return "late"
    if due <= ends.soon:
        return "soon"
    return "today" if due <= ends.day else "later"


def _sentence(rows: Sequence[Shown], now: datetime) -> SafeString:
    """ "You owe nine people a word. One is late, three more are due within two hours." """
    ours = [row.promise for row in rows if row.promise.direction == Direction.OURS]
    if not ours:
        return mark_safe(_("You owe nobody anything today."))  # noqa: S308 -- our own words
    people = len({each.person_id for each in ours})
    strong = ngettext("one person", "%(n)s people", people) % {"n": in_words(people)}
    first = format_html(_("You owe {} a word."), format_html("<b>{}</b>", strong))
    late = sum(each.due_at < now for each in ours)
    soon = sum(now <= each.due_at <= now + SOON for each in ours)
    second = _haste(late, soon)
    return format_html("{} {}", first, second) if second else first


def _haste(late: int, soon: int) -> SafeString:
    is_late = ""
    if late:
        words = ngettext("One is late", "%(n)s are late", late) % {"n": _first(in_words(late))}
        is_late = format_html('<b class="late">{}</b>', words)
    if late and soon:
        words = ngettext(
            "one more is due within two hours", "%(n)s more are due within two hours", soon
        ) % {"n": in_words(soon)}
        return format_html(_("{}, {}."), is_late, words)
    if late:
        return format_html("{}.", is_late)
    if soon:
        words = ngettext(
            "One is due within two hours.", "%(n)s are due within two hours.", soon
        ) % {"n": _first(in_words(soon))}
        return format_html("{}", words)
    return mark_safe("")


def in_words(number: int) -> str:
    """Up to twelve as a word; above, as a figure."""
    words = (
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"),
        _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve"),
    )  # fmt: skip
    return words[number] if number < len(words) else str(number)


def _first(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


def _closing(after: Sequence[datetime], ends: _Ends) -> str:
    """What lies beyond the list: "Nothing more until Monday. Fourteen promises after that." """
    if not after:
        return _("Nothing more after that.")
    first = timezone.localtime(after[0])
    count = len(after)
    many = promises.COUNT_TO
    words = (
        _("More than %(n)d promises after that.") % {"n": many}
        if count > many
        else ngettext(
            "One promise after that.", "%(n)s promises after that.", count
        ) % {"n": _first(in_words(count))}
    )  # fmt: skip
    return f"{_until(first, timezone.localtime(ends.now).date())} {words}"


def _until(first: datetime, today: date) -> str:
    days = (first.date() - today).days
    pattern = "l" if days < 7 else pgettext("date pattern: day and month in a sentence", "j F")
    return _("Nothing more until %(day)s.") % {"day": date_format(first, pattern)}
