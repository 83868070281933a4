"""Promises found in what is written: who will do what by when, and in which words it is said.

A language's `promises.toml` says how people promise (`[[promise]]`), what makes a promise wait
(`[conditions]`) and what looks like one and is none (`[vetoes]`); here is only the order in which
these are asked. docs/languages.md has the rules by which a sentence counts as a promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from goodword.language import deadlines, sentences, tongues, words
from goodword.language.deadlines import Deadline
from goodword.language.moments import Now, OfficeHours
from goodword.language.notation import Lists, plain

__all__ = ["Commitment", "OfficeHours", "detect"]

Side = Literal["agent", "customer"]
_MOST = 200  # promises in one text: nobody keeps more, and a hostile draft costs no more
_MOST_WHAT = 200  # characters
_DEFAULT_HOURS = OfficeHours()
_MOST_LIGHT = 4  # words
_GROUP = re.compile(r"\(\?P<\w+>")
_BLANKS = " ,;:-()\"'*"


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise. All offsets are in the text that was given, ends exclusive.

    `who`: i, we, team (somebody on the speaker's side), thing (nobody named), customer. `due` is
    in the business's zone, `None` when none or a vague one was said (`due_text` has its words).
    `conditional`: it waits for the other side or for what may not happen, so it is not in force.
    """

    who: str
    what: str
    due: datetime | None
    due_text: str
    not_before: datetime | None
    start: int  # of the sentence
    end: int
    words: tuple[tuple[int, int], ...]  # the promising words, in order
    conditional: bool
    sentence: str


def detect(
    text: str,
    *,
    sent_at: datetime,
    zone: ZoneInfo,
    side: Side = "agent",
    language: str | None = None,
    hours: OfficeHours = _DEFAULT_HOURS,
) -> list[Commitment]:
    """The promises in a sentence or a whole draft, in order, conditional ones marked as such.

    `sent_at` is aware; moments are counted from it in `zone`, the business's. Without `language`
    it is guessed for each sentence. After 200 promises the rest of the text is not read.
    """
    now = Now(sent_at.astimezone(zone), hours)
    whole = language or tongues.tongue_of(text)
    found: list[Commitment] = []
    asked = False
    for sentence in sentences.split(text):
        each = [language] if language else _tongues(sentence.text, whole)
        for tongue in each:
            new = list(_in_sentence(sentence, _grammar(tongue), now, side, asked))
            if new:
                found += new
                break
        asked = sentence.text.endswith("?")
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _tongues(sentence: str, whole: str) -> list[str]:
    """The languages to try: the sentence's own, then the others that have promises."""
    first = tongues.tongue_of(sentence, default=whole)
    known = [each for each in words.tongues() if words.read(each, "promises")]
    return sorted(known, key=lambda each: (each != first, each != whole))


@dataclass(frozen=True, slots=True)
class _Head:
    """Words with which a promise begins, in the plain sentence, and its clause."""

    rule: Mapping[str, Any]
    start: int
    what: int  # where that begins which is promised
    end: int
    since: int  # where its clause begins: before that are other promises
    until: int  # where its clause ends


def _in_sentence(
    sentence: sentences.Sentence, grammar: _Grammar, now: Now, side: Side, asked: bool
) -> Iterator[Commitment]:
    text = plain(sentence.text)
    heads = grammar.heads(text, sentence.text, side)
    if not heads or grammar.is_question(text):
        return
    for head in heads:
        if head.rule["who"] == "nobody" or grammar.is_vetoed(text, head):
            continue
        who = "customer" if side == "customer" else head.rule["who"]
        conditional = grammar.is_conditional(text, head, asked)
        for start, what, until in grammar.parts(text, head, now):
            deadline, lead = _deadline(text, head.since, start, until, grammar, now)
            if _is_enough(text[what:until], head.rule, deadline, grammar):
                yield _commitment(
                    sentence, who, conditional, (start, what, until), deadline, lead
                )


