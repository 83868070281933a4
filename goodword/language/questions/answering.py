"""Which questions an answer serves. What isn't certain counts as open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodword.language.letters import own_sentences
from goodword.language.questions.finding import Question
from goodword.language.questions.tables import Table, table
from goodword.language.tongues import tongue_of
from goodword.language.wording import NOTHING, flat

_MOST_READ = 20_000  # characters of a draft; nobody answers at greater length
_LOOKED_AT = 300  # characters of a sentence in which "it" is looked for
_SHORT = 5  # words of an answer that leaves the matter out: "Yes, of course."
_ALL_BUT_ALL = 0.6
_ABOUT_HALF = 0.5
_SOME = 0.34
_FEW = 2
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_CLOCK = r"\d{1,2}[:.h]\d{2}|\d{1,2} ?(?:am|pm|a\.m|p\.m|uhr|h\b|o'clock)"
_DATE = r"\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}\.(?: ?\d|\s[^\W\d])|\d{1,2}/\d{1,2}|\b20\d\d\b"
_PLACE = r"https?://|www\.|[\w.]@[\w]|\b\w{2,}\.(?:com|org|net|de|eu|co|example|at|ch)\b"
_MONEY = r"[€$£%]|\d[.,]\d\d\b|\d ?(?:eur|euro|chf|usd|gbp|pounds?|dollars?|quid|cents?|pence)\b"
# What a sentence of the answer holds, in any language.
_SIGNS = {
    "amount": re.compile(_MONEY),
    "count": re.compile(r"\d"),
    "when": re.compile(f"{_CLOCK}|{_DATE}"),
    "where": re.compile(_PLACE),
    "who": re.compile(r"[\w.]@[\w]"),
}
_WISHES = ("request", "missing")


@dataclass(frozen=True, slots=True)
class Answered:
    """`by` is the sentence of the draft that answers, "" as long as none does."""

    question: Question
    answered: bool
    by: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence of the draft without what says nothing: thanks, echoes, regrets.

    `low` is also without "I'll find out"; `deeds` has that, since it may be what was wished.
    """

    sentence: str
    low: str
    deeds: str
    content: frozenset[str]
    deed_content: frozenset[str]
    faint: frozenset[str]
    before: frozenset[str]  # the content of the sentence before
    goes_on: bool  # a clause begins with "it" or the like
    length: int  # words, counted up to a few


def compare(questions: Sequence[Question], draft: str) -> list[Answered]:
    """For each question whether `draft` serves it: by an answer, a deed, a promise or a refusal.

    "I'll find out" is no answer to a question, and a question is none to another.
    """
    if not questions:
        return []
    tongue = tongue_of(draft, default=questions[0].tongue)
    words = table(tongue)
    statements = _statements(draft, words)
    scores = [[_score(each, said, questions, words) for said in statements] for each in questions]
    answered = []
    for number, question in enumerate(questions):
        best = _best(number, questions, scores)
        by = statements[best].sentence if best is not None else ""
        answered.append(Answered(question, best is not None, by))
    return answered


def _best(
    number: int, questions: Sequence[Question], scores: Sequence[Sequence[float]]
) -> int | None:
    """The statement that serves the question best.

    A weak match doesn't count where the statement serves another question of that kind better.
    """
    rivals = [
        other
        for other, each in enumerate(questions)
        if other != number and each.kind == questions[number].kind
    ]
    best, most = None, 0.0
    for at, score in enumerate(scores[number]):
        if score <= most:
            continue
        if score < 1 and any(scores[rival][at] > score for rival in rivals):
            continue
        best, most = at, score
    return best


def _statements(draft: str, words: Table) -> list[_Statement]:
    found: list[_Statement] = []
    before: frozenset[str] = frozenset()
    for sentence in own_sentences(draft[:_MOST_READ]):
        low = flat(sentence.text)
        if "?" in low[-12:]:
            before = words.stems.content(low) or before
            continue
        deeds = _kept(low, words, ("echoing",))
        if deeds:
            kept = _kept(low, words, ("echoing", "deferring"))
            found.append(
                _Statement(
                    sentence=sentence.text,
                    low=kept,
                    deeds=deeds,
                    content=words.stems.content(kept),
                    deed_content=_deed_content(deeds, words),
                    faint=words.stems.faint(kept),
                    before=before,
                    goes_on=_goes_on(kept, words),
                    length=len(_WORD.findall(kept[:_LOOKED_AT])),
                )
            )
        before = words.stems.content(low) or before
    return found


def _deed_content(low: str, words: Table) -> frozenset[str]:
    content = words.stems.content(low) | words.stems.faint(low)
    if words.answers["handing"].search(low):
        content |= {words.stems.giving}
    return content


def _goes_on(low: str, words: Table) -> bool:
    firsts = (_WORD.search(each) for each in words.joint.split(low[:_LOOKED_AT]))
    return any(each is not None and each.group() in words.pronouns for each in firsts)


