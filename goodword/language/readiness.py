"""The expressions of a language are made when they are first used, which takes half a second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from goodword.language import promises, questions, thanks, words

_UTC = ZoneInfo("UTC")
# What asks for most of them: a promise with its time, a question with its answer, thanks.
_SAMPLES = {
    "de": ("Wann kommt es? Bitte senden Sie es.", "Ich rufe Sie morgen um 10:00 Uhr an.", "Danke!"),
    "en": ("When does it come? Please send it.", "I'll call you tomorrow at 10:00.", "Thanks!"),
}


def make_ready(tongues: Iterable[str]) -> None:
    """Make those of these languages now, before somebody waits for them."""
    for tongue in set(tongues).intersection(words.tongues()):
        asked, answered, thanked = _SAMPLES[tongue]
        promises.detect(answered, sent_at=datetime.now(UTC), zone=_UTC)
        questions.compare(questions.find([asked]), answered)
        thanks.only_thanks(thanked, language=tongue)