def _deadline(
    text: str, since: int, start: int, until: int, grammar: _Grammar, now: Now
) -> tuple[Deadline | None, int]:
    """The deadline in the clause, or before it ("By Friday we'll ..."), and where that begins."""
    apart = grammar.apart.search(text, start, until)
    clause = text[start : apart.start() if apart else until]
    inside = deadlines.read(clause, grammar.tongue, now)
    if inside and inside.due:
        return _moved(inside, start), start
    before = deadlines.read(text[since:start], grammar.tongue, now)
    if before and (before.due or not inside) and grammar.is_light(text[since:start], before):
        return _moved(before, since), since + before.start
    return (_moved(inside, start) if inside else None), start


def _moved(deadline: Deadline, by: int) -> Deadline:
    return replace(deadline, start=deadline.start + by, end=deadline.end + by)


def _is_enough(
    what: str, rule: Mapping[str, Any], deadline: Deadline | None, grammar: _Grammar
) -> bool:
    """Whether the clause has what the rule asks for beside its words."""
    firm = deadline is not None and deadline.due is not None
    matter = grammar.matter.search(what) is not None
    needs = {"firm": firm, "matter": matter, "either": firm or matter}
    return needs.get(rule.get("needs", ""), True)


def _commitment(
    sentence: sentences.Sentence,
    who: str,
    conditional: bool,
    span: tuple[int, int, int],
    deadline: Deadline | None,
    lead: int,
) -> Commitment:
    start, what, until = span
    said = sentence.text
    end = start + len(said[start:until].rstrip(_BLANKS + ".!?"))
    spans = [(start, end)]
    rest = said[what:until]
    if deadline and what <= deadline.start and deadline.end <= until:
        rest = said[what : deadline.start] + said[deadline.end : until]
    elif deadline and deadline.end <= start:
        gap = said[deadline.end : start].strip(_BLANKS)
        spans = [(lead, deadline.end), (start, end)] if gap else [(lead, end)]
    at = sentence.start
    return Commitment(
        who=who,
        what=" ".join(rest.strip(_BLANKS + ".!?").split())[:_MOST_WHAT],
        due=deadline.due if deadline else None,
        due_text=said[deadline.start : deadline.end] if deadline else "",
        not_before=deadline.not_before if deadline else None,
        start=at,
        end=sentence.end,
        words=tuple((at + first, at + last) for first, last in spans),
        conditional=conditional,
        sentence=said,
    )


_Found = tuple[Mapping[str, Any], int, int, int]  # the rule, start, act, end
_NOBODY: Mapping[str, Any] = {"who": "nobody"}


