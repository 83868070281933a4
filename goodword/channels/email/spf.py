"""What is wrong with an SPF record, as far as it can be told without a mail to test (RFC 7208)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

MOST_LOOKUPS = 10  # section 4.6.4; beyond, the whole record is an error
_MECHANISMS = {"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}
_ASKING = {"include", "a", "mx", "ptr", "exists"}
_DEEPEST = 12

Texts = Callable[[str, str], list[str]]  # the TXT records of a name that begin so


class NoSuchDomain(Exception):
    """The DNS knows no such name."""


@dataclass(frozen=True, slots=True)
class Fault:
    state: Literal["look", "wrong"]
    words: str
    do: str


def fault_of(record: str, domain: str, texts: Texts) -> Fault | None:
    """The gravest fault of `record`, None when it is as it should be."""
    terms = [_Term.of(word) for word in record.split()[1:]]
    unknown = [term.written for term in terms if not term.is_known]
    if unknown:
        return Fault(
            "wrong", f"it can't be read at {unknown[0]}, so receivers count none of it.",
            "Correct that part; your provider says how it is spelt.",
        )  # fmt: skip
    everyone = next((term for term in terms if term.name == "all"), None)
    if everyone is not None and everyone.sign == "+":
        return Fault(
            "wrong", "it ends with +all: anybody on earth may write in our name.",
            "End it with -all or ~all.",
        )  # fmt: skip
    lookups = _lookups(terms, texts, seen=frozenset({domain}))
    if lookups > MOST_LOOKUPS:
        return Fault(
            "wrong",
            f"it takes {lookups} look-ups and receivers make {MOST_LOOKUPS}, so it counts as an"
            " error.",
            "Take out providers that you don't use any more.",
        )  # fmt: skip
    if everyone is None and not any(term.name == "redirect" for term in terms):
        return Fault(
            "look", "it has no end, so it forbids nobody to write in our name.",
            "End it with -all or ~all.",
        )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class _Term:
    """One word of a record: a sign, a mechanism or modifier, and what it names."""

    written: str
    sign: str
    name: str
    value: str
    modifies: bool

    @classmethod
    def of(cls, word: str) -> _Term:
        sign = word[0] if word[0] in "+-~?" else ""
        rest = word.removeprefix(sign)
        cut = next((at for at, char in enumerate(rest) if char in ":=/"), len(rest))
        name, mark = rest[:cut].lower(), rest[cut : cut + 1]
        return cls(word, sign or "+", name, rest[cut + 1 :], mark == "=")

    @property
    def is_known(self) -> bool:
        return self.modifies or self.name in _MECHANISMS


def _lookups(terms: list[_Term], texts: Texts, *, seen: frozenset[str]) -> int:
    """How often the DNS is asked to evaluate `terms`; an endless circle is stopped."""
    count = 0
    for term in terms:
        if term.name not in _ASKING and not (term.modifies and term.name == "redirect"):
            continue
        count += 1
        inner = term.value.lower()
        follows = term.name in {"include", "redirect"} and "%" not in inner and inner not in seen
        if follows and len(seen) < _DEEPEST and count <= 2 * MOST_LOOKUPS:
            records = texts(inner, "v=spf1")
            if len(records) == 1:
                below = [_Term.of(word) for word in records[0].split()[1:]]
                count += _lookups(below, texts, seen=seen | {inner})
    return count
