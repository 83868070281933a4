"""`goodword bench understanding`: how well mails and promises are understood, on labelled ones.

DIR/mail holds a folder for each kind of mail with an `expectations.jsonl`, and `score.py`, which
says what counts as right: its own judgement is used, so that the numbers are the same as for any
other parser it is run on. DIR/promises holds labelled sentences in the same manner.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from goodword.bench import promised
from goodword.channels.email.telling import tell, without_a_desk
from goodword.desk.roads import CannotParse

_CORPORA = ("mime", "replies", "bounces", "auto")
_MOST_SECONDS = 10.0
_ARRIVED = datetime(2026, 1, 1, tzinfo=UTC)
_FEW_SAMPLES = 5  # of a language; below that a rate says nothing


@dataclass(slots=True)
class Score:
    """What came out for one corpus. Rates by measure: sum of points and how many were asked."""

    mails: int = 0
    seconds: float = 0.0  # of CPU, all mails
    slowest_ms: float = 0.0
    slowest: str = ""
    crashes: list[str] = field(default_factory=list)
    points: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_locale: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[dict[str, Any]] = field(default_factory=list)


@click.command()
@click.option(
    "--corpora",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with mail/ and promises/: score.py and what is labelled.",
)
@click.option(
    "--failures",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a JSON line here for each mail or sentence misread.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def command(corpora: Path, failures: Path | None, as_json: bool) -> None:
    """Read every labelled mail and say how many were understood. Ends with 1 if one crashed."""
    without_a_desk()
    judge = _judge(corpora / "mail" / "score.py")
    found = [name for name in _CORPORA if (corpora / "mail" / name / "expectations.jsonl").exists()]
    scores = {name: _measured(judge, corpora / "mail" / name) for name in found}
    promises, misread = _promises(corpora / "promises")
    if failures:
        rows = [row for score in scores.values() for row in score.failures]
        rows += [{"failed": row} for row in misread]
        failures.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    if as_json:
        numbers: dict[str, object] = {name: _numbers(score) for name, score in scores.items()}
        if promises:
            numbers["promises"] = promises
        click.echo(json.dumps(numbers, indent=1))
    else:
        for name, score in scores.items():
            click.echo("\n".join(_lines(name, score)))
        if promises:
            click.echo("\n".join(promised.lines(promises)))
    sys.exit(1 if any(score.crashes for score in scores.values()) else 0)


def _promises(folder: Path) -> tuple[dict[str, Any], list[list[str]]]:
    """The figures of the labelled sentences, and those misread; empty where there are none."""
    if not (folder / "public.jsonl").exists():
        return {}, []
    return promised.measured(_judge(folder / "score.py"), folder)


def _judge(path: Path) -> ModuleType:
    """The corpora's own `score.py`: `WRAP`, `run_one` and `check` of it are used."""
    spec = importlib.util.spec_from_file_location("corpora_score", path)
    if spec is None or spec.loader is None or not path.exists():
        raise click.UsageError(f"{path} is missing; it says what counts as understood")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _expected(folder: Path) -> Iterator[dict[str, Any]]:
    """Rows to be scored: where the sources contradict each other nothing can be right."""
    for row in (folder / "expectations.jsonl").read_text("utf-8").splitlines():
        expected: dict[str, Any] = json.loads(row)
        if not expected.get("contested"):
            yield expected


def _measured(judge: ModuleType, folder: Path) -> Score:
    score = Score()
    cpu = 0.0

    def read(raw: bytes) -> dict[str, object]:
        nonlocal cpu
        began = time.thread_time()
        try:
            return tell(raw, at=_ARRIVED)
        except CannotParse:
            return {}  # refused in words: kept and shown, and no crash
        finally:
            cpu = time.thread_time() - began

    for expected in _expected(folder):
        raw = (folder / expected["path"]).read_bytes()
        if folder.name == "replies" and expected.get("format") in ("text", "html"):
            kind = "plain" if expected["format"] == "text" else "html"
            raw = (judge.WRAP % kind).encode() + raw
        out, error, seconds = judge.run_one(read, raw, _MOST_SECONDS)
        results = judge.check(folder.name, expected, out, error, seconds)
        _count(score, expected, results, out or {}, error, cpu)
    return score


def _count(
    score: Score,
    expected: Mapping[str, Any],
    results: Mapping[str, bool | float],
    out: Mapping[str, object],
    error: str | None,
    cpu: float,
) -> None:
    score.mails += 1
    score.seconds += cpu
    if cpu * 1000 > score.slowest_ms:
        score.slowest_ms, score.slowest = cpu * 1000, expected["path"]
    if error:
        score.crashes.append(f"{expected['path']}: {error}")
    for measure, result in results.items():
        score.points[measure].append(float(result))
    if "reply_exact" in results:
        score.by_locale[str(expected.get("locale"))].append(float(results["reply_exact"]))
    if not results["ALL"]:
        failed = [measure for measure, result in results.items() if result is False]
        wanted = {name: value for name, value in expected.items() if name not in ("sha1", "source")}
        score.failures.append({"failed": failed, "error": error, "expected": wanted, "got": out})


def _numbers(score: Score) -> dict[str, object]:
    return {
        "mails": score.mails,
        "cpu_ms_a_mail": round(score.seconds * 1000 / max(score.mails, 1), 3),
        "slowest_ms": round(score.slowest_ms, 1),
        "slowest": score.slowest,
        "crashes": score.crashes,
        "measures": {name: [round(sum(all_), 3), len(all_)] for name, all_ in score.points.items()},
        "reply_exact_by_locale": {
            name: [round(sum(all_), 3), len(all_)] for name, all_ in score.by_locale.items()
        },
    }


def _lines(name: str, score: Score) -> Iterator[str]:
    each = score.seconds * 1000 / max(score.mails, 1)
    yield f"\n{name}: {score.mails} mails, {each:.2f} ms of CPU a mail"
    yield f"  slowest: {score.slowest_ms:.0f} ms, {score.slowest}"
    asked = [value for measure, all_ in score.points.items() if measure != "ALL" for value in all_]
    yield _rate("expectations met", asked)
    for measure, values in score.points.items():
        yield _rate("mails without a fault" if measure == "ALL" else measure, values)
    for locale, values in sorted(score.by_locale.items(), key=lambda row: -len(row[1])):
        few = "" if len(values) >= _FEW_SAMPLES else " (few)"
        yield _rate(f"reply_exact in {locale}{few}", values)
    for crash in score.crashes:
        yield f"  crashed: {crash}"


def _rate(measure: str, values: list[float]) -> str:
    share = 100 * sum(values) / len(values) if values else 0.0
    return f"  {measure:34} {share:6.1f} %  ({sum(values):.4g} of {len(values)})"
