"""When something is due, read from what people write: "by Friday", "binnen 48 Stunden".

The word files say in which ways each kind of moment is written (`[[when]]`: what it `means` and
how people `say` it); this module knows the kinds. Pieces that stand together are put together:
a day ("tomorrow"), an hour ("between 2 and 4", "morning") and a word before them ("before",
"after"). Where something is not certain nothing is read: a wrong moment is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import Any

from goodword.language import words
from goodword.language.kinds import MEANS, PARTS, Meaning, Piece
from goodword.language.late import Late
from goodword.language.moments import Now
from goodword.language.notation import Lists, values

_EXACT = ("date", "weekday", "day")  # of two that stand together the more exact one counts
_GROUP = re.compile(r"\(\?P<(\w+)>")
_MOST_PIECES = 12  # in one clause; whoever names more days than that makes no promise


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due` is `None` for a vague one ("shortly"). The text lies from `start` to `end`."""

    due: datetime | None
    not_before: datetime | None
    start: int
    end: int


def read(plain_text: str, tongue: str, now: Now) -> Deadline | None:
    """The deadline in a clause; `plain_text` as `notation.plain` makes it.

    `None` when it names none. Of two joined by "or" it is the later.
    """
    grammar = _grammar(tongue)
    found = [each for each in _understood(plain_text, grammar, now) if each is not None]
    dated = next((each for each in found if each[0].days or each[0].moment), None)
    hours = next((each for each in found if each[0].hour and not each[0].days), None)
    if dated and hours and dated[0].days and dated[0].hour is None:
        both = dated[0]
        both.hour, both.from_hour = hours[0].hour, hours[0].from_hour
        return _deadline(both, now, *_around(dated, hours))
    chosen = dated or hours or next(iter(found), None)
    return _deadline(*chosen[:1], now, *chosen[1:]) if chosen else None


_Understood = tuple[Meaning, int, int]


def _around(one: _Understood, other: _Understood) -> tuple[int, int]:
    """Both, when nearly nothing stands between them; else the one that names the hour."""
    first, last = sorted((one[1:], other[1:]))
    if last[0] - first[1] <= 3:
        return first[0], last[1]
    return other[1:]


def _understood(text: str, grammar: _Grammar, now: Now) -> Iterator[_Understood | None]:
    for group in _groups(text, list(grammar.pieces(text)), grammar):
        while group and group[0].lead == "not":  # "the invoice of 3 March tomorrow"
            group = group[1:]
            if all(piece.means in ("clock", "part", "close") for piece in group):
                group = []
        if not group:
            continue
        meaning = Meaning(days=[])
        for piece in group:
            MEANS[piece.means](meaning, piece, now)
        joined = any(grammar.joins.search(text, a.end - 1, b.start + 1) for a, b in _pairs(group))
        _one_hour(meaning)
        _one_day(meaning, joined=joined or any("weekday2" in each.slots for each in group))
        lead = next((each.lead for each in group if each.lead in ("before", "after")), "")
        _led(meaning, lead, now)
        yield meaning, group[0].start, group[-1].end


