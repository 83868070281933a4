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
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import Any

from goodword.language import words
from goodword.language.moments import Now, last_day
from goodword.language.notation import Lists, values

_PARTS = {
    "first": time(10),
    "morning": time(12),
    "noon": time(12),
    "afternoon": time(17),
    "evening": time(23, 59),
}
_MINUTES = {"minute": 1, "hour": 60}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
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


@dataclass(frozen=True, slots=True)
class _Piece:
    means: str
    slots: Mapping[str, str]
    lead: str  # "", "by", "on", "before", "after", "not"
    start: int
    end: int


@dataclass(slots=True)
class _Meaning:
    """What pieces that stand together have said so far."""

    days: list[tuple[str, date]]
    moment: datetime | None = None
    hour: time | None = None
    from_hour: time | None = None
    part: str = ""
    first_day: date | None = None
    vague: bool = False


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


_Understood = tuple[_Meaning, int, int]


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
        meaning = _Meaning(days=[])
        for piece in group:
            _MEANS[piece.means](meaning, piece, now)
        joined = any(grammar.joins.search(text, a.end - 1, b.start + 1) for a, b in _pairs(group))
        _one_hour(meaning)
        _one_day(meaning, joined=joined or any("weekday2" in each.slots for each in group))
        lead = next((each.lead for each in group if each.lead in ("before", "after")), "")
        _led(meaning, lead, now)
        yield meaning, group[0].start, group[-1].end


def _pairs(group: Sequence[_Piece]) -> Iterator[tuple[_Piece, _Piece]]:
    return pairwise(group)


def _groups(text: str, pieces: Sequence[_Piece], grammar: _Grammar) -> Iterator[list[_Piece]]:
    """Pieces with nothing between them but a comma, or a word that joins them."""
    group: list[_Piece] = []
    for piece in pieces:
        between = text[group[-1].end : piece.start].strip(" ,()-") if group else ""
        if group and between and not grammar.joins.fullmatch(between):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _one_hour(meaning: _Meaning) -> None:
    """A part of the day beside an hour says which half is meant: "6 in the morning"."""
    if not meaning.part:
        return
    if meaning.hour is None:
        meaning.hour = _PARTS[meaning.part]
    elif meaning.part in ("first", "morning") and 13 <= meaning.hour.hour <= 19:
        meaning.hour = meaning.hour.replace(hour=meaning.hour.hour - 12)
    elif meaning.part in ("afternoon", "evening") and meaning.hour.hour < 12:
        meaning.hour = meaning.hour.replace(hour=meaning.hour.hour + 12)


def _one_day(meaning: _Meaning, *, joined: bool) -> None:
    """Of several days the later if they were joined ("today or Monday"), else the most exact."""
    if len(meaning.days) > 1:
        if joined:
            meaning.days = [max(meaning.days, key=lambda each: each[1])]
        else:
            rank = {name: at for at, name in enumerate(_EXACT)}
            meaning.days = [min(meaning.days, key=lambda each: rank.get(each[0], 9))]


def _led(meaning: _Meaning, lead: str, now: Now) -> None:
    """Apply "before" and "after" to the hour if there is one, else to the day."""
    if lead == "before" and meaning.hour is None and meaning.days:
        kind, day = meaning.days[0]
        if kind != "end":  # "before the end of the week" is by then
            meaning.days = [(kind, (meaning.first_day or day) - timedelta(days=1))]
    elif lead == "after" and meaning.hour is not None:
        closing = now.hours.closing(meaning.days[0][1] if meaning.days else now.today)
        meaning.from_hour = meaning.hour
        meaning.hour = closing if meaning.hour < closing else time(23, 59)
    elif lead == "after" and (meaning.days or meaning.moment):
        meaning.vague, meaning.days, meaning.moment = True, [], None


def _deadline(meaning: _Meaning, now: Now, start: int, end: int) -> Deadline | None:
    due, not_before = _due(meaning, now)
    if due is not None and due <= now.moment:
        return None  # it speaks of what was, or nobody can say what it means
    if due is None and not meaning.vague:
        return None
    return Deadline(due, not_before, start, end)


