"""The expressions of all languages are made when they are first used, which takes a second."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from goodword.language import promises, questions, thanks, words

_UTC = ZoneInfo("UTC")
_SAMPLE = "I'll call you tomorrow. Ich rufe Sie morgen an."


def make_ready() -> None:
    """Make them now, so that nobody who writes waits for them."""
    for tongue in words.tongues():
        promises.detect(_SAMPLE, sent_at=datetime.now(UTC), zone=_UTC, language=tongue)
        thanks.only_thanks(".", language=tongue)
    questions.compare(questions.find(["When? Wann?"]), "At 10:00. Um 10:00 Uhr.")
