"""How well promises are found, on a folder of labelled sentences: a part of `understanding`.

DIR holds `public.jsonl` and `score.py`, which says what counts as right: its own count is used.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from goodword.language.promises import Side, detect

_ANY = datetime(2026, 1, 1, tzinfo=UTC)


def measured(judge: ModuleType, folder: Path) -> tuple[dict[str, Any], list[list[str]]]:
    """The judge's figures for all, real and hard sentences, and the sentences misread."""
    rows = [json.loads(row) for row in (folder / "public.jsonl").read_text("utf-8").splitlines()]
    detect("I'll call you tomorrow.", sent_at=_ANY, zone=ZoneInfo("UTC"))  # made once a process
    began = time.thread_time()
    figures, failures = judge.score(_found, rows, errors=len(rows))
    figures.pop("ms_per_sentence", None)  # by the wall; here CPU is counted, as for mails
    milliseconds = (time.thread_time() - began) * 1000 / max(len(rows), 1)
    told = {
        "sentences": len(rows),
        "cpu_ms_a_sentence": round(milliseconds, 3),
        "measures": figures,
    }
    return told, [list(map(str, each)) for each in failures]


def _found(text: str, sent_at: str, tz: str, side: Side) -> list[dict[str, object]]:
    moment = datetime.fromisoformat(sent_at)
    return [
        {
            "who": each.who,
            "what": each.what,
            "due": each.due,
            "due_text": each.due_text,
            "not_before": each.not_before,
        }
        for each in detect(text, sent_at=moment, zone=ZoneInfo(tz), side=side)
        if not each.conditional
    ]


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    each = figures["cpu_ms_a_sentence"]
    yield f"\npromises: {figures['sentences']} sentences, {each:.2f} ms of CPU a sentence"
    for kind, measures in figures["measures"].items():
        yield f"  {kind}: {measures['n']} sentences"
        for measure, value in measures.items():
            if isinstance(value, float):
                yield f"    {measure:32} {100 * value:6.1f} %"
            elif isinstance(value, str):  # so many of so many
                yield f"    {measure:32} {value:>8}"