def _due(meaning: _Meaning, now: Now) -> tuple[datetime | None, datetime | None]:
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


# What each kind of piece means. Days are counted from the moment of writing.


def _day(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    meaning.days.append(("day", now.today + timedelta(days=int(piece.slots["day"]))))


def _weekday(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    day = now.next_weekday(int(piece.slots["weekday"]))
    if "week" in piece.slots:  # that weekday of this or the next week from Monday to Sunday
        weeks = int(piece.slots["week"])
        same = now.monday(weeks) + timedelta(days=int(piece.slots["weekday"]))
        day = same if weeks else day
    if "count" in piece.slots:  # "a week from Tuesday"
        day += timedelta(weeks=float(piece.slots["count"]))
    meaning.days.append(("weekday", day))
    meaning.part = piece.slots.get("part", meaning.part)
    if "weekday2" in piece.slots:  # "Monday to Wednesday", "between Monday and Wednesday"
        last = int(piece.slots["weekday2"])
        meaning.days.append(("weekday", day + timedelta(days=(last - day.weekday()) % 7)))


def _date(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    slots = piece.slots
    day, month = int(slots.get("dom2") or slots["dom"]), slots.get("month") or slots.get("moon")
    year = int(slots["year"]) if "year" in slots else None
    if "short" in slots:
        year = 2000 + int(slots["short"])
    found = now.next_date(day, int(month) if month else None, year)
    if found:
        meaning.days.append(("date", found))


def _slashed(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    """3/4: the month first in America, else the day first; 15/3 and 3/15 leave no doubt."""
    first, second = int(piece.slots["dom"]), int(piece.slots["dom2"])
    american = str(now.moment.tzinfo).startswith(("America/", "US/"))
    if first > 12 or (not american and second <= 12):
        first, second = second, first
    if first > 12:
        return
    slots = {**piece.slots, "dom": str(second), "moon": str(first)}
    del slots["dom2"]
    _date(meaning, _Piece("date", slots, piece.lead, piece.start, piece.end), now)


def _week(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    edge = piece.slots.get("edge", "")
    weeks = int(float(piece.slots.get("week", "0")))
    meaning.days.append(("end" if edge == "end" or not weeks else "week", now.of_week(weeks, edge)))
    meaning.first_day = now.monday(weeks)


def _week_number(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    year, this, _ = now.today.isocalendar()
    number = int(piece.slots["number"])
    try:
        monday = date.fromisocalendar(year + (number < this), number, 1)
    except ValueError:  # a year without a 53rd week
        return
    weeks = (monday - now.monday(0)).days // 7
    meaning.days.append(("week", now.of_week(weeks, piece.slots.get("edge", ""))))
    meaning.first_day = monday


def _weekend(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    """ "Over the weekend" ends with it; "by the weekend" and "before" it on the Friday."""
    weeks = int(piece.slots.get("week", "0"))
    if piece.lead in ("by", "before"):
        meaning.days.append(("end", now.of_week(weeks, "")))
    else:
        meaning.moment = now.weekend(weeks)


def _month(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    year = int(piece.slots["year"]) if "year" in piece.slots else None
    if "month" in piece.slots:
        year, month = now.next_month(int(piece.slots["month"]), year)
    else:
        ahead = now.today.year * 12 + now.today.month - 1 + int(piece.slots.get("later", "0"))
        year, month = ahead // 12, ahead % 12 + 1
    edge = piece.slots.get("edge", "")
    day = {"mid": 15, "early": 10}.get(edge, last_day(year, month))
    meaning.days.append(("end" if edge else "month", date(year, month, day)))
    meaning.first_day = date(year, month, 1)


def _quarter(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    this = (now.today.month - 1) // 3 + 1
    quarter = int(piece.slots.get("quarter", this)) + int(piece.slots.get("later", "0"))
    year = now.today.year + (quarter < this) + (quarter - 1) // 4
    month = (quarter - 1) % 4 * 3 + 3
    meaning.days.append(("end", date(year, month, last_day(year, month))))


def _year(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    year = now.today.year + int(piece.slots.get("later", "0"))
    meaning.days.append(("end", date(year, 12, 31)))


def _feast(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    month, day = piece.slots["feast"].split("-")
    found = now.next_date(int(day), int(month), None)
    if found:
        meaning.days.append(("feast", found))


def _span(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    """So many hours pass on the clock; days, weeks and months pass on the calendar."""
    count = float(piece.slots.get("count2") or piece.slots.get("count") or "1")
    unit = piece.slots["unit"]
    if unit in _MINUTES:
        meaning.moment = now.later(minutes=count * _MINUTES[unit])
    elif unit == "workday":
        meaning.days.append(("span", now.in_workdays(round(count))))
    elif unit in _DAYS:
        meaning.days.append(("span", now.today + timedelta(days=round(count * _DAYS[unit]))))
    else:
        meaning.days.append(("span", now.in_months(round(count * _MONTHS[unit]))))


def _clock(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    slots = piece.slots
    half = slots.get("half", "")
    if "hour2" in slots:  # "between 2 and 4pm"
        last = _hour(slots["hour2"], slots.get("minute2"), half2 := slots.get("half2", half))
        first = _hour(slots["hour"], slots.get("minute"), half or half2)
        if last is not None and first is not None and first >= last:  # "between 11 and 2pm"
            first = _hour(slots["hour"], slots.get("minute"), "am")
        meaning.hour, meaning.from_hour = last, first
        return
    hour, minute = slots.get("hour") or slots["spoken"], slots.get("minute")
    if half == "before":  # "halb vier" is half past three
        hour, minute = str((int(hour) - 2) % 12 + 1), "30"
    meaning.hour = _hour(hour, minute, half)


def _hour(hour: str, minute: str | None, half: str) -> time | None:
    """The clock time; without am or pm 1 to 7 is in the afternoon, unless written as 07:30."""
    number = int(hour)
    if half in ("am", "pm"):
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half == "pm" else 0)
    elif half != "exact" and 1 <= number <= 7 and not hour.startswith("0"):
        number += 12
    if number == 24:
        return time(23, 59)
    return time(number, int(minute or 0)) if number < 24 else None


def _part(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    meaning.part = piece.slots["part"]
    if "day" in piece.slots:
        _day(meaning, piece, now)


def _close(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    """Close of business: of the day named beside it, else the next one that is still to come."""
    if not meaning.days:
        meaning.days.append(("close", now.close_of_business()))


def _vague(meaning: _Meaning, piece: _Piece, now: Now) -> None:
    meaning.vague = True


_MEANS = {
    "day": _day,
    "weekday": _weekday,
    "date": _date,
    "slashed": _slashed,
    "week": _week,
    "week-number": _week_number,
    "weekend": _weekend,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
    "feast": _feast,
    "span": _span,
    "clock": _clock,
    "part": _part,
    "close": _close,
    "vague": _vague,
}


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
            f"(?P<way{at}>{'(?(lead)|(?!))' if rule.get('led') else ''}"
            + _GROUP.sub(rf"(?P<\1__{at}>", lists.expression(phrase))
            + ")"
            for at, (rule, phrase) in enumerate(self._rules)
        ]
        lead = "|".join(f"(?P<lead_{name}>{each})" for name, each in leads.items())
        after = lists.any_of(table["not_after"])
        self._pieces = re.compile(
            rf"(?<![\w.,:/$€£#+-])(?P<lead>{lead})?(?:{'|'.join(ways)})(?!\s*{after})"
        )
        self._leads = tuple(leads)
        self._slots: dict[int, list[tuple[str, int]]] = {}
        for name, index in self._pieces.groupindex.items():
            slot, _, at = name.partition("__")
            if at:
                self._slots.setdefault(int(at), []).append((slot, index))
        self.joins = re.compile(lists.any_of(table["joins"]))

    def pieces(self, text: str) -> Iterator[_Piece]:
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
            yield _Piece(rule["means"], slots, lead, match.start(), end)


@cache
def _grammar(tongue: str) -> _Grammar:
    return _Grammar(words.read(tongue, "deadlines"))


def known(tongue: str) -> bool:
    """Whether there is a file of deadlines for this language."""
    return bool(words.read(tongue, "deadlines"))
