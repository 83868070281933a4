"""Questions and wishes in what was written to us, and whether an answer serves them.

Advice only: a person decides. Where it is not certain that a question is answered it counts as
open, since overlooking one is the worse mistake.
"""

from goodword.language.questions.answering import Answered, compare
from goodword.language.questions.finding import Question, find
from goodword.language.questions.pitching import Pitch, pitch

__all__ = ["Answered", "Pitch", "Question", "compare", "find", "pitch"]
