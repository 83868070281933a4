"""The questions and wishes in what was written to us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from goodword.core.text import one_line
from goodword.language.letters import own_sentences
from goodword.language.questions.tables import TOKEN, Table, table
from goodword.language.tongues import tongue_of
from goodword.language.wording import flat

_MOST = 60  # questions; nobody reads a longer list
_MOST_TEXT = 160
_MOST_READ = 20_000  # characters of a message; what is longer is a log or an attack
_MOST_JOINTS = 24  # of a sentence
_LOOKED_AT = 240  # characters by which a clause is known to be a question
_ALIKE = 0.75
_LEAST = 12  # characters of a clause that name a matter
_ASKS = re.compile(r"\?[^\w\"“”«»]{0,30}$")
_QUOTED = re.compile(r"^[\"“„»].{0,400}\?[\"”“«].{0,3}$")


@dataclass(frozen=True, slots=True)
class Question:
    """A question or a wish.

    It stands in the message with index `message` from `start` to `end`; `text` is for showing.
    `kind`: what an answer must hold (a key of `kinds` in the words), or "yes_no", "request" or
    "missing". `content` are the stems of its matter, `faint` those of words that say little,
    `context` the stems of the sentence before, to which the question `refers` by "it"; `verb` is
    the stem of what somebody is asked to do, "" where it isn't known.
    """

    text: str
    message: int
    start: int
    end: int
    kind: str
    tongue: str
    content: frozenset[str]
    faint: frozenset[str]
    context: frozenset[str]
    refers: bool
    verb: str = ""


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    start: int  # within the sentence
    asks: bool  # the sentence ends with a question mark, and nothing in the clause says otherwise
    second: bool  # follows another question or wish: "and confirm it"


def find(incoming: Sequence[str]) -> list[Question]:
    """What is asked and wished in `incoming`, the open messages from oldest to newest.

    In order of first mention, each once. Quotations and signatures aren't read. What only says
    that a question follows ("Can you help?") counts when there is nothing else.
    """
    found: list[Question] = []
    vague: list[Question] = []
    default = tongue_of("\n".join(incoming))
    for number, message in enumerate(incoming):
        tongue = tongue_of(message, default=default)
        words = table(tongue)
        for question in _asked(message[:_MOST_READ], number, tongue):
            if question is None:
                found, vague = [], []
            elif words.vague.search(flat(message[question.start : question.end])):
                _add(question, vague)
            else:
                _add(question, found)
    return _without_missing(found or vague[:1])


def _asked(message: str, number: int, tongue: str) -> Iterator[Question | None]:
    """The questions of a message in order; None where it says that all before is settled."""
    words = table(tongue)
    context: frozenset[str] = frozenset()
    for sentence in own_sentences(message):
        low = flat(sentence.text)
        if "?" not in low and words.settled.search(low):
            yield None
            continue
        for clause in _clauses(low, words):
            if _is_question(clause, words):
                start = sentence.start + clause.start
                end = start + len(clause.text)
                yield Question(
                    text=_shown(message[start:end], words),
                    message=number,
                    start=start,
                    end=end,
                    kind=_kind(clause, words),
                    tongue=tongue,
                    content=words.stems.content(_matter(clause.text, words)),
                    faint=words.stems.faint(clause.text),
                    context=context,
                    refers=not words.referring.isdisjoint(TOKEN.findall(clause.text)),
                    verb=_verb(clause.text, message[start:end], words),
                )
        context = words.stems.content(sentence.text) or context


def _shown(text: str, words: Table) -> str:
    """One line for the list, without "And" before it."""
    line = one_line(text.strip(" -*•–,;:"), most=_MOST_TEXT)
    first, _, rest = line.partition(" ")
    return rest[:1].upper() + rest[1:] if rest and flat(first) in words.joints else line


def _without_missing(found: list[Question]) -> list[Question]:
    """Without "it still isn't here" where the same matter is asked about."""

    def asked(number: int) -> bool:
        one = found[number]
        others = [each for each in found if each.kind != "missing"]
        following = found[number + 1] if number + 1 < len(found) else None
        stems = table(one.tongue).stems
        if any(stems.shared(one.content, each.content) for each in others):
            return True
        return (
            following is not None
            and following.kind != "missing"
            and following.context == one.content
            and len(following.content) <= 1
        )

    return [each for at, each in enumerate(found) if each.kind != "missing" or not asked(at)]


def _add(question: Question, known: list[Question]) -> None:
    if len(known) < _MOST and not any(_same(question, each) for each in known):
        known.append(question)


def _same(one: Question, other: Question) -> bool:
    if one.kind != other.kind or one.tongue != other.tongue:
        return False
    if not one.content and not other.content:
        return flat(one.text) == flat(other.text)
    shared = len(table(one.tongue).stems.shared(one.content, other.content))
    fewer = min(len(one.content), len(other.content))
    again = one.message != other.message and shared == fewer > 1
    return again or shared >= _ALIKE * len(one.content | other.content)


def _clauses(low: str, words: Table) -> Iterator[_Clause]:
    """A sentence in pieces, cut where another question begins."""
    asks = bool(_ASKS.search(low[-32:]) or _QUOTED.match(low))
    begin = 0
    cuts: list[tuple[int, int]] = []
    for joint in islice(words.joint.finditer(low), _MOST_JOINTS):
        if _cuts(low, begin, joint.start(), joint.end(), words, asks=asks):
            cuts.append((begin, joint.start()))
            begin = joint.end()
    cuts.append((begin, len(low)))
    for start, end in cuts:
        piece = low[start:end]
        own = asks and (len(cuts) == 1 or end == len(low) or _starts(piece, words))
        yield _Clause(piece, start, own, second=start > 0)


def _cuts(low: str, begin: int, at: int, after: int, words: Table, *, asks: bool) -> bool:
    """Whether a clause of its own begins at `after`, behind the joint at `at`."""
    before, following = low[begin:at], low[after : after + _LOOKED_AT]
    joint = low[at:after]
    joined = ":" in joint or joint.strip(" ,;–—-").isalpha()
    led = bool(words.asking.search(before) or words.requests.search(before))
    if asks and words.openers.match(following) and (joined or not led):
        return True
    if words.starts.match(following) and (joined or not led):
        return True
    return joined and (asks or led) and bool(words.seconds.match(following))


def _starts(piece: str, words: Table) -> bool:
    return bool(words.starts.match(piece) or words.openers.match(piece))


def _is_question(clause: _Clause, words: Table) -> bool:
    low = clause.text
    if words.pleasantries.search(low):
        return False
    if clause.asks:
        return any(each.isalpha() for each in low)
    wished = (
        words.starts_plainly.match(low)
        or (clause.second and words.seconds.match(low))
        or words.asking.search(low)
        or words.requests.search(low)
        or words.missing.search(low)
    )
    return bool(wished) and not words.never.search(low)


def _verb(low: str, written: str, words: Table) -> str:
    """The stem of the deed asked for: behind "could you", or in German the clause's last word."""
    asked = words.deeds.search(low)
    if not asked:
        return ""
    if words.verb_follows:
        rest = TOKEN.findall(low[asked.end() : asked.end() + _LOOKED_AT])
        rest = [each for each in rest if not words.requests.fullmatch(each)]
        last = rest[0] if rest else ""
    else:
        last = next(iter(TOKEN.findall(low)[-1:]), "")
        if not last.endswith("n") or last not in written:  # verbs aren't capitalised
            return ""
    return next(iter(words.stems.content(last)), "")


