"""The expressions of all languages are made when they are first used, which takes a second."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from goodword.language import promises, questions, thanks, words

_UTC = ZoneInfo("UTC")
_SAMPLE = "I'll call you tomorrow. Ich rufe Sie morgen an."
_at_it = threading.Lock()
_made = threading.Event()


def make_ready() -> None:
    """Make them now, once; whoever comes meanwhile waits for it instead of making them as well."""
    if _made.is_set():
        return
    with _at_it:
        if _made.is_set():
            return
        for tongue in words.tongues():
            promises.detect(_SAMPLE, sent_at=datetime.now(UTC), zone=_UTC, language=tongue)
            thanks.only_thanks(".", language=tongue)
        questions.compare(questions.find(["When? Wann?"]), "At 10:00. Um 10:00 Uhr.")
        _made.set()