def _kept(low: str, words: Table, without: Sequence[str]) -> str:
    """The clauses of a sentence that may answer something: none that matches one of `without`."""
    kept: list[str] = []
    dropped = False
    begin = 0
    ends = [(each.start(), each.end()) for each in words.joint.finditer(low)]
    for at, after in [*ends, (len(low), len(low))]:
        clause = low[begin:at]
        first = _WORD.match(clause.lstrip())
        belongs = dropped and first is not None and first.group() in words.subordinate
        refused = words.answers["refusing"].search(clause)
        matched = any(words.answers[each].search(clause) for each in without)
        dropped = not refused and (belongs or matched)
        if not dropped and clause.strip():
            kept.append(clause + low[at:after])
        begin = after
    return "".join(kept).strip(" ,;:–—-")


def _score(
    question: Question, said: _Statement, questions: Sequence[Question], words: Table
) -> float:
    """0 when the statement doesn't serve the question; 1 or more when it surely does."""
    if question.kind in _WISHES:
        return _score_wish(question, said, questions, words)
    if question.kind == "yes_no":
        return _score_yes_no(question, said, questions, words)
    return _score_fact(question, said, questions, words)


def _match(question: Question, said: _Statement, words: Table) -> tuple[int, int]:
    """How many of the question's stems the statement has, and of how many."""
    wanted = (question.content - words.stems.calendar) or question.content or question.faint
    return len(words.stems.shared(wanted, said.content | said.faint)), len(wanted)


def _only(question: Question, questions: Sequence[Question], kinds: Sequence[str]) -> bool:
    return not any(each is not question and each.kind in kinds for each in questions)


def _score_wish(
    question: Question, said: _Statement, questions: Sequence[Question], words: Table
) -> float:
    answers = words.answers
    if answers["done"].search(said.deeds) and _only(question, questions, _WISHES):
        return 1.0
    refuses = bool(answers["refusing"].search(said.deeds))
    agrees = bool(answers["yes_no"].match(said.deeds))
    doing = answers["doing"].search(said.deeds) or answers["handing"].search(said.deeds)
    if not (refuses or agrees or doing) or _other_day(question, said, words):
        return 0.0
    wanted = (question.content - words.stems.calendar) or question.content
    found, of = len(words.stems.shared(wanted, said.deed_content)), len(wanted)
    if question.verb and not refuses and question.verb not in said.deed_content:
        return 0.0
    if found and found >= (_SOME if refuses else _ALL_BUT_ALL) * of:
        return float(found)
    if of > 1 or (of and not found and not (agrees and question.refers)):
        return 0.0
    shared = words.stems.shared(question.context, said.deed_content)
    return 0.5 if shared and len(shared) >= _ABOUT_HALF * len(question.context) else 0.0


def _other_day(question: Question, said: _Statement, words: Table) -> bool:
    """The invoice for October where that for September was wished."""
    wanted = question.content & words.stems.calendar
    given = said.deed_content & words.stems.calendar
    return bool(wanted and given and not wanted & given)


def _score_yes_no(
    question: Question, said: _Statement, questions: Sequence[Question], words: Table
) -> float:
    answers = words.answers
    says = bool(answers["yes_no"].match(said.low) or answers["refusing"].search(said.low))
    found, of = _match(question, said, words)
    if found and found >= _ALL_BUT_ALL * of:
        return float(found)
    if not says:
        return 0.0
    if found and found >= _SOME * of:
        return 0.9 * found
    if question.refers and words.stems.shared(question.context, said.content):
        return 0.6
    short = said.length <= _SHORT and len(said.content) <= 1
    alone = _only(question, questions, ("yes_no", "request"))
    return 0.5 if (short or not of) and alone else 0.0


def _score_fact(
    question: Question, said: _Statement, questions: Sequence[Question], words: Table
) -> float:
    kind = question.kind
    found, of = _match(question, said, words)
    if words.answers["refusing"].search(said.low) and found and found >= _SOME * of:
        return float(found)
    if kind in ("which", "how"):
        new = len(said.content) > found
        proven = kind == "which" or bool(words.proofs[kind].search(said.low))
        return float(found) if new and proven and found and found >= _enough(of) else 0.0
    if not _proves(kind, said.low, words):
        return 0.0
    if found and (of <= _FEW or found >= _SOME * of):
        return float(found)
    return _score_going_on(question, said, questions, words)


def _enough(of: int) -> float:
    return (_ALL_BUT_ALL if of <= _FEW else _ABOUT_HALF) * of


def _proves(kind: str, low: str, words: Table) -> bool:
    if kind == "when" and words.dates.search(low):
        return True
    kinds = ("duration", "until") if kind == "duration" else (kind,)
    return any(
        words.proofs[each].search(low) or _SIGNS.get(each, NOTHING).search(low) for each in kinds
    )


def _score_going_on(
    question: Question, said: _Statement, questions: Sequence[Question], words: Table
) -> float:
    """The statement has what is asked for, but names the matter by "it" or not at all."""
    if not _only(question, questions, (question.kind,)):
        return 0.0
    about = question.content | question.context if question.refers else question.content
    if words.stems.shared(about or question.context, said.content):
        return 0.6
    if said.goes_on and words.stems.shared(about or question.context, said.before):
        return 0.6
    if not question.content:
        return 0.5 if said.goes_on or question.kind == "why" else 0.0
    alone = len(questions) == 1 and not said.before
    return 0.4 if alone and said.length <= _SHORT else 0.0
