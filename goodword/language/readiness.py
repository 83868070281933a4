"""The expressions of a language are made when they are first used, which takes half a second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from goodword.language import promises, questions, thanks, words

_UTC = ZoneInfo("UTC")


def make_ready(tongues: Iterable[str]) -> None:
    """Make those of these languages now, before somebody waits for them."""
    for tongue in set(tongues).intersection(words.tongues()):
        asked, answered, thanked = words.read(tongue, "basics")["samples"]
        promises.detect(answered, sent_at=datetime.now(UTC), zone=_UTC)
        questions.compare(questions.find([asked]), answered)
        thanks.only_thanks(thanked, language=tongue)