def _phrases(table: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    return ((rule, phrase) for rule in table["promise"] for phrase in rule["say"])


class _Rule:
    """One phrase: how it begins and, after its `@`, the act; those lists are long and shared."""

    def __init__(self, table: Mapping[str, Any], phrase: str, lists: Lists) -> None:
        first, _, act = phrase.partition("@")
        self.table = table
        self.first = re.compile(lists.expression(first))
        self._act = _compiled(lists.expression(act)) if act else None

    def match(self, text: str, at: int, said: str) -> tuple[int, int, int] | None:
        """Start, act and end, if `text` says so from `at` on; `said`: with its capitals."""
        first = self.first.match(text, at)
        if first is None or ("name" in self.first.groupindex and not said[at].isupper()):
            return None
        if self._act is None:
            return at, at, first.end()
        act = self._act.match(text, first.end())
        return (at, first.end(), act.end()) if act else None


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


class _Grammar:
    """A language's promises: every kind of phrase in it as one expression."""

    def __init__(self, tongue: str) -> None:
        table = words.read(tongue, "promises")
        self.tongue = tongue
        self._lists = Lists(table["lists"], {}, table.get("spellings", {}))
        self._rules = [_Rule(rule, phrase, self._lists) for rule, phrase in _phrases(table)]
        firsts = "|".join(rule.first.pattern for rule in self._rules)
        self._firsts = re.compile(rf"(?<![\w'])(?:{_GROUP.sub('(?:', firsts)})")
        self._choice = self._any(table["lists"]["choice"])
        clauses, conditions, vetoes = table["clauses"], table["conditions"], table["vetoes"]
        breaks = self._lists.any_of(clauses["breaks"])
        starts = self._lists.any_of(clauses["starts"])
        self._breaks = re.compile(rf"(?:[;]|[,.:-]\s|\)\s?)\s*(?={starts})|;|(?<!\w)(?={breaks})")
        self._starts = re.compile(rf"(?<![\w'])(?:{starts}|{breaks})")
        self.apart = self._any(clauses["apart"])
        self.matter = self._any(table["lists"]["matter"])
        self._conditions = self._any(conditions["words"])
        self._harmless = self._any(conditions["harmless"])
        self._requests = self._any(conditions["requests"])
        self._links = re.compile(self._lists.any_of(conditions["links"]) + r"\s*$")
        self._regardless = self._any(conditions["regardless"])
        self._then = self._any(conditions["then"])
        self._vetoes = self._any(vetoes["before"])
        self._policy = self._any(vetoes["policy"])
        self._tags = re.compile(self._lists.any_of(vetoes["tags"]) + r"\s*\?+$")
        also = table["also"]
        links, acts = (self._lists.any_of(also[each]) for each in ("links", "acts"))
        self._also = re.compile(rf"(?<![\w'])(?P<link>{links}){acts}")

    def _any(self, phrases: Sequence[str]) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w'])(?:{self._lists.any_of(phrases)})")

    def heads(self, text: str, said: str, side: Side) -> list[_Head]:
        """Where promises begin, and also what looks like that (`who` is "nobody")."""
        found: list[_Found] = []
        at = 0
        while at < len(text) and (candidate := self._firsts.search(text, at)):
            at = candidate.start() + 1
            for rule in self._rules:
                span = rule.match(text, candidate.start(), said)
                if span:
                    chosen = side == "customer" and self._choice.match(text, span[1])
                    found.append((_NOBODY if chosen else rule.table, *span))
                    at = max(span[2], at)
                    break
        return list(self._with_clauses(text, found))

    def _with_clauses(self, text: str, found: Sequence[_Found]) -> Iterator[_Head]:
        breaks = [match.span() for match in self._breaks.finditer(text)] if found else []
        since = 0
        for number, (rule, start, what, end) in enumerate(found):
            since = max([after for _, after in breaks if after <= start] + [since])
            following = [at for _, at, _, _ in found[number + 1 : number + 2]]
            until = min([at for at, _ in breaks if at >= end] + following + [len(text)])
            yield _Head(rule, start, what, end, since, until)
            since = end

    def parts(self, text: str, head: _Head, now: Now) -> Iterator[tuple[int, int, int]]:
        """Start, act and end of each act promised: two, when the first has its own moment."""
        also = self._also.search(text, head.end, head.until)
        if also and deadlines.read(text[head.start : also.start()], self.tongue, now):
            act = also.start() + len(also["link"])
            yield head.start, head.what, also.start()
            yield act, act, head.until
        else:
            yield head.start, head.what, head.until

    def is_question(self, text: str) -> bool:
        return text.endswith("?") and not self._tags.search(text)

    def is_light(self, text: str, deadline: Deadline) -> bool:
        """Whether beside the deadline hardly anything stands before the promise."""
        rest = text[: deadline.start] + " " + text[deadline.end :]
        return len(rest.split()) <= _MOST_LIGHT and not self._starts.search(rest)

    def is_vetoed(self, text: str, head: _Head) -> bool:
        if head.rule.get("policy") and self._policy.search(text):
            return True
        return self._vetoes.search(text, head.since, head.start) is not None

    def is_conditional(self, text: str, head: _Head, asked: bool) -> bool:
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
def _grammar(tongue: str) -> _Grammar:
    return _Grammar(tongue)
