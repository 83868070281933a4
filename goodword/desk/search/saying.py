"""What a search asks of one message: its words, who said it to whom, when, and with what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations.search import Word
from goodword.core import ids
from goodword.core.text import fold
from goodword.desk.search.asking import Asked, Term
from goodword.desk.search.operators import OURS

_OPERATORS = frozenset({"from", "to", "with", "subject", "before", "after", "since", "on"})


class Said(NamedTuple):
    """What a message tells of those it is from and for, and of what it is about."""

    key: int
    conversation: int
    author: str
    address: str | None
    teammate: int | None
    subject: str
    conversation_subject: str
    person: str
    told: tuple[str, ...] = ()  # names and addresses


@dataclass(slots=True)
class OneMessage:
    """What must be true of the same message. Its key is `first_key` or later, before `end_key`."""

    words: list[Word] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    checks: list[Callable[[Said], bool]] = field(default_factory=list)
    first_key: int | None = None
    end_key: int | None = None
    has_attachment: bool = False
    asks_whom: bool = False  # the checks look at recipients

    @property
    def is_asked(self) -> bool:
        keys = (self.first_key, self.end_key)
        return bool(self.words or self.checks or self.has_attachment or keys != (None, None))

    @property
    def is_words_alone(self) -> bool:
        keys = (self.first_key, self.end_key)
        rest = self.phrases or self.checks or self.has_attachment or keys != (None, None)
        return bool(self.words) and not rest


def is_of_messages(term: Term) -> bool:
    return term.name in _OPERATORS or (term.name, term.value) == ("has", "attachment")


def one_message(asked: Asked, *, by: Teammate) -> OneMessage:
    found = OneMessage()
    *whole, last = asked.words or [""]
    found.words = [Word(each) for each in whole]
    if last:
        found.words.append(Word(last, asked.last_is_whole))
    for phrase in asked.phrases:
        found.words += [Word(each) for each in phrase.split()]
        if " " in phrase:
            found.phrases.append(phrase)
    for term in asked.terms:
        if is_of_messages(term) and not term.is_negated:
            _narrow(found, term, asked.at, by)
    found.words = list(dict.fromkeys(found.words))
    return found


def _narrow(found: OneMessage, term: Term, at: datetime, by: Teammate) -> None:
    if term.name == "has":
        found.has_attachment = True
    elif term.days is not None:
        _narrow_days(found, term.name, *term.days, at)
    elif term.name == "from":
        ours = [by.pk] if OURS.get(fold(term.value)) == "me" else teammates(term.value)
        found.checks.append(partial(_is_from, term.value, ours))
        if not ours:
            _look_up(found, term.value)
    else:
        found.checks.append(partial(_CHECKS[term.name], term.value))
        found.asks_whom = found.asks_whom or term.name in {"to", "with"}
        _look_up(found, term.value)


def _look_up(found: OneMessage, value: str) -> None:
    """All that a message tells of people and subjects stands among its words, too."""
    found.words += [Word(each, is_whole=False) for each in fold(value).split()]


def _narrow_days(found: OneMessage, name: str, first: date, last: date, at: datetime) -> None:
    begins = ids.first_key(beginning(first, at))
    ends = ids.first_key(beginning(last + timedelta(days=1), at))
    if name != "before":
        first_key = ends if name == "after" else begins
        found.first_key = max(first_key, found.first_key or first_key)
    if name in {"before", "on"}:
        end_key = begins if name == "before" else ends
        found.end_key = min(end_key, found.end_key or end_key)


def _is_from(value: str, ours: Sequence[int], said: Said) -> bool:
    return said.teammate in ours or (
        said.address is not None and names(f"{said.author} {said.address}", value)
    )


def _is_to(value: str, said: Said) -> bool:
    return any(names(each, value) for each in said.told)


def _is_with(value: str, said: Said) -> bool:
    return names(said.person, value) or _is_from(value, (), said) or _is_to(value, said)


def _is_about(value: str, said: Said) -> bool:
    return names(said.conversation_subject, value) or names(said.subject, value)


_CHECKS: dict[str, Callable[[str, Said], bool]] = {
    "to": _is_to,
    "with": _is_with,
    "subject": _is_about,
}


def teammates(value: str) -> list[int]:
    """The keys of those of ours whom this names."""
    rows = accounts.teammates().values_list("pk", "name", "email")
    return [pk for pk, name, email in rows if names(name, value) or email == value.lower()]


def names(text: str, value: str) -> bool:
    """Whether each word of `value` begins a word of `text`."""
    words = fold(text).split()
    return all(any(word.startswith(each) for word in words) for each in fold(value).split())


def beginning(day: date, at: datetime) -> datetime:
    """When a day begins, in the zone of `at`."""
    return datetime.combine(day, time(), tzinfo=at.tzinfo)
