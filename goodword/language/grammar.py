"""How promises are said in one language: its `promises.toml` as expressions, and what they find.

A phrase is held against the plain sentence in two steps: how it begins ("we will also") and, after
its `@`, the act. The lists of acts are long and shared by many phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from goodword.language import deadlines, words
from goodword.language.deadlines import Deadline
from goodword.language.late import Late
from goodword.language.moments import Now
from goodword.language.notation import Lists

Side = Literal["agent", "customer"]
_MOST_HEADS = 12  # in a sentence
_MOST_LIGHT = 4  # words beside a deadline before the promise
_LOOP = re.compile(r"<[\w-]+\*>\s*$")
_GROUP = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Head:
    """Words with which a promise begins, in the plain sentence, and its clause."""

    rule: Mapping[str, Any]
    start: int
    what: int  # where that begins which is promised
    end: int
    since: int  # where its clause begins: before that are other promises
    until: int  # where its clause ends


_Found = tuple[Mapping[str, Any], int, int, int]  # the rule, start, act, end
_NOBODY: Mapping[str, Any] = {"who": "nobody"}


def _phrases(table: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    return ((rule, phrase) for rule in table["promise"] for phrase in rule["say"])


class _Rule:
    """One phrase: how it begins and, after its `@`, the act; those lists are long and shared."""

    def __init__(
        self,
        table: Mapping[str, Any],
        phrase: str,
        lists: Lists,
        subjects: Late,
        no_names: Late,
    ) -> None:
        self._subjects, self._no_names = subjects, no_names
        first, _, act = phrase.partition("@")
        loop = _LOOP.search(first) if act else None  # "will <fully*> @": shared as well
        self._loop = _shared(lists.expression(loop.group())) if loop else None
        first = first[: loop.start()] if loop else first
        self.table = table
        self.first = Late(lists.expression(first))
        self._act = _shared(lists.expression(act)) if act else None

    def match(self, text: str, at: int, said: str) -> tuple[int, int, int] | None:
        """Start, act and end, if `text` says so from `at` on; `said`: with its capitals."""
        first = self.first.match(text, at)
        if first is None:
            return None
        end = first.end()
        if self._loop and (loop := self._loop.match(text, end)):
            end = loop.end()
        if not self._is_subject(text, said, at, end):
            return None
        if self._act is None:
            return at, at, end
        act = self._act.match(text, end)
        return (at, end, act.end()) if act else None

    def _is_subject(self, text: str, said: str, at: int, end: int) -> bool:
        """Whether those words name one who promises: "the papers and we" do not."""
        kind = self.table.get("subject")
        if kind == "name" and (not said[at].isupper() or self._no_names.match(text, at)):
            return False
        after = at if kind == "name" else text.find(" ", at, end)
        return not kind or after < 0 or not self._subjects.search(text, after, end)


@cache
def _starting(expression: str) -> Late:
    """`expression` where a word starts."""
    return Late(rf"(?<![\w'])(?:{expression})")


@cache
def _shared(expression: str) -> Late:
    return Late(expression)


class Grammar:
    """A language's promises: every kind of phrase in it as one expression."""

    def __init__(self, tongue: str) -> None:
        table = words.read(tongue, "promises")
        self.tongue = tongue
        self._lists = Lists(table["lists"], {}, table.get("spellings", {}))
        never = [self._any(table["clauses"][each]) for each in ("subjects", "no-names")]
        self._rules = [_Rule(rule, phrase, self._lists, *never) for rule, phrase in _phrases(table)]
        firsts = "|".join(rule.first.pattern for rule in self._rules)
        self._firsts = Late(rf"(?<![\w'])(?:{_GROUP.sub('(?:', firsts)})")
        self._choice = self._any(table["lists"]["choice"])
        clauses, conditions, vetoes = table["clauses"], table["conditions"], table["vetoes"]
        breaks = self._lists.any_of(clauses["breaks"])
        starts = self._lists.any_of(clauses["starts"])
        self._breaks = Late(rf"(?:[;]|[,.:-]\s|\)\s?)\s*(?={starts})|;|(?<!\w)(?={breaks})")
        self._cues = Late(self._lists.any_of(table["cues"]["words"]))
        self._break = Late(rf"^{self._lists.any_of(clauses['breaks'])}")
        self._starts = Late(rf"(?<![\w'])(?:{starts}|{breaks})")
        self.apart = self._any(clauses["apart"])
        self.matter = self._any(table["lists"]["matter"])
        self._conditions = self._any(conditions["words"])
        self._harmless = self._any(conditions["harmless"])
        self._requests = self._any(conditions["requests"])
        self._links = Late(self._lists.any_of(conditions["links"]) + r"\s*$")
        self._regardless = self._any(conditions["regardless"])
        self._then = self._any(conditions["then"])
        self._vetoes = self._any(vetoes["before"])
        self._vetoes_after = self._any(vetoes.get("after", ()))
        self._policy = self._any(vetoes["policy"])
        self._tags = Late(self._lists.any_of(vetoes["tags"]) + r"\s*\?+$")
        also = table["also"]
        links, acts = (self._lists.any_of(also[each]) for each in ("links", "acts"))
        self._link = Late(rf"(?<=\s){links}\s*$")
        self._also = Late(rf"(?<![\w'])(?P<link>{links}){acts}")

    def _any(self, phrases: Sequence[str]) -> Late:
        return _starting(self._lists.any_of(phrases))

    def heads(self, text: str, said: str, side: Side) -> list[Head]:
        """Where promises begin, and also what looks like that (`who` is "nobody")."""
        found: list[_Found] = []
        at = 0
        while (
            at < len(text)
            and len(found) < _MOST_HEADS
            and (candidate := self._firsts.search(text, at))
        ):
            at = candidate.start() + 1
            for rule in self._rules:
                span = rule.match(text, candidate.start(), said)
                if span:
                    chosen = side == "customer" and self._choice.match(text, span[1])
                    found.append((_NOBODY if chosen else rule.table, *span))
                    at = max(span[2], at)
                    break
        return list(self._with_clauses(text, found))

    def _with_clauses(self, text: str, found: Sequence[_Found]) -> Iterator[Head]:
        breaks = [match.span() for match in self._breaks.finditer(text)] if found else []
        since = 0
        for number, (rule, start, what, end) in enumerate(found):
            # A comma just before it is no break: "By Friday, I'll ..."
            before = [b for a, b in breaks if b < start or (b == start and text[a] == ";")]
            since = max([*before, since])
            following = [at for _, at, _, _ in found[number + 1 : number + 2]]
            until = min([at for at, _ in breaks if at >= end] + following + [len(text)])
            yield Head(rule, start, what, end, since, until)
            since = end

    def parts(self, text: str, head: Head, now: Now) -> Iterator[tuple[int, int, int]]:
        """Start, act and end of each act promised: two, when the first has its own moment."""
        until = head.until
        if link := self._link.search(text, head.end, until):  # "... and" before the next one
            until = link.start()
        also = self._also.search(text, head.end, until)
        if also and deadlines.read(text[head.start : also.start()], self.tongue, now):
            act = also.start() + len(also["link"])
            yield head.start, head.what, also.start()
            yield act, act, until
        else:
            yield head.start, head.what, until

    def has_cue(self, text: str) -> bool:
        """Whether it is worth looking further."""
        return self._cues.search(text) is not None

    def is_question(self, text: str) -> bool:
        return text.endswith("?") and not self._tags.search(text)

    def is_light(self, text: str, deadline: Deadline) -> bool:
        """Whether beside the deadline hardly anything stands before the promise."""
        rest = text[: deadline.start] + " " + text[deadline.end :]
        rest = self._break.sub("", rest.lstrip(), count=1)
        return len(rest.split()) <= _MOST_LIGHT and not self._starts.search(rest)

    def is_vetoed(self, text: str, head: Head) -> bool:
        if head.rule.get("policy") and self._policy.search(text):
            return True
        if not head.rule.get("negated") and self._vetoes_after.search(text, head.end, head.until):
            return True
        return self._vetoes.search(text, head.since, head.what) is not None

    def is_conditional(self, text: str, head: Head, asked: bool) -> bool:
        """Whether it waits; `asked`: the sentence before was a question."""
        if asked and self._then.match(text):
            return True
        harmless = [match.span() for match in self._harmless.finditer(text)]
        for match in self._conditions.finditer(text):
            if not any(start <= match.start() < end for start, end in harmless):
                return True
        request = None
        for match in self._requests.finditer(text, 0, head.start):
            request = match
        if request is None or not self._links.search(text, request.end(), head.start):
            return False
        return not self._regardless.search(text, request.end(), head.start)


@cache
def grammar(tongue: str) -> Grammar:
    return Grammar(tongue)


@cache
def known() -> tuple[str, ...]:
    """The languages in which promises are found."""
    return tuple(each for each in words.tongues() if words.read(each, "promises"))
