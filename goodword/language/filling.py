"""Places in a text that are filled in: `{{ person.first_name }}`, or with what to say when nothing
is known, `{{ person.first_name | "there" }}`. Ready words also know short ones: `{due}`.

One pass over the text: what is filled in is never read again, whatever stands in it. Every pattern
is bounded, so that hostile text takes no longer than its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

_NAME = r"[A-Za-z][A-Za-z_]{0,30}(?:\.[A-Za-z_]{1,30}){0,3}"
_ELSE = r'\|\s{0,4}["“„”]([^"“„”{}\n]{0,120})["“”]\s{0,4}'
_PLACE = re.compile(rf"\{{\{{\s{{0,4}}({_NAME})\s{{0,4}}(?:{_ELSE})?\}}\}}|\{{([a-z_]{{1,20}})\}}")

_SHORTEST = 3  # of a name that is looked for in a text

ValueOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A place whose name nobody knows, as it was written, and the known name most like it."""

    written: str
    meant: str


def fill(
    text: str, value_of: ValueOf, *, short: Mapping[str, str] | None = None, keeps: bool = True
) -> str:
    """`text` with its places filled in. `value_of`: the value of a name, None for an unknown one.

    What has no value and nothing to say instead is kept as it stands, so that whoever writes sees
    what to put there; without `keeps` it goes. Unknown names always stay.
    """

    def value(place: re.Match[str]) -> str:
        name, otherwise, brief = place.groups()
        if brief is not None:
            return (short or {}).get(brief, place[0])
        found = value_of(name.lower())
        if found is None:
            return place[0]
        instead = otherwise if otherwise is not None or keeps else ""
        return found or (place[0] if instead is None else instead)

    return _PLACE.sub(value, text) if "{" in text else text


def unknown(text: str, known: Iterable[str]) -> list[Unknown]:
    """The places of `text` whose names are not among `known`, each once, in their order."""
    names = list(known)
    found: dict[str, Unknown] = {}
    for place in _PLACE.finditer(text):
        name = (place[1] or "").lower()
        if name and name not in names and name not in found:
            meant = get_close_matches(name, names, n=1, cutoff=0.5)
            found[name] = Unknown(place[0], meant[0] if meant else "")
    return list(found.values())


def with_place(text: str, words: str, place: str) -> str:
    """`text` with `place` wherever `words` stand by themselves; what stands in a place stays."""
    if len(words) < _SHORTEST:
        return text
    alone = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    at, made = 0, []
    for found in _PLACE.finditer(text):
        made += [alone.sub(lambda _found: place, text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*made, alone.sub(lambda _found: place, text[at:])])


def first_name(name: str) -> str:
    """What one calls a person by: of "Dr. Grace Mary Whitlow" and "Whitlow, Grace" it is "Grace".

    Empty where the name is none: an address, a number.
    """
    last, comma, first = name.partition(",")
    words = [word for word in (first if comma else last).split() if not _TITLE.fullmatch(word)]
    called = words[0] if words else ""
    return called if called and "@" not in name and any(map(str.isalpha, called)) else ""


_TITLE = re.compile(
    r"(?:dr|prof|mr|mrs|ms|mx|miss|sir|dame|herr|frau|m|mme|mlle|sr|sra|ing|dipl)\.?|dipl\.-ing\.?",
    re.IGNORECASE,
)
