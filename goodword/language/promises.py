"""Promises found in what is written: who will do what by when, and in which words it is said.

A language's `promises.toml` says how people promise (`[[promise]]`), what makes a promise wait
(`[conditions]`) and what looks like one and is none (`[vetoes]`); here is only the order in which
these are asked. docs/languages.md has the rules by which a sentence counts as a promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from goodword.language import deadlines, sentences, tongues
from goodword.language.deadlines import Deadline
from goodword.language.grammar import Grammar, Side, grammar, known
from goodword.language.moments import Now, OfficeHours
from goodword.language.notation import plain

__all__ = ["Commitment", "OfficeHours", "Side", "detect"]

_MOST = 200  # promises in one text: nobody keeps more, and a hostile draft costs no more
_MOST_READ = 30_000  # characters of sentences that may hold one
_MOST_WHAT = 200  # characters
_DEFAULT_HOURS = OfficeHours()
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
    asked, left = False, _MOST_READ
    for sentence in sentences.split(text):
        lines = plain(sentence.text)
        each = [grammar(tongue) for tongue in ([language] if language else known())]
        cued = [rules for rules in each if rules.has_cue(lines)]
        if cued:
            left -= len(lines)
            found += _in_first(cued, sentence, lines, now, side, asked, whole)
        if len(found) >= _MOST or left < 0:
            break
        asked = lines.endswith("?")
    return found[:_MOST]


def _in_first(
    cued: list[Grammar],
    sentence: sentences.Sentence,
    lines: str,
    now: Now,
    side: Side,
    asked: bool,
    whole: str,
) -> list[Commitment]:
    """What the likeliest of the languages finds, or the next one: people mix them."""
    first = tongues.tongue_of(sentence.text, default=whole) if len(cued) > 1 else ""
    for rules in sorted(cued, key=lambda each: (each.tongue != first, each.tongue != whole)):
        if found := list(_in_sentence(sentence, lines, rules, now, side, asked)):
            return found
    return []


def _in_sentence(
    sentence: sentences.Sentence, text: str, rules: Grammar, now: Now, side: Side, asked: bool
) -> Iterator[Commitment]:
    heads = rules.heads(text, sentence.text, side)
    if not heads or rules.is_question(text):
        return
    for head in heads:
        if head.rule["who"] == "nobody" or rules.is_vetoed(text, head):
            continue
        who = "customer" if side == "customer" else head.rule["who"]
        conditional = rules.is_conditional(text, head, asked)
        for start, what, until in rules.parts(text, head, now):
            deadline, lead = _deadline(text, head.since, start, what, until, rules, now)
            if _is_enough(text[what:until], head.rule, deadline, rules):
                yield _commitment(sentence, who, conditional, (start, what, until), deadline, lead)


def _deadline(
    text: str, since: int, start: int, what: int, until: int, rules: Grammar, now: Now
) -> tuple[Deadline | None, int]:
    """The deadline in the clause, or before it ("By Friday we'll ..."), and where that begins."""
    apart = rules.apart.search(text, what, until)
    clause = text[start : apart.start() if apart else until]
    inside = deadlines.read(clause, rules.tongue, now)
    if inside and inside.due:
        return _moved(inside, start), start
    before = deadlines.read(text[since:start], rules.tongue, now)
    if before and (before.due or not inside) and rules.is_light(text[since:start], before):
        return _moved(before, since), since + before.start
    return (_moved(inside, start) if inside else None), start


def _moved(deadline: Deadline, by: int) -> Deadline:
    return replace(deadline, start=deadline.start + by, end=deadline.end + by)


def _is_enough(
    what: str, rule: Mapping[str, Any], deadline: Deadline | None, rules: Grammar
) -> bool:
    """Whether the clause has what the rule asks for beside its words."""
    firm = deadline is not None and deadline.due is not None
    matter = rules.matter.search(what) is not None
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
        rest = rest if rest.strip(_BLANKS + ".!?") else said[what:until]
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