def _pairs(group: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    return pairwise(group)


def _groups(text: str, pieces: Sequence[Piece], grammar: _Grammar) -> Iterator[list[Piece]]:
    """Pieces with nothing between them but a comma, or a word that joins them."""
    group: list[Piece] = []
    for piece in pieces:
        between = text[group[-1].end : piece.start].strip(" ,()-") if group else ""
        if group and between and not grammar.joins.fullmatch(between):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _one_hour(meaning: Meaning) -> None:
    """A part of the day beside an hour says which half is meant: "6 in the morning"."""
    if not meaning.part:
        return
    if meaning.hour is None:
        meaning.hour = PARTS[meaning.part]
    elif meaning.part in ("first", "morning") and 13 <= meaning.hour.hour <= 19:
        meaning.hour = meaning.hour.replace(hour=meaning.hour.hour - 12)
    elif meaning.part in ("afternoon", "evening") and meaning.hour.hour < 12:
        meaning.hour = meaning.hour.replace(hour=meaning.hour.hour + 12)


def _one_day(meaning: Meaning, *, joined: bool) -> None:
    """Of several days the later if they were joined ("today or Monday"), else the most exact."""
    if len(meaning.days) > 1:
        if joined:
            meaning.days = [max(meaning.days, key=lambda each: each[1])]
        else:
            rank = {name: at for at, name in enumerate(_EXACT)}
            meaning.days = [min(meaning.days, key=lambda each: rank.get(each[0], 9))]


def _led(meaning: Meaning, lead: str, now: Now) -> None:
    """Apply "before" and "after" to the hour if there is one, else to the day."""
    if lead == "before" and meaning.hour is None and meaning.days:
        kind, day = meaning.days[0]
        if kind != "end":  # "before the end of the week" is by then
            meaning.days = [(kind, (meaning.first_day or day) - timedelta(days=1))]
    elif lead == "after" and meaning.from_hour is not None:
        return  # "from 9 to 11"
    elif lead == "after" and meaning.hour is not None:
        closing = now.hours.closing(meaning.days[0][1] if meaning.days else now.today)
        meaning.from_hour = meaning.hour
        meaning.hour = closing if meaning.hour < closing else time(23, 59)
    elif lead == "after" and (meaning.days or meaning.moment):
        meaning.vague, meaning.days, meaning.moment = True, [], None


def _deadline(meaning: Meaning, now: Now, start: int, end: int) -> Deadline | None:
    due, not_before = _due(meaning, now)
    if due is not None and due <= now.moment:
        return None  # it speaks of what was, or nobody can say what it means
    if due is None and not meaning.vague:
        return None
    return Deadline(due, not_before, start, end)


def _due(meaning: Meaning, now: Now) -> tuple[datetime | None, datetime | None]:
    if meaning.moment is not None:
        return meaning.moment, None
    day = meaning.days[0][1] if meaning.days else None
    if meaning.hour is None:
        return (now.close_of(day) if day else None), None
    if day is None and meaning.part in ("first", "morning"):  # the next one that begins
        day = now.today + timedelta(days=now.moment.time() >= now.hours.opening(now.today))
    due = now.next_clock(meaning.hour, day)
    before = now.at(due.date(), meaning.from_hour) if meaning.from_hour else None
    return due, before if before and before < due else None


def _after(leads: Sequence[str] | bool) -> str:
    """What lets a piece pass only after some word of [leads], or after one of these kinds."""
    if leads is True:
        return "(?(lead)|(?!))"
    ways = "|".join(f"(?(lead_{each})|(?!))" for each in leads or ())
    return f"(?:{ways})" if ways else ""


class _Grammar:
    """The `[[when]]` of a language as one expression, in which the first that fits wins."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        spellings = table.get("spellings", {})
        self._values = {
            name: values(each, spellings) for name, each in table.get("values", {}).items()
        }
        lists = Lists(table.get("lists", {}), self._values, spellings)
        leads = {name: lists.any_of(said) for name, said in table["leads"].items()}
        self._rules = [(rule, phrase) for rule in table["when"] for phrase in rule["say"]]
        ways = [
            f"(?P<way{at}>{_after(rule.get('led', []))}"
            + _GROUP.sub(rf"(?P<\1__{at}>", lists.expression(phrase))
            + ")"
            for at, (rule, phrase) in enumerate(self._rules)
        ]
        lead = "|".join(f"(?P<lead_{name}>{each})" for name, each in leads.items())
        tails = lists.any_of(table.get("tails", ()))
        after = lists.any_of(table["not_after"])
        self._pieces = re.compile(
            rf"(?<![\w.,:/$€£#+-])(?P<lead>{lead})?(?:{'|'.join(ways)})(?!\s*{after})(?:{tails})?"
        )
        self._leads = tuple(leads)
        self._slots: dict[int, list[tuple[str, int]]] = {}
        for name, index in self._pieces.groupindex.items():
            slot, _, at = name.partition("__")
            if at:
                self._slots.setdefault(int(at), []).append((slot, index))
        self.joins = Late(lists.any_of(table["joins"]))

    def pieces(self, text: str) -> Iterator[Piece]:
        for match in islice(self._pieces.finditer(text), _MOST_PIECES):
            at = int((match.lastgroup or "")[3:])
            rule = self._rules[at][0]
            slots = dict(rule.get("sets", {}))
            for slot, index in self._slots.get(at, ()):
                if (written := match.group(index)) is not None:
                    kind = slot.rstrip("0123456789")
                    written = written.strip()
                    slots[slot] = self._values.get(kind, {}).get(written, written)
            lead = next((name for name in self._leads if match[f"lead_{name}"]), "")
            end = match.start() + len(match.group().rstrip())
            yield Piece(rule["means"], slots, lead, match.start(), end)


@cache
def _grammar(tongue: str) -> _Grammar:
    return _Grammar(words.read(tongue, "deadlines"))


def known(tongue: str) -> bool:
    """Whether there is a file of deadlines for this language."""
    return bool(words.read(tongue, "deadlines"))