def _matter(low: str, words: Table) -> str:
    """The clause without the words that only say that something is asked or wished."""
    asking = words.asking.search(low)
    if asking:
        return low[asking.end() :] if len(low) - asking.end() > _LEAST else low
    wish = words.requests.search(low)
    return f"{low[: wish.start()]} {low[wish.end() :]}" if wish else low


def _kind(clause: _Clause, words: Table) -> str:
    low = clause.text
    starts, asking = words.starts.match(low), words.asking.search(low)
    if starts and not words.openers.match(low):
        kind = _first_kind(low, 0, starts.end(), words)
        if kind:
            return kind
    if asking:
        return _first_kind(low, asking.start(), len(low), words) or "yes_no"
    if starts and (clause.asks or not words.requests.search(low)):
        return "request" if words.deeds.search(low) else "yes_no"
    if words.requests.search(low):
        return "request"
    if "?" in low:
        return _first_kind(low, 0, len(low), words) or "yes_no"
    return "missing" if words.missing.search(low) else "request"


def _first_kind(low: str, begin: int, latest: int, words: Table) -> str:
    """The kind whose word comes first, between `begin` and `latest`; "" without any."""
    best, at = "", latest
    for kind, pattern in words.kinds.items():
        match = pattern.search(low, begin)
        if match and match.start() < at:
            best, at = kind, match.start()
    return best
