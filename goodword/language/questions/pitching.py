"""Selling something in an answer that leaves a question open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goodword.language.letters import own_sentences
from goodword.language.questions.finding import Question
from goodword.language.questions.tables import table
from goodword.language.tongues import tongue_of
from goodword.language.wording import flat

_MOST_READ = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Pitch:
    """The selling sentence, its place in the draft, and a question that is still open."""

    text: str
    start: int
    end: int
    open_question: Question


def pitch(
    draft: str, open_questions: Sequence[Question], *, asked: Sequence[Question] = ()
) -> Pitch | None:
    """The first sentence of `draft` that sells, unless what it sells was asked for.

    `asked`: all questions, the answered ones too.
    """
    if not open_questions:
        return None
    words = table(tongue_of(draft, default=open_questions[0].tongue))
    wanted = frozenset(stem for each in [*open_questions, *asked] for stem in each.content)
    for sentence in own_sentences(draft[:_MOST_READ]):
        if not words.answers["pitching"].search(flat(sentence.text)):
            continue
        if not words.stems.shared(words.stems.content(sentence.text), wanted):
            return Pitch(sentence.text, sentence.start, sentence.end, open_questions[0])
    return None
